"""The rules, judged a second time by an independent oracle: both always hold the same."""

import datetime as dt
from typing import Final

import pytest
from hypothesis import Phase, given, settings

from aggregates.bbs.history import History, Recorded
from aggregates.bbs.rule import Check
from aggregates.hours.activity_entry import ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.setting_entry import SettingKind
from aggregates.hours.supervision_entry import Tie
from aggregates.session_entry import Service
from tests.aggregates.bbs.career import FIRST, WEEKS, career
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    HOUR,
    MONDAY,
    SETTING,
    TRAINEE,
    WITH_LCSW,
    activity,
    changed,
    history,
    session,
)
from tests.aggregates.bbs.oracle import opinion
from tests.aggregates.bbs.oracle_differences import differences
from tests.aggregates.bbs.oracle_histories import long_histories, short_histories
from tests.aggregates.bbs.weeks import weeks_of

LAST: Final = FIRST + dt.timedelta(weeks=WEEKS + 2)
GROUP: Final = ActivityKind.SUPERVISION_GROUP
SOCIAL_WORKER: Final = changed(ASSOCIATE, track=Track.LCSW)


def direct(hours: float) -> list[Recorded]:
    """Return sessions of so many hours in one week, some of each day."""
    minutes = round(hours * HOUR)
    parts = [minutes // 4, minutes // 4, minutes // 4, minutes - 3 * (minutes // 4)]
    return [
        session(10 + place, MONDAY + dt.timedelta(days=place), part, service=Service.ASSESSMENT)
        for place, part in enumerate(parts)
    ]


def met(*minutes: int) -> list[Recorded]:
    """Return a supervision of each length, one to one, on days of one week."""
    return [
        activity(50 + place, MONDAY + dt.timedelta(days=place), each)
        for place, each in enumerate(minutes)
    ]


@pytest.mark.parametrize(
    ("enrolment", "entries", "strict_hours", "generous_hours"),
    [
        (ASSOCIATE, [*direct(10), *met(60)], 11, 11),
        (ASSOCIATE, [*direct(10.25), *met(60)], 0, 11),
        (ASSOCIATE, [*direct(10.25), *met(60, 60)], 12.25, 12.25),
        (SOCIAL_WORKER, [*direct(10.25), *met(60)], 0, 11),
        (ASSOCIATE, [*direct(4), *met(59)], 0, 0),
        (ASSOCIATE, [*direct(4), *met(30, 30)], 0, 5),
        (ASSOCIATE, [*direct(4), activity(1, MONDAY, 120, GROUP, segments=(60, 60))], 6, 6),
        (ASSOCIATE, [*direct(4), activity(1, MONDAY, 120, GROUP, segments=(30,) * 4)], 0, 0),
        (ASSOCIATE, [*direct(4), activity(1, MONDAY, 60, GROUP)], 0, 0),
        (ASSOCIATE, [*direct(4), activity(1, MONDAY, 120, GROUP, supervisees=8)], 6, 6),
        (ASSOCIATE, [*direct(4), activity(1, MONDAY, 120, GROUP, supervisees=9)], 0, 0),
        (ASSOCIATE, met(390), 6, 6),
        (TRAINEE, [*direct(5), *met(60)], 6, 6),
        (TRAINEE, [*direct(5.25), *met(60)], 0, 6),
        (ASSOCIATE, [*direct(38), *met(60, 60)], 40, 40),
        (ASSOCIATE, [*direct(38.25), *met(60, 60)], 40, 40),
    ],
)
def test_the_oracle_itself_knows_the_examples_of_the_statutes(
    enrolment: EnrolmentEntry, entries: list[Recorded], strict_hours: float, generous_hours: float
) -> None:
    """Each side of a week's thresholds, by hand: ten hours, five, a unit, six hours, forty."""
    made = history(*entries, enrolment=enrolment)
    held = opinion(made, MONDAY + dt.timedelta(days=30))
    assert held.strict.minutes[Check.TOTAL] == strict_hours * HOUR
    assert held.generous.minutes[Check.TOTAL] == generous_hours * HOUR
    assert differences(made, MONDAY + dt.timedelta(days=30)) == []


JULY: Final = dt.date(2021, 7, 5)
HOURS_OF_JULY: Final = (session(1, JULY), activity(2, JULY))


def days_after(day: dt.date | None, days: int) -> dt.date:
    """Return the day so many days later."""
    assert day is not None
    return day + dt.timedelta(days=days)


ENDED: Final = {"registered_on": dt.date(2015, 6, 30), "registered_until": None}


@pytest.mark.parametrize(
    ("enrolment", "supervision", "hours"),
    [
        ({"application_on": days_after(ASSOCIATE.degree_on, 90)}, {}, 2),
        ({"application_on": days_after(ASSOCIATE.degree_on, 91)}, {}, 0),
        ({"live_scan_on": JULY}, {}, 2),
        ({"live_scan_on": days_after(JULY, 1)}, {}, 0),
        ({"registered_on": JULY, "registered_until": JULY, "application_on": None}, {}, 2),
        ({"registered_on": dt.date(2021, 6, 9), "registered_until": days_after(JULY, -1)}, {}, 0),
        ({"registered_on": days_after(JULY, 1), "application_on": None}, {}, 0),
        ({**ENDED, "second_registered_on": JULY}, {}, 2),
        ({**ENDED, "second_registered_on": days_after(JULY, 1)}, {}, 0),
        ({**ENDED, "second_registered_on": JULY, "second_registered_until": JULY}, {}, 2),
        ({"licensure_on": dt.date(2027, 7, 5)}, {}, 2),
        ({"licensure_on": dt.date(2027, 7, 6)}, {}, 0),
        ({}, {"licence_until": JULY}, 2),
        ({}, {"licence_until": days_after(JULY, -1)}, 0),
        ({}, {"licence_from": JULY}, 2),
        ({}, {"licence_from": days_after(JULY, 1)}, 0),
        ({}, {"starts_on": JULY, "ends_on": JULY}, 2),
        ({}, {"ends_on": days_after(JULY, -1)}, 0),
    ],
)
def test_the_oracle_itself_knows_the_days_that_decide(
    enrolment: dict[str, dt.date | None], supervision: dict[str, dt.date], hours: int
) -> None:
    """Each side of a day, by hand: application, Live Scan, registration, receipt, licence."""
    made = history(
        *HOURS_OF_JULY,
        enrolment=changed(ASSOCIATE, **enrolment),
        supervision=changed(WITH_LCSW, **supervision),
    )
    as_of = dt.date(2027, 7, 6) if "licensure_on" in enrolment else dt.date(2026, 1, 1)
    assert opinion(made, as_of).strict.minutes[Check.TOTAL] == hours * HOUR
    assert differences(made, as_of) == []


@pytest.mark.parametrize(
    ("stated", "second_on", "hours"),
    [
        ({"tie": Tie.OWNER, "has_record_access": True}, None, (2, 2)),
        ({"tie": Tie.OWNER, "has_record_access": True}, days_after(JULY, 1), (2, 2)),
        ({"tie": Tie.OWNER, "has_record_access": True}, JULY, (0, 0)),
        ({"tie": Tie.OWNER}, None, (0, 2)),
        ({"has_record_access": True}, None, (0, 2)),
        ({"tie": Tie.NONE, "has_record_access": True}, None, (0, 0)),
    ],
)
def test_the_oracle_itself_knows_what_a_private_practice_asks_for(
    stated: dict[str, object], second_on: dt.date | None, hours: tuple[int, int]
) -> None:
    """A tie to it, clients or records there, and no second number by that day."""
    issued = {"registered_on": dt.date(2021, 6, 9), "second_registered_on": second_on}
    made = history(
        *HOURS_OF_JULY,
        enrolment=changed(ASSOCIATE, **issued),
        setting=changed(SETTING, kind=SettingKind.PRIVATE_PRACTICE),
        supervision=changed(WITH_LCSW, **stated),
    )
    held = opinion(made, dt.date(2026, 1, 1))
    found = tuple(each.minutes[Check.TOTAL] for each in (held.strict, held.generous))
    assert found == tuple(HOUR * each for each in hours)
    assert differences(made, dt.date(2026, 1, 1)) == []


@pytest.mark.parametrize(("hours", "counted"), [(499, 499), (500, 500), (501, 500)])
def test_the_oracle_itself_exempts_five_hundred_old_hours(hours: int, counted: int) -> None:
    """Clinical hours of the practicum, under enough supervision, of more than six years ago."""
    entries = weeks_of(MONDAY, hours * HOUR, contact=6 * HOUR)
    made = history(*entries, enrolment=changed(TRAINEE, licensure_on=dt.date(2033, 1, 3)))
    held = opinion(made, dt.date(2033, 1, 3))
    assert held.strict.minutes[Check.TOTAL] == counted * HOUR
    assert differences(made, dt.date(2033, 1, 3)) == []


@given(short_histories())
def test_a_few_weeks_are_judged_alike(told: tuple[History, dt.date]) -> None:
    """Each row, its supervision, what is credited and pending in both readings, each minimum."""
    assert differences(*told) == []


# Nobody reads hundreds of entries: what fails is shown as drawn, at once.
@settings(phases=(Phase.explicit, Phase.reuse, Phase.generate))
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
