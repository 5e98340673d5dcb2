"""Runs the comparisons side by side on one PostgreSQL: a table, a JSON file and a plot."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks import (
    appending,
    checking,
    following,
    growing,
    hours,
    looking,
    outcome,
    plot,
    progressing,
    proving,
)
from tests.benchmarks.outcome import Outcome, Part
from tests.benchmarks.pace import FULL, SHORT, Pace
from tests.benchmarks.place import Place, open_place

PARTS: Final[dict[str, Callable[[Place, Pace], Part]]] = {
    appending.PART: appending.measure,
    checking.PART: checking.measure,
    following.PART: following.measure,
    growing.PART: growing.measure,
    hours.PART: hours.measure,
    looking.PART: looking.measure,
    progressing.PART: progressing.measure,
    proving.PART: proving.measure,
}
HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results" / "bench.json"
PICTURE: Final = HERE.parent.parent / "docs" / "images" / "bench.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for; only a whole run replaces the figures that are kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--short", action="store_true", help="small and quick: a hint, no more")
    asked = parser.parse_args(arguments)
    unknown = set(asked.parts) - PARTS.keys()
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    found = run(asked.parts or list(PARTS), SHORT if asked.short else FULL)
    sys.stdout.write("".join(f"{line}\n" for line in outcome.table(found)))
    if not asked.parts and not asked.short:
        outcome.write(found, RESULTS)
        plot.draw(found, PICTURE)
    return 0


def run(names: Sequence[str], pace: Pace) -> Outcome:
    """Measure the named parts on one server."""
    began_at = time.perf_counter()
    with open_place() as place:
        machine = place.describe()
        parts = [PARTS[name](place, pace) for name in names]
    return Outcome(
        machine=machine,
        is_short=pace.is_short,
        seconds=round(time.perf_counter() - began_at, 1),
        notes=[note for part in parts for note in part.notes],
        rates=[each for part in parts for each in part.rates],
        ratios=[each for part in parts for each in part.ratios],
    )


if __name__ == "__main__":
    sys.exit(main())
