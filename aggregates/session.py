"""One session: logged, corrected and deleted by the therapist who logged it, and nobody else."""

from dataclasses import dataclass
from typing import TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.deletion import DeletionReason
from aggregates.facts import SealedFact
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from aggregates.session_entry import SessionEntry, check_storable


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSession:
    """A therapist logs a session; `baa_signed` is the state of their practice."""

    entry: SessionEntry
    therapist_id: UUID
    baa_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectSession:
    """The same therapist tells it anew, as a whole."""

    entry: SessionEntry
    therapist_id: UUID
    baa_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSession:
    """The same therapist takes it out of their hours."""

    reason: DeletionReason
    remark: Private | None = None
    therapist_id: UUID
    baa_signed: bool


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


@dataclass(frozen=True, slots=True)
class NotLogged:
    """Nothing was said yet."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A session that counts."""

    therapist_id: UUID
    entry: SessionEntry


@dataclass(frozen=True, slots=True)
class Deleted:
    """A session that no longer counts."""

    therapist_id: UUID


SessionState: TypeAlias = NotLogged | Logged | Deleted


def decide(command: SessionCommand, state: SessionState) -> tuple[SessionFact, ...]:
    """Return what happens; raises Refused, and FieldsRefused for an entry no form would pass."""
    if not command.baa_signed:
        raise Refused(RefusalCode.BAA_NOT_SIGNED)
    match command:
        case LogSession():
            return _log(command, state)
        case CorrectSession():
            return _correct(command, _own_session(command.therapist_id, state))
        case DeleteSession():
            _own_session(command.therapist_id, state)
            return (SessionDeleted(reason=command.reason, remark=command.remark),)
        case _:
            assert_never(command)


def evolve(state: SessionState, fact: SessionFact) -> SessionState:
    """Follow what happened; an entry that today's rules would refuse is taken as it is."""
    match fact:
        case SessionLogged(therapist_id=therapist_id, entry=entry):
            return Logged(therapist_id, entry)
        case SessionCorrected(entry=entry):
            return Logged(_therapist_of(state), entry)
        case SessionDeleted():
            return Deleted(_therapist_of(state))
        case _:
            assert_never(fact)


def _log(command: LogSession, state: SessionState) -> tuple[SessionFact, ...]:
    match state:
        case NotLogged():
            check_storable(command.entry)
            return (SessionLogged(therapist_id=command.therapist_id, entry=command.entry),)
        case Logged():
            raise Refused(RefusalCode.SESSION_EXISTS)
        case Deleted():
            raise Refused(RefusalCode.SESSION_DELETED)
        case _:
            assert_never(state)


def _correct(command: CorrectSession, session: Logged) -> tuple[SessionFact, ...]:
    if command.entry == session.entry:
        raise Refused(RefusalCode.NOTHING_CHANGED)
    check_storable(command.entry)
    return (SessionCorrected(entry=command.entry),)


def _own_session(therapist_id: UUID, state: SessionState) -> Logged:
    """Return the session if it is theirs; others hear the same whether it was deleted or not."""
    match state:
        case NotLogged():
            raise Refused(RefusalCode.SESSION_UNKNOWN)
        case Logged(therapist_id=owner) | Deleted(therapist_id=owner) if owner != therapist_id:
            raise Refused(RefusalCode.NOT_YOURS)
        case Deleted():
            raise Refused(RefusalCode.SESSION_DELETED)
        case Logged():
            return state
        case _:
            assert_never(state)


def _therapist_of(state: SessionState) -> UUID:
    # Version 1 of a session's stream is always session-logged.v1.
    assert not isinstance(state, NotLogged)
    return state.therapist_id


SESSION: Decider[SessionCommand, SessionState, SessionFact] = Decider(
    initial=NotLogged(), decide=decide, evolve=evolve
)
