"""The second reading of a week at its setting: a unit, two above ten hours, one for five."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from tests.aggregates.bbs.oracle_line import Line
from tests.aggregates.bbs.oracle_steps import Minutes, Reading

UNIT = 120  # half minutes
TEN_HOURS = 600
FIVE_HOURS = 300


@dataclass
class Week:
    """One week at one setting: its lines, its contact in half minutes, its direct hours."""

    first_day: dt.date
    setting: UUID | None
    lines: list[Line] = field(default_factory=list[Line])
    halves: int = 0
    before: int = 0
    after: int = 0

    @property
    def needs_two(self) -> bool:
        """Whether an associate needs a second unit."""
        return self.after > 0 and self.before + self.after > TEN_HOURS

    @property
    def is_over_ten(self) -> bool:
        """Whether an associate needs a second unit and has none."""
        return self.needs_two and self.halves < 2 * UNIT

    @property
    def required(self) -> int:
        """The minutes of units that the week needs; a trainee's are one for five hours."""
        if all(line.is_workshop for line in self.lines):
            return 0
        for_trainee = (self.before * 60 + FIVE_HOURS - 1) // FIVE_HOURS
        return max(120 if self.needs_two else 60, for_trainee)

    @property
    def allowed(self) -> int:
        """The direct minutes of a trainee that the contact goes with."""
        return self.halves * FIVE_HOURS // UNIT


def week_at_setting(reading: Reading, standing: Minutes) -> Minutes:
    """Return what is left once each week at each setting has been tested."""
    weeks = weeks_of(reading, standing)
    kept = dict(standing)
    for week in weeks:
        for line in week.lines:
            if not line.is_workshop:
                kept[line.id] = 0
        if week.halves >= UNIT:
            _generously(kept, standing, week) if reading.is_generous else _strictly(
                kept, standing, week
            )
    if reading.is_generous:
        _over_the_stay(kept, standing, weeks)
    return kept


def weeks_of(reading: Reading, standing: Minutes) -> list[Week]:
    """Gather what is done in each week; what is doubtful is done, too, yet supervises nobody."""
    found: dict[tuple[dt.date, UUID | None], Week] = {}
    for line in reading.lines:
        done = reading.done(line)
        if done:
            week = found.setdefault((line.week, line.setting), Week(line.week, line.setting))
            week.lines.append(line)
            week.halves += reading.units(line) if standing[line.id] else 0
            if line.is_direct and line.is_before:
                week.before += done
            elif line.is_direct:
                week.after += done
    return list(found.values())


def _strictly(kept: Minutes, standing: Minutes, week: Week) -> None:
    """Give the whole week back, or nothing of it."""
    for line in week.lines:
        is_short = week.before > week.allowed if line.is_before else week.is_over_ten
        if not is_short:
            kept[line.id] = standing[line.id]


def _generously(kept: Minutes, standing: Minutes, week: Week) -> None:
    """Give back all but direct hours that are too many: an associate's above ten, a trainee's."""
    ten = TEN_HOURS if week.is_over_ten else week.after
    for line in week.lines:
        if line.is_direct and line.is_before:
            kept[line.id] = standing[line.id] if week.before <= week.allowed else 0
        elif line.is_direct:
            kept[line.id] = min(standing[line.id], ten)
            ten -= kept[line.id]
        else:
            kept[line.id] = standing[line.id]


def _over_the_stay(kept: Minutes, standing: Minutes, weeks: list[Week]) -> None:
    """Give a trainee's other direct hours back as far as all contact at the setting allows."""
    stay = defaultdict[UUID | None, int](int)
    for week in weeks:
        stay[week.setting] += week.allowed - (week.before if week.before <= week.allowed else 0)
    for week in weeks:
        if week.halves >= UNIT and week.before > week.allowed:
            for line in week.lines:
                if line.is_direct and line.is_before:
                    kept[line.id] = max(0, min(standing[line.id], stay[week.setting]))
                    stay[week.setting] -= kept[line.id]
