"""How long a registration gives hours, and what a second number gives after it, day by day."""

import datetime as dt
from typing import Any, Final

import pytest

from aggregates.bbs.bounds import Question
from aggregates.bbs.evidence import REGISTRATION_ENDS, REGISTRATION_EXPIRED, REGISTRATION_EXPIRES
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.setting_entry import SettingKind
from aggregates.hours.supervision_entry import Tie
from tests.aggregates.bbs.one_hour import assert_counts, assert_open, assert_void, of, on
from tests.aggregates.bbs.sides import broken, kept

ISSUED: Final = dt.date(2016, 6, 10)
LAST: Final = dt.date(2022, 6, 30)
SECOND: Final = dt.date(2022, 9, 12)
SECOND_ENDS: Final = dt.date(2028, 9, 30)
ONE: Final = dt.timedelta(days=1)
PRIVATE: Final[dict[str, Any]] = {
    "setting": {"kind": SettingKind.PRIVATE_PRACTICE},
    "supervision": {"has_record_access": True, "tie": Tie.OWNER},
}
CORPORATION: Final[dict[str, Any]] = PRIVATE | {
    "setting": {"kind": SettingKind.PROFESSIONAL_CORPORATION}
}


def issued(track: Track, **changes: Any) -> EnrolmentEntry:  # noqa: ANN401 -- any of its fields
    """Return an enrolment whose first registration is of June 2016."""
    stated: dict[str, Any] = {"degree_on": dt.date(2016, 1, 1), "registered_on": ISSUED}
    return of(track, **(stated | changes))


def second(track: Track, **changes: Any) -> EnrolmentEntry:  # noqa: ANN401 -- any of its fields
    """Return one with a second number of September 2022 besides."""
    stated: dict[str, Any] = {"registered_until": LAST, "second_registered_on": SECOND}
    return issued(track, **(stated | changes))


@kept("REG-6Y")
def test_a_registration_holds_to_the_end_of_its_sixth_year(rule_id: str, track: Track) -> None:
    """The last day of the month of its issue."""
    assert_counts(on(LAST, issued(track)), rule_id)


@broken("REG-6Y")
def test_after_it_a_second_number_is_needed(rule_id: str, track: Track) -> None:
    """Which is open, but for a private practice, where a second number gives no hours."""
    day = LAST + ONE
    assert_open(on(day, issued(track)), rule_id, Question.SECOND_REGISTRATION)
    assert_void(on(day, issued(track), **PRIVATE), rule_id)


@kept("REG-6Y")
@pytest.mark.parametrize("day", [SECOND, SECOND + 365 * ONE])
def test_hours_under_a_second_number_count(rule_id: str, track: Track, day: dt.date) -> None:
    """From its day of issue on, outside private practice; the end of the first one is no matter."""
    assert_counts(on(day, second(track)), rule_id)
    assert_counts(on(day, second(track, registered_on=None, registered_until=None)), rule_id)


@broken("REG-6Y")
def test_hours_between_the_two_numbers_do_not(rule_id: str, track: Track) -> None:
    """Nothing is open any more once the second day is stated."""
    until = {"registered_until": None}
    for day in (LAST + ONE, SECOND - ONE):
        assert_void(on(day, second(track, **until)), rule_id)


@broken("REG-6Y")
@pytest.mark.parametrize("place", [PRIVATE, CORPORATION], ids=["private", "corporation"])
def test_under_a_second_number_a_private_practice_never_counts(
    rule_id: str, track: Track, place: dict[str, Any]
) -> None:
    """Not on its first day; the day before the first one ended it did."""
    assert_void(on(SECOND, second(track), **place), rule_id)
    assert_counts(on(LAST, second(track), **place), rule_id)


@pytest.mark.parametrize("track", Track)
def test_a_second_number_expires_and_ends_like_the_first(track: Track) -> None:
    """On its own day, and six years after its own month of issue; a third one would be open."""
    registered = {Track.LMFT: "MFT-REG", Track.LPCC: "PCC-REG", Track.LCSW: "SW-REG"}[track]
    until = SECOND + 365 * ONE
    held = second(track, second_registered_until=until)
    assert_counts(on(until, held), registered)
    assert_void(on(until + ONE, held), registered)
    later = SECOND_ENDS + ONE
    assert_counts(on(SECOND_ENDS, second(track), as_of=later), "REG-6Y")
    found = on(later, second(track), as_of=later)
    assert_open(found, "REG-6Y", Question.SECOND_REGISTRATION)


@pytest.mark.parametrize("track", Track)
def test_gaps_are_told_of_the_number_that_is_held(track: Track) -> None:
    """What the first one was expires no more once there is a second."""

    def told(enrolment: EnrolmentEntry, as_of: dt.date) -> list[str]:
        found = on(LAST, enrolment, as_of=as_of)
        wanted = (REGISTRATION_ENDS, REGISTRATION_EXPIRED, REGISTRATION_EXPIRES)
        return [gap.sentence for gap in found.gaps if gap.sentence in wanted]

    assert told(second(track), SECOND - ONE) == [REGISTRATION_EXPIRED, REGISTRATION_ENDS]
    assert told(second(track), SECOND) == []
    soon = second(track, second_registered_until=SECOND + 60 * ONE)
    assert told(soon, SECOND) == [REGISTRATION_EXPIRES]
    assert told(second(track), SECOND_ENDS - 60 * ONE) == [REGISTRATION_ENDS]
