"""Writes a log's tiles, entry bundles and bodies, hashed anew from what the database gives."""

import datetime as dt
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import entries, tiles
from ledger import leaf as leaves
from ledger.bundle.exporting import Exporting
from ledger.bundle.files import Files
from ledger.errors import Tampered
from ledger.merkle import HASH_LENGTH, leaf_hash
from ledger.seal_log.tree_store import TileReader
from ledger.tiles import WIDTH, Tile

LEFT_OUT: Final = b"\xff\xff\xff\xff"
TILES_PER_READ: Final = 64

_LENGTH: Final = struct.Struct(">I")
_DAY_US: Final = 86_400_000_000
_EVENTS: Final = """
SELECT leaf, body FROM ledger.events WHERE practice_id = %b AND position < %b ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Days:
    """The days asked for, in UTC and both inclusive."""

    first: dt.date
    last: dt.date

    def encode(self) -> bytes:
        """Return the file `range` (docs/format.md)."""
        return f"from {self.first}\nto {self.last}\n".encode()

    def hold(self, recorded_at_us: int) -> bool:
        """Tell whether a moment is in these days."""
        day = dt.date(1970, 1, 1) + dt.timedelta(days=recorded_at_us // _DAY_US)
        return self.first <= day <= self.last


@dataclass(slots=True)
class Told:
    """What was written of a practice's log, for the pages that explain it.

    `first_us` and `last_us` are when the first and the last event were recorded; `bodies` counts
    the sealed bodies that were not left out by their key's id, 16 bytes.
    """

    events: int = 0
    sealed: int = 0
    left_out: int = 0
    first_us: int = 0
    last_us: int = 0
    types: dict[str, int] = field(default_factory=dict[str, int])
    days: dict[dt.date, int] = field(default_factory=dict[dt.date, int])
    bodies: dict[bytes, int] = field(default_factory=dict[bytes, int])

    def add(self, preamble: leaves.Preamble) -> None:
        """Count one event."""
        tag = preamble.type.decode("ascii")
        day = dt.date(1970, 1, 1) + dt.timedelta(days=preamble.recorded_at_us // _DAY_US)
        if self.events == 0:
            self.first_us = preamble.recorded_at_us
        self.last_us = preamble.recorded_at_us
        self.events += 1
        self.sealed += preamble.seal is not None
        self.types[tag] = self.types.get(tag, 0) + 1
        self.days[day] = self.days.get(day, 0) + 1


def write_root_tiles(reader: TileReader, files: Files, size: int) -> None:
    """Write every tile of the root log at this size, from the stored ones. Raises `Tampered`."""
    wanted = [*tiles.full_tiles_added(0, size), *tiles.edge_tiles(size)]
    for start in range(0, len(wanted), TILES_PER_READ):
        part = wanted[start : start + TILES_PER_READ]
        for tile, hashes in zip(part, reader(part), strict=True):
            if len(hashes) < tile.width * HASH_LENGTH:
                raise Tampered("a tile of the root log is missing or too short; run fsck")
            files.write(f"root/{tile.path}", hashes[: tile.width * HASH_LENGTH])


def write_practice(
    exporting: Exporting, practice_id: UUID, size: int, days: Days | None
) -> tuple[bytes, Told]:
    """Write a practice's log up to `size`; returns its root and what was written.

    One tile's worth of events is in memory at a time. Raises `Tampered` when the log is shorter.
    """
    files = exporting.files
    told = Told()
    grown, edge = 0, tiles.Edge()
    for number, rows in enumerate(_by_tile(exporting.connection, practice_id, size)):
        tile = Tile(0, number, len(rows))
        files.write(
            f"practice/{entries.bundle_path(tile)}", entries.encode(leaf for leaf, _ in rows)
        )
        bodies = b"".join(_body(leaf, body, days, told) for leaf, body in rows)
        files.write(entries.bundle_path(tile).replace("tile/entries/", "bodies/", 1), bodies)
        growth = tiles.grow(grown, edge, [leaf_hash(leaf) for leaf, _ in rows])
        for full, hashes in growth.full:
            files.write(f"practice/{full.path}", hashes)
        grown, edge = growth.size, growth.edge
        exporting.progress(len(rows))
    if grown != size:
        raise Tampered("the practice's log is shorter than its slot says; run fsck")
    for tile in tiles.edge_tiles(size):
        files.write(f"practice/{tile.path}", edge[tile.level])
    return tiles.edge_root(size, edge), told


def _by_tile(
    connection: Connection[TupleRow], practice_id: UUID, size: int
) -> Iterator[Sequence[tuple[bytes, bytes]]]:
    with connection.cursor(name="events", binary=True) as cursor:
        cursor.execute(_EVENTS, (practice_id, size))
        while rows := cursor.fetchmany(WIDTH):
            yield rows


def _body(leaf: bytes, body: bytes, days: Days | None, told: Told) -> bytes:
    preamble = leaves.decode(leaf).preamble
    if sha256(body).digest() != leaf[-HASH_LENGTH:]:
        raise Tampered("an event's body differs from its leaf; run fsck")
    told.add(preamble)
    seal = preamble.seal
    if seal is not None and days is not None and not days.hold(preamble.recorded_at_us):
        told.left_out += 1
        return LEFT_OUT
    if seal is not None:
        told.bodies[seal.key_id] = told.bodies.get(seal.key_id, 0) + 1
    return _LENGTH.pack(len(body)) + body
