"""Facts about slot leaves and epoch records: their bytes for ever, and one form only."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import epoch
from ledger.epoch import EpochRecord, SlotLeaf
from ledger.errors import Malformed
from ledger.merkle import SIZE_MAX, leaf_hash

ROOT_FOLDER = Path(__file__).resolve().parents[2]
GOLDEN = ROOT_FOLDER / "tests" / "golden"
SLOT_LEAF = SlotLeaf(
    slot=7,
    origin="ledger.example/p/7",
    size=20_852_163,
    root=bytes.fromhex("4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2"),
    salt=bytes(range(16)),
)
EPOCH_RECORD = EpochRecord(
    epoch=42,
    time_us=1_789_000_000_123_456,
    slots=8,
    slots_root=bytes.fromhex("3b478a0a3fc655df9df052728812851b6b22ddf49daa1130ff37eafed057414f"),
    timestamp_hash=bytes.fromhex(
        "b6bcacfd60a77adfe788863c6fc4a68228ca196315605abc050c9805e0a3ed74"
    ),
)
HASHES = st.binary(min_size=32, max_size=32)
ORIGINS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="+"),
    min_size=1,
    max_size=255,
)
SLOT_LEAVES = st.builds(
    SlotLeaf,
    st.integers(0, SIZE_MAX),
    ORIGINS,
    st.integers(1, SIZE_MAX),
    HASHES,
    st.binary(min_size=16, max_size=16),
)
EPOCH_RECORDS = st.builds(
    EpochRecord,
    st.integers(0, SIZE_MAX),
    st.integers(0, SIZE_MAX),
    st.integers(1, SIZE_MAX),
    HASHES,
    HASHES,
)


def golden(name: str) -> bytes:
    return bytes.fromhex((GOLDEN / f"{name}.hex").read_text())


def documented(heading: str) -> tuple[bytes, str]:
    """Return the worked example's bytes and leaf hash of a section of docs/format.md."""
    text = (ROOT_FOLDER / "docs" / "format.md").read_text()
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    block = section.split("```hex\n", 1)[1].split("```", 1)[0]
    lines = [re.split(r"\s{2,}", line)[0] for line in block.splitlines()]
    return bytes.fromhex("".join(lines)), section.split("Leaf hash: `", 1)[1][:64]


def test_a_slot_leaf_has_its_bytes_for_ever() -> None:
    assert SLOT_LEAF.encode() == golden("slot_leaf")
    assert epoch.decode_slot_leaf(golden("slot_leaf")) == SLOT_LEAF


def test_an_epoch_record_has_its_bytes_for_ever() -> None:
    assert EPOCH_RECORD.encode() == golden("epoch_record")
    assert epoch.decode_epoch_record(golden("epoch_record")) == EPOCH_RECORD


@pytest.mark.parametrize(
    ("heading", "name"), [("Slot leaf", "slot_leaf"), ("Epoch record", "epoch_record")]
)
def test_the_worked_examples_are_the_golden_bytes(heading: str, name: str) -> None:
    raw = golden(name)
    assert documented(heading) == (raw, leaf_hash(raw).hex())


@given(SLOT_LEAVES)
def test_a_slot_leaf_is_read_back_as_it_was_written(leaf: SlotLeaf) -> None:
    assert epoch.decode_slot_leaf(leaf.encode()) == leaf


@given(EPOCH_RECORDS)
def test_an_epoch_record_is_read_back_as_it_was_written(record: EpochRecord) -> None:
    assert epoch.decode_epoch_record(record.encode()) == record


@given(st.binary(max_size=200), st.sampled_from([b"", epoch.SLOT_MAGIC, epoch.RECORD_MAGIC]))
def test_any_bytes_are_a_record_that_encodes_to_them_or_malformed(
    rest: bytes, magic: bytes
) -> None:
    raw = magic + rest
    for decode in (epoch.decode_slot_leaf, epoch.decode_epoch_record):
        try:
            read = decode(raw)
        except Malformed:
            continue
        assert read.encode() == raw


@given(st.data())
def test_a_changed_byte_gives_another_value_or_malformed(data: st.DataObject) -> None:
    for value, decode in (
        (SLOT_LEAF, epoch.decode_slot_leaf),
        (EPOCH_RECORD, epoch.decode_epoch_record),
    ):
        raw = bytearray(value.encode())
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        try:
            assert decode(bytes(raw)) != value
        except Malformed:
            continue


def test_bytes_cut_short_or_followed_by_more_are_malformed() -> None:
    for name, decode in (
        ("slot_leaf", epoch.decode_slot_leaf),
        ("epoch_record", epoch.decode_epoch_record),
    ):
        raw = golden(name)
        for spoilt in (*(raw[:end] for end in range(len(raw))), raw + b"\x00", b"\x00" + raw):
            with pytest.raises(Malformed):
                decode(spoilt)


def test_a_record_is_not_read_as_the_other_kind() -> None:
    with pytest.raises(Malformed):
        epoch.decode_slot_leaf(golden("epoch_record"))
    with pytest.raises(Malformed):
        epoch.decode_epoch_record(golden("slot_leaf"))


def test_what_no_slot_leaf_may_hold_cannot_be_made() -> None:
    for spoil in (
        {"slot": -1},
        {"slot": SIZE_MAX + 1},
        {"origin": ""},
        {"origin": "a b"},
        {"origin": "a+b"},
        {"origin": "\u00e9"},
        {"origin": "a" * 256},
        {"size": 0},
        {"size": SIZE_MAX + 1},
        {"root": bytes(31)},
        {"salt": bytes(17)},
    ):
        with pytest.raises(Malformed):
            replace(SLOT_LEAF, **spoil)


def test_what_no_epoch_record_may_hold_cannot_be_made() -> None:
    for spoil in (
        {"epoch": -1},
        {"epoch": SIZE_MAX + 1},
        {"time_us": -1},
        {"time_us": SIZE_MAX + 1},
        {"slots": 0},
        {"slots": SIZE_MAX + 1},
        {"slots_root": bytes(33)},
        {"timestamp_hash": b""},
    ):
        with pytest.raises(Malformed):
            replace(EPOCH_RECORD, **spoil)


def test_an_epoch_without_a_timestamp_says_so_with_zeros() -> None:
    record = EpochRecord(0, 0, 1, bytes(32))
    assert record.encode()[-32:] == epoch.NO_TIMESTAMP == bytes(32)


def test_a_practice_log_is_named_after_its_ledger_and_slot() -> None:
    assert epoch.practice_origin("ledger.example", 7) == "ledger.example/p/7"
    for name, slot in (
        ("", 7),
        ("a b", 7),
        ("a+b", 7),
        ("a" * 255, 7),
        ("ledger.example", -1),
        ("ledger.example", SIZE_MAX + 1),
    ):
        with pytest.raises(Malformed):
            epoch.practice_origin(name, slot)
