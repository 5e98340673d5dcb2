"""Entries as the oracle looks at them: one line for each, with all that a rule asks of it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from aggregates.bbs.history import History, Recorded, Signature
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import Phase, WeekStart
from aggregates.hours.supervision_entry import Licence
from aggregates.session_entry import SessionEntry
from tests.aggregates.bbs.oracle_entry import (
    Sure,
    columns_of,
    counting_minutes,
    in_term,
    practicum_may_be,
    standing,
    unit_halves,
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry; `units` are half minutes of a unit, strictly and generously."""

    id: int
    day: dt.date
    week: dt.date
    setting: UUID | None
    supervision: UUID | None
    licence: Licence | None
    is_before: bool
    is_signed: bool
    is_direct: bool
    is_contact: bool
    is_alone: bool
    is_workshop: bool
    is_exempt: tuple[bool, bool]  # in the strict reading, and in the generous one
    is_old: bool
    sure: Sure
    minutes: int
    counting: int
    units: tuple[int, int]
    printed: frozenset[str]
    left_open: frozenset[str]

    @property
    def order(self) -> tuple[dt.date, int]:
        """In which limits are filled."""
        return self.day, self.id


def lines_of(history: History, as_of: dt.date) -> list[Line]:
    """Return a line for each entry up to a day, in the order in which limits are filled."""
    found = [_line(history, each, as_of) for each in history.entries if each.day <= as_of]
    return sorted(found, key=lambda line: line.order)


def receipt_of(history: History, as_of: dt.date) -> dt.date:
    """Return the day that six years are counted from."""
    received = history.enrolment.licensure_on
    return as_of if received is None or received > as_of else received


def _line(history: History, recorded: Recorded, as_of: dt.date) -> Line:
    enrolment, entry = history.enrolment, recorded.entry
    supervision = (
        None if entry.supervision_id is None else history.supervisions.get(entry.supervision_id)
    )
    kind = entry.kind if isinstance(entry, ActivityEntry) else None
    is_direct = isinstance(entry, SessionEntry)
    is_before = enrolment.phase_of(recorded.day) is Phase.BEFORE_DEGREE
    printed, left_open = columns_of(enrolment.track, recorded)
    return Line(
        id=recorded.entry_id.int,
        day=recorded.day,
        week=first_day_of(enrolment.week_start, recorded.day),
        setting=None if supervision is None else supervision.setting_id,
        supervision=entry.supervision_id,
        licence=None if supervision is None else supervision.licence,
        is_before=is_before,
        is_signed=recorded.signature is Signature.SIGNED,
        is_direct=is_direct,
        is_contact="b1" in printed or "b2" in printed,
        is_alone="b1" in printed,
        is_workshop=kind is ActivityKind.WORKSHOP,
        is_exempt=(
            is_direct and is_before and in_term(enrolment, recorded.day),
            is_direct and is_before and practicum_may_be(enrolment, recorded.day),
        ),
        is_old=recorded.day < six_years_before(receipt_of(history, as_of)),
        sure=standing(history, recorded, as_of),
        minutes=recorded.minutes,
        counting=counting_minutes(recorded),
        units=unit_halves(recorded),
        printed=frozenset(printed),
        left_open=frozenset(left_open),
    )


def first_day_of(start: WeekStart, day: dt.date) -> dt.date:
    """Return the last day up to this one that weeks begin on."""
    first = 6 if start is WeekStart.SUNDAY else 0
    while day.weekday() != first:
        day -= dt.timedelta(days=1)
    return day


def six_years_before(day: dt.date) -> dt.date:
    """Return the same day six years earlier; of a leap day the one after."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return dt.date(day.year - 6, 3, 1) if is_leap_day else day.replace(year=day.year - 6)
