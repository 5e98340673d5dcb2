"""A small ledger to tamper with, and the ways a superuser can change what is stored."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from psycopg import Connection, sql
from psycopg.rows import TupleRow

from ledger.fsck.check import Stores, check_here
from ledger.fsck.epochs import Signed
from ledger.postgres.connect import Role
from ledger.seal_log.signer import last_checkpoint, verifier_key
from tests.fix_ledger import TestedLedger

# Column by column; what has no bytes to flip is a number, an id or a truth value.
COLUMNS = {
    "events": ("practice_id", "position", "stream_id", "version", "leaf", "body"),
    "heads": ("practice_id", "slot", "size", "root", "frontier", "recorded_at_us"),
    "commands": ("practice_id", "command_id", "position", "events"),
    "gates": ("practice_id", "gate", "position", "is_open"),
    "tiles": ("log_id", "level", "index", "hashes"),
    "edges": ("log_id", "level", "hashes"),
    "integrated": ("log_id", "size"),
    "slots": ("slot", "epoch", "size", "root", "salt"),
    "slot_signatures": ("slot", "epoch", "signature"),
    "epochs": ("epoch", "record"),
    "checkpoints": ("size", "note"),
    "identity": ("name",),
}
EVENTS_IN_FIRST = 300


@dataclass(frozen=True)
class Tampered:
    """An administrator's connection in a transaction of its own, and what fsck needs."""

    connection: Connection[TupleRow]
    vault: Connection[TupleRow]
    signed: Signed

    def check(self) -> None:
        """Run fsck on what this transaction sees. Raises `Difference`."""
        check_here(Stores(self.connection, self.vault), self.signed, lambda _events: None)

    @contextmanager
    def undone(self) -> Generator[None]:
        """Undo afterwards whatever is changed in the block."""
        self.connection.execute("SAVEPOINT before")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK TO before")
            self.connection.execute("RELEASE before")

    def rows(self, table: str) -> list[str]:
        """Return the addresses of a table's rows."""
        statement = sql.SQL("SELECT ctid::text FROM ledger.{} ORDER BY ctid")
        found = self.connection.execute(statement.format(sql.Identifier(table)))
        return [row[0] for row in found]

    def value(self, table: str, column: str, row: str) -> object:
        """Return one stored value."""
        statement = sql.SQL("SELECT {} FROM ledger.{} WHERE ctid = %s::tid")
        named = statement.format(sql.Identifier(column), sql.Identifier(table))
        found = self.connection.execute(named, (row,)).fetchone()
        assert found is not None
        return found[0]

    def put(self, table: str, column: str, row: str, value: object) -> None:
        """Store one value."""
        statement = sql.SQL("UPDATE ledger.{} SET {} = %s WHERE ctid = %s::tid")
        named = statement.format(sql.Identifier(table), sql.Identifier(column))
        assert self.connection.execute(named, (value, row)).rowcount == 1

    def delete(self, table: str, row: str) -> None:
        """Delete one row."""
        statement = sql.SQL("DELETE FROM ledger.{} WHERE ctid = %s::tid")
        deleted = self.connection.execute(statement.format(sql.Identifier(table)), (row,))
        assert deleted.rowcount == 1


def changed(value: object, place: int, by: int) -> object:
    """Return a value that differs in one byte, or by a number."""
    match value:
        case bytes():
            raw = bytearray(value)
            raw[place % len(raw)] ^= by
            return bytes(raw)
        case bool():
            return not value
        case int():
            return value + by
        case UUID():
            return UUID(int=value.int ^ (by << 8 * (place % 16)))
        case str():
            return value + "x"
        case _:
            raise TypeError(type(value))


def fill(ledger: TestedLedger) -> None:
    """Tell three practices' stories, with full tiles, several epochs and open gates."""
    for practice, events in ((uuid4(), EVENTS_IN_FIRST), (uuid4(), 3), (uuid4(), 40)):
        ledger.tell(practice, practice, tag="practice-opened.v1", is_clear=True)
        ledger.tell(practice, practice, tag="baa-signed.v1")
        streams = [uuid4() for _ in range(20)]
        for place in range(events):
            ledger.tell(practice, streams[place % 20], b"event %d" % place, "session-logged.v1")
            if place % 100 == 1:
                ledger.seal()
    ledger.seal()
    ledger.tell(practice, uuid4(), tag="session-logged.v1")  # one event no epoch has seen yet


@contextmanager
def tampering(ledger: TestedLedger) -> Generator[Tampered]:
    """Give a superuser's transaction with all triggers off; it is rolled back in the end."""
    name, data_dir = ledger.settings.ledger_name, ledger.settings.data_dir
    key = verifier_key(data_dir, name)
    assert key is not None
    signed = Signed(name, key, last_checkpoint(data_dir, key))
    with (
        ledger.database.connect(Role.OWNER, autocommit=False) as connection,
        ledger.database.vault.connect(Role.CHECKER) as vault,
    ):
        for table in COLUMNS:
            statement = sql.SQL("ALTER TABLE ledger.{} DISABLE TRIGGER ALL")
            connection.execute(statement.format(sql.Identifier(table)))
        yield Tampered(connection, vault, signed)
        connection.rollback()


Tamper = Callable[[Tampered], None]
