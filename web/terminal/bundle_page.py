"""The page of an audit bundle: what is in it, what it proves, how to verify it, and a plot."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ledger.bundle.export import Explained
from web.render import FOLDER
from web.terminal.week_lists import NAMES, WeekLists

PLOT_WIDTH: Final = 720
PLOT_HEIGHT: Final = 150
BARS_MAX: Final = 60

_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the plot, in the plot's units, and what it says when asked."""

    x: float
    y: float
    width: float
    height: float
    events: int
    words: str


def page(explained: Explained, weeks: WeekLists) -> bytes:
    """Return the page as UTF-8; the same bundle always gives the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    told = explained.told
    text = environment.get_template("bundle.html").render(
        explained=explained,
        told=told,
        weeks=weeks,
        columns=NAMES,
        first=min(told.days),
        last=max(told.days),
        sealed_at=dt.datetime.fromtimestamp(explained.last.record.time_us / 1_000_000, dt.UTC),
        types=sorted(told.types.items(), key=lambda item: (-item[1], item[0])),
        bars=bars(told.days),
        tallest=max(bar.height for bar in bars(told.days)),
        width=PLOT_WIDTH,
        height=PLOT_HEIGHT,
    )
    return text.encode()


def days_per_bar(days: dict[dt.date, int]) -> int:
    """Return how many days a bar of the plot stands for."""
    return 1 + (max(days) - min(days)).days // BARS_MAX


def bars(days: dict[dt.date, int]) -> list[Bar]:
    """Return at most 60 bars over the days from the first event to the last, each as many days."""
    first, last = min(days), max(days)
    per_bar = days_per_bar(days)
    counts = [0] * (1 + (last - first).days // per_bar)
    for day, events in days.items():
        counts[(day - first).days // per_bar] += events
    step = PLOT_WIDTH / len(counts)
    made: list[Bar] = []
    for number, events in enumerate(counts):
        begin = first + number * per_bar * _DAY
        end = min(begin + (per_bar - 1) * _DAY, last)
        words = f"{begin}" if begin == end else f"{begin} to {end}"
        height = round(events / max(counts) * PLOT_HEIGHT, 2)
        bar = Bar(
            round(number * step, 2),
            round(PLOT_HEIGHT - height, 2),
            round(min(step * 0.86, 60), 2),
            height,
            events,
            f"{words}: {events:,} {'event' if events == 1 else 'events'}",
        )
        made.append(bar)
    return made
