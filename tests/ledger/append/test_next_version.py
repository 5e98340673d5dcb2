"""Events that are put behind whatever their stream holds are in nobody's way."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from ledger.append.request import NewEvent
from ledger.errors import Conflict
from tests.fix_ledger import TOPIC, TestedLedger
from tests.ledger.append.kit import PATIENCE_S, entries, writing

pytestmark = pytest.mark.postgres
THREADS, EVENTS = 8, 50


def behind(ledger: TestedLedger, stream_id: UUID) -> NewEvent:
    """Return an event that goes behind the stream's last."""
    return NewEvent(stream_id, None, ledger.ids.new(), TOPIC, b"body")


def test_it_takes_the_version_after_the_last(ledger: TestedLedger) -> None:
    """Of a stream that is not there, that this process knows, and that it has forgotten."""
    practice, stream = uuid4(), uuid4()
    ledger.append(practice, behind(ledger, stream))
    ledger.append(practice, ledger.event(stream, 2), behind(ledger, stream))
    with writing(ledger) as another:
        another.append(ledger.request(practice, behind(ledger, stream)), PATIENCE_S)
    assert [each.version for each in entries(ledger, practice)] == [1, 2, 3, 4]
    ledger.check()


def test_many_at_once_through_two_writers_leave_no_gap(ledger: TestedLedger) -> None:
    """None of them is a conflict, though each writer finds the head moved by the other."""
    practice, stream = uuid4(), uuid4()
    with (
        writing(ledger) as one,
        writing(ledger) as two,
        ThreadPoolExecutor(THREADS) as pool,
    ):

        def send(place: int) -> int:
            request = ledger.request(practice, behind(ledger, stream))
            return (one, two)[place % 2].append(request, PATIENCE_S).position

        positions = sorted(pool.map(send, range(EVENTS)))
    assert positions == list(range(EVENTS))
    assert [each.version for each in entries(ledger, practice)] == list(range(1, EVENTS + 1))
    ledger.check()


def test_who_insists_on_a_version_still_meets_a_conflict(ledger: TestedLedger) -> None:
    """What came in behind counts like any other event."""
    practice, stream = uuid4(), uuid4()
    ledger.append(practice, behind(ledger, stream))
    with pytest.raises(Conflict):
        ledger.append(practice, ledger.event(stream, 1))
    with pytest.raises(Conflict):
        ledger.append(practice, behind(ledger, stream), ledger.event(stream, 2))
    assert len(entries(ledger, practice)) == 1
