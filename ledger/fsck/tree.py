"""Recomputes a log's tiles and edge from leaf hashes and compares them with the stored ones."""

from collections.abc import Generator, Sequence
from contextlib import closing
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.fsck.difference import Difference, Name

_INTEGRATED = "SELECT size FROM ledger.integrated WHERE log_id = %b"
_TILES = "SELECT level, index, hashes FROM ledger.tiles WHERE log_id = %b ORDER BY level, index"
_EDGES = "SELECT level, hashes FROM ledger.edges WHERE log_id = %b ORDER BY level"
TILES_PER_FETCH = 256


class TreeCheck:
    """One log's tree, grown leaf by leaf up to the size the database says it is integrated to."""

    def __init__(self, connection: Connection[TupleRow], log_id: UUID, label: str) -> None:
        self._connection = connection
        self._log_id = log_id
        self._label = label
        row = connection.execute(_INTEGRATED, (log_id,)).fetchone()
        self.integrated = 0 if row is None else int(row[0])
        self._size = 0
        self._edge: tiles.Edge = ()
        self._full: dict[tuple[int, int], bytes] = {}

    def add(self, leaf_hashes: Sequence[bytes]) -> None:
        """Grow by these leaf hashes; what is beyond the integrated size has no tiles yet."""
        wanted = leaf_hashes[: self.integrated - self._size]
        growth = tiles.grow(self._size, self._edge, wanted)
        self._size, self._edge = growth.size, growth.edge
        for tile, hashes in growth.full:
            self._full[tile.level, tile.index] = hashes

    def compare(self) -> int:
        """Compare all tiles and the edge; returns how many tiles there are. Raises `Difference`."""
        if self._size != self.integrated:
            raise self._found(Name.TREE_DIFFERS, f"size {self.integrated}")
        count = 0
        with closing(self._stored()) as stored:
            for level, index, hashes in stored:
                expected = self._full.pop((level, index), None)
                if expected != hashes:
                    raise self._found(Name.TILE_DIFFERS, f"tile {level}/{index}")
                count += 1
        if self._full:
            level, index = min(self._full)
            raise self._found(Name.TILE_DIFFERS, f"tile {level}/{index} is missing")
        edge = [tuple(row) for row in self._connection.execute(_EDGES, (self._log_id,))]
        if edge != list(enumerate(self._edge)):
            raise self._found(Name.EDGE_DIFFERS, "edge")
        return count

    def _stored(self) -> Generator[tuple[int, int, bytes]]:
        with self._connection.cursor(name="fsck_tiles", binary=True) as cursor:
            cursor.execute(_TILES, (self._log_id,))
            while rows := cursor.fetchmany(TILES_PER_FETCH):
                yield from rows

    def _found(self, name: Name, place: str) -> Difference:
        return Difference(name, f"{self._label} {place}")
