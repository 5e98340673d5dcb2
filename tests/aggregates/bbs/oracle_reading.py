"""How many minutes of each line count in one reading of the law, test by test."""

import datetime as dt

from aggregates.hours.enrolment_entry import Track
from aggregates.hours.supervision_entry import Licence
from tests.aggregates.bbs.oracle_entry import Sure
from tests.aggregates.bbs.oracle_steps import (
    Counted,
    Limit,
    Minutes,
    Reading,
    within_limits,
    within_weeks,
)
from tests.aggregates.bbs.oracle_weeks import week_at_setting


def count(reading: Reading) -> Counted:
    """Return what counts of each line once all tests are passed, in their order."""
    lines, limits = reading.lines, _limits(reading)
    nothing = dict.fromkeys((line.id for line in lines), 0)
    before = reading.before or Counted(nothing, nothing, nothing, nothing)
    standing = week_at_setting(reading, by_themselves(reading))
    weekly = within_weeks(lines, before.weekly, standing)
    if reading.is_generous:
        young = _not_too_old(reading, before.final, weekly)
        final = within_limits(lines, before.final, young, limits)
        return Counted(standing, weekly, final, final)
    lifetime = within_limits(lines, before.lifetime, weekly, limits)
    final = _not_too_old(reading, before.final, lifetime)
    return Counted(standing, weekly, lifetime, final)


def by_themselves(reading: Reading) -> Minutes:
    """Return what counts of each line before any week or limit is looked at."""
    needed = Sure.OPEN if reading.is_generous else Sure.SURE
    return {line.id: reading.done(line) if line.sure >= needed else 0 for line in reading.lines}


def _limits(reading: Reading) -> list[Limit]:
    found: list[Limit] = []
    if reading.track is Track.LMFT:
        found = [
            (750 * 60, lambda line: line.is_before and (line.is_direct or line.is_contact)),
            (1300 * 60, lambda line: line.is_before),
        ]
    hours = 1000 if reading.track is Track.LCSW else 1250
    found.append((hours * 60, lambda line: "b" in line.printed))
    if reading.receipt >= dt.date(2022, 1, 1):
        found.append((1200 * 60, lambda line: line.licence is Licence.LEP))
    return found


def _not_too_old(reading: Reading, given: Minutes, standing: Minutes) -> Minutes:
    """Take what is older than six years, but 500 clinical hours of the practicum."""
    has_exempt = reading.track is Track.LMFT
    left = {
        line.id: 0
        if line.is_old and not (has_exempt and line.is_exempt[reading.is_generous])
        else standing[line.id]
        for line in reading.lines
    }
    return within_limits(reading.lines, given, left, [(500 * 60, lambda line: line.is_old)])
