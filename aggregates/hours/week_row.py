"""A row of a weekly log: submitted, returned or signed, amended, submitted and signed again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import SealedFact, Silent
from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_content import RowContent
from aggregates.hours.week_statement import REFERENCE_BYTES, week_statement
from aggregates.private import Private
from aggregates.refusal import Refused

WARNINGS_MAX: Final = 100


class ReturnReason(StrEnum):
    """Why a supervisor gives a week back."""

    HOURS_DIFFER = "hours-differ"
    SUPERVISION_MISSING = "supervision-missing"
    WRONG_SETTING = "wrong-setting"
    NOT_MY_SUPERVISION = "not-my-supervision"
    OTHER = "other"


class AmendCause(StrEnum):
    """What opened a week again."""

    ENTRY_LOGGED = "entry-logged"
    ENTRY_CORRECTED = "entry-corrected"
    ENTRY_DELETED = "entry-deleted"
    TAKEN_BACK = "taken-back"
    ENROLMENT_RESTATED = "enrolment-restated"


class Assertion(Silent, frozen=True, kw_only=True):
    """What an authenticator answered (WebAuthn 3, section 7.2), as it came."""

    credential_id: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitWeek:
    """The supervisee hands the row to the supervisor; `warnings` are ids of rules it may fail."""

    content: RowContent
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnWeek:
    """The supervisor gives it back unsigned."""

    supervisor_id: UUID
    reason: ReturnReason
    remark: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWeek:
    """The supervisor signs `statement`, which was shown, of `content`, which stands now.

    `at_us` and `reference` are what the statement says of its time and itself. The assertion was
    verified before, against a passkey of theirs that counts.
    """

    practice_id: UUID
    supervisor_id: UUID
    content: RowContent
    statement: Private
    at_us: int
    reference: bytes
    assertion: Assertion
    ip_address: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendWeek:
    """The supervisee changes what it rests on; `stream_id` is the entry's, None if it was none."""

    cause: AmendCause
    stream_id: UUID | None = None


WeekCommand: TypeAlias = SubmitWeek | ReturnWeek | SignWeek | AmendWeek


class WeekSubmitted(SealedFact, frozen=True, kw_only=True, tag="week-submitted.v1"):
    """A row was handed to the supervisor: its content, and the rules it was warned of."""

    content: RowContent
    warnings: tuple[str, ...]


class WeekReturned(SealedFact, frozen=True, kw_only=True, tag="week-returned.v1"):
    """The supervisor gave it back."""

    supervisor_id: UUID
    reason: ReturnReason
    remark: Private | None


class WeekSigned(SealedFact, frozen=True, kw_only=True, tag="week-signed.v1"):
    """The supervisor signed it: the statement as shown, and the passkey's signature over it."""

    supervisor_id: UUID
    entries_sha256: bytes
    statement: Private
    at_us: int
    reference: bytes
    assertion: Assertion
    ip_address: Private | None


class WeekAmended(SealedFact, frozen=True, kw_only=True, tag="week-amended.v1"):
    """It was opened again; a signature on it stays on record and counts no more."""

    cause: AmendCause
    stream_id: UUID | None
    was_signed: bool


WeekFact: TypeAlias = WeekSubmitted | WeekReturned | WeekSigned | WeekAmended


@dataclass(frozen=True, slots=True)
class NotSubmitted:
    """A draft: what its entries come to."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """With the supervisor."""

    content: RowContent


@dataclass(frozen=True, slots=True)
class Returned:
    """Back with the supervisee."""

    content: RowContent


@dataclass(frozen=True, slots=True)
class Signed:
    """Signed, as long as nothing of it changes."""

    content: RowContent


@dataclass(frozen=True, slots=True)
class Amended:
    """Open again after it was submitted or signed."""

    was_signed: bool


WeekState: TypeAlias = NotSubmitted | Submitted | Returned | Signed | Amended


def decide(command: WeekCommand, state: WeekState) -> tuple[WeekFact, ...]:
    """Return what happens, nothing for what stands already. Raises Refused."""
    match command:
        case SubmitWeek():
            return _submit(command, state)
        case ReturnWeek():
            _with_supervisor(command.supervisor_id, state)
            returned = WeekReturned(
                supervisor_id=command.supervisor_id, reason=command.reason, remark=command.remark
            )
            return (returned,)
        case SignWeek():
            return _sign(command, _with_supervisor(command.supervisor_id, state))
        case AmendWeek(cause=cause, stream_id=stream_id):
            was_signed = isinstance(state, Signed)
            if not was_signed and not isinstance(state, Submitted):
                return ()
            return (WeekAmended(cause=cause, stream_id=stream_id, was_signed=was_signed),)
        case _:
            assert_never(command)


def evolve(state: WeekState, fact: WeekFact) -> WeekState:
    """Follow what happened."""
    match fact:
        case WeekSubmitted(content=content):
            return Submitted(content)
        case WeekReturned():
            return Returned(_content_of(state))
        case WeekSigned():
            return Signed(_content_of(state))
        case WeekAmended(was_signed=was_signed):
            return Amended(was_signed)
        case _:
            assert_never(fact)


def _submit(command: SubmitWeek, state: WeekState) -> tuple[WeekFact, ...]:
    content = command.content
    if not content.entries:
        raise Refused(HoursCode.WEEK_EMPTY)
    if isinstance(state, Submitted | Signed) and state.content == content:
        raise Refused(HoursCode.WEEK_SUBMITTED)
    if len(command.warnings) > WARNINGS_MAX:
        raise ValueError("a row is warned of at most WARNINGS_MAX rules")
    return (WeekSubmitted(content=content, warnings=command.warnings),)


def _with_supervisor(supervisor_id: UUID, state: WeekState) -> Submitted:
    if not isinstance(state, Submitted):
        raise Refused(HoursCode.WEEK_NOT_SUBMITTED)
    if state.content.supervisor_id != supervisor_id:
        raise Refused(HoursCode.WEEK_NOT_YOURS)
    return state


def _sign(command: SignWeek, state: Submitted) -> tuple[WeekFact, ...]:
    if command.content != state.content:
        raise Refused(HoursCode.WEEK_CHANGED)
    if len(command.reference) != REFERENCE_BYTES:
        raise ValueError("a reference has REFERENCE_BYTES bytes")
    expected = week_statement(command.practice_id, state.content, command.at_us, command.reference)
    if command.statement.reveal() != expected:
        raise Refused(HoursCode.WEEK_CHANGED)
    signed = WeekSigned(
        supervisor_id=command.supervisor_id,
        entries_sha256=state.content.entries_sha256,
        statement=command.statement,
        at_us=command.at_us,
        reference=command.reference,
        assertion=command.assertion,
        ip_address=command.ip_address,
    )
    return (signed,)


def _content_of(state: WeekState) -> RowContent:
    # A week is returned or signed only while it is with the supervisor.
    assert isinstance(state, Submitted)
    return state.content


WEEK_ROW: Decider[WeekCommand, WeekState, WeekFact] = Decider(
    initial=NotSubmitted(), decide=decide, evolve=evolve
)
