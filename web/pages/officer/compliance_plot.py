"""The plot of a year of weekly logs: a dot a week in the colour of its state."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aggregates.week import week_of
from projections.compliance_review import ReviewState
from web import calendar

WEEKS: Final = 52
STEP: Final = 12
HEIGHT: Final = 30


@dataclass(frozen=True, slots=True)
class Dot:
    """One week; of several rows, the state that is furthest from a signature."""

    x: int
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The last year; `months` are places with what is written there."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    months: tuple[tuple[int, str], ...]


def strip(
    rows: Iterable[tuple[dt.date, ReviewState]], words: Mapping[ReviewState, str], today: dt.date
) -> Strip:
    """Return the year up to today; `words` has every state, what is signed first."""
    begin = week_of(today) - (WEEKS - 1) * calendar.WEEK
    order = list(words)
    worst: dict[dt.date, ReviewState] = {}
    for first_day, state in rows:
        day = week_of(first_day)
        worst[day] = max(state, worst.get(day, state), key=order.index)
    days = [begin + place * calendar.WEEK for place in range(WEEKS)]
    return Strip(
        WEEKS * STEP,
        HEIGHT,
        tuple(
            Dot(
                place * STEP + STEP // 2,
                worst[day].value,
                f"{calendar.week_in_words(day)}: {words[worst[day]]}",
            )
            for place, day in enumerate(days)
            if day in worst
        ),
        tuple(
            (place * STEP, calendar.month_in_short(day))
            for place, day in enumerate(days[:-2])
            if day.day <= len(calendar.days_of_week(day))
        ),
    )
