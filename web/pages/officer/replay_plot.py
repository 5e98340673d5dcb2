"""The plot of a replay: a practice's events over time, with the moment marked."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from ledger.event_times import EventTimes
from projections.as_of import AsOf
from web import calendar

PLOT_WIDTH: Final = 720
PLOT_HEIGHT: Final = 96
BAR_HEIGHT_MIN: Final = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the plot, in its units."""

    x: float
    y: float
    width: float
    height: float
    is_past: bool
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Events over time, and where the moment is."""

    bars: tuple[Bar, ...]
    marker: float
    first: str
    last: str


def plot(times: EventTimes, state: AsOf, zone: dt.tzinfo) -> Plot:
    """Return the events over time as bars, and where the state's last event is among them."""
    parts = len(times.counts)
    step, tallest = PLOT_WIDTH / parts, max(times.counts)
    span_us = times.last_us - times.first_us + 1
    now_us = times.first_us if state.recorded_at_us is None else state.recorded_at_us
    now = times.part_of(now_us) if state.size else -1
    bars: list[Bar] = []
    for part, count in enumerate(times.counts):
        if count:
            height = max(round(count / tallest * PLOT_HEIGHT, 2), BAR_HEIGHT_MIN)
            begin = calendar.day_and_time(times.first_us + part * span_us // parts, zone)
            words = f"{begin}: {count:,} {'event' if count == 1 else 'events'}"
            x, y = round(part * step, 2), round(PLOT_HEIGHT - height, 2)
            bars.append(Bar(x, y, round(step * 0.8, 2), height, part <= now, words))
    marker = round((now_us - times.first_us) / span_us * PLOT_WIDTH, 2) if state.size else 0.0
    return Plot(
        tuple(bars),
        marker,
        calendar.day_and_time(times.first_us, zone),
        calendar.day_and_time(times.last_us, zone),
    )
