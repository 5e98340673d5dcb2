"""When each minimum would be reached at the pace of the last thirteen weeks."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aggregates.bbs.bounds import ZERO, Bounds, once_signed, total
from aggregates.bbs.columns import week_start_of
from aggregates.bbs.evaluation import Evaluation, Share, Verdict
from aggregates.bbs.history import History
from aggregates.bbs.rule import Does
from aggregates.bbs.rules import RULES
from aggregates.week import WEEK_DAYS

PACE_WEEKS: Final = 13
PACE_DAYS: Final = PACE_WEEKS * WEEK_DAYS
DAYS_MAX: Final = 36_525


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What is left of one minimum, the pace, and the day it would be reached on.

    What waits for a signature is taken as signed. A day is None without a pace, and where it would
    be more than a hundred years away; the conservative one is never before the optimistic one.
    """

    rule_id: str
    left: Bounds
    pace: Bounds  # in thirteen weeks
    conservative: dt.date | None
    optimistic: dt.date | None


def project(history: History, evaluation: Evaluation, as_of: dt.date) -> tuple[Projection, ...]:
    """Project each minimum from the thirteen whole weeks before the one that a day is in."""
    this_week = week_start_of(history.enrolment.week_start, as_of)
    since = this_week - dt.timedelta(days=PACE_DAYS)
    return tuple(
        _projection(verdict, since, this_week, as_of)
        for verdict in evaluation.requirements
        if RULES[verdict.rule_id].does is Does.NEEDS
    )


def _projection(verdict: Verdict, since: dt.date, until: dt.date, as_of: dt.date) -> Projection:
    threshold = verdict.threshold or 0
    reached = verdict.once_signed
    left = Bounds(max(0, threshold - reached.conservative), max(0, threshold - reached.optimistic))
    pace = _pace(share for share in verdict.shares if since <= share.first_day < until)
    return Projection(
        rule_id=verdict.rule_id,
        left=left,
        pace=pace,
        conservative=_day(as_of, left.conservative, pace.conservative),
        optimistic=_day(as_of, left.optimistic, pace.optimistic),
    )


def _pace(shares: Iterable[Share]) -> Bounds:
    pairs = [(share.credited, share.pending) for share in shares]
    return once_signed(*(total(each) for each in zip(*pairs, strict=True))) if pairs else ZERO


def _day(as_of: dt.date, left: int, pace: int) -> dt.date | None:
    if not left:
        return as_of
    if not pace:
        return None
    days = -(-left * PACE_DAYS // pace)
    return as_of + dt.timedelta(days=days) if days <= DAYS_MAX else None
