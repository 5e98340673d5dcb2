"""Entry bundles: what is encoded is decoded, and nothing else is accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entries import ENTRY_LENGTH_MAX, bundle_path, decode, encode
from ledger.errors import Malformed
from ledger.tiles import WIDTH, Tile

ENTRIES = st.lists(st.binary(max_size=300), min_size=1, max_size=WIDTH)


@given(ENTRIES)
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    raw = encode(entries)
    assert decode(raw) == entries
    assert len(raw) == sum(2 + len(entry) for entry in entries)


def test_the_length_stands_before_each_entry() -> None:
    """Two bytes, big-endian (tlog-tiles, Log entries)."""
    assert encode([b"", b"a" * 258]) == b"\0\0" + b"\1\2" + b"a" * 258
    assert decode(encode([b"x" * ENTRY_LENGTH_MAX])) == [b"x" * ENTRY_LENGTH_MAX]


@given(ENTRIES, st.data())
def test_a_bundle_cut_anywhere_is_refused_or_has_fewer_entries(
    entries: list[bytes], data: st.DataObject
) -> None:
    """Never others: what is left is the beginning."""
    raw = encode(entries)
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    try:
        found = decode(cut)
    except Malformed:
        return
    assert found == entries[: len(found)]
    assert len(found) < len(entries)


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\1", b"\0\0\0", b"\0\0" * (WIDTH + 1)])
def test_what_is_no_bundle_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode(raw)


@pytest.mark.parametrize(
    "entries", [[], [b""] * (WIDTH + 1), [bytes(ENTRY_LENGTH_MAX + 1)]], ids=["0", "257", "long"]
)
def test_what_no_bundle_holds_is_not_written(entries: list[bytes]) -> None:
    with pytest.raises(Malformed):
        encode(entries)


def test_a_bundle_stands_beside_its_tile() -> None:
    assert bundle_path(Tile(0, 1_234_067, WIDTH)) == "tile/entries/x001/x234/067"
    assert bundle_path(Tile(0, 0, 8)) == "tile/entries/000.p/8"
    with pytest.raises(Malformed):
        bundle_path(Tile(1, 0, 8))
