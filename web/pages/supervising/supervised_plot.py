"""The plot of a supervisee's hours: a bar a week, stacked by the form's columns, with its state."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aggregates.hours.week_content import RowMinutes
from aggregates.week import week_of
from projections.supervised import SupervisedRow
from projections.weeks_table import RowState
from web import calendar

WEEKS: Final = 26
STEP: Final = 14
BAR_WIDTH: Final = 10
LABEL_WIDTH: Final = 26
TOP: Final = 10
HEIGHT: Final = 120
STATE_HEIGHT: Final = 14
MONTH_HEIGHT: Final = 16
LEAST_MINUTES: Final = 10 * 60
_LINE_MINUTES: Final = 10 * 60
PARTS: Final = (
    "A1, of direct counseling",
    "A, the rest of it",
    "B1, supervision alone or in threes",
    "B2, supervision in a group",
    "B, the rest of it",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One column's share of a bar."""

    tone: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One week; `state` is of the row that is furthest from being signed."""

    x: int
    pieces: tuple[Piece, ...]
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class HoursPlot:
    """Half a year at one setting; `lines` and `months` are places with what is written there."""

    setting: str
    width: int
    height: int
    base: float
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    months: tuple[tuple[int, str], ...]
    words: str


def plots(rows: Iterable[SupervisedRow], today: dt.date) -> tuple[HoursPlot, ...]:
    """Return a plot for each setting, of the weeks up to today's."""
    begin = week_of(today) - (WEEKS - 1) * calendar.WEEK
    by_setting: dict[str, dict[dt.date, list[SupervisedRow]]] = {}
    for row in rows:
        if row.shown is None or not begin <= week_of(row.first_day) <= today:
            continue
        weeks = by_setting.setdefault(row.shown.printed.setting.reveal(), {})
        weeks.setdefault(week_of(row.first_day), []).append(row)
    return tuple(_plot(setting, by_setting[setting], begin) for setting in sorted(by_setting))


def _plot(
    setting: str, weeks: Mapping[dt.date, Sequence[SupervisedRow]], begin: dt.date
) -> HoursPlot:
    most = max(LEAST_MINUTES, *(_sum(rows).c for rows in weeks.values()))
    days = [begin + place * calendar.WEEK for place in range(WEEKS)]
    bars = [
        _bar(LABEL_WIDTH + place * STEP, weeks[day], day, most)
        for place, day in enumerate(days)
        if day in weeks
    ]
    total = sum(_sum(rows).c for rows in weeks.values())
    return HoursPlot(
        setting=setting,
        width=LABEL_WIDTH + WEEKS * STEP,
        height=TOP + HEIGHT + STATE_HEIGHT + MONTH_HEIGHT,
        base=TOP + HEIGHT,
        bars=tuple(bars),
        lines=tuple(
            (_y(minutes, most), f"{minutes // 60} h")
            for minutes in range(_LINE_MINUTES, most + 1, _LINE_MINUTES)
        ),
        months=tuple(
            (LABEL_WIDTH + place * STEP, calendar.month_in_short(day))
            for place, day in enumerate(days[:-1])
            if day.day <= len(calendar.days_of_week(day))
        ),
        words=f"{setting}: {calendar.length(total)} in the last {WEEKS} weeks",
    )


def _bar(x: int, rows: Sequence[SupervisedRow], day: dt.date, most: int) -> Bar:
    minutes = _sum(rows)
    pieces: list[Piece] = []
    below = 0
    for tone, part in enumerate(_parts(minutes), 1):
        if part:
            top = _y(below + part, most)
            pieces.append(Piece(tone, top, round(_y(below, most) - top, 2)))
            below += part
    state = next(each for each in _STATES if any(row.state is each for row in rows))
    words = f"{calendar.week_in_words(day)}: {calendar.length(minutes.c)}, {_STATES[state]}"
    return Bar(x, tuple(pieces), state.value, words)


def _parts(minutes: RowMinutes) -> tuple[int, ...]:
    rest = minutes.b - minutes.b1 - minutes.b2
    return (minutes.a1, minutes.a - minutes.a1, minutes.b1, minutes.b2, rest)


def _sum(rows: Iterable[SupervisedRow]) -> RowMinutes:
    found = [row.shown.minutes for row in rows if row.shown is not None]
    return RowMinutes(
        a=sum(each.a for each in found),
        a1=sum(each.a1 for each in found),
        b=sum(each.b for each in found),
        b1=sum(each.b1 for each in found),
        b2=sum(each.b2 for each in found),
    )


def _y(minutes: int, most: int) -> float:
    return round(TOP + HEIGHT - HEIGHT * minutes / most, 2)


# What is furthest from a signature first.
_STATES: Final = {
    RowState.AMENDED: "open again",
    RowState.RETURNED: "returned",
    RowState.SUBMITTED: "not signed yet",
    RowState.SIGNED: "signed",
}
