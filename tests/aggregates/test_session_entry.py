"""A session is read from a form whole, or every field at fault is named at once."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.private import Private
from aggregates.refusal import FieldsRefused
from aggregates.session_entry import (
    DAY_MINUTES,
    MINUTES_MAX,
    SETTING_LENGTH_MAX,
    Modality,
    Participants,
    SessionEntry,
    as_fields,
    check_storable,
    last_kept_day,
    read_entry,
)
from tests.aggregates.examples import TODAY, entry, form
from tests.spec import codes_of


def refusals(fields: dict[str, str], today: dt.date = TODAY) -> dict[str | None, str]:
    """Return the code beside each field."""
    with pytest.raises(FieldsRefused) as refused:
        read_entry(fields, today)
    return {error.field: error.code.value for error in refused.value.errors}


def test_a_good_form_becomes_an_entry() -> None:
    """Times are in minutes, texts are private, the name is gone."""
    assert entry() == SessionEntry(
        date=dt.date(2026, 3, 9),
        start_minute=9 * 60 + 30,
        minutes=50,
        setting=Private("Riverside Clinic"),
        alias=Private("J.D."),
        modality=Modality.IN_PERSON,
        participants=Participants.INDIVIDUAL,
    )


def test_an_empty_form_hears_of_every_field_at_once() -> None:
    """In the order of the form."""
    with pytest.raises(FieldsRefused) as refused:
        read_entry({}, TODAY)
    assert [error.field for error in refused.value.errors] == [
        *("date", "start", "minutes", "setting", "client", "modality", "participants")
    ]
    assert codes_of(refused.value) == (
        *("date-invalid", "start-invalid", "minutes-invalid", "setting-missing"),
        *("client-missing", "modality-unknown", "participants-unknown"),
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("date", "9 March 2026", "date-invalid"),
        ("date", "2026-3-9", "date-invalid"),
        ("date", "20260309", "date-invalid"),
        ("date", "2026-W11-1", "date-invalid"),
        ("date", "2025-02-29", "date-invalid"),
        ("date", "\u0662\u0660\u0662\u0666-03-09", "date-invalid"),
        ("date", "2026-03-10", "date-in-future"),
        ("date", "9999-12-31", "date-in-future"),
        ("date", "2019-03-08", "date-too-old"),
        ("date", "0001-01-01", "date-too-old"),
        ("start", "9:30", "start-invalid"),
        ("start", "24:00", "start-invalid"),
        ("start", "09:60", "start-invalid"),
        ("start", "09:30 am", "start-invalid"),
        ("minutes", "fifty", "minutes-invalid"),
        ("minutes", "+50", "minutes-invalid"),
        ("minutes", "050", "minutes-invalid"),
        ("minutes", "50.0", "minutes-invalid"),
        ("minutes", "\u0665\u0660", "minutes-invalid"),
        ("minutes", "-50", "minutes-invalid"),
        ("minutes", "9" * 10_000, "minutes-invalid"),
        ("minutes", "0", "minutes-out-of-range"),
        ("minutes", "601", "minutes-out-of-range"),
        ("setting", "  ", "setting-missing"),
        ("setting", "x" * 81, "setting-too-long"),
        ("setting", "a\nb", "setting-hidden-characters"),
        ("setting", "a\x00b", "setting-hidden-characters"),
        ("setting", "a\u202eb", "setting-hidden-characters"),
        ("setting", "a\ud800b", "setting-hidden-characters"),
        ("client", "JD", "client-ambiguous"),
        ("modality", "IN-PERSON", "modality-unknown"),
        ("participants", "everyone", "participants-unknown"),
    ],
)
def test_a_field_at_fault_is_refused_beside_itself(field: str, value: str, code: str) -> None:
    """Strictly: what reads back differently is no value."""
    assert refusals({**form(), field: value}) == {field: code}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"minutes": "1"}, {"minutes": 1}),
        ({"start": "00:00", "minutes": "600"}, {"start_minute": 0, "minutes": 600}),
        ({"start": "23:00", "minutes": "60"}, {"start_minute": 1380, "minutes": 60}),
        ({"date": "2019-03-09"}, {"date": dt.date(2019, 3, 9)}),
        ({"setting": "x" * 80}, {"setting": Private("x" * 80)}),
        ({"setting": " Cafe\u0301 "}, {"setting": Private("Café")}),
        ({"client": " g-014 "}, {"alias": Private("G-014")}),
        ({"client": "J.D.2"}, {"alias": Private("J.D.2")}),
    ],
)
def test_values_at_the_edges_are_taken(
    changes: dict[str, str], expected: dict[str, object]
) -> None:
    """On the good side of each limit."""
    read = msgspec.structs.asdict(entry(**changes))
    assert {name: read[name] for name in expected} == expected


def test_a_session_ends_on_the_day_it_starts() -> None:
    """Hours are counted by day and by week, so a night is logged in two parts."""
    assert refusals(form(start="23:30", minutes="31")) == {"minutes": "session-crosses-midnight"}


def test_a_field_with_a_fault_of_its_own_is_not_blamed_twice() -> None:
    """One refusal a field."""
    assert refusals(form(start="23:30", minutes="601")) == {"minutes": "minutes-out-of-range"}


def test_the_day_of_today_counts_and_tomorrow_does_not() -> None:
    """Today is handed in: it is the therapist's day, not the server's."""
    assert entry(date=TODAY.isoformat()).date == TODAY
    assert refusals(form(), TODAY - dt.timedelta(days=1)) == {"date": "date-in-future"}


@pytest.mark.parametrize(
    ("day", "kept_until"),
    [("2024-02-29", "2031-03-01"), ("2024-02-28", "2031-02-28"), ("2017-02-28", "2024-02-28")],
)
def test_seven_years_are_never_cut_short(day: str, kept_until: str) -> None:
    """29 February lasts until 1 March."""
    last = dt.date.fromisoformat(kept_until)
    assert last_kept_day(dt.date.fromisoformat(day)) == last
    assert read_entry(form(date=day), last)
    assert refusals(form(date=day), last + dt.timedelta(days=1)) == {"date": "date-too-old"}


def test_fields_that_are_not_of_the_form_are_left_alone() -> None:
    """A form carries more than the session: its token, its button."""
    assert entry(token="x" * 100) == entry()


@st.composite
def forms(draw: st.DrawFn) -> dict[str, str]:
    """Draw a form whose every field is good, but perhaps for what NFC makes of the setting."""
    start = draw(st.integers(0, DAY_MINUTES - 1))
    minutes = min(draw(st.integers(1, MINUTES_MAX)), DAY_MINUTES - start)
    letters = st.characters(categories=["L", "N", "P"])
    return {
        "start": f"{start // 60:02}:{start % 60:02}",
        "minutes": str(minutes),
        "date": str(draw(st.dates(dt.date(2019, 3, 9), TODAY))),
        "client": draw(st.sampled_from(["John Doe", "Åsa Öberg", "C-007", "J.Q.D.", "J.D.2"])),
        "setting": draw(st.text(letters, min_size=1, max_size=SETTING_LENGTH_MAX // 4)),
        "modality": draw(st.sampled_from(list(Modality))).value,
        "participants": draw(st.sampled_from(list(Participants))).value,
    }


@given(forms())
def test_an_entry_reads_back_from_its_own_fields(fields: dict[str, str]) -> None:
    """So the page to correct a session shows exactly what is logged."""
    read = read_entry(fields, TODAY)
    assert read_entry(as_fields(read), TODAY) == read
    check_storable(read)


@given(st.dictionaries(st.sampled_from(list(form())), st.text(max_size=100)))
def test_a_refusal_repeats_nothing_of_the_form(fields: dict[str, str]) -> None:
    """All sentences are fixed, and no exception or frame hangs on them."""
    with pytest.raises(FieldsRefused) as refused:
        read_entry({**fields, "modality": "?"}, TODAY)
    errors = refused.value.errors
    for error in (refused.value, *errors):
        assert (error.__context__, error.__cause__) == (None, None)
    assert all(error.__traceback__ is None for error in errors)
    assert all(error.args == (error.code.sentence,) for error in errors)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"alias": Private("JD")}, "client-ambiguous"),
        ({"alias": Private("")}, "client-missing"),
        ({"minutes": 0}, "minutes-out-of-range"),
        ({"minutes": 601}, "minutes-out-of-range"),
        ({"start_minute": -1}, "start-invalid"),
        ({"start_minute": 1440}, "start-invalid"),
        ({"start_minute": 1439, "minutes": 2}, "session-crosses-midnight"),
        ({"setting": Private("a\tb")}, "setting-hidden-characters"),
    ],
)
def test_an_entry_built_by_hand_is_held_to_the_same_rules(
    changes: dict[str, object], code: str
) -> None:
    """Not every caller is a form."""
    with pytest.raises(FieldsRefused) as refused:
        check_storable(msgspec.structs.replace(entry(), **changes))
    assert codes_of(refused.value) == (code,)


def test_a_full_name_in_an_entry_built_by_hand_is_a_mistake_in_the_code() -> None:
    """It crashes, silently about the name, rather than be stored."""
    with pytest.raises(ValueError, match="read_entry") as mistake:
        check_storable(msgspec.structs.replace(entry(), alias=Private("John Doe")))
    assert "John" not in str(mistake.value)


def test_an_entry_shows_nothing_of_itself() -> None:
    """A date and a length are health data too."""
    assert repr(entry()) == "<SessionEntry>"
    assert f"{entry()}" == "<SessionEntry>"
    assert entry().__rich_repr__() == []
