"""A row is submitted, returned or signed, opened again by any change, and signed again."""

import dataclasses

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.hours.week_content import EntryRef, RowContent, RowMinutes
from aggregates.hours.week_row import (
    WEEK_ROW,
    AmendCause,
    Amended,
    AmendWeek,
    NotSubmitted,
    Returned,
    ReturnReason,
    ReturnWeek,
    Signed,
    SignWeek,
    Submitted,
    SubmitWeek,
    WeekAmended,
    WeekCommand,
    WeekFact,
    WeekReturned,
    WeekSigned,
    WeekSubmitted,
)
from aggregates.hours.week_statement import week_statement
from aggregates.private import Private
from aggregates.refusal import Refused
from tests.aggregates.hours_examples import (
    ASSERTION,
    HASH,
    PERSON,
    PRACTICE,
    ROW,
    SIGNED_AT_US,
    STATEMENT,
    STREAM,
    SUPERVISOR,
)
from tests.spec import Given

MORE = msgspec.structs.replace(ROW, minutes=RowMinutes(a=800, a1=90, b=240, b1=60, b2=120))
OTHER_ENTRY = msgspec.structs.replace(
    ROW, entries=(EntryRef(stream_id=STREAM, version=3, leaf=HASH),)
)
EMPTY = msgspec.structs.replace(ROW, entries=(), minutes=RowMinutes())
REFERENCE = HASH[:16]
ROWS = Given(WEEK_ROW)

SUBMITTED = WeekSubmitted(content=ROW, warnings=("SUP-MIN",))
RETURNED = WeekReturned(supervisor_id=SUPERVISOR, reason=ReturnReason.OTHER, remark=Private("why"))
SIGNED = WeekSigned(
    supervisor_id=SUPERVISOR,
    entries_sha256=ROW.entries_sha256,
    statement=STATEMENT,
    at_us=SIGNED_AT_US,
    reference=REFERENCE,
    assertion=ASSERTION,
    ip_address=Private("192.0.2.7"),
)
CORRECTED = AmendWeek(cause=AmendCause.ENTRY_CORRECTED, stream_id=STREAM)
REOPENED = WeekAmended(cause=AmendCause.ENTRY_CORRECTED, stream_id=STREAM, was_signed=True)
SUBMIT = SubmitWeek(content=ROW, warnings=("SUP-MIN",))
RETURN = ReturnWeek(supervisor_id=SUPERVISOR, reason=ReturnReason.OTHER, remark=Private("why"))
SIGN = SignWeek(
    practice_id=PRACTICE,
    supervisor_id=SUPERVISOR,
    content=ROW,
    statement=STATEMENT,
    at_us=SIGNED_AT_US,
    reference=REFERENCE,
    assertion=ASSERTION,
    ip_address=Private("192.0.2.7"),
)


def test_a_draft_is_submitted() -> None:
    """With the rules it was warned of."""
    ROWS.when(SUBMIT).then(SUBMITTED)


def test_an_empty_row_is_not_submitted() -> None:
    """There is nothing to sign."""
    ROWS.refuses(SubmitWeek(content=EMPTY), "week-empty")


def test_the_same_row_is_submitted_once() -> None:
    """Whether it was signed since or not."""
    ROWS.given(SUBMITTED).refuses(SUBMIT, "week-submitted")
    ROWS.given(SUBMITTED, SIGNED).refuses(SUBMIT, "week-submitted")


def test_a_row_that_changed_is_submitted_anew() -> None:
    """Also when nothing had told that it was opened."""
    ROWS.given(SUBMITTED).when(SubmitWeek(content=MORE)).then(
        WeekSubmitted(content=MORE, warnings=())
    )


def test_its_supervisor_returns_it_and_gets_it_again() -> None:
    """As often as it takes."""
    ROWS.given(SUBMITTED).when(RETURN).then(RETURNED)
    ROWS.given(SUBMITTED, RETURNED).when(SUBMIT).then(SUBMITTED)


def test_its_supervisor_signs_it() -> None:
    """The statement is stored as it was shown."""
    ROWS.given(SUBMITTED).when(SIGN).then(SIGNED)


@pytest.mark.parametrize("command", [SIGN, RETURN], ids=["sign", "return"])
def test_nobody_else_signs_or_returns_it(command: SignWeek | ReturnWeek) -> None:
    """Least of all the supervisee."""
    other = dataclasses.replace(command, supervisor_id=PERSON)
    ROWS.given(SUBMITTED).refuses(other, "week-not-yours")


@pytest.mark.parametrize("command", [SIGN, RETURN], ids=["sign", "return"])
@pytest.mark.parametrize(
    "facts", [(), (SUBMITTED, RETURNED), (SUBMITTED, SIGNED), (SUBMITTED, SIGNED, REOPENED)]
)
def test_only_a_row_that_is_with_the_supervisor_is_signed_or_returned(
    facts: tuple[WeekFact, ...], command: WeekCommand
) -> None:
    """Nothing is signed twice, and nothing that was taken back."""
    ROWS.given(*facts).refuses(command, "week-not-submitted")


@pytest.mark.parametrize("content", [MORE, OTHER_ENTRY], ids=["numbers", "entries"])
def test_what_changed_since_it_was_submitted_is_not_signed(content: RowContent) -> None:
    """A number, or only the version of an entry."""
    ROWS.given(SUBMITTED).refuses(dataclasses.replace(SIGN, content=content), "week-changed")


@pytest.mark.parametrize(
    "changed",
    [
        {"statement": Private(STATEMENT.reveal() + " ")},
        {"statement": Private(STATEMENT.reveal().replace("12 h 30", "13 h 30"))},
        {"at_us": SIGNED_AT_US + 1},
        {"reference": bytes(16)},
        {"practice_id": PERSON},
    ],
    ids=["space", "hours", "time", "reference", "practice"],
)
def test_a_statement_that_is_not_of_this_row_is_not_signed(changed: dict[str, object]) -> None:
    """What is signed is what was shown, to the byte."""
    sign = dataclasses.replace(SIGN, **changed)  # type: ignore[arg-type] -- by name
    ROWS.given(SUBMITTED).refuses(sign, "week-changed")


def test_a_change_opens_a_signed_row_again() -> None:
    """The signature stays on record and counts no more."""
    ROWS.given(SUBMITTED, SIGNED).when(CORRECTED).then(REOPENED)
    assert WEEK_ROW.replay((SUBMITTED, SIGNED, REOPENED)) == Amended(was_signed=True)


def test_a_change_opens_a_submitted_row_again() -> None:
    """No signature was on it."""
    ROWS.given(SUBMITTED).when(CORRECTED).then(
        WeekAmended(cause=AmendCause.ENTRY_CORRECTED, stream_id=STREAM, was_signed=False)
    )


@pytest.mark.parametrize(
    "facts", [(), (SUBMITTED, RETURNED), (SUBMITTED, SIGNED, REOPENED)], ids=["a", "b", "c"]
)
def test_a_change_of_an_open_row_is_no_event(facts: tuple[WeekFact, ...]) -> None:
    """There is nothing to open."""
    ROWS.given(*facts).when(CORRECTED).then_nothing()


def test_an_amended_row_is_signed_again() -> None:
    """After it was submitted anew; both signatures stand in the stream."""
    ROWS.given(SUBMITTED, SIGNED, REOPENED, SUBMITTED).when(SIGN).then(SIGNED)


COMMANDS = st.sampled_from(
    [
        SUBMIT,
        SubmitWeek(content=MORE),
        RETURN,
        SIGN,
        CORRECTED,
        AmendWeek(cause=AmendCause.TAKEN_BACK),
    ]
)


@given(st.lists(COMMANDS, max_size=12))
def test_a_signature_is_always_of_what_was_submitted_last(commands: list[WeekCommand]) -> None:
    """Whatever is tried in whatever order."""
    facts: list[WeekFact] = []
    for command in commands:
        state = WEEK_ROW.replay(facts)
        try:
            decided = WEEK_ROW.decide(command, state)
        except Refused:
            assert not isinstance(state, NotSubmitted) or not isinstance(command, SubmitWeek)
            continue
        for fact in decided:
            if isinstance(fact, WeekSigned):
                last = facts[-1]
                assert isinstance(last, WeekSubmitted)
                assert fact.entries_sha256 == last.content.entries_sha256
                expected = week_statement(PRACTICE, last.content, fact.at_us, fact.reference)
                assert fact.statement.reveal() == expected
        facts += decided
    assert isinstance(
        WEEK_ROW.replay(facts), NotSubmitted | Submitted | Returned | Signed | Amended
    )
