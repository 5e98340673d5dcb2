"""Every fact has one stored form under its tag, and what was ever stored can still be read."""

import re
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.catalogue import (
    FACT_TYPES,
    SPECS,
    EventUnreadable,
    UnknownEvent,
    decode,
    encode,
)
from aggregates.deletion import DeletionReason
from aggregates.facts import ClearFact, SealedFact
from aggregates.private import Private
from aggregates.session import SessionDeleted, SessionLogged
from tests.aggregates.fact_examples import ENTRY, EXAMPLES, PERSON

ROOT = Path(__file__).parents[2]
GOLDEN = [
    (name, tag, bytes.fromhex(body))
    for name, tag, body in (
        line.split(" ")
        for line in (ROOT / "tests/golden/facts.txt").read_text().splitlines()
        if not line.startswith("#")
    )
]
CLIENT_FACTS = {
    "session-logged.v1",
    "session-corrected.v1",
    "session-deleted.v1",
    "activity-logged.v1",
    "activity-corrected.v1",
    "activity-deleted.v1",
    "week-submitted.v1",
    "week-returned.v1",
    "week-signed.v1",
    "week-amended.v1",
}
PERSONLESS = (UUID, int, bytes, StrEnum)


@pytest.mark.parametrize(("name", "tag", "body"), GOLDEN, ids=[line[0] for line in GOLDEN])
def test_what_was_ever_stored_reads_as_what_it_was(name: str, tag: str, body: bytes) -> None:
    """Adding to the golden file is free; changing it, or what reads it, fails here."""
    assert decode(tag, body) == EXAMPLES[name]


def test_todays_bytes_of_every_fact_are_golden() -> None:
    """An optional field that is added asks for a new line, beside the old one."""
    today = {encode(fact) for fact in EXAMPLES.values()}
    golden = {(tag, body) for _, tag, body in GOLDEN}
    assert {tag for tag, _ in today & golden} == set(SPECS)


def test_every_fact_has_a_golden_line() -> None:
    """And every golden line a fact."""
    assert {tag for _, tag, _ in GOLDEN} == set(SPECS)
    assert {name for name, _, _ in GOLDEN} == set(EXAMPLES)
    assert {type(fact) for fact in EXAMPLES.values()} == set(FACT_TYPES)


def test_every_fact_that_is_defined_is_in_the_catalogue() -> None:
    """A forgotten one could be decided and never stored."""
    assert {*SealedFact.__subclasses__(), *ClearFact.__subclasses__()} == set(FACT_TYPES)


def test_tags_are_versioned_and_short_enough_for_a_leaf() -> None:
    """A leaf has one byte for the length of a tag."""
    for tag, spec in SPECS.items():
        assert spec.tag == tag
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.v[1-9][0-9]*", tag)
        assert len(tag.encode("ascii")) <= 255


def test_client_data_needs_the_agreement() -> None:
    """Refused again at the append (P1)."""
    for tag, spec in SPECS.items():
        assert (spec.needs == ("practice", "baa")) == (tag in CLIENT_FACTS)
    assert SPECS["baa-signed.v1"].opens == "baa"


def test_only_a_genesis_needs_nothing() -> None:
    """Each log begins with one, which opens its gate."""
    geneses = {tag: spec.opens for tag, spec in SPECS.items() if not spec.needs}
    assert geneses == {"practice-opened.v1": "practice", "operator-log-opened.v1": "operator"}


def test_every_gate_that_is_needed_is_opened_by_some_event() -> None:
    """And none is closed yet."""
    needed = {gate for spec in SPECS.values() for gate in spec.needs}
    assert needed <= {spec.opens for spec in SPECS.values()}
    assert {spec.closes for spec in SPECS.values()} == {None}


def test_the_registry_of_the_database_says_the_same() -> None:
    """The append refuses by what the migrations list."""
    row = re.compile(r"\('([a-z.\-v0-9]+)', '\{([a-z,]*)\}', (NULL|'[a-z]+'), (NULL|'[a-z]+')\)")
    listed = {
        tag: (needs, opens.strip("'"), closes.strip("'"))
        for migration in sorted((ROOT / "ledger/postgres/migrations").glob("*.sql"))
        for tag, needs, opens, closes in row.findall(migration.read_text())
    }
    assert listed == {
        tag: (",".join(spec.needs), spec.opens or "NULL", spec.closes or "NULL")
        for tag, spec in SPECS.items()
    }


def test_a_fact_in_the_clear_can_hold_no_text() -> None:
    """Ids, hashes, figures and choices only: nothing personal, by construction."""
    for kind in FACT_TYPES:
        if issubclass(kind, ClearFact):
            for field in msgspec.structs.fields(kind):
                assert isinstance(field.type, type)
                assert issubclass(field.type, PERSONLESS)


def test_the_body_names_its_own_tag() -> None:
    """So a body under another tag is found out."""
    tag, body = encode(EXAMPLES["session-corrected"])
    with pytest.raises(EventUnreadable):
        decode("session-logged.v1", body)
    assert tag.encode() in body


def test_an_unknown_tag_is_told_apart_from_a_broken_body() -> None:
    """The one is newer than this code, the other is damage."""
    with pytest.raises(UnknownEvent):
        decode("session-logged.v9", encode(EXAMPLES["session-logged"])[1])
    with pytest.raises(EventUnreadable):
        decode("session-logged.v1", b"")


@pytest.mark.parametrize(
    "array",
    [
        ["session-deleted.v1"],
        ["session-deleted.v1", "no-such-reason", None],
        ["session-deleted.v1", "other", None, None],
        ["session-deleted.v1", "other", 7],
        ["session-deleted.v1", 7, None],
        ["session-deleted.v1", "other", ["x"]],
        ["session-deleted.v2", "other", None],
    ],
)
def test_nearly_a_fact_is_no_fact(array: list[object]) -> None:
    """Too short, too long, of the wrong type, of an unknown choice."""
    with pytest.raises(EventUnreadable):
        decode("session-deleted.v1", msgspec.msgpack.encode(array))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_trailing_byte_or_a_missing_one_is_refused(name: str) -> None:
    """Nothing rides along."""
    tag, body = encode(EXAMPLES[name])
    for broken in (body + b"\x00", body + b"\xc0", body[:-1], body * 2):
        with pytest.raises(EventUnreadable):
            decode(tag, broken)


def test_a_second_spelling_of_the_same_fact_is_refused() -> None:
    """Ids as text, figures in more bytes than they need, maps for arrays."""
    fact = SessionLogged(therapist_id=PERSON, entry=ENTRY)
    tag, body = encode(fact)
    minutes = body.index(bytes([0xCD, 0x02, 0x3A, 50]))
    wide = body[: minutes + 3] + b"\xcc" + body[minutes + 3 :]
    array = msgspec.msgpack.decode(body)
    as_text = msgspec.msgpack.encode([array[0], str(PERSON), array[2]])
    for spelling in (wide, as_text):
        assert msgspec.msgpack.decode(spelling)
        with pytest.raises(EventUnreadable):
            decode(tag, spelling)


def test_a_body_from_before_an_optional_field_still_reads() -> None:
    """As if this fact had been stored before its remark was thought of."""
    stored = msgspec.msgpack.encode(["session-deleted.v1", "other"])
    assert decode("session-deleted.v1", stored) == SessionDeleted(reason=DeletionReason.OTHER)


def test_an_error_of_the_codec_repeats_nothing() -> None:
    """The library's own message would quote an unknown choice."""
    body = msgspec.msgpack.encode(["session-deleted.v1", "Zaphod", None])
    with pytest.raises(EventUnreadable) as unreadable:
        decode("session-deleted.v1", body)
    assert "Zaphod" not in str(unreadable.value)
    assert (unreadable.value.__context__, unreadable.value.__cause__) == (None, None)


def test_a_fact_shows_nothing_of_itself() -> None:
    """Not even its figures: it may stand in a log line by accident."""
    for fact in EXAMPLES.values():
        assert repr(fact) == f"{fact}" == f"<{type(fact).__name__}>"


@given(st.sampled_from(list(EXAMPLES)), st.integers(0, 300), st.integers(1, 255))
def test_a_changed_byte_gives_another_fact_or_none(name: str, place: int, change: int) -> None:
    """No two bodies are one fact."""
    tag, body = encode(EXAMPLES[name])
    at = place % len(body)
    changed = body[:at] + bytes([body[at] ^ change]) + body[at + 1 :]
    try:
        fact = decode(tag, changed)
    except EventUnreadable:
        return
    assert fact != EXAMPLES[name]
    assert encode(fact) == (tag, changed)


@given(st.sampled_from(sorted(SPECS)), st.binary(max_size=200))
def test_any_bytes_are_a_fact_or_unreadable(tag: str, body: bytes) -> None:
    """Nothing else comes out of `decode`."""
    try:
        fact = decode(tag, body)
    except EventUnreadable:
        return
    assert encode(fact)[0] == tag


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(DeletionReason))
def test_a_fact_is_read_as_it_was_written(remark: str, reason: DeletionReason) -> None:
    """Whatever text it holds."""
    fact = SessionDeleted(reason=reason, remark=Private(remark))
    assert decode(*encode(fact)) == fact


def test_a_deep_body_is_refused_like_any_other() -> None:
    """Nesting does not exhaust the stack."""
    with pytest.raises(EventUnreadable):
        decode("practice-opened.v1", b"\x91" * 100_000)
