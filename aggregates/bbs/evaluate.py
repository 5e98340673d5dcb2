"""The evaluation of a person's hours by the Board's rules, as of a day."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from aggregates.bbs.columns import week_start_of
from aggregates.bbs.evaluation import Evaluation, Finding
from aggregates.bbs.evidence import gaps_of
from aggregates.bbs.history import History
from aggregates.bbs.judging import judge, lost_by_entry
from aggregates.bbs.limits_met import other_verdicts
from aggregates.bbs.minimums import minimums
from aggregates.bbs.rows import rows_of, totals_of
from aggregates.bbs.rules import rule_set_of
from aggregates.week import WEEK_DAYS


def evaluate(
    history: History, as_of: dt.date, supervisees: Mapping[UUID, int] | None = None
) -> Evaluation:
    """Evaluate what took place up to a day; the order of entries makes no difference.

    `supervisees` tells for a supervision how many people its supervisor meets alone or in threes
    outside exempt settings, the person included, where that is known.
    """
    judged = judge(history, as_of)
    gaps = gaps_of(judged, history.settings, history.supervisions, supervisees or {})
    lost = lost_by_entry(judged)
    rows = rows_of(judged, lost)
    return Evaluation(
        track=history.enrolment.track,
        as_of=as_of,
        receipt=judged.receipt,
        rule_set=rule_set_of(judged.receipt).version,
        rows=rows,
        requirements=(*minimums(judged), *other_verdicts(judged, lost, gaps)),
        gaps=gaps,
        totals=totals_of(rows),
    )


def findings_for_week(history: History, first_day: dt.date) -> tuple[Finding, ...]:
    """Return what of a week would not count if it and all before it were signed now.

    An evaluation has the same in its rows; it may know of later days that share a limit.
    Raises ValueError for a day on which none of the person's weeks begins.
    """
    if week_start_of(history.enrolment.week_start, first_day) != first_day:
        raise ValueError("no week begins on this day")
    judged = judge(history, first_day + dt.timedelta(days=WEEK_DAYS - 1))
    rows = rows_of(judged, lost_by_entry(judged), first_day)
    return tuple(finding for row in rows for finding in row.findings)
