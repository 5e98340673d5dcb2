"""An activity is read from a form in minutes or quarter hours, and lives as a session does."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.deletion import DeletionReason
from aggregates.hours.activity import (
    ACTIVITY,
    ActivityCorrected,
    ActivityDeleted,
    ActivityLogged,
    CorrectActivity,
    DeleteActivity,
    LogActivity,
)
from aggregates.hours.activity_entry import (
    ActivityEntry,
    ActivityKind,
    activity_fields,
    read_activity,
    read_length,
)
from aggregates.refusal import FieldsRefused, Refused
from tests.aggregates.hours_examples import GROUP, PERSON, SUPERVISION, SUPERVISOR, WORKSHOP
from tests.spec import Given, codes_of

TODAY = dt.date(2026, 3, 9)
FIELDS = {
    "date": "2026-03-09",
    "length": "60",
    "kind": "supervision-individual",
    "supervision": str(SUPERVISION),
    "modality": "in-person",
}
OF_EIGHT = {"kind": "supervision-group", "supervisees": "8"}
LOGGED = ActivityLogged(therapist_id=PERSON, entry=GROUP)


def test_it_is_logged_corrected_and_deleted_by_its_therapist_alone() -> None:
    """As a session is (tests/aggregates/test_session.py has the rest)."""
    log = LogActivity(entry=GROUP, therapist_id=PERSON, baa_signed=True)
    shorter = read_activity({**activity_fields(GROUP), "length": "60", "segments": "60"}, TODAY)
    correct = CorrectActivity(entry=shorter, therapist_id=PERSON, baa_signed=True)
    delete = DeleteActivity(
        reason=DeletionReason.ENTERED_TWICE, therapist_id=PERSON, baa_signed=True
    )
    activities = Given(ACTIVITY)
    activities.when(log).then(LOGGED)
    activities.given(LOGGED).when(correct).then(ActivityCorrected(entry=shorter))
    deleted = ActivityDeleted(reason=DeletionReason.ENTERED_TWICE)
    activities.given(LOGGED).when(delete).then(deleted)
    activities.given(LOGGED).refuses(log, "activity-exists")
    activities.refuses(correct, "activity-unknown")
    activities.given(LOGGED, deleted).refuses(correct, "activity-deleted")
    theirs = CorrectActivity(entry=shorter, therapist_id=SUPERVISOR, baa_signed=True)
    activities.given(LOGGED).refuses(theirs, "not-yours")
    activities.refuses(
        LogActivity(entry=GROUP, therapist_id=PERSON, baa_signed=False), "baa-not-signed"
    )


@pytest.mark.parametrize("entry", [GROUP, WORKSHOP], ids=["group", "workshop"])
def test_it_reads_back_from_its_form(entry: ActivityEntry) -> None:
    """All kinds of fields."""
    assert read_activity(activity_fields(entry), entry.date) == entry


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("1.25 h", 75), ("1.5h", 90), ("0.25 h", 15), ("2 h", 120), ("16 h", 960)],
)
def test_lengths_are_minutes_or_quarter_hours(text: str, minutes: int) -> None:
    """Whole minutes come of both."""
    assert read_length(text) == minutes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.3 h", "length-invalid"),
        ("1,5 h", "length-invalid"),
        ("", "length-invalid"),
        ("-60", "length-invalid"),
        ("060", "length-invalid"),
        ("1:30", "length-invalid"),
        ("0 h", "length-out-of-range"),
        ("961", "length-out-of-range"),
        ("16.25 h", "length-out-of-range"),
    ],
)
def test_other_lengths_are_refused(text: str, code: str) -> None:
    """On both sides of the limit."""
    with pytest.raises(Refused) as refused:
        read_length(text)
    assert refused.value.code.value == code


@given(st.integers(1, 64))
def test_every_quarter_hour_is_read_exactly(quarters: int) -> None:
    """Up to sixteen hours."""
    whole, rest = divmod(quarters, 4)
    text = f"{whole}{('', '.25', '.5', '.75')[rest]} h"
    assert read_length(text) == 15 * quarters


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "tea"}, "kind-unknown"),
        ({"date": "2026-03-10"}, "date-in-future"),
        ({"supervision": ""}, "supervision-missing"),
        ({"modality": "letter"}, "choice-unknown"),
        ({"kind": "supervision-group", "supervisees": "1"}, "group-size-invalid"),
        ({"kind": "supervision-group", "supervisees": "21"}, "group-size-invalid"),
        (
            {"kind": "supervision-group", "supervisees": "8", "segments": "30 31"},
            "segments-invalid",
        ),
        ({"kind": "supervision-group", "supervisees": "8", "segments": "x"}, "segments-invalid"),
    ],
)
def test_a_field_that_is_wrong_is_refused(changed: dict[str, str], code: str) -> None:
    """Beside itself."""
    with pytest.raises(FieldsRefused) as refused:
        read_activity({**FIELDS, **changed}, TODAY)
    assert codes_of(refused.value) == (code,)


def test_what_does_not_belong_to_the_kind_is_left_alone() -> None:
    """A form keeps its other fields when another kind is chosen."""
    fields = {**FIELDS, "kind": "notes", "supervisees": "many", "segments": "?", "title": "x" * 999}
    entry = read_activity(fields, TODAY)
    assert (entry.kind, entry.modality, entry.supervisees) == (ActivityKind.NOTES, None, None)


def test_individual_and_triadic_supervision_know_how_many_they_are() -> None:
    """One, and two; a group without parts is one part."""
    assert read_activity(FIELDS, TODAY).supervisees == 1
    assert read_activity({**FIELDS, "kind": "supervision-triadic"}, TODAY).supervisees == 2
    group = {**FIELDS, "kind": "supervision-group", "supervisees": "8", "length": "2 h"}
    assert read_activity(group, TODAY).segments == (120,)


def test_an_entry_that_no_form_would_give_is_not_stored() -> None:
    """The decider checks it on a second path."""
    odd = msgspec.structs.replace(GROUP, segments=(60, 59))
    with pytest.raises(FieldsRefused):
        ACTIVITY.decide(
            LogActivity(entry=odd, therapist_id=PERSON, baa_signed=True), ACTIVITY.initial
        )
