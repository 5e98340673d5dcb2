"""Facts about tiles: what stands where, and that they tell the same tree as the plain one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import merkle, tiles
from ledger.errors import Malformed, ProofInvalid, Tampered
from ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from ledger.tiles import Edge, Tile

SIZE_MAX = 66_000
LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(SIZE_MAX)]
BOUNDARIES = [
    size + step
    for size in (0, 1, 256, 512, 65_280, 65_536, 65_792)
    for step in (-1, 0, 1)
    if size + step >= 0
]
SIZES = st.sampled_from(BOUNDARIES) | st.integers(0, 2_000) | st.integers(0, SIZE_MAX)


class Store:
    """The full tiles and the edge of one tree, as a store keeps them, counting what is read."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: Edge = ()
        self.full: dict[tuple[int, int], bytes] = {}
        self.read: list[Tile] = []

    def append(self, leaf_hashes: list[bytes]) -> None:
        growth = tiles.grow(self.size, self.edge, leaf_hashes)
        for tile, hashes in growth.full:
            assert (tile.level, tile.index) not in self.full
            self.full[tile.level, tile.index] = hashes
        self.size, self.edge = growth.size, growth.edge

    def read_tiles(self, wanted: list[Tile]) -> list[bytes]:
        self.read = wanted
        return [self.full.get((each.level, each.index)) or self.edge[each.level] for each in wanted]


def stored(size: int) -> Store:
    store = Store()
    store.append(LEAVES[:size])
    return store


LARGEST = stored(SIZE_MAX)


def hashes_of_definition(tile: Tile) -> bytes:
    """Follow the definition of tlog-tiles: MTH(D[(n * 256 + i) * 256**l : ...]) for each i."""
    span = 256**tile.level
    starts = [(tile.index * 256 + position) * span for position in range(tile.width)]
    return b"".join(merkle.root(LEAVES[start : start + span]) for start in starts)


def test_the_example_of_the_specification_has_its_tiles() -> None:
    full = tiles.full_tiles_added(0, 70_000)
    assert [tile.level for tile in full] == [0] * 273 + [1]
    assert tiles.edge_tiles(70_000) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert tiles.full_tiles_added(0, 256) == [Tile(0, 0, 256)]
    assert tiles.edge_tiles(256) == [Tile(1, 0, 1)]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (Tile(4, 1_234_067, 8), "tile/4/x001/x234/067.p/8"),
        (Tile(0, 0, 1), "tile/0/000.p/1"),
        (Tile(1, 999, 255), "tile/1/999.p/255"),
        (Tile(1, 1_000, 256), "tile/1/x001/000"),
        (Tile(7, 0, 127), "tile/7/000.p/127"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/1000",
        "tile/0/x001/x000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/08",
        "tile/0/000.p/256",
        "tile/0/000.p/-1",
        "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660",
        "tile/-1/000",
        "tile/7/000.p/128",
        "tile/8/000.p/1",
        "tile/entries/000",
        "tile/0/" + "x999/" * 7 + "999",
    ],
)
def test_any_other_path_is_malformed(path: str) -> None:
    with pytest.raises(Malformed):
        tiles.parse_path(path)


@given(st.integers(0, merkle.SIZE_MAX), st.integers(0, 7), st.integers(1, 256))
def test_a_path_is_read_back_as_it_was_written(leaf: int, level: int, width: int) -> None:
    tile = Tile(level, leaf >> 8 * (level + 1), width)
    if (tile.index * 256 + width) * 256**level <= merkle.SIZE_MAX:
        assert tiles.parse_path(tile.path) == tile


def test_stored_tiles_hold_what_the_specification_defines() -> None:
    store = stored(65_536 + 300)
    places = [Tile(level, index, 256) for level, index in store.full]
    assert sorted(places) == tiles.full_tiles_added(0, store.size)
    for tile in places[::50] + places[-1:]:
        assert store.full[tile.level, tile.index] == hashes_of_definition(tile)
    assert [len(each) // 32 for each in store.edge] == [44, 1, 1]
    for tile in tiles.edge_tiles(store.size):
        assert store.edge[tile.level] == hashes_of_definition(tile)


@given(st.lists(st.integers(0, 700), max_size=8), st.sampled_from([0, 250, 65_200]))
def test_tiles_grown_in_steps_equal_tiles_grown_at_once(steps: list[int], start: int) -> None:
    store = stored(start)
    for step in steps:
        before = store.size
        known = set(store.full)
        store.append(LEAVES[store.size : store.size + step])
        added = tiles.full_tiles_added(before, store.size)
        assert {(tile.level, tile.index) for tile in added} == set(store.full) - known
    at_once = stored(store.size)
    assert (store.full, store.edge) == (at_once.full, at_once.edge)


@pytest.mark.parametrize("size", BOUNDARIES)
def test_the_edge_has_the_widths_of_its_size_and_gives_the_root(size: int) -> None:
    edge = stored(size).edge
    widths = {tile.level: tile.width for tile in tiles.edge_tiles(size)}
    assert [len(each) // 32 for each in edge] == [
        widths.get(level, 0) for level in range(tiles.levels(size))
    ]
    assert tiles.edge_root(size, edge) == merkle.root(LEAVES[:size])


@settings(deadline=None)
@given(SIZES)
def test_the_root_of_any_size_is_read_from_the_tiles_of_a_larger_tree(size: int) -> None:
    assert tiles.root(size, LARGEST.read_tiles) == merkle.root(LEAVES[:size])


@settings(deadline=None)
@given(st.data(), SIZES.filter(bool))
def test_inclusion_proofs_from_tiles_are_those_of_the_plain_tree(
    data: st.DataObject, size: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = tiles.inclusion_proof(index, size, LARGEST.read_tiles)
    assert proof == merkle.inclusion_proof(LEAVES, index, size)
    verify_inclusion(proof, index, size, LEAVES[index], tiles.root(size, LARGEST.read_tiles))


@settings(deadline=None)
@given(SIZES.filter(bool), SIZES.filter(bool))
def test_consistency_proofs_from_tiles_are_those_of_the_plain_tree(one: int, other: int) -> None:
    old_size, new_size = sorted((one, other))
    proof = tiles.consistency_proof(old_size, new_size, LARGEST.read_tiles)
    assert proof == merkle.consistency_proof(LEAVES, old_size, new_size)
    roots = [tiles.root(size, LARGEST.read_tiles) for size in (old_size, new_size)]
    verify_consistency(proof, old_size, new_size, roots[0], roots[1])


@given(st.integers(0, 15), st.integers(0, SIZE_MAX))
def test_any_complete_subtree_is_found_in_the_tiles(height: int, leaf: int) -> None:
    start = leaf >> height << height
    end = start + (1 << height)
    if end > SIZE_MAX:
        with pytest.raises(ProofInvalid):
            tiles.node(height, leaf >> height, SIZE_MAX, LARGEST.read_tiles)
    else:
        node = tiles.node(height, leaf >> height, SIZE_MAX, LARGEST.read_tiles)
        assert node == merkle.root(LEAVES[start:end])


@given(st.data(), st.integers(10_000_000, 10_100_000))
def test_a_proof_in_ten_million_leaves_reads_a_handful_of_tiles(
    data: st.DataObject, size: int
) -> None:
    read: list[Tile] = []

    def read_tiles(wanted: list[Tile]) -> list[bytes]:
        read.extend(wanted)
        return [bytes(32 * tile.width) for tile in wanted]

    tiles.inclusion_proof(data.draw(st.integers(0, size - 1)), size, read_tiles)
    assert len(read) == len(set(read)) <= 6
    read.clear()
    tiles.consistency_proof(data.draw(st.integers(1, size)), size, read_tiles)
    assert len(read) == len(set(read)) <= 6


def test_a_proof_asks_for_tiles_no_wider_than_they_are_at_its_size() -> None:
    tiles.inclusion_proof(3, 65_536 + 258, LARGEST.read_tiles)
    assert LARGEST.read == [
        Tile(0, 0, 256),
        Tile(0, 257, 2),
        Tile(1, 0, 256),
        Tile(1, 1, 1),
    ]


def test_places_outside_the_tree_have_no_proof() -> None:
    read = LARGEST.read_tiles
    for index, size in ((-1, 5), (5, 5), (0, 0)):
        with pytest.raises(ProofInvalid):
            tiles.inclusion_proof(index, size, read)
    for old_size, new_size in ((-1, 5), (6, 5), (0, 5)):
        with pytest.raises(ProofInvalid):
            tiles.consistency_proof(old_size, new_size, read)
    for height, index, size in ((-1, 0, 5), (0, 5, 5), (3, 0, 5), (0, -1, 5)):
        with pytest.raises(ProofInvalid):
            tiles.node(height, index, size, read)
    assert tiles.consistency_proof(5, 5, read) == []
    assert tiles.consistency_proof(0, 0, read) == []
    assert tiles.root(0, read) == merkle.EMPTY_ROOT


def test_a_missing_or_short_tile_is_named_tampering() -> None:
    with pytest.raises(Tampered):
        tiles.root(300, lambda wanted: [bytes(32 * each.width - 1) for each in wanted])
    with pytest.raises(Tampered):
        tiles.root(300, lambda wanted: [bytes(32 * each.width) for each in wanted[1:]])


@pytest.mark.parametrize("edge", [(), (b"",), (bytes(32),), (bytes(31), bytes(32)), (b"", b"")])
def test_an_edge_that_does_not_fit_its_size_is_named_tampering(edge: Edge) -> None:
    for use in (lambda: tiles.grow(256, edge, []), lambda: tiles.edge_root(256, edge)):
        with pytest.raises(Tampered):
            use()


def test_a_leaf_hash_of_another_length_is_malformed() -> None:
    with pytest.raises(Malformed):
        tiles.grow(0, (), [LEAVES[0], bytes(31), bytes(33)])
