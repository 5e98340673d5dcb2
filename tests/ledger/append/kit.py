"""A writer to test with, whose connections a test can hold back, count, cut and replace."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.append.chain import Sources
from ledger.append.request import Appended, AppendRequest
from ledger.append.writer import Writer
from ledger.errors import LedgerError
from ledger.postgres.connect import Role
from ledger.reader import Entry, page
from ledger.sealing import RecordKey
from tests.fix_ledger import TestedLedger

Connect = Callable[[], Connection[TupleRow]]
PATIENCE_S = 20.0


class Gate:
    """Connects only once it is opened; tells when somebody stands before it."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self.reached = Event()
        self.opened = Event()

    def __call__(self) -> Connection[TupleRow]:
        """Wait, then connect."""
        self.reached.set()
        assert self.opened.wait(PATIENCE_S)
        return self._connect()


class Between:
    """Gives keys, and does something once when it is asked for one: between lock and append."""

    def __init__(self, key_of: Callable[[UUID, UUID], RecordKey]) -> None:
        self._key_of = key_of
        self.once: Callable[[], object] | None = None

    def __call__(self, practice_id: UUID, stream_id: UUID) -> RecordKey:
        """Do it, then return the key."""
        once, self.once = self.once, None
        if once is not None:
            once()
        return self._key_of(practice_id, stream_id)


def service(ledger: TestedLedger) -> Connect:
    """Return how the service connects."""
    return lambda: ledger.database.connect(Role.WRITER)


@contextmanager
def writing(
    ledger: TestedLedger,
    connect: Connect | None = None,
    key_of: Callable[[UUID, UUID], RecordKey] | None = None,
) -> Generator[Writer]:
    """Run another writer on the ledger's database, with the ledger's keys and clock."""
    keys = ledger.ledger.keys
    sources = Sources(ledger.clock, key_of or keys.get_or_create, keys.refresh)
    writer = Writer(connect or service(ledger), sources)
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


def entries(ledger: TestedLedger, practice_id: UUID) -> list[Entry]:
    """Return all events of a practice."""
    with ledger.ledger.read(practice_id) as connection:
        return page(connection, practice_id, after=-1, limit=10_000)


def outcome(writer: Writer, request: AppendRequest) -> Appended | LedgerError:
    """Return what an append came to."""
    try:
        return writer.append(request, PATIENCE_S)
    except LedgerError as error:
        return error
