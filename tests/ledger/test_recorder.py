"""Facts about the recorders: they keep the library's contracts, as its own test cases tell."""

from collections.abc import Iterator, Sequence
from typing import Any
from unittest import TestCase
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.tests.persistence import ApplicationRecorderTestCase, TrackingRecorderTestCase

from ledger.errors import Conflict
from ledger.postgres.connect import Database, Role
from ledger.recorder import PracticeRecorder, StreamConflict
from ledger.tracking import ReadModelTracking
from tests.fix_ledger import TestedLedger

pytestmark = pytest.mark.postgres

# Not names of this module, or pytest would collect the library's abstract cases too.
_RECORDER_CASE: Any = ApplicationRecorderTestCase
_TRACKING_CASE: Any = TrackingRecorderTestCase
del ApplicationRecorderTestCase, TrackingRecorderTestCase


class ShiftedRecorder(PracticeRecorder):
    """Takes streams that begin at 0, as the library's concurrent cases do, for ones from 1."""

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 -- the contract's
    ) -> Sequence[int] | None:
        """Append, one version higher where the stream begins at 0."""
        by = 1 if stored_events and stored_events[0].originator_version == 0 else 0
        shifted = [
            StoredEvent(e.originator_id, e.originator_version + by, e.topic, e.state)
            for e in stored_events
        ]
        return super().insert_events(shifted, **kwargs)


class TestPracticeRecorder(_RECORDER_CASE):
    """The library's cases for an application's recorder."""

    INITIAL_VERSION = 1

    @pytest.fixture(autouse=True)
    def _take_ledger(self, ledger: TestedLedger) -> None:
        self.tested = ledger
        self.practice_id = uuid4()

    def tearDown(self) -> None:
        """Recompute what the case left."""
        self.tested.check()

    def new_originator_id(self) -> UUID:
        """Return a stream's id."""
        return uuid4()

    def create_recorder(self) -> PracticeRecorder:
        """Return a recorder on a practice of the test's own."""
        return ShiftedRecorder(self.tested.ledger, self.practice_id)

    def test_insert_subscribe(self) -> None:
        """A subscription tells what is there and what comes, in order, until it is stopped."""
        self.optional_test_insert_subscribe()


class TrackingByName(ReadModelTracking):
    """Lets the library name applications in words; ours are called by practice ids."""

    def insert_tracking(self, tracking: Tracking) -> None:
        """Insert for the practice that the name stands for."""
        super().insert_tracking(Tracking(_practice(tracking), tracking.notification_id))

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return what is tracked for the practice that the name stands for."""
        return super().max_tracking_id(str(uuid5(NAMESPACE_URL, application_name)))


def _practice(tracking: Tracking) -> str:
    return str(uuid5(NAMESPACE_URL, tracking.application_name))


class TestReadModelTracking(_TRACKING_CASE):
    """The library's cases for a tracking recorder."""

    @pytest.fixture(autouse=True)
    def _take_database(self, database: Database) -> Iterator[None]:
        self.pool = database.pool(Role.PROJECTOR, 2)
        yield
        self.pool.close()

    def create_recorder(self) -> ReadModelTracking:
        """Return a recorder of a read model."""
        return TrackingByName(self.pool, "week")


def test_both_kinds_of_cases_were_collected() -> None:
    """The cases are unittest's: a class that stopped being one would pass by not running."""
    assert issubclass(TestPracticeRecorder, TestCase)
    assert issubclass(TestReadModelTracking, TestCase)


def test_a_conflict_is_one_in_both_worlds(ledger: TestedLedger) -> None:
    """Callers of the library catch its error, ours catch ours."""
    recorder = PracticeRecorder(ledger.ledger, uuid4())
    event = StoredEvent(uuid4(), 1, "topic1", b"state")
    recorder.insert_events([event])
    with pytest.raises(StreamConflict) as caught:
        recorder.insert_events([event])
    assert isinstance(caught.value, Conflict)


def test_nothing_to_insert_is_nothing_inserted(ledger: TestedLedger) -> None:
    """An empty list costs no position."""
    recorder = PracticeRecorder(ledger.ledger, uuid4())
    assert recorder.insert_events([]) == []
    assert recorder.max_notification_id() is None


def test_a_repeated_command_with_other_events_is_a_conflict(ledger: TestedLedger) -> None:
    """Whoever sent it finds what it came to the first time; with as many, it is told their ids."""
    recorder, command_id = PracticeRecorder(ledger.ledger, uuid4()), uuid4()
    one, other = (StoredEvent(uuid4(), 1, "topic1", b"state") for _ in range(2))
    first = recorder.insert_events([one, other], command_id=command_id)
    assert recorder.insert_events([one, other], command_id=command_id) == first
    with pytest.raises(StreamConflict):
        recorder.insert_events([one], command_id=command_id)
    assert recorder.max_notification_id() == 2
