"""Draws a run: appended events by clients, and the rates beside what they are measured against."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.benchmarks.outcome import Outcome, Rates

INCHES: Final = (11, 7.5)
# Told apart without seeing colours: each has a lightness of its own.
COLOURS: Final = ("#0b3954", "#3a7ca5", "#d1495b", "#a5a58d")


def draw(outcome: Outcome, path: Path) -> None:
    """Save the figure; the same figures give the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "bench", "font.size": 9, "axes.grid": True})
    figure: Any = Figure(figsize=INCHES, layout="constrained")
    axes: Any = figure.subplots(2, 2)
    append = [each for each in outcome.rates if each.part == "append"]
    _lines(axes[0][0], [r for r in append if "delay" not in r.setting], "Appending, disk as it is")
    _lines(axes[0][1], [r for r in append if "delay" in r.setting], "Appending, commit_delay=2000")
    others = [each for each in outcome.rates if each.part in {"check", "follow"}]
    _bars(axes[1][0], others, "Checking and following")
    grown = [each for each in outcome.rates if each.part == "growth"]
    _bars(axes[1][1], grown, "Appending, by what is stored")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _lines(axes: Any, rates: Sequence[Rates], title: str) -> None:  # noqa: ANN401 -- matplotlib's
    contestants = list(dict.fromkeys(each.contestant for each in rates))
    for colour, contestant in zip(COLOURS, contestants, strict=False):
        found = [each for each in rates if each.contestant == contestant]
        clients = [each.setting.split()[0] for each in found]
        axes.plot(clients, [each.median for each in found], "o-", color=colour, label=contestant)
    axes.set(title=title, xlabel="clients", ylabel="events a second", ylim=(0, None))
    axes.legend()


def _bars(axes: Any, rates: Sequence[Rates], title: str) -> None:  # noqa: ANN401 -- matplotlib's
    names = [each.contestant for each in rates]
    medians = [each.median for each in rates]
    bars = axes.barh(names, medians, color=COLOURS[1])
    axes.bar_label(bars, labels=[f" {each:,.0f}" for each in medians])
    axes.invert_yaxis()
    axes.set(title=title, xlabel="events a second", xscale="log")
