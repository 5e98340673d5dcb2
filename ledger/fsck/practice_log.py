"""Recomputes one practice's log from its stored leaves and bodies."""

from collections.abc import Generator, Mapping
from collections.abc import Set as AbstractSet
from hashlib import sha256
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import leaf as leaves
from ledger.errors import Malformed
from ledger.fsck.commands import Commands
from ledger.fsck.difference import Difference, Name
from ledger.fsck.gates import Gates
from ledger.fsck.tree import TreeCheck
from ledger.merkle import Frontier

ROWS_PER_FETCH = 2_000

_EVENTS = """
SELECT position, uuid_send(stream_id), version, leaf, body FROM ledger.events
WHERE practice_id = %b ORDER BY position
"""


class StreamEnd(msgspec.Struct, frozen=True, gc=False):
    """The last event of a stream seen so far, and the key that seals it."""

    version: int
    leaf_hash: bytes
    key: bytes | None


class Summary(msgspec.Struct, frozen=True):
    """What a log came to: its size, root, frontier and last time, the keys its streams use."""

    size: int
    root: bytes
    frontier: bytes
    recorded_at_us: int
    streams: int
    roots: Mapping[int, bytes]
    keys: Mapping[bytes, bytes]


class Beside(msgspec.Struct, frozen=True):
    """What is checked beside the events, in the same pass."""

    gates: Gates
    commands: Commands
    tree: TreeCheck


class PracticeLog:
    """One pass over a practice's events. `sizes` are those whose roots are wanted later."""

    def __init__(self, practice_id: UUID, beside: Beside, sizes: AbstractSet[int]) -> None:
        self._practice_id = practice_id
        self._beside = beside
        self._sizes = sizes
        self._frontier = Frontier()
        self._streams: dict[bytes, StreamEnd] = {}
        self._roots: dict[int, bytes] = {}
        self._recorded_at_us = 0

    def read(self, connection: Connection[TupleRow]) -> Generator[int]:
        """Check every event; yields how many were checked, now and then. Raises `Difference`."""
        with connection.cursor(name="fsck_events", binary=True) as cursor:
            cursor.execute(_EVENTS, (self._practice_id,))
            while rows := cursor.fetchmany(ROWS_PER_FETCH):
                hashes = [self._event(row) for row in rows]
                self._beside.tree.add(hashes)
                yield len(rows)

    def _event(self, row: TupleRow) -> bytes:
        position, stream_id, version, raw, body = row
        if position != self._frontier.size:
            raise self._found(Name.POSITION_GAP, self._frontier.size)
        try:
            leaf = leaves.decode(raw)
        except Malformed:
            raise self._found(Name.LEAF_MALFORMED, position) from None
        preamble = leaf.preamble
        columns = (self._practice_id.bytes, stream_id, version)
        if (preamble.practice_id, preamble.stream_id, preamble.version) != columns:
            raise self._found(Name.COLUMNS_DIFFER, position)
        if (leaf.body_length, leaf.body_hash) != (len(body), sha256(body).digest()):
            raise self._found(Name.BODY_DIFFERS, position)
        if preamble.recorded_at_us < self._recorded_at_us:
            raise self._found(Name.TIME_BACKWARDS, position)
        self._recorded_at_us = preamble.recorded_at_us
        self._beside.commands.pass_event(position, preamble.event_id)
        self._beside.gates.pass_event(preamble.type.decode("ascii"), position)
        leaf_hash = sha256(b"\x00" + raw).digest()
        self._follow(preamble, position, leaf_hash)
        self._frontier.append(leaf_hash)
        if self._frontier.size in self._sizes:
            self._roots[self._frontier.size] = self._frontier.root()
        return leaf_hash

    def _follow(self, preamble: leaves.Preamble, position: int, leaf_hash: bytes) -> None:
        before = self._streams.get(preamble.stream_id)
        version, previous, key = (
            (0, leaves.NO_PREVIOUS, None)
            if before is None
            else (before.version, before.leaf_hash, before.key)
        )
        if preamble.version != version + 1:
            raise self._found(Name.VERSION_GAP, position)
        if preamble.previous != previous:
            raise self._found(Name.CHAIN_BROKEN, position)
        seal = preamble.seal
        if seal is not None:
            if key not in (None, seal.key_id + seal.key_commitment):
                raise self._found(Name.KEY_CHANGED, position)
            key = seal.key_id + seal.key_commitment
        self._streams[preamble.stream_id] = StreamEnd(preamble.version, leaf_hash, key)

    def summary(self) -> Summary:
        """Return what all events came to."""
        return Summary(
            size=self._frontier.size,
            root=self._frontier.root(),
            frontier=self._frontier.encode(),
            recorded_at_us=self._recorded_at_us,
            streams=len(self._streams),
            roots=self._roots,
            keys={
                stream: end.key[:16] for stream, end in self._streams.items() if end.key is not None
            },
        )

    def _found(self, name: Name, position: int) -> Difference:
        return Difference(name, f"practice {self._practice_id} position {position}")
