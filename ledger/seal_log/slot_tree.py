"""The tree over all slots: one leaf changes, and only its path to the root is hashed again."""

from collections.abc import Iterable

from ledger.merkle import EMPTY_ROOT, node_hash


class SlotTree:
    """The Merkle tree (RFC 9162 section 2.1.1) over the slot leaves of one epoch, level by level.

    A last node without a neighbour stands in the level above as it is, which gives the same root
    as the recursive definition. Mutable, not thread-safe.
    """

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        """The number of slots."""
        return len(self._levels[0])

    def root(self) -> bytes:
        """Return the 32-byte root."""
        return self._levels[-1][0] if self._levels[0] else EMPTY_ROOT

    def put(self, slot: int, leaf_hash: bytes) -> None:
        """Set a slot's leaf hash; a new slot is the next one."""
        leaves = self._levels[0]
        assert slot <= len(leaves), "slots are given in order"
        leaves[slot : slot + 1] = [leaf_hash]
        self._climb(slot)

    def fill(self, leaf_hashes: Iterable[bytes]) -> None:
        """Set all slots at once."""
        self._levels = [list(leaf_hashes)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append([_parent(below, index) for index in range((len(below) + 1) // 2)])

    def inclusion_proof(self, slot: int) -> list[bytes]:
        """Return the proof of a slot's leaf, lowest hash first (RFC 9162 section 2.1.3.1)."""
        return [
            level[slot >> height ^ 1]
            for height, level in enumerate(self._levels)
            if slot >> height ^ 1 < len(level)
        ]

    def _climb(self, index: int) -> None:
        level = 0
        while len(self._levels[level]) > 1:
            index //= 2
            if level + 1 == len(self._levels):
                self._levels.append([_parent(self._levels[level], 0)])
            above = self._levels[level + 1]
            above[index : index + 1] = [_parent(self._levels[level], index)]
            level += 1


def _parent(below: list[bytes], index: int) -> bytes:
    pair = below[2 * index : 2 * index + 2]
    return node_hash(*pair) if len(pair) > 1 else pair[0]
