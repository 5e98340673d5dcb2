"""Facts about the writer: what it promises about order, wholeness, repetition and refusal."""

import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic
from typing import NoReturn
from uuid import UUID, uuid4

import pytest

from ledger.append import writer as writers
from ledger.append.request import (
    BODY_BYTES_MAX,
    EVENTS_PER_REQUEST_MAX,
    REQUEST_BYTES_MAX,
    Appended,
    AppendRequest,
)
from ledger.append.writer import QUEUE_REQUESTS_MAX, Writer
from ledger.errors import Busy, Conflict, EventRefused, LedgerError, Unavailable
from ledger.ids import NIL
from ledger.reader import Entry, page, stream
from tests.fix_ledger import TestedLedger
from tests.ledger.append.kit import PATIENCE_S, Between, Gate, service, writing

pytestmark = pytest.mark.postgres


def entries(ledger: TestedLedger, practice_id: UUID) -> list[Entry]:
    """Return all events of a practice."""
    with ledger.ledger.read() as connection:
        return page(connection, practice_id, after=-1, limit=10_000)


def outcome(writer: Writer, request: AppendRequest) -> Appended | LedgerError:
    """Return what an append came to."""
    try:
        return writer.append(request, PATIENCE_S)
    except LedgerError as error:
        return error


def test_a_full_queue_says_busy_at_once(ledger: TestedLedger) -> None:
    """Nobody hangs before a writer that cannot keep up, and what was taken is done."""
    practice, gate = uuid4(), Gate(service(ledger))
    with writing(ledger, gate) as writer:
        tickets = [writer.submit(ledger.request(practice, ledger.event(uuid4(), 1)))]
        assert gate.reached.wait(PATIENCE_S)
        for _ in range(QUEUE_REQUESTS_MAX):
            event = ledger.event(uuid4(), 1, is_clear=True)
            tickets.append(writer.submit(ledger.request(practice, event)))
        asked_at_s = monotonic()
        with pytest.raises(Busy):
            writer.submit(ledger.request(practice, ledger.event(uuid4(), 1)))
        assert monotonic() - asked_at_s < 1.0
        gate.opened.set()
        positions = {ticket.wait(PATIENCE_S).position for ticket in tickets}
    assert positions == set(range(QUEUE_REQUESTS_MAX + 1))
    ledger.check()


def test_one_conflict_in_a_batch_is_one_requests_conflict(ledger: TestedLedger) -> None:
    """Requests that stood beside it in the same statement are taken."""
    practice, other, gate = uuid4(), uuid4(), Gate(service(ledger))
    taken = uuid4()
    ledger.append(practice, ledger.event(taken, 1))
    with writing(ledger, gate) as writer:
        first = writer.submit(ledger.request(practice, ledger.event(uuid4(), 1)))
        assert gate.reached.wait(PATIENCE_S)
        late = writer.submit(ledger.request(practice, ledger.event(taken, 1)))
        ahead = writer.submit(ledger.request(practice, ledger.event(taken, 3)))
        good = writer.submit(ledger.request(practice, ledger.event(taken, 2)))
        elsewhere = writer.submit(ledger.request(other, ledger.event(taken, 1)))
        gate.opened.set()
        for ticket in (first, good, elsewhere):
            assert ticket.wait(PATIENCE_S).events == 1
        with pytest.raises(Conflict):
            late.wait(PATIENCE_S)
        with pytest.raises(Conflict):
            ahead.wait(PATIENCE_S)
    versions = [entry.version for entry in entries(ledger, practice) if entry.stream_id == taken]
    assert versions == [1, 2]
    ledger.check()


def test_a_command_sent_twice_happens_once(ledger: TestedLedger) -> None:
    """The second is told where the first one stands (I10)."""
    practice, events = uuid4(), (ledger.event(uuid4(), 1), ledger.event(uuid4(), 1))
    request = ledger.request(practice, *events)
    with writing(ledger) as writer:
        answers = [writer.append(request, PATIENCE_S) for _ in range(3)]
    assert answers == [Appended(0, 2), *[Appended(0, 2, repeated=True)] * 2]
    assert len(entries(ledger, practice)) == 2
    ledger.check()


def test_a_command_sent_twice_in_one_batch_happens_once(ledger: TestedLedger) -> None:
    """Also when the second says something else, to another stream."""
    practice, command, gate = uuid4(), uuid4(), Gate(service(ledger))
    with writing(ledger, gate) as writer:
        tickets = [writer.submit(ledger.request(uuid4(), ledger.event(uuid4(), 1)))]
        assert gate.reached.wait(PATIENCE_S)
        for _ in range(3):
            events = (ledger.event(uuid4(), 1), ledger.event(uuid4(), 1))
            tickets.append(writer.submit(ledger.request(practice, *events, command_id=command)))
        gate.opened.set()
        answers = [ticket.wait(PATIENCE_S) for ticket in tickets[1:]]
    assert {(answer.position, answer.events) for answer in answers} == {(0, 2)}
    assert sum(not answer.repeated for answer in answers) == 1
    assert len(entries(ledger, practice)) == 2
    ledger.check()


def test_a_command_sent_twice_at_once_by_many_happens_once(ledger: TestedLedger) -> None:
    """Also through two writers, and though its events say another stream the second time."""
    practice, threads = uuid4(), 6
    with writing(ledger) as one, writing(ledger) as two, ThreadPoolExecutor(threads) as pool:
        for _ in range(20):
            command, barrier = uuid4(), Barrier(threads)

            def send(place: int, command: UUID = command, barrier: Barrier = barrier) -> Appended:
                event = ledger.event(uuid4(), 1, is_clear=True)
                request = ledger.request(practice, event, command_id=command)
                barrier.wait(PATIENCE_S)
                return (one, two)[place % 2].append(request, PATIENCE_S)

            answers = list(pool.map(send, range(threads)))
            assert len({answer.position for answer in answers}) == 1
            assert sum(not answer.repeated for answer in answers) == 1
    assert len(entries(ledger, practice)) == 20
    ledger.check()


def test_what_is_not_let_in_is_refused_alone(ledger: TestedLedger) -> None:
    """An unknown type, a gate that is not open, a genesis that is not the first event."""
    practice, member, genesis = uuid4(), "member-joined.v1", "practice-opened.v1"
    with writing(ledger) as writer:

        def tell(tag: str, *, is_clear: bool = True) -> Appended | LedgerError:
            event = ledger.event(uuid4(), 1, b"", tag, is_clear=is_clear)
            return outcome(writer, ledger.request(practice, event))

        assert isinstance(tell("no-such-type.v1"), EventRefused)
        assert isinstance(tell(member), EventRefused)
        assert tell(genesis) == Appended(0, 1)
        assert isinstance(tell(genesis), EventRefused)
        assert isinstance(tell("session-logged.v1"), EventRefused)
        assert tell(member) == Appended(1, 1)
        assert tell("baa-signed.v1") == Appended(2, 1)
        assert tell("session-logged.v1") == Appended(3, 1)
    ledger.check()


def test_refused_neighbours_do_not_spoil_a_batch(ledger: TestedLedger) -> None:
    """Every request of a practice is judged on its own."""
    practice, gate = uuid4(), Gate(service(ledger))
    tags = ["practice-opened.v1", "no-such-type.v1", "baa-signed.v1", "practice-opened.v1"]
    with writing(ledger, gate) as writer:
        blocker = writer.submit(ledger.request(uuid4(), ledger.event(uuid4(), 1)))
        assert gate.reached.wait(PATIENCE_S)
        tickets = [
            writer.submit(ledger.request(practice, ledger.event(uuid4(), 1, b"", tag)))
            for tag in tags
        ]
        gate.opened.set()
        blocker.wait(PATIENCE_S)
        for ticket, is_taken in zip(tickets, (True, False, True, False), strict=True):
            if is_taken:
                ticket.wait(PATIENCE_S)
            else:
                with pytest.raises(EventRefused):
                    ticket.wait(PATIENCE_S)
    assert [entry.type for entry in entries(ledger, practice)] == [tags[0], tags[2]]
    ledger.check()


def test_the_events_of_one_request_come_whole_or_not_at_all(ledger: TestedLedger) -> None:
    """One refused event, or one in conflict, takes its companions with it."""
    practice, kept = uuid4(), uuid4()
    ledger.append(practice, ledger.event(kept, 1), ledger.event(kept, 2))
    with pytest.raises(Conflict):
        ledger.append(practice, ledger.event(uuid4(), 1), ledger.event(kept, 2))
    with pytest.raises(Conflict):
        ledger.append(practice, ledger.event(kept, 3), ledger.event(kept, 5))
    with pytest.raises(EventRefused):
        ledger.append(practice, ledger.event(kept, 3), ledger.event(uuid4(), 1, tag="unknown"))
    assert len(entries(ledger, practice)) == 2
    ledger.check()


def test_what_no_leaf_can_hold_is_refused_and_harms_nobody(ledger: TestedLedger) -> None:
    """Too long, too much, too many, unnameable; the largest that fits is taken and read."""
    practice, large = uuid4(), bytes(BODY_BYTES_MAX)
    for tag in ("", "x" * 128, "x" * 300, "two words", "\N{SNOWMAN}", "topic\0"):
        with pytest.raises(EventRefused):
            ledger.append(practice, ledger.event(uuid4(), 1, tag=tag))
    with pytest.raises(EventRefused):
        ledger.append(practice, ledger.event(uuid4(), 1, large + b"\0"))
    bodies = -(-REQUEST_BYTES_MAX // BODY_BYTES_MAX) + 1
    with pytest.raises(EventRefused):
        ledger.append(practice, *(ledger.event(uuid4(), 1, large) for _ in range(bodies)))
    for events in (0, EVENTS_PER_REQUEST_MAX + 1):
        with pytest.raises(ValueError, match="a request holds"):
            ledger.append(practice, *[ledger.event(uuid4(), 1, is_clear=True)] * events)
    ledger.append(practice, ledger.event(uuid4(), 1, large))
    assert len(entries(ledger, practice)[0].body) == BODY_BYTES_MAX + 16
    ledger.check()


def test_the_most_events_a_request_may_hold_are_taken(ledger: TestedLedger) -> None:
    """They are one statement, and stand in the order they were given."""
    practice, stream_id = uuid4(), uuid4()
    versions = range(1, EVENTS_PER_REQUEST_MAX + 1)
    events = [ledger.event(stream_id, version, is_clear=True) for version in versions]
    assert ledger.append(practice, *events) == Appended(0, EVENTS_PER_REQUEST_MAX)
    assert [entry.version for entry in entries(ledger, practice)] == list(versions)
    ledger.check()


def test_stopping_answers_everybody(ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was queued is done, what comes later is told to come again."""
    monkeypatch.setattr(writers, "GATHER_WAIT_S", 0.0)
    practice, gate = uuid4(), Gate(service(ledger))
    with ThreadPoolExecutor(1) as pool, writing(ledger, gate) as writer:
        requests = [ledger.request(practice, ledger.event(uuid4(), 1)) for _ in range(50)]
        tickets = [writer.submit(request) for request in requests]
        assert gate.reached.wait(PATIENCE_S)
        stopping = pool.submit(writer.stop)
        gate.opened.set()
        stopping.result(PATIENCE_S)
        answered = [ticket.wait(0.0) for ticket in tickets]
        with pytest.raises(Unavailable):
            writer.submit(ledger.request(practice, ledger.event(uuid4(), 1)))
        writer.stop = lambda: None  # stopped already
    assert sorted(answer.position for answer in answered) == list(range(50))
    ledger.check()


def test_a_request_that_slips_in_behind_the_end_is_answered(ledger: TestedLedger) -> None:
    """It looked before the writer was stopped, and came in after it was gone."""
    with writing(ledger) as writer:
        pass
    writer._is_stopping = False  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 -- the moment
    ticket = writer.submit(ledger.request(uuid4(), ledger.event(uuid4(), 1)))
    with pytest.raises(Unavailable):
        ticket.wait(0.0)


def test_a_bug_that_ends_the_thread_leaves_nobody_waiting(
    ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits hears at once; whoever comes is not let in."""

    def key_of(practice_id: UUID, stream_id: UUID) -> NoReturn:
        del practice_id, stream_id
        raise ZeroDivisionError

    # What the thread dies of is its hook's to report; here it is expected.
    died: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    with writing(ledger, key_of=key_of) as writer:
        with pytest.raises(Unavailable):
            writer.append(ledger.request(uuid4(), ledger.event(uuid4(), 1)), PATIENCE_S)
        with pytest.raises(Unavailable):
            writer.append(ledger.request(uuid4(), ledger.event(uuid4(), 1)), PATIENCE_S)


def test_two_that_begin_the_same_log_both_get_in(ledger: TestedLedger) -> None:
    """No lock holds a log that is not there yet: who loses that race looks again."""
    practice = uuid4()
    between = Between(ledger.ledger.keys.get_or_create)

    def overtake() -> None:
        # Again at the second try, which is under the lock that there is none of.
        between.once = lambda: ledger.append(practice, ledger.event(uuid4(), 1))

    between.once = overtake
    with writing(ledger, key_of=between) as writer:
        # The first try fails on its own: a version that is not the stream's.
        stream_id = uuid4()
        request = AppendRequest(practice, uuid4(), NIL, (ledger.event(stream_id, 1),))
        assert outcome(writer, request) in (Appended(0, 1), Appended(1, 1))
    ledger.check()


def test_a_key_destroyed_while_its_request_waits_refuses_that_request(
    ledger: TestedLedger,
) -> None:
    """The writer asks for the key last of all, and its neighbours are taken."""
    practice, gate = uuid4(), Gate(service(ledger))
    shared = uuid4()
    ledger.append(practice, ledger.event(shared, 1))
    with writing(ledger, gate) as writer:
        tickets = [
            writer.submit(ledger.request(practice, ledger.event(each, version)))
            for each, version in ((uuid4(), 1), (shared, 2))
        ]
        gate.opened.set()
        assert [ticket.wait(PATIENCE_S).events for ticket in tickets] == [1, 1]
    with ledger.ledger.read() as connection:
        assert len(stream(connection, practice, shared)) == 2
    ledger.check()


def test_two_writers_share_streams_without_gaps(ledger: TestedLedger) -> None:
    """Whoever loses a race loads again; in the end each event is there once, in order."""
    practice, streams, threads, each = uuid4(), [uuid4() for _ in range(4)], 8, 15
    with writing(ledger) as one, writing(ledger) as two:

        def work(place: int) -> list[int]:
            positions: list[int] = []
            for turn in range(each):
                stream_id = streams[(place + turn) % len(streams)]
                command = uuid4()
                while True:
                    event = ledger.event(stream_id, ledger.version(practice, stream_id) + 1)
                    request = ledger.request(practice, event, command_id=command)
                    answer = outcome((one, two)[place % 2], request)
                    if isinstance(answer, Appended):
                        positions.append(answer.position)
                        break
                    assert isinstance(answer, Conflict)
            return positions

        with ThreadPoolExecutor(threads) as pool:
            acknowledged = [p for part in pool.map(work, range(threads)) for p in part]
    assert sorted(acknowledged) == list(range(threads * each))
    assert ledger.check().events == threads * each
