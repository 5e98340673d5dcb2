"""The rules, judged a second time by an independent oracle: both always hold the same."""

import datetime as dt

import pytest
from hypothesis import given

from aggregates.bbs.history import History
from aggregates.hours.enrolment_entry import Track
from tests.aggregates.bbs.career import FIRST, WEEKS, career
from tests.aggregates.bbs.oracle_differences import differences
from tests.aggregates.bbs.oracle_histories import long_histories, short_histories

LAST = FIRST + dt.timedelta(weeks=WEEKS + 2)


@given(short_histories())
def test_a_few_weeks_are_judged_alike(told: tuple[History, dt.date]) -> None:
    """Each row, its supervision, what is credited and pending in both readings, each minimum."""
    assert differences(*told) == []


@given(long_histories())
def test_some_years_are_judged_alike(told: tuple[History, dt.date]) -> None:
    """Long enough for the limits of a lifetime and for hours to become too old."""
    assert differences(*told) == []


@pytest.mark.parametrize("track", Track)
def test_a_whole_career_is_judged_alike(track: Track) -> None:
    """Six years of thousands of entries, with every mistake that people make."""
    assert differences(career(track, seed=8), LAST) == []


@pytest.mark.slow
@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("seed", range(100, 112))
def test_every_career_is_judged_alike(track: Track, seed: int) -> None:
    """Whatever mistakes were made in it."""
    assert differences(career(track, seed), LAST) == []
