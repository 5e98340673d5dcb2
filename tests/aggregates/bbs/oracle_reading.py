"""How many minutes of each line count in one reading of the law, by brute force."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

from aggregates.hours.enrolment_entry import Track
from aggregates.hours.supervision_entry import Licence
from tests.aggregates.bbs.oracle_entry import Sure
from tests.aggregates.bbs.oracle_line import Line
from tests.aggregates.bbs.oracle_steps import Minutes, Reading, limited
from tests.aggregates.bbs.oracle_weeks import week_at_setting


def minutes_of(reading: Reading) -> Minutes:
    """Return what counts of each line once all tests are passed, in their order."""
    standing = {line.id: _by_itself(reading, line) for line in reading.lines}
    standing = week_at_setting(reading, standing)
    standing = _six_hours(reading, standing)
    standing = _forty_hours(reading, standing)
    if reading.is_generous:
        standing = _not_too_old(reading, standing)
    for limit, is_limited in _limits(reading):
        standing = limited(reading, standing, limit, is_limited)
    return standing if reading.is_generous else _not_too_old(reading, standing)


def _by_itself(reading: Reading, line: Line) -> int:
    needed = Sure.OPEN if reading.is_generous else Sure.SURE
    counts = line.sure >= needed and (line.is_signed or reading.is_whole)
    return line.counting if counts else 0


def _six_hours(reading: Reading, standing: Minutes) -> Minutes:
    rooms = {line.week: 6 * 60 for line in reading.lines}
    kept = dict.fromkeys(standing, 0)
    for line, minutes in reading.steps(standing):
        granted = min(minutes, rooms[line.week]) if line.is_contact else minutes
        kept[line.id] += granted
        if line.is_contact:
            rooms[line.week] -= granted
    return kept


def _forty_hours(reading: Reading, standing: Minutes) -> Minutes:
    by_day = defaultdict[dt.date, int](int)
    kept = dict.fromkeys(standing, 0)
    for line, minutes in reading.steps(standing):
        granted = minutes
        for start in range(-6, 1):
            seven = [line.day + dt.timedelta(days=start + day) for day in range(7)]
            granted = min(granted, 40 * 60 - sum(by_day[day] for day in seven))
        kept[line.id] += granted
        by_day[line.day] += granted
    return kept


def _limits(reading: Reading) -> list[tuple[int, Callable[[Line], bool]]]:
    found: list[tuple[int, Callable[[Line], bool]]] = []
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


def _not_too_old(reading: Reading, standing: Minutes) -> Minutes:
    """Take what is older than six years, but 500 clinical hours of the practicum."""
    has_exempt = reading.track is Track.LMFT
    young = {
        line.id: 0 if line.is_old and not (has_exempt and line.is_exempt) else standing[line.id]
        for line in reading.lines
    }
    return limited(reading, young, 500 * 60, lambda line: line.is_old)
