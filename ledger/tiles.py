"""Merkle trees cut into tiles of 256 hashes (C2SP tlog-tiles), so that proofs read a handful.

Tile `index` of `level` holds the roots of complete subtrees of 256**level leaves each, from
leaf `index * 256**(level + 1)` on. It is full at 256 hashes and never changes then; the partial
ones at the right, at most one a level, are the edge: one entry a level, empty where the level
has no partial tile. A partial tile is a prefix of every later version of itself.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ledger.errors import Malformed, ProofInvalid, Tampered
from ledger.merkle import HASH_LENGTH, SIZE_MAX, last_complete_subtree, node_hash
from ledger.merkle import root as merkle_root

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_LENGTH = WIDTH * HASH_LENGTH

_PATH = re.compile(
    r"tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Where a tile stands, and how many hashes it has: `width` 1 to 256."""

    level: int
    index: int
    width: int

    @property
    def is_full(self) -> bool:
        return self.width == WIDTH

    @property
    def path(self) -> str:
        """The tile's path, such as `tile/0/x001/x234/067.p/8` (tlog-tiles, Merkle Tree)."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        number = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
        return f"tile/{self.level}/{number}" + ("" if self.is_full else f".p/{self.width}")


ReadTiles = Callable[[list[Tile]], Sequence[bytes]]
"""Return each tile's hashes, one after another; what a tile holds beyond its width is ignored."""

Edge = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """What a tree becomes: its size, its edge, and the full tiles that are new with their hashes.

    Store the full tiles, then the edge; nothing else of the tree changes.
    """

    size: int
    edge: Edge
    full: tuple[tuple[Tile, bytes], ...]


def parse_path(path: str) -> Tile:
    """Read a tile's path strictly. Raises `Malformed`."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed("not the path of a tile")
    level, number, width = match.groups()
    index = int(number.replace("x", "").replace("/", ""))
    tile = Tile(int(level), index, int(width or WIDTH))
    leaves_end = ((tile.index << HEIGHT) + tile.width) << HEIGHT * tile.level
    if tile.path != path or tile.width > WIDTH or leaves_end > SIZE_MAX:
        raise Malformed("not the path of a tile")
    return tile


def full_tiles_added(old_size: int, new_size: int) -> list[Tile]:
    """Return the full tiles of the new size that the old did not have, by level and index."""
    return [
        Tile(level, index, WIDTH)
        for level in range(levels(new_size))
        for index in range(_subtrees(old_size, level + 1), _subtrees(new_size, level + 1))
    ]


def edge_tiles(size: int) -> list[Tile]:
    """Return the partial tiles at the right of a tree of this size, at most one a level."""
    tiles: list[Tile] = []
    for level in range(levels(size)):
        index, width = divmod(_subtrees(size, level), WIDTH)
        if width:
            tiles.append(Tile(level, index, width))
    return tiles


def levels(size: int) -> int:
    """Return how many levels of tiles a tree of this size has."""
    return -(-size.bit_length() // HEIGHT)


def grow(size: int, edge: Sequence[bytes], leaf_hashes: Iterable[bytes]) -> Growth:
    """Append leaf hashes to a tree of which only the edge is at hand.

    Raises `Tampered` when the edge does not fit the size, `Malformed` for a hash not of 32 bytes.
    """
    check_edge(size, edge)
    added = list(leaf_hashes)
    if any(len(each) != HASH_LENGTH for each in added):
        raise Malformed("a leaf hash is not 32 bytes long")
    new_size = size + len(added)
    new_edge: list[bytes] = []
    full: list[tuple[Tile, bytes]] = []
    for level in range(levels(new_size)):
        row = (edge[level] if level < len(edge) else b"") + b"".join(added)
        first = _subtrees(size, level + 1)
        cut = len(row) - len(row) % TILE_LENGTH
        tiles = [row[start : start + TILE_LENGTH] for start in range(0, cut, TILE_LENGTH)]
        full += [(Tile(level, first + n, WIDTH), tile) for n, tile in enumerate(tiles)]
        new_edge.append(row[cut:])
        added = [_root_of(tile) for tile in tiles]
    return Growth(new_size, tuple(new_edge), tuple(full))


def check_edge(size: int, edge: Sequence[bytes]) -> None:
    """Check that the edge has the widths of a tree of this size. Raises `Tampered`."""
    widths = [_subtrees(size, level) % WIDTH for level in range(levels(size))]
    if [len(each) for each in edge] != [HASH_LENGTH * width for width in widths]:
        raise Tampered("the edge is not that of a tree of this size")


def edge_at(size: int, read_tiles: ReadTiles) -> Edge:
    """Return the edge as it was at this size, which the tiles reach. Raises `Tampered`."""
    partial = edge_tiles(size)
    read = dict(zip((tile.level for tile in partial), read_tiles(partial), strict=True))
    widths = [_subtrees(size, level) % WIDTH for level in range(levels(size))]
    edge = tuple(read.get(level, b"")[: width * HASH_LENGTH] for level, width in enumerate(widths))
    check_edge(size, edge)
    return edge


def edge_root(size: int, edge: Sequence[bytes]) -> bytes:
    """Return the root of a tree of which only the edge is at hand. Raises `Tampered`."""
    check_edge(size, edge)
    return root(size, lambda tiles: [edge[tile.level] for tile in tiles])


def root(size: int, read_tiles: ReadTiles) -> bytes:
    """Return the root at any size the tiles reach (RFC 9162 section 2.1.1).

    Reads one tile a level. Raises `Tampered` when a tile is too short.
    """
    if size == 0:
        return merkle_root([])
    return _hash_ranges([(0, size)], size, read_tiles)[0]


def node(height: int, index: int, size: int, read_tiles: ReadTiles) -> bytes:
    """Return the root of the complete subtree over leaves `index << height` and 2**height on.

    Raises `ProofInvalid` when the tree does not hold it, `Tampered` when a tile is too short.
    """
    if height < 0 or not 0 <= index < size >> height:
        raise ProofInvalid("no such complete subtree in a tree of this size")
    return _hash_ranges([(index << height, (index + 1) << height)], size, read_tiles)[0]


def inclusion_proof(index: int, size: int, read_tiles: ReadTiles) -> list[bytes]:
    """Return the proof that a leaf is in the tree of this size (RFC 9162 section 2.1.3.1).

    Calls `read_tiles` once, for at most two tiles a level. Raises `ProofInvalid` where no such
    proof exists, `Tampered` when a tile is too short.
    """
    if not 0 <= index < size:
        raise ProofInvalid("no inclusion proof: the index is not below the size")
    return _hash_ranges(_siblings(0, index, size), size, read_tiles)


def consistency_proof(old_size: int, new_size: int, read_tiles: ReadTiles) -> list[bytes]:
    """Return the proof that the old tree is a prefix of the new (RFC 9162 section 2.1.4.1).

    Empty for equal sizes. Calls `read_tiles` at most once. Raises `ProofInvalid` where no such
    proof exists, `Tampered` when a tile is too short.
    """
    if not 0 <= old_size <= new_size:
        raise ProofInvalid("no consistency proof: the old size is above the new")
    if old_size == new_size:
        return []
    if old_size == 0:
        raise ProofInvalid("no consistency proof: anything extends an empty tree")
    height, index = last_complete_subtree(old_size)
    seed = [(index << height, old_size)] if index else []
    return _hash_ranges(seed + _siblings(height, index, new_size), new_size, read_tiles)


def widest(tile: Tile, size: int) -> Tile:
    """Return the tile as wide as it is in a tree of this size, which begins with the same."""
    there = _subtrees(size, tile.level) - (tile.index << HEIGHT)
    return Tile(tile.level, tile.index, min(there, WIDTH))


def _subtrees(size: int, level: int) -> int:
    """Return how many complete subtrees of 256**level leaves a tree of this size has."""
    return size >> HEIGHT * level


def _siblings(height: int, index: int, size: int) -> list[tuple[int, int]]:
    """Return the leaf ranges beside the path from a node to the root, lowest first."""
    ranges: list[tuple[int, int]] = []
    while (size - 1) >> height:
        start = (index ^ 1) << height
        if start < size:
            ranges.append((start, min(start + (1 << height), size)))
        height += 1
        index >>= 1
    return ranges


def _complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return height and index of the complete subtrees that make up a range, largest first.

    The range is a subtree of its tree: it starts at a multiple of its length rounded up to a
    power of two.
    """
    nodes: list[tuple[int, int]] = []
    while start < end:
        height = (end - start).bit_length() - 1
        nodes.append((height, start >> height))
        start += 1 << height
    return nodes


def _hash_ranges(ranges: list[tuple[int, int]], size: int, read_tiles: ReadTiles) -> list[bytes]:
    """Return the root of each range of leaves, reading every tile once."""
    nodes = [_complete_subtrees(start, end) for start, end in ranges]
    tile_of = {node: _tile_of(node, size) for group in nodes for node in group}
    tiles = sorted(set(tile_of.values()))
    if not tiles:
        return []
    read = dict(zip(tiles, read_tiles(tiles), strict=False))
    for tile in tiles:
        if len(read.get(tile, b"")) < tile.width * HASH_LENGTH:
            raise Tampered("a tile is missing or shorter than the tree needs it")
    return [_join([_find(read[tile_of[node]], node) for node in group]) for group in nodes]


def _tile_of(node: tuple[int, int], size: int) -> Tile:
    """Return the tile that holds a complete subtree, as wide as it is at this size."""
    height, index = node
    level, inner = divmod(height, HEIGHT)
    tile_index = (index << inner) >> HEIGHT
    width = min(_subtrees(size, level) - (tile_index << HEIGHT), WIDTH)
    return Tile(level, tile_index, width)


def _find(tile: bytes, node: tuple[int, int]) -> bytes:
    height, index = node
    inner = height % HEIGHT
    start = (index << inner) % WIDTH * HASH_LENGTH
    return _root_of(tile[start : start + (HASH_LENGTH << inner)])


def _join(subtrees: list[bytes]) -> bytes:
    """Return the root over complete subtrees, largest first."""
    top = subtrees.pop()
    while subtrees:
        top = node_hash(subtrees.pop(), top)
    return top


def _root_of(hashes: bytes) -> bytes:
    return merkle_root(
        hashes[start : start + HASH_LENGTH] for start in range(0, len(hashes), HASH_LENGTH)
    )
