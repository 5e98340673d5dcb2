"""Facts about the writer: what it promises about order, wholeness, repetition and refusal."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import NoReturn
from uuid import UUID, uuid4

import pytest

from ledger.append import inbox
from ledger.append.inbox import REQUESTS_MAX
from ledger.append.request import (
    BODY_BYTES_MAX,
    EVENTS_PER_REQUEST_MAX,
    REQUEST_BYTES_MAX,
    Appended,
)
from ledger.errors import Busy, Conflict, EventRefused, LedgerError, Unavailable
from tests.fix_ledger import TestedLedger
from tests.ledger.append.kit import PATIENCE_S, Gate, entries, outcome, service, writing

pytestmark = pytest.mark.postgres


def test_a_full_queue_says_busy_at_once(ledger: TestedLedger) -> None:
    """Nobody hangs before a writer that cannot keep up, and what was taken is done."""
    practice, gate = uuid4(), Gate(service(ledger))
    with writing(ledger, gate) as writer:
        tickets = [writer.submit(ledger.request(practice, ledger.event(uuid4(), 1)))]
        assert gate.reached.wait(PATIENCE_S)
        for _ in range(REQUESTS_MAX):
            event = ledger.event(uuid4(), 1, is_clear=True)
            tickets.append(writer.submit(ledger.request(practice, event)))
        asked_at_s = monotonic()
        with pytest.raises(Busy):
            writer.submit(ledger.request(practice, ledger.event(uuid4(), 1)))
        assert monotonic() - asked_at_s < 1.0
        gate.opened.set()
        positions = {ticket.wait(PATIENCE_S).position for ticket in tickets}
    assert positions == set(range(REQUESTS_MAX + 1))
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
    monkeypatch.setattr(inbox, "GATHER_WAIT_S", 0.0)
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
