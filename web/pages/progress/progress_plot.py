"""The plots of progress: hours by week, and how far each minimum is still away."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from aggregates.bbs.columns import Columns, week_start_of
from aggregates.bbs.evaluation import Evaluation, Verdict
from aggregates.bbs.project import Projection
from aggregates.bbs.rule import HOUR
from aggregates.bbs.rules import RULES
from aggregates.hours.enrolment_entry import WeekStart
from projections.progress import Progress
from web import calendar
from web.pages.progress.progress_dates import dates_in_words
from web.pages.rules_in_words import amount, both, hours

WEEKS_MIN: Final = 26
WEEKS_MAX: Final = 104
# More than these are two halves: beside each other at a desk, one below the other on a phone.
WHOLE_MAX: Final = 60
GUTTER: Final = 24
STEP: Final = 6
BAR: Final = 5
HEIGHT: Final = 120
LABEL_HEIGHT: Final = 16
LINES_H: Final = (10, 20, 30, 40)
LEAST_H: Final = 12
MONTHS_APART: Final = 6
KINDS: Final = (
    ("A1", "A1, part of direct work"),
    ("A", "other direct work (A)"),
    ("B1", "supervision, individual or triadic (B1)"),
    ("B2", "supervision, group (B2)"),
    ("B", "other non-clinical work (B)"),
)

WIDTH: Final = 320
DISTANCE_HEIGHT: Final = 80
YEARS_AHEAD: Final = 6
_DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Bars:
    """One week: its stacked bars (tone, y, height), and the same in words."""

    x: int
    parts: tuple[tuple[int, float, float], ...]
    words: str


@dataclass(frozen=True, slots=True)
class Half:
    """Half of the weeks or all, with their months and lines of hours; bars begin at `left`."""

    left: int
    width: int
    height: int
    weeks: tuple[Bars, ...]
    months: tuple[tuple[int, str], ...]
    lines: tuple[tuple[float, str], ...]
    words: str


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A week of the table: columns in words."""

    first: str
    words: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursPlot:
    """Hours by week, from the first one on, of the last two years at most."""

    halves: tuple[Half, ...]
    kinds: tuple[tuple[str, str], ...]
    table: tuple[WeekLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far one minimum is still away, week by week, and where the pace leads."""

    title: str
    words: str
    line: str
    ahead: tuple[str, ...]
    now_x: float
    begins: str
    ends: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DistancePlot:
    """All minimums on one scale of time."""

    width: int
    height: int
    rows: tuple[Distance, ...]


def hours_plot(evaluation: Evaluation, week_start: WeekStart) -> HoursPlot:
    """Return the recorded hours of the weeks up to the one that the evaluation ends in."""
    last = week_start_of(week_start, evaluation.as_of)
    by_week: dict[dt.date, Columns] = defaultdict(Columns)
    for row in evaluation.rows:
        by_week[row.first_day] += row.recorded
    since = (last - min(by_week, default=last)).days // calendar.WEEK.days + 1
    weeks = min(max(since, WEEKS_MIN), WEEKS_MAX)
    days = [last - calendar.WEEK * back for back in range(weeks - 1, -1, -1)]
    most = max([LEAST_H * HOUR, *(by_week[day].c for day in days)])
    half = -(-weeks // 2)
    halves = (days,) if weeks <= WHOLE_MAX else (days[:half], days[half:])
    return HoursPlot(
        tuple(_half(by_week, half, most) for half in halves),
        KINDS,
        tuple(_table(by_week, days)),
    )


def _half(by_week: Mapping[dt.date, Columns], days: Sequence[dt.date], most: int) -> Half:
    total = sum(by_week[day].c for day in days)
    months = [
        (GUTTER + place * STEP, calendar.month_in_short(day))
        for place, day in enumerate(days)
        if day.day <= calendar.WEEK.days and day.month % 2 == 1 and place < len(days) - MONTHS_APART
    ]
    begin, end = (calendar.week_in_words(day) for day in (days[0], days[-1]))
    return Half(
        GUTTER,
        GUTTER + len(days) * STEP,
        HEIGHT + LABEL_HEIGHT,
        tuple(_bars(by_week[day], day, place, most) for place, day in enumerate(days)),
        tuple(months),
        tuple((_y(line * HOUR, most), f"{line} h") for line in LINES_H if line * HOUR <= most),
        f"Hours by week, {begin}, to {end}: {hours(total)} in all",
    )


def _bars(columns: Columns, day: dt.date, place: int, most: int) -> Bars:
    parts: list[tuple[int, float, float]] = []
    done = 0
    for tone, minutes in enumerate(_stack(columns), 1):
        if minutes:
            done += minutes
            parts.append((tone, _y(done, most), round(HEIGHT * minutes / most, 2)))
    words = f"Week of {calendar.day_with_year(day)}: {hours(columns.c)}"
    return Bars(GUTTER + place * STEP, tuple(parts), words)


def _stack(columns: Columns) -> tuple[int, ...]:
    """Return the parts of a week, which together are column C: A1, B1 and B2 are no addition."""
    return (
        columns.a1,
        columns.a - columns.a1,
        columns.b1,
        columns.b2,
        columns.b - columns.b1 - columns.b2,
    )


def _y(minutes: int, most: int) -> float:
    return round(HEIGHT - HEIGHT * minutes / most, 2)


def _table(by_week: Mapping[dt.date, Columns], days: Sequence[dt.date]) -> Iterator[WeekLine]:
    for day in reversed(days):
        columns = by_week[day]
        if columns.c:
            names = ("a", "a1", "b", "b1", "b2", "c")
            cells = tuple(_clock(getattr(columns, name)) for name in names)
            yield WeekLine(day.isoformat(), calendar.week_in_words(day), cells)


def _clock(minutes: int) -> str:
    return f"{minutes // HOUR}:{minutes % HOUR:02}"


def distance_plot(progress: Progress) -> DistancePlot | None:
    """Return how far each minimum is away, None while nothing counts towards any."""
    evaluation = progress.evaluation
    begun = [share.first_day for each in evaluation.requirements for share in each.shares]
    if not begun:
        return None
    scale = _Scale(min(begun), _horizon(progress))
    rows = tuple(
        _distance(scale, evaluation.verdict(each.rule_id), each, evaluation.as_of)
        for each in progress.projections
    )
    return DistancePlot(WIDTH, DISTANCE_HEIGHT, rows)


def _horizon(progress: Progress) -> dt.date:
    as_of = progress.evaluation.as_of
    days = [as_of + calendar.WEEK]
    for each in progress.projections:
        days += [day for day in (each.conservative, each.optimistic) if day is not None]
    return min(max(days), as_of + dt.timedelta(days=YEARS_AHEAD * _DAYS_A_YEAR))


@dataclass(frozen=True, slots=True)
class _Scale:
    first: dt.date
    last: dt.date

    def x(self, day: dt.date) -> float:
        whole = max(1, (self.last - self.first).days)
        return round(WIDTH * (day - self.first).days / whole, 2)


def _distance(scale: _Scale, verdict: Verdict, projection: Projection, as_of: dt.date) -> Distance:
    threshold = verdict.threshold or 1
    title = RULES[verdict.rule_id].title
    gained = accumulate(
        each.credited.conservative + each.pending.conservative for each in verdict.shares
    )
    pairs = zip(verdict.shares, gained, strict=True)
    points = [(scale.x(each.first_day), max(0, threshold - done)) for each, done in pairs]
    left = max(0, points[-1][1]) if points else threshold
    points = [(scale.x(scale.first), threshold), *points, (scale.x(as_of), left)]
    dates = dates_in_words(projection)
    away = amount(left, verdict.unit)
    return Distance(
        title=title,
        words=f"{title}: {away} away on {calendar.day_with_year(as_of)}, reached: {dates}",
        line=" ".join(f"{x},{_height(value, threshold)}" for x, value in points),
        ahead=tuple(_ahead(scale, projection, (scale.x(as_of), _height(left, threshold)))),
        now_x=scale.x(as_of),
        begins=calendar.month_with_year(scale.first),
        ends=calendar.month_with_year(scale.last),
        cells=(
            amount(threshold, verdict.unit),
            both(verdict.value, verdict.unit),
            both(verdict.pending, verdict.unit),
            both(projection.left, verdict.unit),
            dates,
        ),
    )


def _ahead(scale: _Scale, projection: Projection, now: tuple[float, float]) -> Iterator[str]:
    """Yield the ways on, in the strictest reading and in the most generous."""
    if not projection.left.conservative:
        return
    for day in dict.fromkeys((projection.conservative, projection.optimistic)):
        if day is not None:
            yield f"{now[0]},{now[1]} {scale.x(day)},{DISTANCE_HEIGHT}"


def _height(left: int, threshold: int) -> float:
    return round(DISTANCE_HEIGHT * (threshold - left) / threshold, 2)
