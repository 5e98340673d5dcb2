"""Rows move with the day of the degree and the first day of weeks, and with nothing else."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track, WeekStart
from aggregates.hours.moved_rows import Counted, moved_rows, row_on
from aggregates.hours.week_content import RowKey
from tests.aggregates.hours_examples import ENROLMENT, PERSON, SUPERVISION

OTHER = UUID(int=7)
DAYS = st.dates(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
COUNTED = st.builds(Counted, st.sampled_from([SUPERVISION, OTHER]), DAYS)
ENROLMENTS = st.builds(
    EnrolmentEntry,
    track=st.sampled_from(Track),
    week_start=st.sampled_from(WeekStart),
    degree_on=st.none() | DAYS,
    registered_on=st.none() | DAYS,
)


def rows(enrolment: EnrolmentEntry, counted: set[Counted]) -> dict[RowKey, set[Counted]]:
    """Return what counts in each row."""
    found = defaultdict[RowKey, set[Counted]](set)
    for each in counted:
        found[row_on(enrolment, PERSON, each)].add(each)
    return found


@given(ENROLMENTS, ENROLMENTS, st.sets(COUNTED, max_size=20))
def test_a_row_is_moved_if_what_counts_in_it_differs(
    before: EnrolmentEntry, after: EnrolmentEntry, counted: set[Counted]
) -> None:
    """Exactly then, whether it loses or gains."""
    was, will_be = rows(before, counted), rows(after, counted)
    every = was.keys() | will_be.keys()
    expected = {key for key in every if was.get(key) != will_be.get(key)}
    assert moved_rows(PERSON, before, after, counted) == expected


@pytest.mark.parametrize("day", [9, 10, 11])
def test_a_degree_a_day_later_moves_one_day(day: int) -> None:
    """The day of the award is after it."""
    before = msgspec.structs.replace(ENROLMENT, degree_on=dt.date(2026, 3, 10))
    after = msgspec.structs.replace(ENROLMENT, degree_on=dt.date(2026, 3, 11))
    moved = moved_rows(PERSON, before, after, [Counted(SUPERVISION, dt.date(2026, 3, day))])
    assert {key.phase for key in moved} == (set(Phase) if day == 10 else set())
