"""Which rows of a weekly log lose or gain an entry when an enrolment is stated anew."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.week_content import RowKey
from aggregates.week import week_of


class Counted(NamedTuple):
    """A day on which something is logged, and the supervision under which it counts."""

    supervision_id: UUID
    day: dt.date


def row_on(enrolment: EnrolmentEntry, person_id: UUID, counted: Counted) -> RowKey:
    """Return the row in which a day's entries under a supervision count."""
    return RowKey(
        person_id=person_id,
        supervision_id=counted.supervision_id,
        first_day=week_of(counted.day, enrolment.week_start),
        phase=enrolment.phase_of(counted.day),
    )


def moved_rows(
    person_id: UUID, before: EnrolmentEntry, after: EnrolmentEntry, counted: Iterable[Counted]
) -> frozenset[RowKey]:
    """Return the rows in which some of these days counted and no longer do, or do only now."""
    moved: set[RowKey] = set()
    for each in counted:
        rows = (row_on(before, person_id, each), row_on(after, person_id, each))
        if rows[0] != rows[1]:
            moved.update(rows)
    return frozenset(moved)
