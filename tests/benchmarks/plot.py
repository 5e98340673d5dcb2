"""Draws a run: appended events by clients, and the rates beside what they are measured against."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tests.benchmarks.outcome import Outcome, Rates

INCHES: Final = (11, 10)
ROOM_FOR_LABELS: Final = 1.35
GRID: Final = "#dddddd"
# Told apart without seeing colours: each has a lightness of its own.
COLOURS: Final = ("#0b3954", "#3a7ca5", "#d1495b", "#a5a58d")


def draw(outcome: Outcome, path: Path) -> None:
    """Save the figure; the same figures give the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "bench", "font.size": 9})
    figure: Any = Figure(figsize=INCHES, layout="constrained")
    axes: Any = figure.subplots(3, 2, height_ratios=(5, 3, 2))
    append = [each for each in outcome.rates if each.part == "append"]
    _lines(axes[0][0], [r for r in append if "delay" not in r.setting], "Appending, disk as it is")
    _lines(axes[0][1], [r for r in append if "delay" in r.setting], "Appending, commit_delay=2000")
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    checked = [each for each in outcome.rates if each.part == "check"]
    _bars(axes[1][0], checked, "Checking, beside the bare ciphers")
    followed = [each for each in outcome.rates if each.part == "follow"]
    _bars(axes[1][1], followed, "Following")
    grown = [each for each in outcome.rates if each.part == "growth"]
    _bars(axes[2][0], grown, "Appending, by what is stored")
    axes[2][1].set_axis_off()
    axes[2][1].text(0, 1, _machine(outcome), va="top", wrap=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100, metadata={"Software": None})


def _lines(axes: Any, rates: Sequence[Rates], title: str) -> None:  # noqa: ANN401 -- matplotlib's
    contestants = list(dict.fromkeys(each.contestant for each in rates))
    for colour, contestant in zip(COLOURS, contestants, strict=False):
        found = [each for each in rates if each.contestant == contestant]
        clients = [each.setting.split()[0] for each in found]
        axes.plot(clients, [each.median for each in found], "o-", color=colour, label=contestant)
    axes.set(title=title, xlabel="clients", ylabel="events a second", ylim=(0, None))
    axes.grid(visible=True, color=GRID)


def _bars(axes: Any, rates: Sequence[Rates], title: str) -> None:  # noqa: ANN401 -- matplotlib's
    names = [each.contestant for each in rates]
    medians = [each.median for each in rates]
    bars = axes.barh(names, medians, color=COLOURS[1])
    axes.bar_label(bars, labels=[f" {each:,.0f}" for each in medians])
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set(title=title, xlabel="events a second", xlim=(0, ROOM_FOR_LABELS * max(medians)))


def _machine(outcome: Outcome) -> str:
    return "\n".join(f"{name}: {value}" for name, value in outcome.machine.items())
