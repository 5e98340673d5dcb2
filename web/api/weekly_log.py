"""The weekly log for programs: its rows, a week of them with findings, submit and take back."""

import datetime as dt
from itertools import takewhile
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.bbs.columns import week_start_of
from aggregates.bbs.evaluation import Row
from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import ReturnReason
from aggregates.refusal import Refused
from commands.handle import Handled
from web.addresses import day_of
from web.api import operation as op
from web.api.figures import (
    ColumnMinutes,
    NotCounting,
    TwoFigures,
    column_minutes,
    not_counting,
    two_figures,
)
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.reading import query_day
from web.api.structs import Changed, Day, Moment, StrictStruct, moment_or_none
from web.pages.weekly_log.log_rows import LogRow, LogState, log_rows
from web.pages.weekly_log.log_week import LogWeek, log_week

WEEKS_MAX: Final = 104
_SHOWN: Final = Meta(
    max_length=64, description="a hash of what the row sums up: it is sent back with what is done"
)


class LogQuery(StrictStruct, frozen=True, kw_only=True):
    """Which rows."""

    state: Annotated[LogState | None, Meta(description="only rows that have come so far")] = None
    before: Annotated[Day | None, Meta(description="only weeks that begin before this")] = None
    weeks: Annotated[int, Meta(ge=1, le=WEEKS_MAX, description="how many weeks")] = 26


class RowOfLog(StrictStruct, frozen=True, kw_only=True):
    """A row: a week under one supervision, before or after the degree.

    `id` is null while it was never submitted, `supervision` for entries that name none: those stand
    in no row of the Board's form. `is_late` says that it was not signed within a week of its end.
    Reason and remark are the supervisor's while it is returned.
    """

    id: UUID | None
    first_day: Day
    supervision: UUID | None
    phase: Phase
    state: LogState
    is_late: bool
    minutes: ColumnMinutes
    entries: tuple[UUID, ...]
    shown: Annotated[str, _SHOWN]
    submitted_at: Moment | None
    returned_at: Moment | None
    signed_at: Moment | None
    return_reason: ReturnReason | None
    remark: str | None


class JudgedRow(StrictStruct, frozen=True, kw_only=True):
    """A row with what would not count if it were signed now; units are in minutes, 60 are one."""

    row: RowOfLog
    units: TwoFigures | None
    units_required: int
    findings: tuple[NotCounting, ...]


class WeeklyLog(StrictStruct, frozen=True, kw_only=True):
    """Rows, the newest week first; `next_before` asks for older ones, null at the end."""

    rows: tuple[RowOfLog, ...]
    next_before: Day | None


class LoggedWeek(StrictStruct, frozen=True, kw_only=True):
    """The rows of one week; `first_day` is null while no enrolment was stated."""

    first_day: Day | None
    rows: tuple[JudgedRow, ...]


class RowNamed(StrictStruct, frozen=True, kw_only=True):
    """Which row of the week, and what was shown of it."""

    supervision: UUID
    phase: Phase
    shown: Annotated[str, _SHOWN]


def _log(call: Call[Nothing, LogQuery]) -> Reply:
    query, records = call.query, call.records().hours
    before = query_day(query.before, "before") if query.before else None
    history = records.history(call.actor)
    if history is None:
        return Reply(value=WeeklyLog(rows=(), next_before=None))
    found = [
        each
        for each in log_rows(history, records.weeks(call.actor), call.parts.today())
        if query.state in (None, each.state) and (before is None or each.first_day < before)
    ]
    days = list(dict.fromkeys(each.first_day for each in found))
    last = days[query.weeks - 1] if len(days) > query.weeks else dt.date.min
    rows = takewhile(lambda each: each.first_day >= last, found)
    older = last.isoformat() if len(days) > query.weeks else None
    return Reply(value=WeeklyLog(rows=tuple(map(_row, rows)), next_before=older))


def _week(call: Call[Nothing, Nothing]) -> Reply:
    first_day = _first_day(call)
    week = _read(call, first_day)
    shown = () if week is None else tuple(_judged(e, week.judged.get(e.place)) for e in week.rows)
    day = first_day.isoformat() if first_day else None
    return Reply(value=LoggedWeek(first_day=day, rows=shown))


def _submit(call: Call[RowNamed, Nothing]) -> Reply:
    first_day = _first_day(call)
    done = _done(call, first_day)
    if done is not None:
        return _changed(call, done)
    week, found, key = _named(call, first_day)
    submit = call.parts.services.hours.submit_week
    return _changed(call, submit(call.actor, week.submission(found, key), call.command_id))


def _take_back(call: Call[RowNamed, Nothing]) -> Reply:
    first_day = _first_day(call)
    done = _done(call, first_day)
    if done is not None:
        return _changed(call, done)
    _, found, key = _named(call, first_day)
    if found.row is None:
        raise Refused(HoursCode.WEEK_NOT_SUBMITTED)
    take_back = call.parts.services.hours.take_back_week
    return _changed(call, take_back(call.actor, key, call.command_id))


def _done(call: Call[RowNamed, Nothing], first_day: dt.date | None) -> Handled | None:
    """Return what the same call did before, whatever became of the row since (I10)."""
    if first_day is None:
        return None
    key = RowKey(
        person_id=call.actor.person_id,
        supervision_id=call.body.supervision,
        first_day=first_day,
        phase=call.body.phase,
    )
    return call.parts.services.hours.earlier_act(call.actor, key, call.command_id)


def _changed(call: Call[RowNamed, Nothing], handled: Handled) -> Reply:
    call.settle(handled)
    value = Changed(id=handled.stream_id, version=handled.version)
    return Reply(value=value, version=handled.version)


def _first_day(call: Call[Nothing, Nothing] | Call[RowNamed, Nothing]) -> dt.date | None:
    """Return the first day of the week that a day is in, as the person's begin.

    None while they have stated no enrolment.
    """
    day = day_of(call.request)
    enrolment = call.records().hours.setup(call.actor).enrolment
    return week_start_of(enrolment.week_start, day) if enrolment else None


def _read(
    call: Call[Nothing, Nothing] | Call[RowNamed, Nothing], first_day: dt.date | None
) -> LogWeek | None:
    """Return the rows of the week that begins on this day."""
    if first_day is None:
        return None
    return log_week(call.records().hours, call.actor, first_day, call.parts.today())


def _named(
    call: Call[RowNamed, Nothing], first_day: dt.date | None
) -> tuple[LogWeek, LogRow, RowKey]:
    """Return the row that is meant, if it is still as it was shown. Raises Refused."""
    said, week = call.body, _read(call, first_day)
    found = week.row((first_day, said.supervision, said.phase)) if week and first_day else None
    key = found.key(call.actor.person_id) if found else None
    if week is None or found is None or key is None:
        raise Refused(HoursCode.WEEK_UNKNOWN)
    if found.shown != said.shown:
        raise Refused(HoursCode.WEEK_CHANGED)
    return week, found, key


def _row(found: LogRow) -> RowOfLog:
    submitted = found.row
    returned = submitted if found.state is LogState.RETURNED else None
    remark = returned.remark if returned else None
    return RowOfLog(
        id=submitted.stream_id if submitted else None,
        first_day=found.first_day.isoformat(),
        supervision=found.supervision_id,
        phase=found.phase,
        state=found.state,
        is_late=found.is_late,
        minutes=column_minutes(found.columns),
        entries=tuple(each.entry_id for each in found.entries),
        shown=found.shown,
        submitted_at=moment_or_none(submitted.submitted_at_us if submitted else None),
        returned_at=moment_or_none(submitted.returned_at_us if submitted else None),
        signed_at=moment_or_none(submitted.signed_at_us if submitted else None),
        return_reason=returned.return_reason if returned else None,
        remark=remark.reveal() if remark else None,
    )


def _judged(found: LogRow, judged: Row | None) -> JudgedRow:
    return JudgedRow(
        row=_row(found),
        units=two_figures(judged.units) if judged else None,
        units_required=judged.units_required if judged else 0,
        findings=tuple(map(not_counting, judged.findings)) if judged else (),
    )


_ONE: Final = "/weekly-log/{day}"
_UNFIT: Final = ("week-unknown", "week-changed", "key-destroyed")
OPERATIONS: Final = (
    Operation(
        row=row("GET", "/weekly-log", op.LOGGERS, op.READ_OWN, reads=op.OWN_LOG),
        name="listWeeklyLog",
        summary="The rows of the person's weekly log, and how far each has come",
        handler=_log,
        answer=WeeklyLog,
        body=Nothing,
        query=LogQuery,
    ),
    Operation(
        row=row("GET", _ONE, op.LOGGERS, op.READ_OWN, reads=op.OWN_LOG),
        name="readLoggedWeek",
        summary="The rows of the week that a day is in, with what would not count and why",
        handler=_week,
        answer=LoggedWeek,
        body=Nothing,
        query=Nothing,
    ),
    Operation(
        row=row("POST", f"{_ONE}/submission", op.LOGGERS, op.SUBMIT, reads=op.OWN_LOG, baa=True),
        name="submitWeek",
        summary="Hand a row to its supervisor, as it was shown",
        handler=_submit,
        answer=Changed,
        body=RowNamed,
        query=Nothing,
        is_tagged=True,
        codes=(
            *_UNFIT,
            *("week-submitted", "week-empty", "enrolment-missing"),
            *("supervision-unknown", "supervisor-missing", "setting-unknown"),
        ),
    ),
    Operation(
        row=row("POST", f"{_ONE}/take-back", op.LOGGERS, op.SUBMIT, reads=op.OWN_LOG, baa=True),
        name="takeWeekBack",
        summary="Take a row back from its supervisor, or open a signed one again",
        handler=_take_back,
        answer=Changed,
        body=RowNamed,
        query=Nothing,
        is_tagged=True,
        codes=(*_UNFIT, "week-not-submitted"),
    ),
)
