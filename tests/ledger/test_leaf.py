"""Facts about event leaves: their bytes for ever, one form only, and a body bound to its place."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import leaf as leaves
from ledger.errors import Malformed
from ledger.leaf import Leaf, Preamble, Seal
from ledger.merkle import leaf_hash
from ledger.sealing import RecordKey, open_body, seal_body

ROOT_FOLDER = Path(__file__).resolve().parents[2]
GOLDEN = ROOT_FOLDER / "tests" / "golden"
KEY = RecordKey.of(UUID(int=0x0A0A), bytes(range(32)))
NONCE = bytes(range(12))
BODY = b"\x92\xa8an event"
CLEAR = Preamble(
    practice_id=UUID(int=0x0101).bytes,
    stream_id=UUID(int=0x0202).bytes,
    version=1,
    previous=leaves.NO_PREVIOUS,
    event_id=UUID(int=0x0303).bytes,
    recorded_at_us=1_789_000_000_123_456,
    actor_id=bytes(16),
    type=b"practice-opened.v1",
    seal=None,
)
CLEAR_LEAF = leaves.finish(CLEAR.encode(), BODY)
SEALED = Preamble(
    practice_id=UUID(int=0x0101).bytes,
    stream_id=UUID(int=0x0202).bytes,
    version=2,
    previous=leaf_hash(CLEAR_LEAF),
    event_id=UUID(int=0x0404).bytes,
    recorded_at_us=1_789_000_001_000_000,
    actor_id=UUID(int=0x0505).bytes,
    type=b"session-logged.v1",
    seal=Seal(KEY.key_id.bytes, KEY.commitment, NONCE),
)
SEALED_BODY = seal_body(KEY.cipher, SEALED.encode(), BODY, NONCE)
SEALED_LEAF = leaves.finish(SEALED.encode(), SEALED_BODY)

IDS = st.binary(min_size=16, max_size=16)
HASHES = st.binary(min_size=32, max_size=32).filter(any)
TAGS = st.binary(min_size=1, max_size=leaves.TYPE_LENGTH_MAX).filter(leaves.is_tag)
SEALS = st.none() | st.builds(Seal, IDS, HASHES, st.binary(min_size=12, max_size=12))
TIMES = st.integers(0, (1 << 63) - 1)
PREAMBLES = st.one_of(
    st.builds(Preamble, IDS, IDS, st.just(1), st.just(bytes(32)), IDS, TIMES, IDS, TAGS, SEALS),
    st.builds(
        Preamble, IDS, IDS, st.integers(2, (1 << 64) - 1), HASHES, IDS, TIMES, IDS, TAGS, SEALS
    ),
)
LEAVES = st.builds(Leaf, PREAMBLES, st.integers(0, leaves.BODY_LENGTH_MAX), HASHES)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("event_leaf_clear", CLEAR_LEAF),
        ("event_leaf_sealed", SEALED_LEAF),
        ("event_body_sealed", SEALED_BODY),
    ],
)
def test_the_golden_bytes_are_what_the_code_writes(name: str, raw: bytes) -> None:
    assert bytes.fromhex((GOLDEN / f"{name}.hex").read_text()) == raw


def test_the_docs_show_the_golden_bytes() -> None:
    section = (ROOT_FOLDER / "docs" / "format.md").read_text().split("## Trees")[0]
    block = section.split("```hex")[1].split("```")[0]
    shown = re.sub(r"#.*", "", block)
    assert bytes.fromhex(shown) == SEALED_LEAF + SEALED_BODY
    assert leaf_hash(SEALED_LEAF).hex() in section


def test_a_sealed_body_opens_with_its_key_in_its_place() -> None:
    leaf = leaves.decode(SEALED_LEAF)
    seal = leaf.preamble.seal
    assert seal is not None
    opened = open_body(KEY, SEALED_LEAF[:-36], SEALED_BODY, leaf.body_hash, seal)
    assert opened == BODY


def test_the_leaf_hash_is_the_rfc_6962_hash_of_the_stored_bytes() -> None:
    assert leaf_hash(CLEAR_LEAF) == sha256(b"\x00" + CLEAR_LEAF).digest()


@given(LEAVES)
def test_what_is_encoded_decodes_to_itself(leaf: Leaf) -> None:
    assert leaves.decode(leaves.encode(leaf)) == leaf


@given(LEAVES, st.data())
def test_a_changed_byte_changes_a_field_or_is_malformed(leaf: Leaf, data: st.DataObject) -> None:
    raw = bytearray(leaves.encode(leaf))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    try:
        changed = leaves.decode(bytes(raw))
    except Malformed:
        return
    assert changed != leaf
    assert leaves.encode(changed) == raw


@given(st.sampled_from([CLEAR_LEAF, SEALED_LEAF]), st.integers(0, 300), st.binary(max_size=3))
def test_cut_or_longer_leaves_are_malformed(raw: bytes, cut: int, tail: bytes) -> None:
    changed = raw[:cut] + tail
    if changed != raw:
        with pytest.raises(Malformed):
            leaves.decode(changed)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 0},
        {"previous": bytes(31) + b"\1"},
        {"type": b""},
        {"type": b"with space"},
        {"type": b"\x80"},
        {"recorded_at_us": -1},
    ],
    ids=str,
)
def test_what_no_writer_makes_is_malformed(changes: dict[str, Any]) -> None:
    raw = leaves.finish(msgspec.structs.replace(CLEAR, **changes).encode(), BODY)
    with pytest.raises(Malformed):
        leaves.decode(raw)
