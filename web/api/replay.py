"""The practice as it was, for programs of compliance officers: no client, no setting, no name."""

import datetime as dt
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.membership import Role
from aggregates.session_entry import Modality, Participants
from aggregates.shredding import ShredReason
from aggregates.week import week_of
from ledger.event_proof import Fault
from projections import as_of, look_back
from projections.proof_status import BodyState
from web.api import operation as op
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.problems import ApiError, field_error
from web.api.reading import query_day
from web.api.structs import Day, Moment, Position, StrictStruct, Version, moment, moment_or_none

_DAY_0: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_HASH: Final = Meta(extra_json_schema={"pattern": "^[0-9a-f]{64}$"})


class ReplayQuery(StrictStruct, frozen=True, kw_only=True):
    """Which moment: after the event at a position, or at a time; with neither, now."""

    position: Position | None = None
    at: Annotated[Moment | None, Meta(description="a moment with its offset (RFC 3339)")] = None
    week: Annotated[Day | None, Meta(description="a day of the week whose sessions are wanted")] = (
        None
    )


class MemberThen(StrictStruct, frozen=True, kw_only=True):
    """A member at that moment."""

    person_id: UUID
    role: Role
    invited_by: UUID
    joined_at: Moment


class SignatureThen(StrictStruct, frozen=True, kw_only=True):
    """A document that had been signed, by its SHA-256."""

    document_version: str
    document_sha256: Annotated[str, _HASH]
    signer_id: UUID
    signed_at: Moment


class SessionThen(StrictStruct, frozen=True, kw_only=True):
    """A session at that moment; the fields of what it said are null once it is destroyed."""

    id: UUID
    therapist_id: UUID
    date: Day | None
    start_minute: int | None
    minutes: int | None
    modality: Modality | None
    participants: Participants | None
    is_deleted: bool
    corrections: int
    logged_at: Moment


class WeekThen(StrictStruct, frozen=True, kw_only=True):
    """A week: how many sessions there are, and the minutes that count."""

    first_day: Day
    sessions: int
    minutes: int


class Destruction(StrictStruct, frozen=True, kw_only=True):
    """A key whose destruction was ordered; `destroyed_at` is null while it was not done."""

    stream_id: UUID
    key_id: UUID
    reason: ShredReason
    ordered_at: Moment
    destroyed_at: Moment | None


class EventThen(StrictStruct, frozen=True, kw_only=True):
    """An event around that moment, and whether its proof holds; `epoch` is null until sealed."""

    position: Position
    at: Moment
    type: str
    sentence: str
    stream_id: UUID
    version: Version
    event_id: UUID
    leaf_sha256: Annotated[str, _HASH]
    holds: bool
    faults: tuple[Fault, ...]
    body: BodyState
    epoch: int | None


class Replay(StrictStruct, frozen=True, kw_only=True):
    """The practice after the event at `position`, -1 before the first; it has `size` by now.

    `unreadable` counts the practice's own events whose key is destroyed.
    """

    position: int
    size: int
    recorded_at: Moment | None
    is_open: bool
    members: tuple[MemberThen, ...]
    signatures: tuple[SignatureThen, ...]
    weeks: tuple[WeekThen, ...]
    sessions: Annotated[
        tuple[SessionThen, ...], Meta(description="those of the week that was asked for")
    ]
    destructions: tuple[Destruction, ...]
    unreadable: int
    events: tuple[EventThen, ...]


def _replay(call: Call[Nothing, ReplayQuery]) -> Reply:
    query = call.query
    if query.position is not None and query.at is not None:
        raise ApiError("fields-invalid", field_error("field-invalid", query="at"))
    until_us = None
    if query.at is not None:
        until_us = (query.at - _DAY_0) // dt.timedelta(microseconds=1)
    week = _week(query.week) if query.week else None
    asked = look_back.Moment(position=query.position, until_us=until_us)
    return Reply(value=_told(call.records().look_back(call.actor, asked), week))


def _week(text: str) -> dt.date:
    return week_of(query_day(text, "week"))


def _told(found: look_back.LookBack, week: dt.date | None) -> Replay:
    state = found.state
    weeks = state.weeks()
    return Replay(
        position=found.position,
        size=found.size,
        recorded_at=moment_or_none(state.recorded_at_us),
        is_open=state.is_open,
        members=tuple(map(_member, state.members)),
        signatures=tuple(map(_signature, state.signatures)),
        weeks=tuple(
            WeekThen(
                first_day=each.first_day.isoformat(),
                sessions=len(each.sessions),
                minutes=each.minutes,
            )
            for each in weeks
        ),
        sessions=tuple(
            _session(session)
            for each in weeks
            if each.first_day == week
            for session in each.sessions
        ),
        destructions=tuple(map(_destruction, state.destructions)),
        unreadable=state.unreadable,
        events=tuple(map(_event, found.steps)),
    )


def _member(member: as_of.Member) -> MemberThen:
    return MemberThen(
        person_id=member.person_id,
        role=member.role,
        invited_by=member.invited_by,
        joined_at=moment(member.joined_at_us),
    )


def _signature(signature: as_of.Signature) -> SignatureThen:
    return SignatureThen(
        document_version=signature.document_version,
        document_sha256=signature.document_sha256.hex(),
        signer_id=signature.signer_id,
        signed_at=moment(signature.signed_at_us),
    )


def _session(session: as_of.SessionThen) -> SessionThen:
    said = session.said
    return SessionThen(
        id=session.stream_id,
        therapist_id=session.therapist_id,
        date=said.date.isoformat() if said else None,
        start_minute=said.start_minute if said else None,
        minutes=said.minutes if said else None,
        modality=said.modality if said else None,
        participants=said.participants if said else None,
        is_deleted=session.is_deleted,
        corrections=session.corrections,
        logged_at=moment(session.logged_at_us),
    )


def _destruction(destruction: as_of.Destruction) -> Destruction:
    return Destruction(
        stream_id=destruction.stream_id,
        key_id=destruction.key_id,
        reason=destruction.reason,
        ordered_at=moment(destruction.ordered_at_us),
        destroyed_at=moment_or_none(destruction.destroyed_at_us),
    )


def _event(step: look_back.Step) -> EventThen:
    status = step.status
    return EventThen(
        position=step.position,
        at=moment(step.recorded_at_us),
        type=step.type,
        sentence=step.sentence,
        stream_id=step.stream_id,
        version=step.version,
        event_id=step.event_id,
        leaf_sha256=status.proof.leaf_hash.hex(),
        holds=status.holds,
        faults=status.proof.faults,
        body=status.body,
        epoch=status.proof.sealed.epoch if status.proof.sealed else None,
    )


OPERATIONS: Final = (
    Operation(
        row=row("GET", "/replay", op.OFFICERS, op.REVIEW, reads=op.WHOLE_PRACTICE),
        name="replayPractice",
        summary="The whole practice as it was at a moment, without client identity",
        handler=_replay,
        answer=Replay,
        body=Nothing,
        query=ReplayQuery,
    ),
)
