"""Weeks that were handed to a supervisor, for their programs: read, and never signed by a token."""

from collections.abc import Iterable
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.hours.enrolment_entry import Phase, Track
from aggregates.hours.week_content import RowMinutes
from projections.supervised import SupervisedRow
from projections.weeks_table import RowState
from web.addresses import person_of
from web.api import operation as op
from web.api.figures import RuleId
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.structs import Day, Moment, StrictStruct, Version, moment_or_none
from web.errors import PageError
from web.guard import shown_persons
from web.pages.supervising.supervised_in_words import line_of, warned


class SignedMinutes(StrictStruct, frozen=True, kw_only=True):
    """The columns of the Board's weekly log, in minutes."""

    a: int
    a1: int
    b: int
    b1: int
    b2: int
    c: int


class WarnedOf(StrictStruct, frozen=True, kw_only=True):
    """A rule that the week may fail, as was told when it was submitted."""

    rule_id: RuleId
    title: str
    citation: str


class HandedIn(StrictStruct, frozen=True, kw_only=True):
    """What a week comes to, as its supervisor would sign it."""

    supervisee: str
    setting: str
    track: Track
    minutes: SignedMinutes
    warnings: tuple[WarnedOf, ...]


class WeekHandedIn(StrictStruct, frozen=True, kw_only=True):
    """A row of a supervisee's log; `content` is null once it was destroyed at its deadline.

    `is_late` says that it was signed later than a week after its end, or waits for longer.
    """

    id: UUID
    version: Version
    person_id: UUID
    first_day: Day
    phase: Phase
    state: Annotated[RowState, Meta(description="how far it has come; amended is open again")]
    was_signed: bool
    is_late: bool
    submitted_at: Moment | None
    returned_at: Moment | None
    signed_at: Moment | None
    content: HandedIn | None


class Supervised(StrictStruct, frozen=True, kw_only=True):
    """What waits for the signature, oldest week first, and whose weeks there are besides."""

    waiting: tuple[WeekHandedIn, ...]
    supervisees: tuple[UUID, ...]


class WeeksHandedIn(StrictStruct, frozen=True, kw_only=True):
    """All weeks of a supervisee that were handed to the person, newest first."""

    weeks: tuple[WeekHandedIn, ...]


def _inbox(call: Call[Nothing, Nothing]) -> Reply:
    records, told = call.records().supervised, shown_persons(call.request)
    waiting = [each for each in records.inbox(call.actor) if each.person_id in told]
    supervisees = [each.person_id for each in records.latest(call.actor) if each.person_id in told]
    return Reply(value=Supervised(waiting=_weeks(call, waiting), supervisees=tuple(supervisees)))


def _supervisee(call: Call[Nothing, Nothing]) -> Reply:
    found = call.records().supervised.weeks(call.actor, person_of(call.request))
    if not found:
        raise PageError("not-found")
    return Reply(value=WeeksHandedIn(weeks=_weeks(call, found)))


def _weeks(
    call: Call[Nothing, Nothing], found: Iterable[SupervisedRow]
) -> tuple[WeekHandedIn, ...]:
    today = call.parts.today()
    return tuple(
        WeekHandedIn(
            id=each.stream_id,
            version=each.version,
            person_id=each.person_id,
            first_day=each.first_day.isoformat(),
            phase=each.phase,
            state=each.state,
            was_signed=each.was_signed,
            is_late=line_of(each, today).is_late,
            submitted_at=moment_or_none(each.submitted_at_us),
            returned_at=moment_or_none(each.returned_at_us),
            signed_at=moment_or_none(each.signed_at_us),
            content=_content(each),
        )
        for each in found
    )


def _content(found: SupervisedRow) -> HandedIn | None:
    shown = found.shown
    if shown is None:
        return None
    warnings = (
        WarnedOf(rule_id=each.rule_id, title=each.words, citation=each.citation)
        for each in warned(shown.warnings, shown.track)
    )
    return HandedIn(
        supervisee=shown.printed.supervisee.reveal(),
        setting=shown.printed.setting.reveal(),
        track=shown.track,
        minutes=_minutes(shown.minutes),
        warnings=tuple(warnings),
    )


def _minutes(of: RowMinutes) -> SignedMinutes:
    return SignedMinutes(a=of.a, a1=of.a1, b=of.b, b1=of.b1, b2=of.b2, c=of.c)


OPERATIONS: Final = (
    Operation(
        row=row("GET", "/supervised", op.SUPERVISORS, op.SUPERVISE, reads=op.SUPERVISED),
        name="listSupervised",
        summary="The weeks that wait for the person's signature, and whose weeks there are",
        handler=_inbox,
        answer=Supervised,
        body=Nothing,
        query=Nothing,
    ),
    Operation(
        row=row(
            "GET", "/supervised/{person_id}", op.SUPERVISORS, op.SUPERVISE, reads=op.SUPERVISEE
        ),
        name="readSupervisee",
        summary="The weeks of one supervisee that were handed to the person",
        handler=_supervisee,
        answer=WeeksHandedIn,
        body=Nothing,
        query=Nothing,
    ),
)
