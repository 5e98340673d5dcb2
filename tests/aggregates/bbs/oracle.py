"""An independent second implementation of the Board's rules: slow, plain, and for tests only."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from aggregates.bbs.history import History
from aggregates.bbs.rule import Check
from aggregates.hours.enrolment_entry import Track
from aggregates.hours.supervision_entry import Licence
from tests.aggregates.bbs.oracle_line import Line, lines_of, receipt_of
from tests.aggregates.bbs.oracle_reading import by_themselves, count
from tests.aggregates.bbs.oracle_steps import Counted, Minutes, Reading
from tests.aggregates.bbs.oracle_weeks import weeks_of

Sums = Counter[str]
Key = tuple[dt.date, UUID | None, bool]  # first day, supervision, whether before the degree


@dataclass(frozen=True)
class Figures:
    """What one reading says: the columns of each row, hours and weeks for the minimums."""

    rows: dict[Key, Sums]
    minutes: dict[Check, int]
    weeks: dict[Check, set[dt.date]]
    contact: dict[tuple[dt.date, UUID | None], tuple[int, int]]  # units' minutes: had, and needed


@dataclass(frozen=True)
class Opinion:
    """Two readings of what is signed, and two of all as if it were."""

    recorded: Figures
    strict: Figures
    generous: Figures
    strict_all: Figures
    generous_all: Figures


def opinion(history: History, as_of: dt.date) -> Opinion:
    """Return what the oracle holds of a history as of a day."""
    lines = lines_of(history, as_of)
    whole = {line.id: line.minutes for line in lines}

    def reading(before: Counted | None, *, generous: bool, whole: bool) -> Reading:
        return Reading(
            track=history.enrolment.track,
            receipt=receipt_of(history, as_of),
            lines=lines,
            is_generous=generous,
            is_whole=whole,
            before=before,
        )

    strict = reading(None, generous=False, whole=False)
    sure = count(strict)
    generous = reading(sure, generous=True, whole=False)
    open_too = count(generous)
    strict_all = reading(sure, generous=False, whole=True)
    generous_all = reading(open_too, generous=True, whole=True)
    return Opinion(
        _figures(strict, Counted(whole, whole, whole, whole)),
        _figures(strict, sure),
        _figures(generous, open_too),
        _figures(strict_all, count(strict_all)),
        _figures(generous_all, count(generous_all)),
    )


def _figures(reading: Reading, counted: Counted) -> Figures:
    rows: dict[Key, Sums] = {}
    for line in reading.lines:
        sums = rows.setdefault((line.week, line.supervision, line.is_before), Counter())
        for column in columns(reading, line) or {"nowhere"}:
            sums[column] += counted.final[line.id]
    contact = {
        (week.first_day, week.setting): (week.halves // 2, week.required)
        for week in weeks_of(reading, by_themselves(reading))
    }
    return Figures(rows, _minutes(reading, counted.final), _weeks(reading, counted), contact)


def columns(reading: Reading, line: Line) -> frozenset[str]:
    """Return the columns that a line is credited in."""
    return line.printed | line.left_open if reading.is_generous else line.printed


def _minutes(reading: Reading, minutes: Minutes) -> dict[Check, int]:
    sums = Counter[Check]()
    track = reading.track
    for line in reading.lines:
        counts = minutes[line.id]
        a1 = counts if "a1" in columns(reading, line) else 0
        sums[Check.TOTAL] += counts
        sums[Check.DIRECT] += counts if line.is_direct else 0
        if track is Track.LMFT:
            sums[Check.AFTER_DEGREE] += 0 if line.is_before else counts
            sums[Check.RELATIONAL] += a1
        if track is Track.LCSW:
            sums[Check.PSYCHOTHERAPY] += a1
            sums[Check.LCSW_HOURS] += counts if line.licence is Licence.LCSW else 0
    return dict(sums)


def _weeks(reading: Reading, counted: Counted) -> dict[Check, set[dt.date]]:
    """Return weeks that count, those of them with a unit alone, and with one by an LCSW.

    The contact itself may be beyond a limit of hours: the week was supervised all the same.
    """
    weeks = {line.week for line in reading.lines if counted.final[line.id]}
    alone, by_lcsw = Counter[dt.date](), Counter[dt.date]()
    for line in reading.lines:
        if line.is_alone and counted.supervised[line.id]:
            alone[line.week] += reading.units(line)
            by_lcsw[line.week] += reading.units(line) if line.licence is Licence.LCSW else 0
    found = {Check.WEEKS: weeks, Check.ALONE_WEEKS: {each for each in weeks if alone[each] >= 120}}
    if reading.track is Track.LCSW:
        found[Check.LCSW_WEEKS] = {each for each in weeks if by_lcsw[each] >= 120}
    return found
