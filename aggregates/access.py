"""Access: who looked at whose records and why, one stream a reader and day (I8)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import SealedFact
from aggregates.practice import Role
from aggregates.private import Private


class RecordKind(StrEnum):
    """What kind of page it is on."""

    WEEK = "week"
    SESSION = "session"
    TRAIL = "trail"
    REPLAY = "replay"
    ACCESSES = "accesses"
    LOG_FILES = "log-files"
    EXPORT = "export"
    SETUP = "setup"
    ACTIVITY = "activity"
    PROGRESS = "progress"
    WEEKLY_LOG = "weekly-log"
    SUPERVISED = "supervised"
    EMERGENCIES = "emergencies"
    HOLDS = "holds"
    REVIEWS = "hours-reviews"
    REVIEW = "hours-review"


class Purpose(StrEnum):
    """What it is looked at for."""

    OWN_RECORD = "own-record"
    COMPLIANCE_REVIEW = "compliance-review"
    SUPERVISION = "supervision"
    VERIFICATION = "verification"
    EMERGENCY = "emergency"


class RefusedFor(StrEnum):
    """Why somebody was not shown it."""

    ROLE = "role"
    NOT_THEIRS = "not-theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecords:
    """A member is about to be shown records.

    `whose` is the person they belong to, None for the whole practice; `stream_id` or `day` (the
    first of a week) says which; `token_id` is the token of a program that asks for them.
    ValueError when the purpose does not fit whose they are: both
    come from our own table.
    """

    reader_id: UUID
    role: Role
    kind: RecordKind
    whose: UUID | None
    stream_id: UUID | None = None
    day: dt.date | None = None
    purpose: Purpose
    ip_address: Private | None = None
    token_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.purpose is Purpose.OWN_RECORD) != (self.whose == self.reader_id):
            raise ValueError("one's own record is read as one's own, and nothing else is")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseAccess:
    """A member asked for what they may not see; `whose` is None where there is no such record."""

    reader_id: UUID
    role: Role
    kind: RecordKind
    whose: UUID | None
    stream_id: UUID | None = None
    reason: RefusedFor
    ip_address: Private | None = None
    token_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAsOperator:
    """Whoever runs the service is about to be told a practice's history, or part of it."""

    kind: RecordKind
    purpose: Purpose


AccessCommand: TypeAlias = ReadRecords | RefuseAccess | ReadAsOperator


class RecordsRead(SealedFact, frozen=True, kw_only=True, tag="records-read.v1"):
    """A member was let to these records; written before a byte of them was sent."""

    reader_id: UUID
    role: Role
    kind: RecordKind
    whose: UUID | None
    stream_id: UUID | None
    day: dt.date | None
    purpose: Purpose
    ip_address: Private | None = None
    token_id: UUID | None = None


class AccessRefused(SealedFact, frozen=True, kw_only=True, tag="access-refused.v1"):
    """A member was not shown what they asked for."""

    reader_id: UUID
    role: Role
    kind: RecordKind
    whose: UUID | None
    stream_id: UUID | None
    reason: RefusedFor
    ip_address: Private | None = None
    token_id: UUID | None = None


class OperatorRead(SealedFact, frozen=True, kw_only=True, tag="operator-read.v1"):
    """Whoever runs the service read of this practice on the command line; no member, no role."""

    kind: RecordKind
    purpose: Purpose


AccessFact: TypeAlias = RecordsRead | AccessRefused | OperatorRead


@dataclass(frozen=True, slots=True)
class AnyDay:
    """A reader's day: what was looked at before allows and forbids nothing, so nothing is kept.

    That is why nobody has to load the stream to write to it.
    """


def decide(command: AccessCommand, _state: AnyDay) -> tuple[AccessFact, ...]:
    """Return what happens: each look is a fact, also the same one again."""
    match command:
        case ReadRecords():
            return (_read(command),)
        case RefuseAccess():
            return (_refused(command),)
        case ReadAsOperator(kind=kind, purpose=purpose):
            return (OperatorRead(kind=kind, purpose=purpose),)
        case _:
            assert_never(command)


def evolve(state: AnyDay, _fact: AccessFact) -> AnyDay:
    """Follow what happened."""
    return state


def _read(command: ReadRecords) -> RecordsRead:
    return RecordsRead(
        reader_id=command.reader_id,
        role=command.role,
        kind=command.kind,
        whose=command.whose,
        stream_id=command.stream_id,
        day=command.day,
        purpose=command.purpose,
        ip_address=command.ip_address,
        token_id=command.token_id,
    )


def _refused(command: RefuseAccess) -> AccessRefused:
    return AccessRefused(
        reader_id=command.reader_id,
        role=command.role,
        kind=command.kind,
        whose=command.whose,
        stream_id=command.stream_id,
        reason=command.reason,
        ip_address=command.ip_address,
        token_id=command.token_id,
    )


ACCESS: Decider[AccessCommand, AnyDay, AccessFact] = Decider(
    initial=AnyDay(), decide=decide, evolve=evolve
)
