"""One activity: logged, corrected and deleted by the therapist who logged it, and nobody else."""

from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates import diary
from aggregates.decider import Decider
from aggregates.deletion import DeletionReason
from aggregates.diary import Deleted, DiaryState, Kind, NotLogged, decide_entry
from aggregates.facts import SealedFact
from aggregates.hours.activity_entry import ActivityEntry, check_activity
from aggregates.hours.refusals import HoursCode
from aggregates.private import Private


@dataclass(frozen=True, slots=True, kw_only=True)
class LogActivity(diary.Log[ActivityEntry]):
    """A therapist logs an activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectActivity(diary.Correct[ActivityEntry]):
    """The same therapist tells it anew, as a whole."""


DeleteActivity: TypeAlias = diary.Delete
ActivityCommand: TypeAlias = LogActivity | CorrectActivity | DeleteActivity


class ActivityLogged(SealedFact, frozen=True, kw_only=True, tag="activity-logged.v1"):
    """A therapist logged an activity: supervision received, a workshop, notes and the like."""

    therapist_id: UUID
    entry: ActivityEntry


class ActivityCorrected(SealedFact, frozen=True, kw_only=True, tag="activity-corrected.v1"):
    """The therapist corrected it; the entry is the whole activity as it now stands."""

    entry: ActivityEntry


class ActivityDeleted(SealedFact, frozen=True, kw_only=True, tag="activity-deleted.v1"):
    """The therapist deleted it; its history stays."""

    reason: DeletionReason
    remark: Private | None = None


ActivityFact: TypeAlias = ActivityLogged | ActivityCorrected | ActivityDeleted
ActivityState: TypeAlias = DiaryState[ActivityEntry]


def _logged(therapist_id: UUID, entry: ActivityEntry) -> ActivityFact:
    return ActivityLogged(therapist_id=therapist_id, entry=entry)


def _corrected(entry: ActivityEntry) -> ActivityFact:
    return ActivityCorrected(entry=entry)


def _deleted(reason: DeletionReason, remark: Private | None) -> ActivityFact:
    return ActivityDeleted(reason=reason, remark=remark)


_KIND: Final = Kind(
    logged=_logged,
    corrected=_corrected,
    deleted=_deleted,
    check=check_activity,
    exists=HoursCode.ACTIVITY_EXISTS,
    unknown=HoursCode.ACTIVITY_UNKNOWN,
    gone=HoursCode.ACTIVITY_DELETED,
)


def decide(command: ActivityCommand, state: ActivityState) -> tuple[ActivityFact, ...]:
    """Return what happens; raises Refused, and FieldsRefused for an entry no form would pass."""
    return decide_entry(_KIND, command, state)


def evolve(state: ActivityState, fact: ActivityFact) -> ActivityState:
    """Follow what happened; an entry that today's rules would refuse is taken as it is."""
    match fact:
        case ActivityLogged(therapist_id=therapist_id, entry=entry):
            return diary.Logged(therapist_id, entry)
        case ActivityCorrected(entry=entry):
            return diary.Logged(diary.therapist_of(state), entry)
        case ActivityDeleted():
            return Deleted(diary.therapist_of(state))
        case _:
            assert_never(fact)


ACTIVITY: Decider[ActivityCommand, ActivityState, ActivityFact] = Decider(
    initial=NotLogged(), decide=decide, evolve=evolve
)
