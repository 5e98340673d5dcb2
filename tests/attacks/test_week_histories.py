"""What comes before and after a signature decides whether it counts, and where its entries are."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from msgspec import structs

from aggregates.hours.week_content import EntryRef, RowContent
from aggregates.private import Private
from ledger.bundle.log_files import Days
from tests.aggregates.hours_examples import PERSON
from tests.attacks.bundles import VERIFY, report, verdict
from tests.attacks.forge import MINUTE_US, START_US, Event, Lie
from tests.attacks.rich import DAY_US
from tests.attacks.weeks import (
    AMENDED,
    ENTRIES,
    KEYS,
    RETURNED,
    REVOKED,
    USUAL,
    WEEK,
    WeekLie,
    again,
    bundle,
    event,
    register,
    told_week,
)
from tests.passkeys import es256

HONEST = WeekLie()


def states(lie: WeekLie) -> list[str]:
    """Return what the verifier says of each signature."""
    return [week["state"] for week in report(bundle(lie))["weeks"]]


def test_a_change_after_the_signature_voids_it() -> None:
    """That the row was opened, submitted anew, or that an entry has another version."""
    assert states(HONEST) == ["signed"]
    assert states(WeekLie(after=(AMENDED,))) == ["void"]
    assert states(WeekLie(after=again()[:1])) == ["void"]
    for entry in ENTRIES:
        assert states(WeekLie(after=(Event(entry),))) == ["void"]
        deleted = Event(entry, tag=b"session-deleted.v1")
        assert states(WeekLie(after=(deleted,))) == ["void"]
    assert states(WeekLie(after=(Event(5), Event(1, is_clear=True), REVOKED))) == ["signed"]


def test_what_is_signed_again_counts_again() -> None:
    """The first signature stays on record."""
    changed = WeekLie(after=(AMENDED,))
    assert states(WeekLie(after=(AMENDED, *again(WEEK, changed)))) == ["void", "signed"]


def test_nobody_signs_what_is_not_with_them() -> None:
    """It was not submitted, was returned or opened again, or is signed already."""
    for before in ((RETURNED,), (AMENDED,)):
        assert verdict(bundle(WeekLie(before=before))) == "week-not-submitted"
    assert verdict(bundle(WeekLie(left_out=("submitted",)))) == "week-not-submitted"
    assert verdict(bundle(WeekLie(after=again()[1:]))) == "week-not-submitted"


def test_a_key_counts_from_its_registration_to_its_revocation() -> None:
    """In the log's order, for its own person, and as it was registered first."""
    late = event(KEYS, register(USUAL))
    assert verdict(bundle(WeekLie(left_out=("registered",), after=(late,)))) == "passkey-unknown"
    assert verdict(bundle(WeekLie(before=(REVOKED,)))) == "passkey-revoked"
    assert verdict(bundle(WeekLie(before=(REVOKED, late)))) == "passkey-revoked"
    swapped = event(KEYS, register(es256(2)))
    assert states(WeekLie(before=(swapped,))) == ["signed"]
    theirs = WeekLie(registered=lambda fact: structs.replace(fact, person_id=PERSON))
    assert verdict(bundle(theirs)) == "passkey-unknown"


def test_somebody_else_s_act_is_no_signature() -> None:
    """Whoever appended it must be the signer."""
    assert verdict(bundle(WeekLie(actor=PERSON))) == "week-names-differ"


@pytest.mark.parametrize("tag", [b"passkey-registered.v1", b"passkey-revoked.v1"])
def test_a_passkey_is_registered_and_revoked_for_everybody_to_read(tag: bytes) -> None:
    """A revocation under seal would be one that no auditor sees."""
    assert verdict(bundle(WeekLie(before=(Event(KEYS + 1, tag=tag),)))) == "leaf-malformed"


ENTRY_LIES: dict[str, Callable[[EntryRef], EntryRef]] = {
    "another leaf": lambda ref: structs.replace(ref, leaf=bytes(32)),
    "another version": lambda ref: structs.replace(ref, version=ref.version - 1),
    "another stream": lambda ref: structs.replace(ref, stream_id=UUID(int=4)),
}


@pytest.mark.parametrize("lie", ENTRY_LIES.values(), ids=list(ENTRY_LIES))
def test_an_entry_is_in_the_log_as_it_is_told(lie: Callable[[EntryRef], EntryRef]) -> None:
    """By stream, version and leaf hash."""

    def content(row: RowContent) -> RowContent:
        return structs.replace(row, entries=(lie(row.entries[0]), *row.entries[1:]))

    assert verdict(bundle(WeekLie(content=content))) == "week-entry-unknown"


def test_an_entry_was_there_before_the_week_was_submitted() -> None:
    """A sum of what came later was made up later."""
    version, leaf = told_week(WeekLie(before=(Event(2),))).ends[2]

    def content(row: RowContent) -> RowContent:
        future = structs.replace(row.entries[0], version=version, leaf=leaf)
        return structs.replace(row, entries=(future, *row.entries[1:]))

    lie = WeekLie(content=content, before=(Event(2),))
    assert verdict(bundle(lie)) == "week-entry-unknown"


@pytest.mark.parametrize("tag", [b"session-deleted.v1", b"activity-deleted.v1", b"baa-signed.v1"])
def test_only_what_was_logged_is_summed_up(tag: bytes) -> None:
    """Nothing that was deleted, and nothing of another kind."""
    assert verdict(bundle(WeekLie(earlier=(Event(2, tag=tag),)))) == "week-entry-unknown"
    for logged in (b"session-corrected.v1", b"activity-logged.v1", b"activity-corrected.v1"):
        assert states(WeekLie(earlier=(Event(2, tag=logged),))) == ["signed"]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_the_time_signed_lies_between_submitting_and_recording(minutes: int) -> None:
    """Give or take the five minutes that a commit may take."""
    at_us = START_US + 10 * MINUTE_US
    for allowed_us in (at_us - 5 * MINUTE_US - MINUTE_US, at_us, at_us + 5 * MINUTE_US):
        assert states(WeekLie(at_us=allowed_us)) == ["signed"]
    outside = at_us + minutes * MINUTE_US - (MINUTE_US if minutes < 0 else 0)
    assert verdict(bundle(WeekLie(at_us=outside))) == "week-time-differs"


ROW_BODY = again()[0].body
MALFORMED: dict[str, Event] = {
    "no values": Event(WEEK, b"", b"week-submitted.v1"),
    "a map": Event(WEEK, b"\x81\x01\x02", b"week-submitted.v1"),
    "endless": Event(WEEK, b"\xdd\xff\xff\xff\xff\x01", b"week-submitted.v1"),
    "cut off": Event(WEEK, ROW_BODY[:-1], b"week-submitted.v1"),
    "a byte behind": Event(WEEK, ROW_BODY + b"\x00", b"week-submitted.v1"),
    "an empty row": Event(WEEK, b"\x93\xa1x\x90\x90", b"week-submitted.v1"),
}


@pytest.mark.parametrize("submitted", MALFORMED.values(), ids=list(MALFORMED))
def test_what_is_no_row_cannot_be_signed(submitted: Event) -> None:
    lie = WeekLie(left_out=("submitted",), before=(submitted,))
    assert verdict(bundle(lie)) == "week-malformed"


ROW_LIES: dict[str, Callable[[RowContent], RowContent]] = {
    "two lines in a name": lambda row: structs.replace(
        row, printed=structs.replace(row.printed, supervisee=Private("Sam\nnames-differ|Roe"))
    ),
    "an entry twice": lambda row: structs.replace(row, entries=(*row.entries, row.entries[0])),
}


@pytest.mark.parametrize("content", ROW_LIES.values(), ids=list(ROW_LIES))
def test_no_signature_makes_good_what_no_row_can_be(
    content: Callable[[RowContent], RowContent],
) -> None:
    """Even where the passkey has signed just that."""
    assert verdict(bundle(WeekLie(content=content))) == "week-malformed"


def test_a_signature_that_is_none_is_malformed() -> None:
    lie = WeekLie(left_out=("signed",), before=(Event(WEEK, b"\x90", b"week-signed.v1"),))
    assert verdict(bundle(lie)) == "week-malformed"


@pytest.mark.parametrize("shown", [0, 1])
def test_a_week_of_another_day_is_counted_and_not_judged(shown: int) -> None:
    """Where its own body is left out, or that of what it answers."""
    day = dt.datetime.fromtimestamp(START_US // 1_000_000, dt.UTC).date() + dt.timedelta(shown)
    next_us = START_US + DAY_US
    lie = WeekLie(at_us=next_us, signed_us=next_us)
    epochs = (START_US + 3 * MINUTE_US, START_US + 10 * MINUTE_US, next_us + MINUTE_US)
    whole = Lie(disclosed=(WEEK,), epoch_times_us=epochs)
    found = report(bundle(lie, whole))
    assert (len(found["weeks"]), found["weeks_left_out"]) == (1, 0)
    found = report(bundle(lie, replace(whole, days=Days(day, day))))
    assert (len(found["weeks"]), found["weeks_left_out"]) == (0, 1)


def test_the_words_show_no_control_characters() -> None:
    """A name could otherwise write on somebody's terminal what is not so."""
    lie = WeekLie(
        content=lambda row: structs.replace(
            row, printed=structs.replace(row.printed, supervisee=Private("Sam\x1b[2J\u202eeoR"))
        )
    )
    found = report(bundle(lie))
    lines = list(VERIFY.words(found))
    (told,) = (line for line in lines if "990 minutes" in line)
    assert "Sam?[2J?eoR" in told
    assert all(line.isprintable() for line in lines)
    assert any("1 signed, 0 void" in line for line in lines)
    assert any("the passkeys were in the hands" in line for line in lines)
