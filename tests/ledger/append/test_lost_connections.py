"""Facts about lost connections: what was acknowledged is there, and there once (I10)."""

import tempfile
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import choice
from threading import Event
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.append import statements
from ledger.append.chain import Sources
from ledger.append.memory import Memory
from ledger.append.redo import Redo
from ledger.append.request import Appended, AppendRequest, Ticket
from ledger.append.session import Session
from ledger.append.writer import Writer
from ledger.errors import Busy, Conflict, Unavailable
from ledger.postgres.connect import Role
from tests.fix_ledger import TestedLedger
from tests.ledger.append.kit import PATIENCE_S, Between, entries, service, writing
from tests.ledger.append.proxy import Cut, Proxy, proxied

pytestmark = pytest.mark.postgres
SENDINGS_MAX = 20
STORM_S = 2.0
_STORM = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = 'therapist_writer'
"""


@pytest.fixture
def proxy(ledger: TestedLedger) -> Iterator[Proxy]:
    """Offer a proxy before the ledger's server; the address of a socket has to be short."""
    if not ledger.database.parameters[Role.WRITER]["host"].startswith("/"):
        pytest.skip("this PostgreSQL is not on a unix socket")
    with (
        tempfile.TemporaryDirectory() as folder,
        proxied(ledger.database, Path(folder)) as proxy,
    ):
        yield proxy


def send(writer: Writer, request: AppendRequest) -> Appended:
    """Send a command until it is answered for certain, as a client does."""
    for _ in range(SENDINGS_MAX):
        try:
            return writer.append(request, PATIENCE_S)
        except (Unavailable, Busy):
            continue
    raise AssertionError


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("is_begun", [True, False], ids=["a log that is there", "a new log"])
def test_a_line_cut_at_any_message_loses_and_doubles_nothing(
    ledger: TestedLedger, proxy: Proxy, cut: Cut, *, is_begun: bool
) -> None:
    """Message by message: each sending of the writer is cut once, before or after it arrives."""
    cuts = 0
    with writing(ledger, lambda: proxy.connect(ledger.database)) as writer:
        send(writer, ledger.request(uuid4(), ledger.event(uuid4(), 1)))
        for messages in range(SENDINGS_MAX):
            practice, stream_id = uuid4(), uuid4()
            if is_begun:
                send(writer, ledger.request(practice, ledger.event(stream_id, 1)))
            # A second process moves the head, so that the way through the lock is cut too.
            ledger.append(practice, ledger.event(uuid4(), 1))
            proxy.plan(messages, cut)
            events = [ledger.event(stream_id, 1 + is_begun), ledger.event(uuid4(), 1)]
            answer = send(writer, ledger.request(practice, *events))
            there = [entry.position for entry in entries(ledger, practice)]
            assert (answer.position, answer.events) == (1 + is_begun, 2)
            assert there == list(range(3 + is_begun))
            cuts += proxy.has_cut
    assert cuts > 1
    ledger.check()


def test_a_line_cut_again_under_the_lock_is_survived_too(
    ledger: TestedLedger, proxy: Proxy
) -> None:
    """The second try is cut as well, at each of its messages."""
    between = Between(ledger.ledger.keys.get_or_create)
    with writing(ledger, lambda: proxy.connect(ledger.database), between) as writer:
        send(writer, ledger.request(uuid4(), ledger.event(uuid4(), 1)))
        for messages in range(12):
            practice = uuid4()

            def cut_again(messages: int = messages) -> None:
                proxy.plan(messages, Cut.AFTER_SENDING)

            def cut(then: Callable[[], None] = cut_again) -> None:
                proxy.plan(0, Cut.AFTER_SENDING)
                between.once = then

            between.once = cut
            answer = send(writer, ledger.request(practice, ledger.event(uuid4(), 1)))
            assert (answer.position, answer.events) == (0, 1)
            assert len(entries(ledger, practice)) == 1
    ledger.check()


def test_what_was_committed_between_two_looks_is_no_conflict(
    ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log that is not there holds no lock: its first commit may land after the commands' look."""
    practice = uuid4()
    request = ledger.request(practice, ledger.event(uuid4(), 1))
    look, first = statements.read_commands, list[Appended]()

    def look_too_early(
        connection: statements.Service, practice_id: UUID, command_ids: Collection[UUID]
    ) -> dict[UUID, tuple[int, int]]:
        known = look(connection, practice_id, command_ids)
        if not first:
            with writing(ledger) as other:
                first.append(other.append(request, PATIENCE_S))
        return known

    sources = Sources(ledger.clock, ledger.ledger.keys.get_or_create, ledger.ledger.keys.refresh)
    session = Session(service(ledger))
    redo, ticket = Redo(session, Memory(), sources), Ticket(request)
    monkeypatch.setattr(statements, "read_commands", look_too_early)
    redo.redo(practice, [ticket])
    answer = ticket.wait(PATIENCE_S)
    session.close()
    assert (first[0].repeated, answer.repeated, answer.position) == (False, True, 0)
    assert len(entries(ledger, practice)) == 1


class Clients:
    """Threads that append to shared streams, and what was acknowledged to them."""

    def __init__(self, ledger: TestedLedger, writer: Writer) -> None:
        self._ledger = ledger
        self._writer = writer
        self._streams = [uuid4() for _ in range(3)]
        self._tips = dict.fromkeys(self._streams, 0)
        self.practice = uuid4()
        self.is_over = Event()
        self.acknowledged: list[tuple[UUID, int]] = []

    def work(self) -> None:
        """Append until it is over."""
        while not self.is_over.is_set():
            stream_id, command_id = choice(self._streams), uuid4()
            version = self._tips[stream_id] + 1
            event = self._ledger.event(stream_id, version, is_clear=True)
            request = self._ledger.request(self.practice, event, command_id=command_id)
            with suppress(Conflict):
                answer = send(self._writer, request)
                self.acknowledged.append((command_id, answer.position))
            self._tips[stream_id] = max(version, self._tips[stream_id])


def test_connections_ended_at_random_lose_and_double_nothing(ledger: TestedLedger) -> None:
    """Every connection of the service is ended again and again, while eight threads append."""
    with writing(ledger) as writer, ThreadPoolExecutor(8) as pool:
        clients = Clients(ledger, writer)
        working = [pool.submit(clients.work) for _ in range(8)]
        ended = _storm(ledger, clients.is_over)
        for future in working:
            future.result(60)
    assert ended > 3
    assert len(clients.acknowledged) > 8
    with suppress(Unavailable):
        entries(ledger, clients.practice)  # may find a dead connection, but the next may not
    there = {entry.event_id: entry.position for entry in entries(ledger, clients.practice)}
    acknowledged = dict(clients.acknowledged)
    assert len(acknowledged) == len(clients.acknowledged)
    assert acknowledged.items() <= there.items()
    assert sorted(there.values()) == list(range(len(there)))
    ledger.check()


def _storm(ledger: TestedLedger, is_over: Event) -> int:
    """End every connection of the service, every now and then; returns how many that were."""
    ended = 0
    with ledger.database.connect(Role.OWNER) as connection:
        for _ in range(int(STORM_S / 0.1)):
            is_over.wait(0.1)
            ended += len(connection.execute(_STORM).fetchall())
    is_over.set()
    return ended


def test_a_database_that_stays_away_is_unavailable_and_no_conflict(
    ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told what nobody knows; the command may be sent again."""
    monkeypatch.setattr("ledger.append.session.RECONNECT_FOR_S", 0.2)
    is_away = Event()
    is_away.set()

    def connect() -> psycopg.Connection[tuple[object, ...]]:
        if is_away.is_set():
            raise psycopg.OperationalError
        return ledger.database.connect(Role.WRITER)

    with writing(ledger, connect) as writer:
        request = ledger.request(uuid4(), ledger.event(uuid4(), 1))
        with pytest.raises(Unavailable):
            writer.append(request, PATIENCE_S)
        is_away.clear()
        assert writer.append(request, PATIENCE_S) == Appended(0, 1)
    ledger.check()
