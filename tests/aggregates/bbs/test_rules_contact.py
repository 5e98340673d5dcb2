"""What a contact with the supervisor has to be to make a unit, and what is left open."""

import datetime as dt

import pytest

from aggregates.bbs.bounds import Question
from aggregates.bbs.evaluation import Status
from aggregates.hours.activity_entry import ActivityKind
from aggregates.hours.enrolment_entry import Track
from aggregates.hours.supervision_entry import Suitability
from aggregates.session_entry import Modality
from tests.aggregates.bbs.invented import (
    HOUR,
    MONDAY,
    WITH_LCSW,
    activity,
    changed,
    session,
)
from tests.aggregates.bbs.one_week import (
    GROUP,
    TRIADIC,
    assert_counts,
    assert_lost,
    direct_of,
    of,
)
from tests.aggregates.bbs.sides import broken, kept


@kept("U-IND", "U-TRI", "Q-FRACTION")
def test_an_hour_alone_or_in_threes_is_a_unit(rule_id: str, track: Track) -> None:
    """For both readings."""
    kind = TRIADIC if rule_id == "U-TRI" else ActivityKind.SUPERVISION_INDIVIDUAL
    found = of(track, session(1, MONDAY), activity(2, MONDAY, HOUR, kind))
    assert_counts(found)
    assert found.rows[0].units.conservative == HOUR


@broken("U-IND", "U-TRI", "Q-FRACTION")
def test_half_hours_alone_add_up_in_one_reading_only(rule_id: str, track: Track) -> None:
    """Twice thirty minutes are a unit or none: it is open."""
    kind = TRIADIC if rule_id == "U-TRI" else ActivityKind.SUPERVISION_INDIVIDUAL
    halves = (activity(2, MONDAY, 30, kind), activity(3, MONDAY, 30, kind))
    found = of(track, session(1, MONDAY), *halves)
    assert direct_of(found) == (0, HOUR)
    assert (found.rows[0].units.conservative, found.rows[0].units.optimistic) == (0, HOUR)
    assert found.rows[0].units.questions == {Question.FRACTIONS}


@pytest.mark.parametrize("track", Track)
def test_a_contact_of_more_than_an_hour_counts_to_the_minute(track: Track) -> None:
    """An hour and a half alone and one in a group are the two units of more than ten hours."""
    alone, group = activity(2, MONDAY, 90), activity(3, MONDAY, HOUR, GROUP, supervisees=8)
    sessions = session(1, MONDAY, 330), session(4, MONDAY, 330)
    assert direct_of(of(track, *sessions, alone, group)) == (660, 660)
    assert direct_of(of(track, *sessions, alone, activity(3, MONDAY, 30))) == (0, 660)


@kept("U-GRP", "U-GRP-SIZE", "U-GRP-PART")
@pytest.mark.parametrize("segments", [(120,), (60, 60)])
def test_two_hours_of_eight_people_are_a_unit(
    rule_id: str, track: Track, segments: tuple[int, ...]
) -> None:
    """In one part or in two of an hour."""
    group = activity(2, MONDAY, 120, GROUP, supervisees=8, segments=segments)
    found = of(track, session(1, MONDAY), group)
    assert_counts(found)
    assert found.verdict(rule_id).over_cap.conservative == 0


@broken("U-GRP")
@pytest.mark.parametrize("minutes", [60, 119])
def test_less_of_a_group_is_no_unit(rule_id: str, track: Track, minutes: int) -> None:
    """A minute less than two hours."""
    found = of(track, session(1, MONDAY), activity(2, MONDAY, minutes, GROUP, supervisees=8))
    assert direct_of(found) == (0, 0)
    assert found.rows[0].units.optimistic == minutes // 2
    assert found.verdict(rule_id).over_cap.conservative == 0


@broken("U-GRP-SIZE")
def test_a_group_of_nine_is_no_supervision(rule_id: str, track: Track) -> None:
    """Not a minute of it."""
    found = of(track, session(1, MONDAY), activity(2, MONDAY, 120, GROUP, supervisees=9))
    assert direct_of(found) == (0, 0)
    assert found.verdict(rule_id).over_cap.conservative == 120


@broken("U-GRP-PART")
@pytest.mark.parametrize(("segments", "lost"), [((30, 30, 30, 30), 120), ((61, 59), 59)])
def test_parts_of_a_group_below_an_hour_do_not_count(
    rule_id: str, track: Track, segments: tuple[int, ...], lost: int
) -> None:
    """The other parts do, and are no unit alone."""
    group = activity(2, MONDAY, 120, GROUP, supervisees=8, segments=segments)
    found = of(track, session(1, MONDAY), group)
    assert direct_of(found) == (0, 0)
    assert found.verdict(rule_id).over_cap.conservative == lost


def test_an_hour_of_a_group_and_an_hour_alone_are_a_unit_and_a_half() -> None:
    """An hour of a group is half a unit."""
    found = of(Track.LMFT, activity(1, MONDAY), activity(2, MONDAY, 60, GROUP))
    assert found.rows[0].units.conservative == 90


@kept("VIDEO")
@pytest.mark.parametrize("modality", [Modality.IN_PERSON, Modality.VIDEO])
def test_supervision_by_video_is_face_to_face(
    rule_id: str, track: Track, modality: Modality
) -> None:
    """In every setting."""
    found = of(track, session(1, MONDAY), activity(2, MONDAY, modality=modality))
    assert_counts(found)
    assert found.verdict(rule_id).status is Status.MET


@broken("VIDEO")
def test_supervision_by_phone_is_none(rule_id: str, track: Track) -> None:
    """It neither counts nor carries the week."""
    found = of(track, session(1, MONDAY), activity(2, MONDAY, modality=Modality.PHONE))
    assert direct_of(found) == (0, 0)
    assert_lost(found, rule_id, HOUR, HOUR)


@kept("VIDEO-60D")
def test_video_counts_until_it_was_found_unsuitable(rule_id: str, track: Track) -> None:
    """The day before the supervisor's note."""
    noted = changed(
        WITH_LCSW,
        video=Suitability.UNSUITABLE,
        video_assessed_on=MONDAY + dt.timedelta(days=1),
    )
    contact = activity(2, MONDAY, modality=Modality.VIDEO)
    found = of(track, session(1, MONDAY), contact, supervision=noted)
    assert_counts(found)
    assert found.verdict(rule_id).over_cap.conservative == 0


def test_a_note_of_the_time_before_the_rule_takes_no_video_away() -> None:
    """The rule is from 2023 on."""
    before, unsuitable = dt.date(2022, 12, 26), Suitability.UNSUITABLE
    noted = changed(
        WITH_LCSW, video=unsuitable, video_assessed_on=before, starts_on=dt.date(2021, 9, 1)
    )
    by_video = activity(2, before, modality=Modality.VIDEO)
    assert_counts(of(Track.LMFT, session(1, before), by_video, supervision=noted))
    later = dt.date(2023, 1, 2)
    by_video = activity(2, later, modality=Modality.VIDEO)
    assert direct_of(of(Track.LMFT, session(1, later), by_video, supervision=noted)) == (0, 0)


@broken("VIDEO-60D")
def test_video_does_not_count_from_the_note_on(rule_id: str, track: Track) -> None:
    """Meeting in person still does."""
    noted = changed(WITH_LCSW, video=Suitability.UNSUITABLE, video_assessed_on=MONDAY)
    contact = activity(2, MONDAY, modality=Modality.VIDEO)
    found = of(track, session(1, MONDAY), contact, supervision=noted)
    assert_lost(found, rule_id, HOUR, HOUR)
    assert_counts(of(track, session(1, MONDAY), activity(2, MONDAY), supervision=noted))


@kept("Q-NOTES")
def test_advocacy_of_clinical_social_work_is_named(rule_id: str, track: Track) -> None:
    """It counts in both readings."""
    found = of(track, activity(1, MONDAY, HOUR, ActivityKind.ADVOCACY), activity(2, MONDAY))
    assert_counts(found)
    assert found.verdict(rule_id).over_cap.conservative == 0


@broken("Q-NOTES")
def test_notes_of_clinical_social_work_are_open(rule_id: str, track: Track) -> None:
    """They count in the generous reading only."""
    found = of(track, activity(1, MONDAY, HOUR, ActivityKind.NOTES), activity(2, MONDAY))
    creditable = found.totals.creditable
    assert (creditable.conservative.b, creditable.optimistic.b) == (HOUR, 2 * HOUR)
    assert found.verdict(rule_id).status is Status.WARNING
