"""Facts about Merkle trees: the published vectors, and the laws every tree keeps."""

from base64 import b64decode
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed, ProofInvalid
from ledger.merkle import (
    EMPTY_ROOT,
    SIZE_MAX,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

ROOT_FOLDER = Path(__file__).resolve().parents[2]
OWN_VECTORS = ROOT_FOLDER / "tests" / "vectors"
PUBLIC_VECTORS = ROOT_FOLDER.parent / "shared" / "vectors"
LEAVES = [leaf_hash(number.to_bytes(2, "big")) for number in range(600)]
SIZES = st.integers(0, len(LEAVES))


class ReferenceTree(msgspec.Struct):
    source: str
    leaf_inputs: list[str]
    roots: list[str]


class InclusionCase(msgspec.Struct, rename="camel"):
    leaf_idx: int
    tree_size: int
    root: str
    leaf_hash: str
    proof: list[str] | None
    want_err: bool


class ConsistencyCase(msgspec.Struct, rename="camel"):
    size1: int
    size2: int
    root1: str
    root2: str
    proof: list[str] | None
    want_err: bool


def reference_tree() -> tuple[list[bytes], list[bytes]]:
    raw = (OWN_VECTORS / "rfc6962-reference-tree.json").read_bytes()
    tree = msgspec.json.decode(raw, type=ReferenceTree)
    leaves = [leaf_hash(bytes.fromhex(each)) for each in tree.leaf_inputs]
    return leaves, [bytes.fromhex(each) for each in tree.roots]


def public_cases(kind: str) -> list[Path]:
    folder = PUBLIC_VECTORS / kind
    if not folder.is_dir():
        pytest.skip("the public vectors are not beside the project")
    cases = sorted(folder.rglob("*.json"))
    assert cases
    return cases


def recursive_root(leaves: list[bytes]) -> bytes:
    """Follow the definition of RFC 9162 section 2.1.1, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else EMPTY_ROOT
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(recursive_root(leaves[:split]), recursive_root(leaves[split:]))


def test_the_reference_tree_has_its_known_roots_at_every_size() -> None:
    leaves, roots = reference_tree()
    assert [root(leaves[:size]) for size in range(9)] == roots


def test_the_reference_tree_has_its_known_proofs() -> None:
    leaves, _roots = reference_tree()
    assert [each.hex()[:8] for each in inclusion_proof(leaves, 5)] == [
        "bc1a0643",
        "ca854ea1",
        "d37ee418",
    ]
    assert [each.hex()[:8] for each in consistency_proof(leaves, 6, 8)] == [
        "0ebc5d34",
        "ca854ea1",
        "d37ee418",
    ]


def test_public_inclusion_vectors_get_their_verdict() -> None:
    for path in public_cases("inclusion"):
        case = msgspec.json.decode(path.read_bytes(), type=InclusionCase)
        proof = [b64decode(each) for each in case.proof or []]
        hashes = b64decode(case.leaf_hash), b64decode(case.root)
        try:
            verify_inclusion(proof, case.leaf_idx, case.tree_size, *hashes)
        except ProofInvalid:
            assert case.want_err, path
        else:
            assert not case.want_err, path


def test_public_consistency_vectors_get_their_verdict() -> None:
    for path in public_cases("consistency"):
        case = msgspec.json.decode(path.read_bytes(), type=ConsistencyCase)
        proof = [b64decode(each) for each in case.proof or []]
        roots = b64decode(case.root1), b64decode(case.root2)
        try:
            verify_consistency(proof, case.size1, case.size2, *roots)
        except ProofInvalid:
            assert case.want_err, path
        else:
            assert not case.want_err, path


@given(SIZES)
def test_the_root_is_the_one_the_definition_gives(size: int) -> None:
    assert root(LEAVES[:size]) == recursive_root(LEAVES[:size])


@st.composite
def indexes(draw: st.DrawFn) -> tuple[int, int]:
    """Draw an index below a size."""
    size = draw(st.integers(1, len(LEAVES)))
    return draw(st.integers(0, size - 1)), size


@st.composite
def growths(draw: st.DrawFn) -> tuple[int, int]:
    """Draw an old size, not empty, and a new one that is not below it."""
    new_size = draw(st.integers(1, len(LEAVES)))
    return draw(st.integers(1, new_size)), new_size


def flip(hashes: list[bytes], bit: int) -> list[bytes]:
    position, rest = divmod(bit % (len(hashes) * 256), 256)
    mask = 1 << rest
    flipped = (int.from_bytes(hashes[position], "big") ^ mask).to_bytes(32, "big")
    return [*hashes[:position], flipped, *hashes[position + 1 :]]


@given(indexes())
def test_any_leaf_proves_included(place: tuple[int, int]) -> None:
    index, size = place
    proof = inclusion_proof(LEAVES, index, size)
    verify_inclusion(proof, index, size, LEAVES[index], root(LEAVES[:size]))


@given(growths())
def test_any_prefix_proves_consistent_with_any_longer_one(growth: tuple[int, int]) -> None:
    old_size, new_size = growth
    proof = consistency_proof(LEAVES, old_size, new_size)
    roots = root(LEAVES[:old_size]), root(LEAVES[:new_size])
    verify_consistency(proof, old_size, new_size, *roots)


@given(indexes(), st.integers(min_value=0))
def test_any_flipped_bit_breaks_an_inclusion_proof(place: tuple[int, int], bit: int) -> None:
    index, size = place
    hashes = [LEAVES[index], root(LEAVES[:size]), *inclusion_proof(LEAVES, index, size)]
    leaf, top, *proof = flip(hashes, bit)
    with pytest.raises(ProofInvalid):
        verify_inclusion(proof, index, size, leaf, top)


@given(growths(), st.integers(min_value=0))
def test_any_flipped_bit_breaks_a_consistency_proof(growth: tuple[int, int], bit: int) -> None:
    old_size, new_size = growth
    proof = consistency_proof(LEAVES, old_size, new_size)
    hashes = [root(LEAVES[:old_size]), root(LEAVES[:new_size]), *proof]
    old_root, new_root, *proof = flip(hashes, bit)
    with pytest.raises(ProofInvalid):
        verify_consistency(proof, old_size, new_size, old_root, new_root)


@given(indexes(), SIZES)
def test_a_proof_is_no_proof_of_another_place(place: tuple[int, int], other: int) -> None:
    index, size = place
    proof = inclusion_proof(LEAVES, index, size)
    if other != index:
        with pytest.raises(ProofInvalid):
            verify_inclusion(proof, other, size, LEAVES[index], root(LEAVES[:size]))


@given(indexes(), st.sampled_from([0, 16, 31, 33, 64]))
def test_a_hash_of_another_length_is_refused(place: tuple[int, int], length: int) -> None:
    index, size = place
    proof = [bytes(length), *inclusion_proof(LEAVES, index, size)[1:]]
    leaf = LEAVES[index] if size > 1 else bytes(length)
    with pytest.raises(ProofInvalid):
        verify_inclusion(proof, index, size, leaf, root(LEAVES[:size]))


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0), (0, SIZE_MAX + 1)])
def test_an_index_outside_the_tree_has_no_inclusion_proof(index: int, size: int) -> None:
    with pytest.raises(ProofInvalid):
        inclusion_proof(LEAVES[:4], index, size)
    with pytest.raises(ProofInvalid):
        verify_inclusion([], index, size, LEAVES[0], LEAVES[0])


@pytest.mark.parametrize(("old_size", "new_size"), [(-1, 4), (3, 2), (0, 4), (4, SIZE_MAX + 1)])
def test_sizes_that_do_not_grow_have_no_consistency_proof(old_size: int, new_size: int) -> None:
    with pytest.raises(ProofInvalid):
        consistency_proof(LEAVES[:4], old_size, new_size)
    with pytest.raises(ProofInvalid):
        verify_consistency([], old_size, new_size, EMPTY_ROOT, EMPTY_ROOT)


def test_equal_sizes_take_an_empty_proof_and_equal_roots() -> None:
    with pytest.raises(ProofInvalid):
        verify_consistency([], 0, 0, LEAVES[0], LEAVES[0])
    for size in (0, 1, 5):
        same = root(LEAVES[:size])
        assert consistency_proof(LEAVES, size, size) == []
        verify_consistency([], size, size, same, same)
        with pytest.raises(ProofInvalid):
            verify_consistency([same], size, size, same, same)
        with pytest.raises(ProofInvalid):
            verify_consistency([], size, size, same, LEAVES[9])


@given(SIZES, SIZES, SIZES)
def test_a_frontier_has_the_trees_root_however_it_grew(one: int, two: int, three: int) -> None:
    first, second, last = sorted((one, two, three))
    frontier = Frontier()
    frontier.extend(LEAVES[:first])
    frontier.extend(LEAVES[first:second])
    for leaf in LEAVES[second:last]:
        frontier.append(leaf)
    assert (frontier.size, frontier.root()) == (last, recursive_root(LEAVES[:last]))


@given(SIZES)
def test_a_frontier_is_read_back_as_it_was_written(size: int) -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:size])
    again = Frontier.decode(size, frontier.encode())
    assert (again.size, again.encode()) == (size, frontier.encode())
    again.append(LEAVES[0])
    assert again.root() == root([*LEAVES[:size], LEAVES[0]])


@given(SIZES, SIZES)
def test_a_frontier_of_another_count_is_malformed(size: int, claimed: int) -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:size])
    encoded = frontier.encode()
    if claimed.bit_count() != size.bit_count():
        with pytest.raises(Malformed):
            Frontier.decode(claimed, encoded)
    for spoilt in (encoded + b"\x00", encoded[1:] if encoded else b"\x00"):
        with pytest.raises(Malformed):
            Frontier.decode(size, spoilt)


def test_a_frontier_of_a_size_out_of_range_is_malformed() -> None:
    for size in (-1, SIZE_MAX + 1):
        with pytest.raises(Malformed):
            Frontier.decode(size, bytes(32 * size.bit_count()))


def test_a_copied_frontier_grows_on_its_own() -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:5])
    before = frontier.root()
    twin = frontier.copy()
    twin.append(LEAVES[5])
    assert frontier.root() == before
    assert twin.root() == root(LEAVES[:6])
