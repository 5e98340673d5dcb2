"""Proofs out of the stored tiles: right, and from a handful of rows however large the log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import uuid4

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.merkle import verify_consistency, verify_inclusion
from ledger.postgres.connect import Database, Role
from ledger.seal_log.tree_store import TileReader, Tree, extend
from tests.fix_postgres import MakeDatabase

pytestmark = pytest.mark.postgres
SIZES = (1, 255, 256, 257, 65_535, 65_536, 70_001, 200_003)
# One tile a level, of which each carries eight levels of hashes.
TILE_LEAVES = 256


def some_hash(number: int) -> bytes:
    """Return a leaf hash that depends on nothing but its number."""
    return sha256(number.to_bytes(8, "big")).digest()


@dataclass
class StoredTree:
    """A tree of the largest size in the database, and its root at every size asked about."""

    connection: Connection[TupleRow]
    tree: Tree
    reader: TileReader
    rows: list[int] = field(default_factory=list[int])

    def read(self, wanted: list[tiles.Tile]) -> list[bytes]:
        """Read tiles as a proof does, counting them."""
        self.rows.append(len(wanted))
        return self.reader(wanted)

    def rows_read(self) -> int:
        """Return how many tiles were read since the last time."""
        read, self.rows = sum(self.rows), []
        return read

    def root_at(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        return tiles.root(size, self.reader)


@pytest.fixture
def stored(make_database: MakeDatabase) -> Iterator[StoredTree]:
    """Store a tree step by step, as it grows between epochs."""
    database: Database = make_database()
    log_id, tree = uuid4(), Tree(0, ())
    with database.connect(Role.SEALER) as connection:
        for size in SIZES:
            hashes = [some_hash(number) for number in range(tree.size, size)]
            growth = tiles.grow(tree.size, tree.edge, hashes)
            grown = extend(connection, log_id, tree.size, growth)
            assert grown is not None
            tree = grown
        yield StoredTree(connection, tree, TileReader(connection, log_id, tree))


def test_inclusion_is_proved_from_one_tile_a_level(stored: StoredTree) -> None:
    """At sizes long past, too: what was the edge then is a full tile by now, or the edge."""
    for size in SIZES:
        root = stored.root_at(size)
        stored.rows_read()
        for index in {0, size // 3, size // 2, size - 1}:
            proof = tiles.inclusion_proof(index, size, stored.read)
            verify_inclusion(proof, index, size, some_hash(index), root)
            assert stored.rows_read() <= 2 * tiles.levels(size)


def test_consistency_is_proved_from_a_handful_of_tiles(stored: StoredTree) -> None:
    for place, old_size in enumerate(SIZES):
        for new_size in SIZES[place:]:
            stored.rows_read()
            proof = tiles.consistency_proof(old_size, new_size, stored.read)
            roots = stored.root_at(old_size), stored.root_at(new_size)
            verify_consistency(proof, old_size, new_size, *roots)
            assert stored.rows_read() <= 2 * tiles.levels(new_size)


def test_a_tree_is_stored_in_full_tiles_and_one_row_a_level(stored: StoredTree) -> None:
    """Nothing partial is kept but the edge."""
    size, expected = stored.tree.size, 0
    while size := size // TILE_LEAVES:
        expected += size
    counts = "SELECT (SELECT count(*) FROM ledger.tiles), (SELECT count(*) FROM ledger.edges)"
    row = stored.connection.execute(counts).fetchone()
    assert row == (expected, tiles.levels(stored.tree.size))


def test_two_integrators_do_not_both_store(stored: StoredTree) -> None:
    """The second finds that the log has grown, and stores nothing."""
    growth = tiles.grow(stored.tree.size, stored.tree.edge, [some_hash(1)])
    log_id = uuid4()
    first = tiles.grow(0, (), [some_hash(0)])
    assert extend(stored.connection, log_id, 0, first) is not None
    assert extend(stored.connection, log_id, 0, first) is None
    assert extend(stored.connection, log_id, stored.tree.size, growth) is None
