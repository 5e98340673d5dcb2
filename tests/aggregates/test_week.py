"""A week begins on Sunday."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from aggregates.week import week_of

SUNDAY = dt.date(2026, 3, 8)


def test_sunday_to_saturday_is_one_week() -> None:
    """And the next Sunday is the next."""
    assert {week_of(SUNDAY + dt.timedelta(days=n)) for n in range(7)} == {SUNDAY}
    assert week_of(SUNDAY + dt.timedelta(days=7)) == SUNDAY + dt.timedelta(days=7)


@given(st.dates(min_value=dt.date(1, 1, 7)))
def test_every_day_is_in_the_seven_days_of_its_week(day: dt.date) -> None:
    """Counted from a Sunday."""
    first = week_of(day)
    assert first.strftime("%A") == "Sunday"
    assert dt.timedelta(0) <= day - first < dt.timedelta(days=7)
