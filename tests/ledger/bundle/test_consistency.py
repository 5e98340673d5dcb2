"""The lone verifier's trees, from which it computes proofs anew, held to the ledger's own."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import tiles
from ledger.merkle import consistency_proof, inclusion_proof, root
from tests.attacks.bundles import VERIFY, Files

LEAVES = [sha256(b"%d" % at).digest() for at in range(700)]


class _Held(dict[str, int]):
    """Tiles as a bundle has them."""

    def __init__(self, files: Files) -> None:
        super().__init__({name: len(content) for name, content in files.items()})
        self._files = files

    def read(self, name: str, _: int = 0) -> bytes:
        return self._files[name]


def _tiles(size: int) -> Files:
    grown = tiles.grow(0, (), LEAVES[:size])
    edge = {f"log/{t.path}": grown.edge[t.level] for t in tiles.edge_tiles(size)}
    return {f"log/{tile.path}": raw for tile, raw in grown.full} | edge


@given(st.integers(1, len(LEAVES)), st.data())
def test_roots_and_proofs_are_those_of_the_standard(size: int, data: st.DataObject) -> None:
    """Of every size before, and every leaf."""
    tree = VERIFY.Tree(_Held(_tiles(size)), "log", size)
    old = data.draw(st.integers(1, size))
    assert tree.root(0, old) == root(LEAVES[:old])
    assert tree.inclusion(old - 1, 0, size) == inclusion_proof(LEAVES[:size], old - 1)
    assert tree.consistency(old, 0, size) == consistency_proof(LEAVES[:size], old, size)


@given(st.integers(257, len(LEAVES)), st.data())
def test_a_tile_that_is_not_what_lies_below_it_is_found(size: int, data: st.DataObject) -> None:
    """Above level 0; what is at level 0 shows in the root."""
    files = _tiles(size)
    name = data.draw(st.sampled_from(sorted(files)))
    at, bit = data.draw(st.integers(0, len(files[name]) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(files[name])
    changed[at] ^= 1 << bit
    held = _Held(files | {name: bytes(changed)})
    if name.startswith("log/tile/0/") and ".p/" in name:
        assert VERIFY.Tree(held, "log", size).root(0, size) != root(LEAVES[:size])
        return
    with pytest.raises(VERIFY.Failure, match="tile-differs"):
        VERIFY.Tree(held, "log", size)
