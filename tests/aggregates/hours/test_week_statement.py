"""The statement is one text for one row, time and reference, and its hash is nothing else's."""

from hashlib import sha256
from struct import pack

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.hours.enrolment_entry import Phase, Track
from aggregates.hours.week_content import EntryRef, RowContent, RowMinutes, entries_sha256
from aggregates.hours.week_statement import TITLE, hours, statement_challenge, week_statement
from aggregates.private import Private
from tests.aggregates.hours_examples import HASH, KEY, PERSON, PRACTICE, ROW, SIGNED_AT_US, STREAM

REFERENCE = HASH[:16]
TEXT = week_statement(PRACTICE, ROW, SIGNED_AT_US, REFERENCE)


def replaced(**changes: object) -> RowContent:
    """Return the row with some of it changed."""
    return msgspec.structs.replace(ROW, **changes)


def test_it_says_everything_in_words() -> None:
    """One line each, in one order, the last one ended as the others are."""
    lines = TEXT.split("\n")
    assert (lines[0], lines[-1]) == (TITLE, "")
    said = dict(line.split(": ", 1) for line in lines[1:-1])
    assert said["Week"] == "2026-03-08 to 2026-03-14"
    assert said["Supervisee"] == "Sam Roe"
    assert said["Signer's licence"] == "LMFT 98765"
    assert said["A, direct counseling"] == "12 h 30 min (750 minutes)"
    assert said["C, total of the week, A + B"] == "16 h 30 min (990 minutes)"
    assert said["Time"] == "2026-09-21T14:13:20.000001Z"
    assert said["Setting address"] == "-"
    assert said["Entries, SHA-256"] == ROW.entries_sha256.hex()


@pytest.mark.parametrize(
    "other",
    [
        replaced(minutes=RowMinutes(a=751, a1=90, b=240, b1=60, b2=120)),
        replaced(minutes=RowMinutes(a=750, a1=91, b=240, b1=60, b2=120)),
        replaced(minutes=RowMinutes(a=750, a1=90, b=240, b1=59, b2=120)),
        replaced(track=Track.LCSW),
        replaced(setting_id=PERSON),
        replaced(supervisor_id=PERSON),
        replaced(key=msgspec.structs.replace(ROW.key, phase=Phase.BEFORE_DEGREE)),
        replaced(key=msgspec.structs.replace(ROW.key, supervision_id=PERSON)),
        replaced(printed=msgspec.structs.replace(ROW.printed, supervisee=Private("Sam Rowe"))),
        replaced(printed=msgspec.structs.replace(ROW.printed, licence_number=Private("98766"))),
        replaced(entries=(EntryRef(stream_id=STREAM, version=3, leaf=HASH),)),
    ],
)
def test_another_row_is_another_statement(other: RowContent) -> None:
    """Any number, name, id or entry changes it."""
    changed = week_statement(PRACTICE, other, SIGNED_AT_US, REFERENCE)
    assert changed != TEXT
    assert statement_challenge(changed) != statement_challenge(TEXT)


def test_another_time_reference_or_practice_is_another_statement() -> None:
    """To the microsecond."""
    others = {
        week_statement(PRACTICE, ROW, SIGNED_AT_US + 1, REFERENCE),
        week_statement(PRACTICE, ROW, SIGNED_AT_US, bytes(16)),
        week_statement(PERSON, ROW, SIGNED_AT_US, REFERENCE),
    }
    assert len(others | {TEXT}) == 4


def test_the_challenge_is_the_hash_of_domain_length_and_text() -> None:
    """As docs/format.md has it, made here once more by hand."""
    raw = TEXT.encode()
    by_hand = sha256(b"therapist-os/weekly-log-signature/v1\n" + pack(">Q", len(raw)) + raw)
    assert statement_challenge(TEXT) == by_hand.digest()


def test_the_order_of_entries_does_not_matter_and_each_of_them_does() -> None:
    """They are hashed by the ids of their streams."""
    one = EntryRef(stream_id=STREAM, version=1, leaf=HASH)
    two = EntryRef(stream_id=KEY, version=4, leaf=bytes(32))
    assert entries_sha256((one, two)) == entries_sha256((two, one))
    assert len({entries_sha256(e) for e in ((), (one,), (two,), (one, two))}) == 4


@given(st.integers(0, 100_000))
def test_hours_say_the_minutes_exactly(minutes: int) -> None:
    """Nothing is rounded."""
    told = hours(minutes)
    whole, rest = told.split(" h ")
    assert int(whole) * 60 + int(rest.split(" min")[0]) == minutes
    assert told.endswith(f"({minutes} minutes)")
