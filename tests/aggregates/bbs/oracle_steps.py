"""One reading of the law, and the order in which it grants minutes to lines."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from aggregates.hours.enrolment_entry import Track
from tests.aggregates.bbs.oracle_line import Line

Minutes = dict[UUID, int]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Strict or generous, of what is signed or of all; `before` are readings it only adds to."""

    track: Track
    receipt: dt.date
    lines: list[Line]
    is_generous: bool
    is_whole: bool
    before: list[Minutes]

    def steps(self, standing: Minutes) -> list[tuple[Line, int]]:
        """Return lines with minutes to be granted, in the order in which limits are filled."""
        granted = dict.fromkeys(standing, 0)
        found: list[tuple[Line, int]] = []
        for earlier in (*self.before, standing):
            for line in self.lines:
                more = min(earlier[line.id], standing[line.id]) - granted[line.id]
                if more > 0:
                    granted[line.id] += more
                    found.append((line, more))
        return found

    def done(self, line: Line) -> int:
        """Return what may count of the line by itself, in the generous reading at least."""
        return line.counting if line.sure and (line.is_signed or self.is_whole) else 0

    def floor(self, line: Line) -> int:
        """Return what an earlier reading gives the line already."""
        return max((earlier[line.id] for earlier in self.before), default=0)

    def units(self, line: Line) -> int:
        """Return the half minutes of a unit."""
        return line.units[1 if self.is_generous else 0]


def limited(
    reading: Reading, standing: Minutes, limit: int, is_limited: Callable[[Line], bool]
) -> Minutes:
    """Return what is left when some lines together have at most so many minutes."""
    kept = dict.fromkeys(standing, 0)
    for line, minutes in reading.steps(standing):
        granted = minutes
        if is_limited(line):
            granted = min(minutes, limit)
            limit -= granted
        kept[line.id] += granted
    return kept
