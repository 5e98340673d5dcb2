"""The plot of a trail: a cell a day over the last year, and the same in words."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aggregates.week import WEEK_DAYS, week_of
from projections.trail_days import DayCount
from web import calendar

WEEKS: Final = 53
# Two halves: beside each other at a desk, one below the other on a phone.
HALVES: Final = ((0, 27), (27, WEEKS))
CELL: Final = 14
LABEL_HEIGHT: Final = 16
# From so many changes a day on a cell is as dark as that.
LEVELS: Final = (1, 4, 8)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day."""

    x: int
    y: int
    level: int
    is_seen: bool
    words: str


@dataclass(frozen=True, slots=True)
class Half:
    """Some weeks, side by side, under the names of their months."""

    width: int
    height: int
    cells: tuple[Cell, ...]
    months: tuple[tuple[int, str], ...]
    words: str


@dataclass(frozen=True, slots=True)
class MonthLine:
    """What a month came to."""

    words: str
    changes: int
    by_others: int


@dataclass(frozen=True, slots=True)
class Plot:
    """A year of a trail."""

    halves: tuple[Half, ...]
    summary: str
    months: tuple[MonthLine, ...]


def first_day(today: dt.date) -> dt.date:
    """Return the Sunday on which the plot begins."""
    return week_of(today) - (WEEKS - 1) * calendar.WEEK


def plot(counts: Iterable[DayCount], today: dt.date) -> Plot:
    """Return the year up to today."""
    by_day = {each.day: each for each in counts if first_day(today) <= each.day <= today}
    return Plot(
        tuple(_half(by_day, today, *half) for half in HALVES),
        _summary(list(by_day.values())),
        _months(by_day),
    )


def say(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def in_words(changes: int, by_others: int) -> str:
    """Return what there was, in words."""
    looks = say(by_others, "look by others", "looks by others")
    return f"{say(changes, 'change', 'changes')}, {looks}"


def _half(by_day: Mapping[dt.date, DayCount], today: dt.date, start: int, end: int) -> Half:
    cells: list[Cell] = []
    months: list[tuple[int, str]] = []
    begin = first_day(today)
    for column in range(start, end):
        sunday = begin + column * calendar.WEEK
        x = (column - start) * CELL
        # A month is named at its first full week, and never so near the edge that it is cut off.
        if sunday.day <= WEEK_DAYS and column < end - 1:
            months.append((x, calendar.month_in_short(sunday)))
        for place, day in enumerate(calendar.days_of_week(sunday)):
            if day <= today:
                cells.append(_cell(x, LABEL_HEIGHT + place * CELL, day, by_day.get(day)))
    shown = [by_day[day] for day in by_day if start <= (day - begin).days // WEEK_DAYS < end]
    return Half(
        (end - start) * CELL,
        LABEL_HEIGHT + WEEK_DAYS * CELL,
        tuple(cells),
        tuple(months),
        f"From {calendar.day_with_year(begin + start * calendar.WEEK)}: {_summary(shown)}",
    )


def _cell(x: int, y: int, day: dt.date, count: DayCount | None) -> Cell:
    changes, by_others = (count.changes, count.by_others) if count else (0, 0)
    level = sum(changes >= least for least in LEVELS)
    words = f"{calendar.day_in_words(day)}: {in_words(changes, by_others)}"
    return Cell(x, y, level, by_others > 0, words)


def _summary(counts: Sequence[DayCount]) -> str:
    changes, by_others = sum(c.changes for c in counts), sum(c.by_others for c in counts)
    changed = say(sum(c.changes > 0 for c in counts), "day", "days")
    seen = say(sum(c.by_others > 0 for c in counts), "day", "days")
    looks = say(by_others, "look by others", "looks by others")
    return f"{say(changes, 'change', 'changes')} on {changed}, {looks} on {seen}"


def _months(by_day: Mapping[dt.date, DayCount]) -> tuple[MonthLine, ...]:
    totals: dict[dt.date, tuple[int, int]] = {}
    for day in sorted(by_day, reverse=True):
        month, count = day.replace(day=1), by_day[day]
        changes, by_others = totals.get(month, (0, 0))
        totals[month] = (changes + count.changes, by_others + count.by_others)
    return tuple(
        MonthLine(calendar.month_with_year(month), *total)
        for month, total in totals.items()
        if any(total)
    )
