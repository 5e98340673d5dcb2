"""One reading of the law, and the order in which its limits are filled."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from aggregates.hours.enrolment_entry import Track
from tests.aggregates.bbs.oracle_line import Line

Minutes = dict[int, int]
Limit = tuple[int, Callable[[Line], bool]]


@dataclass(frozen=True)
class Counted:
    """What is left after the weeks' tests, the limits of weeks, of a lifetime, and in the end."""

    supervised: Minutes
    weekly: Minutes
    lifetime: Minutes
    final: Minutes


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Strict or generous, of what is signed or of all; it adds to what `before` gave."""

    track: Track
    receipt: dt.date
    lines: list[Line]
    is_generous: bool
    is_whole: bool
    before: Counted | None

    def done(self, line: Line) -> int:
        """Return what may count of the line by itself, in the generous reading at least."""
        return line.counting if line.sure and (line.is_signed or self.is_whole) else 0

    def units(self, line: Line) -> int:
        """Return the half minutes of a unit."""
        return line.units[1 if self.is_generous else 0]


def within_weeks(lines: list[Line], given: Minutes, standing: Minutes) -> Minutes:
    """Add to what is given: six hours of contact in a week, forty hours in any seven days."""
    kept = dict(given)
    days, weeks = defaultdict[dt.date, int](int), defaultdict[dt.date, int](int)
    for line in lines:
        days[line.day] += kept[line.id]
        weeks[line.week] += kept[line.id] if line.is_contact else 0
    for line in lines:
        more = standing[line.id] - kept[line.id]
        if more <= 0:
            continue
        if line.is_contact:
            more = min(more, 6 * 60 - weeks[line.week])
        for start in range(-6, 1):
            seven = [line.day + dt.timedelta(days=start + day) for day in range(7)]
            more = min(more, 40 * 60 - sum(days[day] for day in seven))
        more = max(0, more)
        kept[line.id] += more
        days[line.day] += more
        weeks[line.week] += more if line.is_contact else 0
    return kept


def within_limits(
    lines: list[Line], given: Minutes, standing: Minutes, limits: list[Limit]
) -> Minutes:
    """Add to what is given, as long as none of the limits of a lifetime is used up."""
    kept = dict(given)
    used = [sum(kept[line.id] for line in lines if is_limited(line)) for _, is_limited in limits]
    for line in lines:
        more = standing[line.id] - kept[line.id]
        mine = [place for place, (_, is_limited) in enumerate(limits) if is_limited(line)]
        for place in mine:
            more = min(more, limits[place][0] - used[place])
        more = max(0, more)
        kept[line.id] += more
        for place in mine:
            used[place] += more
    return kept
