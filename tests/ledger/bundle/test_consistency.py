"""The lone verifier's reading of consistency proofs, held to the ledger's own trees."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import consistency_proof, root
from tests.attacks.bundles import VERIFY

LEAVES = [sha256(b"%d" % at).digest() for at in range(300)]
SIZES = st.integers(2, len(LEAVES)).flatmap(
    lambda new: st.tuples(st.integers(1, new - 1), st.just(new))
)


def _roots(proof: list[bytes], old: int, new: int) -> tuple[bytes, bytes]:
    return VERIFY.roots_by(proof, old, root(LEAVES[:old]), new)


@given(SIZES)
def test_a_proof_makes_both_roots(sizes: tuple[int, int]) -> None:
    """For every pair of sizes, RFC 9162's algorithm leads to the roots of RFC 6962's tree."""
    old, new = sizes
    proof = consistency_proof(LEAVES, old, new)
    assert _roots(proof, old, new) == (root(LEAVES[:old]), root(LEAVES[:new]))


@given(SIZES, st.data())
def test_no_other_proof_does(sizes: tuple[int, int], data: st.DataObject) -> None:
    """With a hash changed, left out or added it makes other roots, or none."""
    old, new = sizes
    proof = consistency_proof(LEAVES, old, new)
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = (int.from_bytes(proof[at]) ^ 1 << bit).to_bytes(32)
    lies = [
        [*proof[:at], changed, *proof[at + 1 :]],
        [*proof[:at], *proof[at + 1 :]],
        [*proof[:at], proof[at], *proof[at:]],
    ]
    for lie in lies:
        try:
            made = _roots(lie, old, new)
        except (VERIFY.Failure, ValueError):
            continue
        assert made != (root(LEAVES[:old]), root(LEAVES[:new]))


@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 1), (2, 1), (-1, 3)])
def test_sizes_without_a_proof(old: int, new: int) -> None:
    """An empty tree, an equal one and a smaller one have nothing to prove here."""
    with pytest.raises((VERIFY.Failure, ValueError)):
        VERIFY.roots_by([], old, bytes(32), new)
