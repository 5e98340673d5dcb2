"""The week's supervision at a setting: how much is needed for which hours."""

import datetime as dt
from typing import Final

import pytest

from aggregates.bbs.bounds import Question
from aggregates.bbs.evaluation import Status
from aggregates.hours.activity_entry import ActivityKind
from aggregates.hours.enrolment_entry import Track, WeekStart
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    HOUR,
    MONDAY,
    OTHER_SUPERVISION,
    TRAINEE,
    activity,
    changed,
    session,
)
from tests.aggregates.bbs.one_week import (
    GROUP,
    SUNDAY,
    assert_counts,
    assert_lost,
    direct_of,
    of,
)
from tests.aggregates.bbs.sides import broken, kept

CONTACT: Final = ("SUP-MIN", "SW-SUP1")
OVER_TEN: Final = ("SUP-A10", "SW-SUP10")


@kept(*CONTACT)
def test_a_unit_carries_the_week_at_its_setting(rule_id: str, track: Track) -> None:
    """An hour alone is one unit."""
    found = of(track, session(1, MONDAY), activity(2, SUNDAY))
    assert_counts(found)
    assert found.verdict(rule_id).over_cap.conservative == 0


@broken(*CONTACT)
def test_without_a_unit_the_week_is_lost(rule_id: str, track: Track) -> None:
    """A minute less than an hour is none, and a unit at another setting is no unit here."""
    elsewhere = activity(3, MONDAY, supervision=OTHER_SUPERVISION)
    found = of(track, session(1, MONDAY), activity(2, MONDAY, 59), elsewhere)
    assert direct_of(found) == (0, 0)
    assert_lost(found, rule_id, HOUR + 59, HOUR + 59)


@kept(*OVER_TEN)
@pytest.mark.parametrize(("direct", "units"), [(10 * HOUR, 1), (10 * HOUR + 1, 2), (38 * HOUR, 2)])
def test_ten_direct_hours_need_one_unit_and_more_need_two(
    rule_id: str, track: Track, direct: int, units: int
) -> None:
    """Never more than two."""
    found = of(track, session(1, MONDAY, direct), activity(2, MONDAY, units * HOUR))
    assert_counts(found)
    assert found.rows[0].units_required == units * HOUR
    assert found.verdict(rule_id).status is Status.MET


@broken(*OVER_TEN)
@pytest.mark.parametrize("direct", [10 * HOUR + 1, 10 * HOUR + 15])
def test_more_than_ten_direct_hours_with_one_unit_are_open(
    rule_id: str, track: Track, direct: int
) -> None:
    """Strictly the week is lost; otherwise its first ten direct hours are kept."""
    found = of(track, session(1, MONDAY, direct), activity(2, MONDAY))
    assert direct_of(found) == (0, 10 * HOUR)
    assert_lost(found, rule_id, direct + HOUR, direct - 10 * HOUR)
    assert Question.OVER_TEN in found.verdict(rule_id).over_cap.questions


@kept(*OVER_TEN)
def test_each_of_two_settings_has_ten_hours_of_its_own(rule_id: str, track: Track) -> None:
    """Each setting has its own ten hours: fifteen in all need no second unit."""
    found = of(
        track,
        *(session(1, MONDAY, 8 * HOUR), activity(2, MONDAY)),
        session(3, MONDAY, 7 * HOUR, supervision=OTHER_SUPERVISION),
        activity(4, MONDAY, supervision=OTHER_SUPERVISION),
    )
    assert_counts(found)
    assert found.verdict(rule_id).over_cap.conservative == 0


@kept("SUP-TR5")
def test_five_direct_hours_of_a_trainee_go_with_a_unit(rule_id: str, track: Track) -> None:
    """And seven and a half with a unit and a half."""
    group = activity(2, MONDAY, kind=GROUP)
    found = of(
        track,
        *(session(1, MONDAY, 7 * HOUR + 30), group, activity(3, MONDAY)),
        enrolment=TRAINEE,
    )
    assert_counts(found)
    assert found.rows[0].units_required == found.rows[0].units.conservative == 90
    assert found.verdict(rule_id).over_cap.conservative == 0


@broken("SUP-TR5")
def test_more_of_a_trainee_is_averaged_over_the_stay_or_lost(rule_id: str, track: Track) -> None:
    """By the week the whole week is lost; over the stay only what no unit of it carries."""
    later = MONDAY + dt.timedelta(weeks=1)
    crowded = (session(1, MONDAY, 6 * HOUR), activity(2, MONDAY))
    calm = (session(3, later, 4 * HOUR + 30), activity(4, later))
    found = of(track, *crowded, *calm, enrolment=TRAINEE)
    assert direct_of(found) == (4 * HOUR + 30, 10 * HOUR)
    assert_lost(found, rule_id, 7 * HOUR, 30)
    assert Question.RATIO_WINDOW in found.verdict(rule_id).over_cap.questions


@kept("SUP-WKSHP")
def test_a_workshop_needs_no_supervision_that_week(rule_id: str, track: Track) -> None:
    """It counts alone."""
    found = of(track, activity(1, MONDAY, 8 * HOUR, ActivityKind.WORKSHOP))
    assert_counts(found)
    assert found.verdict(rule_id).status is Status.MET


@broken("SUP-WKSHP")
def test_other_work_of_the_same_week_does(rule_id: str, track: Track) -> None:
    """Advocacy beside the workshop is lost."""
    workshop = activity(1, MONDAY, 8 * HOUR, ActivityKind.WORKSHOP)
    found = of(track, workshop, activity(2, MONDAY, HOUR, ActivityKind.ADVOCACY))
    assert found.totals.creditable.optimistic.b == 8 * HOUR
    assert found.verdict(rule_id).status is Status.MET


@kept("SAMEWEEK", "Q-WEEK")
def test_supervision_on_the_last_day_carries_its_week(rule_id: str, track: Track) -> None:
    """Weeks from Monday end on Sunday."""
    found = of(track, session(1, MONDAY), activity(2, SUNDAY))
    assert_counts(found)
    assert found.verdict(rule_id).over_cap.conservative == 0


@broken("SAMEWEEK", "Q-WEEK")
def test_supervision_a_day_later_carries_the_next_week(rule_id: str, track: Track) -> None:
    """Nothing is made up; and where weeks begin on Sunday, that Sunday is the next week."""
    later = (session(1, MONDAY), activity(2, SUNDAY + dt.timedelta(days=1)))
    from_sunday = changed(ASSOCIATE, week_start=WeekStart.SUNDAY)
    assert direct_of(of(track, *later)) == (0, 0)
    found = of(track, session(1, MONDAY), activity(2, SUNDAY), enrolment=from_sunday)
    assert direct_of(found) == (0, 0)
    assert found.verdict(rule_id).status is (Status.WARNING if rule_id == "Q-WEEK" else Status.MET)
