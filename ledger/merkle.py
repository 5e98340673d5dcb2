"""Merkle trees of RFC 9162 section 2.1 (hashing of RFC 6962): roots, proofs, and the compact edge.

Hashes are 32 bytes, indexes and sizes count leaves. Nothing here knows what a leaf means.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from ledger.errors import Malformed, ProofInvalid

HASH_LENGTH = 32
SIZE_MAX = (1 << 63) - 1
EMPTY_ROOT = sha256(b"").digest()

_LEAF_PREFIX = b"\x00"
_NODE_PREFIX = b"\x01"
# Copying a hash that has begun is a third faster than beginning one.
_begin_node = sha256(_NODE_PREFIX).copy


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf with this content (RFC 9162 section 2.1.1)."""
    return sha256(_LEAF_PREFIX + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two subtrees (RFC 9162 section 2.1.1)."""
    node = _begin_node()
    node.update(left + right)
    return node.digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree with these leaf hashes (RFC 9162 section 2.1.1)."""
    frontier = Frontier()
    frontier.extend(leaf_hashes)
    return frontier.root()


def inclusion_proof(
    leaf_hashes: Sequence[bytes], index: int, size: int | None = None
) -> list[bytes]:
    """Return the proof, leaf to root, that a leaf is in the tree (RFC 9162 section 2.1.3.1).

    `size` is the tree's, by default all leaves. Raises `ProofInvalid` where no such proof exists.
    """
    size = len(leaf_hashes) if size is None else size
    if not 0 <= index < size <= len(leaf_hashes):
        raise ProofInvalid("no inclusion proof: the index is not below the size")
    return _path(leaf_hashes[:size], index)


def consistency_proof(
    leaf_hashes: Sequence[bytes], old_size: int, new_size: int | None = None
) -> list[bytes]:
    """Return the proof that the old tree is a prefix of the new (RFC 9162 section 2.1.4.1).

    Empty for equal sizes. Raises `ProofInvalid` where no such proof exists: old above new, or
    an empty old tree under a new one that is not.
    """
    new_size = len(leaf_hashes) if new_size is None else new_size
    if not 0 <= old_size <= new_size <= len(leaf_hashes):
        raise ProofInvalid("no consistency proof: the old size is above the new")
    if old_size == new_size:
        return []
    if old_size == 0:
        raise ProofInvalid("no consistency proof: anything extends an empty tree")
    nodes = leaf_hashes[:new_size]
    level, index = last_complete_subtree(old_size)
    for _ in range(level):
        nodes = _parents(nodes)
    seed = [nodes[index]] if index else []
    return seed + _path(nodes, index)


def verify_inclusion(
    proof: Sequence[bytes], index: int, size: int, leaf_hash: bytes, root: bytes
) -> None:
    """Check that the leaf is at `index` of the tree (RFC 9162 section 2.1.3.2).

    Raises `ProofInvalid`.
    """
    if not 0 <= index < size <= SIZE_MAX:
        raise ProofInvalid("inclusion: the index is not below the size")
    inner, border = _path_lengths(index, size - 1)
    if len(proof) != inner + border:
        raise ProofInvalid("inclusion: the proof has the wrong number of hashes")
    _check_lengths([leaf_hash, *proof])
    node = leaf_hash
    for level, sibling in enumerate(proof):
        if _is_left_sibling(level, index, inner):
            node = node_hash(sibling, node)
        else:
            node = node_hash(node, sibling)
    if node != root:
        raise ProofInvalid("inclusion: the proof leads to another root")


def verify_consistency(
    proof: Sequence[bytes], old_size: int, new_size: int, old_root: bytes, new_root: bytes
) -> None:
    """Check that the old tree is a prefix of the new (RFC 9162 section 2.1.4.2).

    Equal sizes take an empty proof and equal roots; two empty trees, the empty root. An empty old
    tree under a new one that is not proves nothing and is refused. Raises `ProofInvalid`.
    """
    if not 0 <= old_size <= new_size <= SIZE_MAX:
        raise ProofInvalid("consistency: the old size is above the new")
    if new_size == 0 and new_root != EMPTY_ROOT:
        raise ProofInvalid("consistency: an empty tree has the empty root")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofInvalid("consistency: equal sizes take equal roots and an empty proof")
        return
    if old_size == 0:
        raise ProofInvalid("consistency: anything extends an empty tree")
    if _roots_from_consistency(proof, old_size, new_size, old_root) != (old_root, new_root):
        raise ProofInvalid("consistency: the proof leads to other roots")


def last_complete_subtree(size: int) -> tuple[int, int]:
    """Return level and index of the smallest complete subtree at the right of `size` > 0 leaves."""
    level = (size & -size).bit_length() - 1
    return level, (size >> level) - 1


class Frontier:
    """The right edge of a growing tree: all that appending and the root need.

    Holds one hash for each complete subtree, largest first; there are as many as the size has
    one-bits. Mutable and not thread-safe: `copy` before trying something.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @property
    def size(self) -> int:
        return self._size

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf hash of 32 bytes; its length is not checked here."""
        size = self._size
        peaks = self._peaks
        self._size = size + 1
        while size & 1:
            leaf_hash = node_hash(peaks.pop(), leaf_hash)
            size >>= 1
        peaks.append(leaf_hash)

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add many leaf hashes, level by level: the same as appending each, but faster."""
        nodes = list(leaf_hashes)
        size = self._size
        self._size = size + len(nodes)
        peaks: list[bytes] = []
        while nodes or size:
            if size & 1:
                nodes.insert(0, self._peaks.pop())
            if len(nodes) & 1:
                peaks.append(nodes.pop())
            nodes = _pairs(nodes)
            size >>= 1
        self._peaks = peaks[::-1]

    def root(self) -> bytes:
        """Return the root at this size (RFC 9162 section 2.1.1)."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            node = node_hash(peak, node)
        return node

    def copy(self) -> "Frontier":
        twin = Frontier()
        twin._size = self._size
        twin._peaks = self._peaks.copy()
        return twin

    def encode(self) -> bytes:
        """Return the hashes one after another, largest subtree first; the size is kept apart."""
        return b"".join(self._peaks)

    @classmethod
    def decode(cls, size: int, encoded: bytes) -> "Frontier":
        """Read what `encode` wrote at this size. Raises `Malformed` unless the count fits it."""
        if not 0 <= size <= SIZE_MAX or len(encoded) != HASH_LENGTH * size.bit_count():
            raise Malformed("not the frontier of a tree of this size")
        frontier = cls()
        frontier._size = size
        starts = range(0, len(encoded), HASH_LENGTH)
        frontier._peaks = [encoded[start : start + HASH_LENGTH] for start in starts]
        return frontier


def _roots_from_consistency(
    proof: Sequence[bytes], old_size: int, new_size: int, old_root: bytes
) -> tuple[bytes, bytes]:
    level, index = last_complete_subtree(old_size)
    inner, border = _path_lengths(index, (new_size - 1) >> level)
    # An old tree that is complete is its own seed, so the proof leaves it out.
    nodes = list(proof) if index else [old_root, *proof]
    if len(nodes) != 1 + inner + border:
        raise ProofInvalid("consistency: the proof has the wrong number of hashes")
    _check_lengths(nodes)
    old = new = nodes[0]
    for height, sibling in enumerate(nodes[1:]):
        if _is_left_sibling(height, index, inner):
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    return old, new


def _path_lengths(index: int, last: int) -> tuple[int, int]:
    """Return how many siblings a path has below and above where it joins the last node's path.

    Above, every sibling is on the left.
    """
    inner = (index ^ last).bit_length()
    return inner, (index >> inner).bit_count()


def _is_left_sibling(level: int, index: int, inner: int) -> bool:
    return level >= inner or bool(index >> level & 1)


def _check_lengths(hashes: Iterable[bytes]) -> None:
    if any(len(each) != HASH_LENGTH for each in hashes):
        raise ProofInvalid("a hash in the proof is not 32 bytes long")


def _path(nodes: Sequence[bytes], index: int) -> list[bytes]:
    proof: list[bytes] = []
    while len(nodes) > 1:
        if (sibling := index ^ 1) < len(nodes):
            proof.append(nodes[sibling])
        nodes = _parents(nodes)
        index >>= 1
    return proof


def _parents(nodes: Sequence[bytes]) -> Sequence[bytes]:
    """Return the level above; a last node without a partner moves up as it is."""
    parents = _pairs(nodes)
    if len(nodes) & 1:
        parents.append(nodes[-1])
    return parents


def _pairs(nodes: Sequence[bytes]) -> list[bytes]:
    return [node_hash(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=False)]
