"""The plot of hours by week shows the weeks there are: at once, or in two halves."""

import datetime as dt

import pytest

from aggregates.bbs.evaluate import evaluate
from aggregates.hours.enrolment_entry import WeekStart
from tests.aggregates.bbs.invented import MONDAY, history, session
from web.pages.progress.progress_plot import GUTTER, STEP, hours_plot

TODAY = MONDAY + dt.timedelta(weeks=200)


@pytest.mark.parametrize(
    ("weeks_ago", "shown"),
    [
        (0, [26]),
        (25, [26]),
        (26, [27]),
        (59, [60]),
        (60, [31, 30]),
        (103, [52, 52]),
        (150, [52, 52]),
    ],
)
def test_it_begins_with_the_first_week(weeks_ago: int, shown: list[int]) -> None:
    """Half a year at least, two years at most; the newest week stands last."""
    first = TODAY - dt.timedelta(weeks=weeks_ago)
    plot = hours_plot(evaluate(history(session(1, first)), TODAY), WeekStart.MONDAY)
    assert [len(half.weeks) for half in plot.halves] == shown
    drawn = [week for half in plot.halves for week in half.weeks]
    places = [place for place, week in enumerate(reversed(drawn)) if week.parts]
    assert places == ([weeks_ago] if weeks_ago < 104 else [])
    for half in plot.halves:
        assert [week.x for week in half.weeks][:2] == [GUTTER, GUTTER + STEP]
        assert half.width == GUTTER + STEP * len(half.weeks)
