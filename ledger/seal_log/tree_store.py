"""Trees in the database: full tiles as immutable rows, the right edge as one row a level."""

from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.ids import NIL

ROOT_LOG = NIL  # the root log's id; practice logs go by their practice

# One statement, one snapshot.
_TREE = """
SELECT coalesce((SELECT size FROM ledger.integrated WHERE log_id = %b), 0),
       ARRAY (SELECT hashes FROM ledger.edges WHERE log_id = %b ORDER BY level)
"""
_TILES = """
SELECT t.hashes FROM unnest(%b::smallint[], %b::bigint[]) WITH ORDINALITY AS w (level, index, place)
JOIN ledger.tiles t ON t.log_id = %b AND t.level = w.level AND t.index = w.index
ORDER BY w.place
"""
_INTEGRATE = """
SELECT ledger.integrate(%b, %b, %b, %b::smallint[], %b::bigint[], %b::bytea[],
                        %b::smallint[], %b::bytea[])
"""


class Tree(NamedTuple):
    """A log's tree as far as it is integrated: its size and its edge, one entry a level."""

    size: int
    edge: tiles.Edge

    @property
    def root(self) -> bytes:
        """The root hash at this size."""
        return tiles.edge_root(self.size, self.edge)


def read_tree(connection: Connection[TupleRow], log_id: UUID) -> Tree:
    """Read a log's size and edge in one snapshot. Raises `Tampered` when they do not fit."""
    row = connection.execute(_TREE, (log_id, log_id)).fetchone()
    assert row is not None
    size, edge = row[0], tuple(row[1])
    tiles.check_edge(size, edge)
    return Tree(size, edge)


def extend(
    connection: Connection[TupleRow], log_id: UUID, old_size: int, growth: tiles.Growth
) -> Tree | None:
    """Store what a tree of `old_size` grew by; None when another integrator was faster."""
    row = connection.execute(
        _INTEGRATE,
        (
            log_id,
            old_size,
            growth.size,
            [tile.level for tile, _ in growth.full],
            [tile.index for tile, _ in growth.full],
            [hashes for _, hashes in growth.full],
            list(range(len(growth.edge))),
            list(growth.edge),
        ),
    ).fetchone()
    assert row is not None
    return Tree(growth.size, growth.edge) if row[0] else None


class TileReader:
    """Reads the tiles that a proof needs: full ones by key, partial ones from the edge.

    Good for sizes up to that of `tree`: what is partial at an older size may be full by now.
    """

    def __init__(self, connection: Connection[TupleRow], log_id: UUID, tree: Tree) -> None:
        self._connection = connection
        self._log_id = log_id
        self._tree = tree

    def __call__(self, wanted: list[tiles.Tile]) -> list[bytes]:
        """Return the hashes of the tiles asked for, in that order."""
        edge = {(tile.level, tile.index) for tile in tiles.edge_tiles(self._tree.size)}
        full = [tile for tile in wanted if (tile.level, tile.index) not in edge]
        stored = iter(self._read(full))
        return [
            self._tree.edge[tile.level] if (tile.level, tile.index) in edge else next(stored, b"")
            for tile in wanted
        ]

    def _read(self, full: list[tiles.Tile]) -> list[bytes]:
        if not full:
            return []
        levels, indexes = [tile.level for tile in full], [tile.index for tile in full]
        rows = self._connection.execute(_TILES, (levels, indexes, self._log_id), binary=True)
        return [row[0] for row in rows]
