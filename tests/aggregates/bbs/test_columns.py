"""Each entry stands in the columns that its track's weekly log has for it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.bbs.columns import Column, Doubt, column_of, row_columns, week_start_of
from aggregates.hours.activity_entry import ActivityKind
from aggregates.hours.enrolment_entry import Track, WeekStart
from aggregates.session_entry import Modality, Participants, Service
from tests.aggregates.bbs.invented import MONDAY, activity, session

A, A1, B, B1, B2 = Column.A, Column.A1, Column.B, Column.B1, Column.B2
SUPERVISION = {
    ActivityKind.SUPERVISION_INDIVIDUAL: {B, B1},
    ActivityKind.SUPERVISION_TRIADIC: {B, B1},
    ActivityKind.SUPERVISION_GROUP: {B, B2},
}
UNKNOWN = {
    Track.LMFT: {ActivityKind.CONSULTATION, ActivityKind.RESEARCH},
    Track.LPCC: {ActivityKind.CONSULTATION, ActivityKind.RESEARCH},
    Track.LCSW: set[ActivityKind](),
}


@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("participants", Participants)
def test_marriage_and_family_therapy_alone_sets_apart_who_took_part(
    track: Track, participants: Participants
) -> None:
    """Couples, families and children are in A1 for it; professional counseling has no A1."""
    columns = column_of(track, session(1, MONDAY, participants=participants)).columns
    relational = participants in {
        Participants.COUPLE,
        Participants.FAMILY,
        Participants.CHILD,
    }
    psychotherapy = participants in {
        Participants.INDIVIDUAL,
        Participants.GROUP,
        Participants.CHILD,
    }
    in_a1 = {Track.LMFT: relational, Track.LPCC: False, Track.LCSW: psychotherapy}[track]
    assert columns == ({A, A1} if in_a1 else {A})


@pytest.mark.parametrize(
    ("participants", "service", "modality", "doubt"),
    [
        (Participants.INDIVIDUAL, None, Modality.IN_PERSON, Doubt.SERVICE_NOT_STATED),
        (Participants.COUPLE, Service.PSYCHOTHERAPY, Modality.VIDEO, Doubt.COUPLE_OR_FAMILY),
        (Participants.FAMILY, Service.PSYCHOTHERAPY, Modality.IN_PERSON, Doubt.COUPLE_OR_FAMILY),
        (Participants.INDIVIDUAL, Service.PSYCHOTHERAPY, Modality.PHONE, Doubt.BY_PHONE),
        (Participants.INDIVIDUAL, Service.PSYCHOTHERAPY, Modality.VIDEO, None),
        (Participants.COUPLE, Service.ASSESSMENT, Modality.IN_PERSON, None),
        (Participants.INDIVIDUAL, Service.OTHER_CLINICAL, Modality.PHONE, None),
    ],
)
def test_clinical_social_work_leaves_some_psychotherapy_open(
    participants: Participants, service: Service | None, modality: Modality, doubt: Doubt | None
) -> None:
    """Such a session is in A for sure; whether it is in A1, too, is said to be open, and why."""
    told = session(1, MONDAY, participants=participants, service=service, modality=modality)
    placement = column_of(Track.LCSW, told)
    assert placement.doubt is doubt
    assert placement.open == (frozenset() if doubt is None else {A1})
    assert A in placement.columns
    assert (doubt is None) or A1 not in placement.columns


@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("kind", ActivityKind)
def test_an_activity_stands_in_b_unless_the_track_does_not_know_it(
    track: Track, kind: ActivityKind
) -> None:
    """Supervision also stands in B1 or B2; what a statute does not name stands nowhere."""
    placement = column_of(track, activity(1, MONDAY, kind=kind))
    if kind in UNKNOWN[track]:
        assert placement.columns == set()
        assert placement.doubt is Doubt.NOT_IN_TRACK
    else:
        assert placement.columns == SUPERVISION.get(kind, {B})


def test_notes_are_open_in_clinical_social_work() -> None:
    """Its statute does not name them; they stand in B and are said to be in doubt."""
    placement = column_of(Track.LCSW, activity(1, MONDAY, kind=ActivityKind.NOTES))
    assert (placement.columns, placement.open) == ({B}, {B})
    assert placement.doubt is Doubt.NOTES_NOT_NAMED


def test_a_row_adds_up_and_counts_parts_once() -> None:
    """A1, B1 and B2 are parts: C is A and B."""
    row = row_columns(
        Track.LMFT,
        [
            session(1, MONDAY, 50, participants=Participants.FAMILY),
            session(2, MONDAY, 45),
            activity(3, MONDAY, 60),
            activity(4, MONDAY, 120, ActivityKind.SUPERVISION_GROUP),
            activity(5, MONDAY, 30, ActivityKind.NOTES),
            activity(6, MONDAY, 15, ActivityKind.RESEARCH),
        ],
    )
    assert (row.a, row.a1, row.b, row.b1, row.b2, row.nowhere) == (95, 50, 210, 60, 120, 15)
    assert row.c == 305


def test_rows_add_up() -> None:
    """The sum of two rows is the row of their entries."""
    first, second = session(1, MONDAY, service=None), activity(2, MONDAY, 90)
    apart = row_columns(Track.LCSW, [first]) + row_columns(Track.LCSW, [second])
    assert apart == row_columns(Track.LCSW, [first, second])
    assert (apart.a, apart.a1, apart.a1_open, apart.b1) == (60, 0, 60, 90)


@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_is_told(doubt: Doubt) -> None:
    """In a sentence of its own."""
    assert doubt.sentence.endswith(".")


@given(
    st.dates(min_value=dt.date(1950, 1, 8), max_value=dt.date(2150, 12, 24)),
    st.sampled_from(WeekStart),
)
def test_every_day_is_in_the_seven_days_of_its_week(day: dt.date, start: WeekStart) -> None:
    """Counted from the day the person chose."""
    first = week_start_of(start, day)
    assert first.strftime("%A").lower() == start.value
    assert dt.timedelta(0) <= day - first < dt.timedelta(days=7)
