"""When a minimum would be reached, in words: both dates where the law is open, and why."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aggregates.bbs.bounds import Bounds
from aggregates.bbs.evaluation import Status, Verdict
from aggregates.bbs.project import PACE_WEEKS, Projection
from aggregates.bbs.rule import Unit
from web import calendar
from web.pages.rules_in_words import both

REACHED: Final = "Reached."
ONCE_SIGNED: Final = "Reached once what waits for a signature is signed."
NO_PACE: Final = f"No date: nothing counted towards it in the last {PACE_WEEKS} weeks."
NO_STRICT: Final = (
    "In the strictest reading there is no date: at this pace it would not be reached."
)
OPEN: Final = "The law leaves open how some of these hours count, so there are two dates."


@dataclass(frozen=True, slots=True)
class Due:
    """A sentence on the date, the pace it rests on, what is left, and why there are two dates."""

    sentence: str
    pace: str
    left: str
    reasons: tuple[str, ...]


def due_in_words(projection: Projection, verdict: Verdict, questions: tuple[str, ...]) -> Due:
    """Return when a minimum would be reached; `questions` are open in its figures."""
    is_open = projection.left.is_open or projection.conservative != projection.optimistic
    reasons = questions or (OPEN,)
    return Due(
        _sentence(projection, verdict),
        pace_in_words(projection.pace, verdict.unit),
        both(projection.left, verdict.unit),
        reasons if is_open and verdict.status is not Status.MET else (),
    )


def pace_in_words(pace: Bounds, unit: Unit) -> str:
    """Return a pace of thirteen weeks as one of a week, or as weeks that counted."""
    if unit is not Unit.HOURS:
        low, high = pace.conservative, pace.optimistic
        counted = f"{low}" if low == high else f"{low} to {high}"
        return f"{counted} of the last {PACE_WEEKS} weeks counted"
    each = Bounds(pace.conservative // PACE_WEEKS, pace.optimistic // PACE_WEEKS)
    return f"{both(each, unit)} a week over the last {PACE_WEEKS} weeks"


def all_reached(projections: Iterable[Projection], as_of: dt.date) -> str:
    """Return when the last of the minimums would be reached."""
    found = list(projections)
    earliest = _last([each.optimistic for each in found])
    latest = _last([each.conservative for each in found])
    if earliest is None:
        return "At the pace of the last weeks not all minimums would be reached."
    if latest is None:
        return (
            f"At the pace of the last weeks all minimums would be reached {_about(earliest)} at the"
            " earliest; in the strictest reading there is no date."
        )
    if latest == earliest:
        if latest <= as_of:
            return "All minimums are reached, or will be once all is signed."
        return f"At the pace of the last weeks all minimums would be reached {_about(latest)}."
    return (
        "At the pace of the last weeks all minimums would be reached between"
        f" {_day(earliest)} and {_day(latest)}, depending on how the law is read."
    )


def dates_in_words(projection: Projection) -> str:
    """Return the one date or both, for a table."""
    earliest, latest = projection.optimistic, projection.conservative
    if earliest is None:
        return "no date"
    if latest is None:
        return f"{_day(earliest)}, or no date"
    return _day(latest) if latest == earliest else f"{_day(earliest)} to {_day(latest)}"


def _last(days: Sequence[dt.date | None]) -> dt.date | None:
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _sentence(projection: Projection, verdict: Verdict) -> str:
    if verdict.status is Status.MET:
        return REACHED
    if not projection.left.conservative:
        return ONCE_SIGNED
    if projection.optimistic is None:
        return NO_PACE
    return _open(projection, projection.optimistic, projection.conservative)


def _open(projection: Projection, earliest: dt.date, latest: dt.date | None) -> str:
    """Return the sentence of a minimum that the pace leads to, at least in one reading."""
    if latest == earliest:
        return f"About {_day(earliest)}."
    if latest is None or not projection.left.optimistic:
        strict = NO_STRICT if latest is None else f"In the strictest reading {_about(latest)}."
        is_reached = not projection.left.optimistic
        when = "Reached" if is_reached else f"About {_day(earliest)}"
        return f"{when} in the most generous reading. {strict}"
    return f"Between {_day(earliest)} and {_day(latest)}, depending on how the law is read."


def _about(day: dt.date) -> str:
    return f"about {_day(day)}"


def _day(day: dt.date) -> str:
    month = calendar.month_with_year(day).split()[0]
    return f"{month} {day.day}, {day.year}"
