"""A week begins on Sunday, or on Monday for who chose that."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from aggregates.hours.enrolment_entry import WeekStart
from aggregates.week import week_of

SUNDAY = dt.date(2026, 3, 8)


def test_sunday_to_saturday_is_one_week() -> None:
    """And the next Sunday is the next."""
    assert {week_of(SUNDAY + dt.timedelta(days=n)) for n in range(7)} == {SUNDAY}
    assert week_of(SUNDAY + dt.timedelta(days=7)) == SUNDAY + dt.timedelta(days=7)


@given(st.dates(min_value=dt.date(1, 1, 7)), st.sampled_from(WeekStart))
def test_every_day_is_in_the_seven_days_of_its_week(day: dt.date, start: WeekStart) -> None:
    """Counted from the day the person chose."""
    first = week_of(day, start)
    assert first.strftime("%A").lower() == start.value
    assert dt.timedelta(0) <= day - first < dt.timedelta(days=7)
