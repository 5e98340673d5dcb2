"""One session: logged, corrected and deleted by the therapist who logged it, and nobody else."""

from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates import diary
from aggregates.decider import Decider
from aggregates.deletion import DeletionReason
from aggregates.diary import Deleted, DiaryState, Kind, NotLogged, decide_entry
from aggregates.facts import SealedFact
from aggregates.private import Private
from aggregates.refusal import RefusalCode
from aggregates.session_entry import SessionEntry, check_storable


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSession(diary.Log[SessionEntry]):
    """A therapist logs a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectSession(diary.Correct[SessionEntry]):
    """The same therapist tells it anew, as a whole."""


DeleteSession: TypeAlias = diary.Delete
SessionCommand: TypeAlias = LogSession | CorrectSession | DeleteSession


class SessionLogged(SealedFact, frozen=True, kw_only=True, tag="session-logged.v1"):
    """A therapist logged a session."""

    therapist_id: UUID
    entry: SessionEntry


class SessionCorrected(SealedFact, frozen=True, kw_only=True, tag="session-corrected.v1"):
    """The therapist corrected it; the entry is the whole session as it now stands."""

    entry: SessionEntry


class SessionDeleted(SealedFact, frozen=True, kw_only=True, tag="session-deleted.v1"):
    """The therapist deleted it; its history stays."""

    reason: DeletionReason
    remark: Private | None = None


SessionFact: TypeAlias = SessionLogged | SessionCorrected | SessionDeleted

SessionState: TypeAlias = DiaryState[SessionEntry]


def _logged(therapist_id: UUID, entry: SessionEntry) -> SessionFact:
    return SessionLogged(therapist_id=therapist_id, entry=entry)


def _corrected(entry: SessionEntry) -> SessionFact:
    return SessionCorrected(entry=entry)


def _deleted(reason: DeletionReason, remark: Private | None) -> SessionFact:
    return SessionDeleted(reason=reason, remark=remark)


_KIND: Final = Kind(
    logged=_logged,
    corrected=_corrected,
    deleted=_deleted,
    check=check_storable,
    exists=RefusalCode.SESSION_EXISTS,
    unknown=RefusalCode.SESSION_UNKNOWN,
    gone=RefusalCode.SESSION_DELETED,
)


def decide(command: SessionCommand, state: SessionState) -> tuple[SessionFact, ...]:
    """Return what happens; raises Refused, and FieldsRefused for an entry no form would pass."""
    return decide_entry(_KIND, command, state)


def evolve(state: SessionState, fact: SessionFact) -> SessionState:
    """Follow what happened; an entry that today's rules would refuse is taken as it is."""
    match fact:
        case SessionLogged(therapist_id=therapist_id, entry=entry):
            return diary.Logged(therapist_id, entry)
        case SessionCorrected(entry=entry):
            return diary.Logged(diary.therapist_of(state), entry)
        case SessionDeleted():
            return Deleted(diary.therapist_of(state))
        case _:
            assert_never(fact)


SESSION: Decider[SessionCommand, SessionState, SessionFact] = Decider(
    initial=NotLogged(), decide=decide, evolve=evolve
)
