"""The evaluation of a person's hours by the Board's rules, as of a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from aggregates.bbs.columns import week_start_of
from aggregates.bbs.evaluation import Evaluation, Finding, Row
from aggregates.bbs.evidence import gaps_of
from aggregates.bbs.figures import WeekFigures, figures_of
from aggregates.bbs.history import History
from aggregates.bbs.judging import JudgedWeek, judge
from aggregates.bbs.limits_met import other_verdicts
from aggregates.bbs.memory import Memory
from aggregates.bbs.minimums import minimums
from aggregates.bbs.rows import totals_of
from aggregates.bbs.rules import rule_set_of
from aggregates.hours.enrolment_entry import Track
from aggregates.week import last_day_of


def evaluate(
    history: History,
    as_of: dt.date,
    supervisees: Mapping[UUID, int] | None = None,
    memory: Memory | None = None,
) -> Evaluation:
    """Evaluate what took place up to a day; the order of entries makes no difference.

    `supervisees` tells for a supervision how many people its supervisor meets alone or in threes
    outside exempt settings, the person included, where that is known. With a memory only weeks are
    worked out in which something changed since; the result is the same.
    """
    memory = memory or Memory()
    memory.begin(history, as_of)
    judged = judge(history, as_of, memory.claimed)
    track = history.enrolment.track
    figures = list(_figures(track, judged.weeks, memory))
    gaps = gaps_of(judged, history.settings, history.supervisions, supervisees or {})
    rows = tuple(row for week in figures for row in week.rows)
    return Evaluation(
        track=track,
        as_of=as_of,
        receipt=judged.receipt,
        rule_set=rule_set_of(judged.receipt).version,
        rows=rows,
        requirements=(*minimums(track, figures), *other_verdicts(judged, figures, gaps)),
        gaps=gaps,
        totals=totals_of(rows),
    )


def rows_for_week(
    history: History, first_day: dt.date, memory: Memory | None = None
) -> tuple[Row, ...]:
    """Return a week's rows as if it were its last day; findings are what would not count if signed.

    An evaluation has the same rows; it may know of later days that share a limit. The memory is as
    in `evaluate`. Raises ValueError for a day on which none of the person's weeks begins.
    """
    if week_start_of(history.enrolment.week_start, first_day) != first_day:
        raise ValueError("no week begins on this day")
    last_day = last_day_of(first_day)
    memory = memory or Memory()
    memory.begin(history, last_day)
    judged = judge(history, last_day, memory.claimed).weeks[-1:]
    track = history.enrolment.track
    return tuple(
        row
        for week in _figures(track, judged, memory)
        for row in week.rows
        if row.first_day == first_day
    )


def findings_for_week(history: History, first_day: dt.date) -> tuple[Finding, ...]:
    """Return what of a week would not count if it and all before it were signed now.

    Raises as `rows_for_week` does.
    """
    rows = rows_for_week(history, first_day)
    return tuple(finding for row in rows for finding in row.findings)


def _figures(track: Track, weeks: Iterable[JudgedWeek], memory: Memory) -> Iterable[WeekFigures]:
    for judged in weeks:
        first_day = judged.week.first_day
        earlier = memory.figured.get(first_day)
        if earlier is None or earlier[0] != judged:
            earlier = memory.figured[first_day] = judged, figures_of(track, judged)
        yield earlier[1]
