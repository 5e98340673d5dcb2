"""Tells of single events how far they are proven: body, chain, tile, epoch and checkpoint."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger import tiles
from ledger.checkpoint import Checkpoint
from ledger.epoch import decode_epoch_record
from ledger.errors import Malformed, ProofInvalid, Tampered
from ledger.leaf import NO_PREVIOUS
from ledger.merkle import HASH_LENGTH, leaf_hash, verify_inclusion
from ledger.note import Note, VerifierKey
from ledger.reader import Entry
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, read_tree
from ledger.tiles import WIDTH, ReadTiles, Tile

TILES_KEPT_MAX: Final = 64

_NEWEST: Final = "SELECT note FROM ledger.checkpoints ORDER BY size DESC LIMIT 1"
_COVERING: Final = """
SELECT s.epoch, s.size, s.root, e.record FROM ledger.heads h
JOIN ledger.slots s USING (slot) JOIN ledger.epochs e USING (epoch)
WHERE h.practice_id = %b AND s.epoch >= %b AND s.epoch < %b AND s.size > %b
ORDER BY s.epoch LIMIT 1
"""
_PREVIOUS: Final = """
SELECT e.stream_id, e.version, e.leaf
FROM unnest(%b::uuid[], %b::bigint[]) AS asked (stream_id, version)
JOIN ledger.events e USING (stream_id, version) WHERE e.practice_id = %b
"""


class Fault(StrEnum):
    """What does not hold; the codes are those of the auditors' verifier."""

    BODY_DIFFERS = "body-differs"
    CHAIN_BROKEN = "chain-broken"
    TILE_DIFFERS = "tile-differs"
    ROOT_DIFFERS = "anchor-root-differs"
    EPOCH_NOT_IN_ROOT_LOG = "epoch-not-in-root-log"
    SIGNATURE_INVALID = "signature-invalid"
    POSTDATED = "postdated"


class SealedBy(NamedTuple):
    """The first epoch that holds an event, its time, and the signed checkpoint over the epoch.

    `checkpoint` is the number of epochs that the newest checkpoint covers.
    """

    epoch: int
    time_us: int
    checkpoint: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProof:
    """How far an event is proven; `leaf_hash` has 32 bytes.

    `tile` holds that hash at index position mod 256, and `sealed` names the epoch; both are None
    for what is appended since the last signed epoch, of which body and chain alone are checked.
    """

    position: int
    leaf_hash: bytes
    tile: Tile | None
    sealed: SealedBy | None
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether all that was checked is as it should be."""
        return not self.faults


class _Epoch(NamedTuple):
    """An epoch in which this log grew: its size and root there, and what is wrong with it."""

    epoch: int
    size: int
    root: bytes
    time_us: int
    faults: tuple[Fault, ...]


class EventProver:
    """Proves events of one practice under the newest checkpoint; best asked in log order.

    What it reads is kept, so a page of events costs a few statements, and an event more of the
    same tile and epoch none. That the epoch's slot tree holds the log's slot is left to fsck and
    to bundles: it takes the slots of all practices.
    """

    def __init__(
        self, connection: Connection[TupleRow], practice_id: UUID, key: VerifierKey | None
    ) -> None:
        """Read what is signed; `key` is the ledger's, None where nothing was ever signed."""
        self._connection = connection
        self._practice_id = practice_id
        row = connection.execute(_NEWEST).fetchone()
        self._root: Checkpoint | None = None
        self._is_signed = False
        if row is not None:
            note = notes.decode(row[0])
            self._root = checkpoints.decode(note.text)
            self._is_signed = _is_signed(note, self._root, key)
        self._practice_tiles = _Tiles(connection, practice_id)
        self._root_tiles = _Tiles(connection, ROOT_LOG)
        self._epoch: _Epoch | None = None
        self._asked = 0

    def prove(self, entries: Sequence[Entry]) -> list[EventProof]:
        """Return the proof of each entry. Raises `Tampered` for an epoch that cannot be read."""
        return list(self._prove(entries))

    def _prove(self, entries: Sequence[Entry]) -> Iterator[EventProof]:
        previous = self._previous(entries)
        for entry in entries:
            hashed = leaf_hash(entry.leaf)
            faults: list[Fault] = []
            if sha256(entry.body).digest() != entry.leaf[-HASH_LENGTH:]:
                faults.append(Fault.BODY_DIFFERS)
            link = previous.get((entry.stream_id, entry.version - 1), NO_PREVIOUS)
            if entry.preamble.previous != link:
                faults.append(Fault.CHAIN_BROKEN)
            epoch = self._covering(entry.position)
            tile = sealed = None
            if epoch is not None and self._root is not None:
                tile = _tile_of(entry.position, epoch.size)
                sealed = SealedBy(epoch.epoch, epoch.time_us, self._root.size)
                faults += self._faults_of(entry, hashed, epoch)
            yield EventProof(
                position=entry.position,
                leaf_hash=hashed,
                tile=tile,
                sealed=sealed,
                faults=tuple(faults),
            )

    def _previous(self, entries: Sequence[Entry]) -> dict[tuple[UUID, int], bytes]:
        later = [entry for entry in entries if entry.version > 1]
        if not later:
            return {}
        streams = [entry.stream_id for entry in later]
        versions = [entry.version - 1 for entry in later]
        rows = self._connection.execute(
            _PREVIOUS, (streams, versions, self._practice_id), binary=True
        )
        return {(stream_id, version): leaf_hash(leaf) for stream_id, version, leaf in rows}

    def _covering(self, position: int) -> _Epoch | None:
        """Return the first signed epoch that holds the position, None while there is none."""
        last, asked = self._epoch, self._asked
        self._asked = position
        if self._root is None:
            return None
        if last is not None and asked <= position < last.size:
            return last
        first = last.epoch if last is not None and asked <= position else 0
        row = self._connection.execute(
            _COVERING, (self._practice_id, first, self._root.size, position), binary=True
        ).fetchone()
        self._epoch = None if row is None else self._read_epoch(self._root, row)
        return self._epoch

    def _read_epoch(self, root: Checkpoint, row: TupleRow) -> _Epoch:
        epoch, size, practice_root, raw = row
        try:
            record = decode_epoch_record(raw)
        except Malformed:
            raise Tampered("an epoch has no record that can be read; run fsck") from None
        faults: list[Fault] = []
        if not self._is_signed:
            faults.append(Fault.SIGNATURE_INVALID)
        held, hashed = self._root_tiles, leaf_hash(raw)
        is_there = held.leaf(epoch, root.size) == hashed
        is_there = is_there and held.hold(epoch, hashed, root.size, root.root)
        if record.epoch != epoch or not is_there:
            faults.append(Fault.EPOCH_NOT_IN_ROOT_LOG)
        return _Epoch(epoch, size, practice_root, record.time_us, tuple(faults))

    def _faults_of(self, entry: Entry, hashed: bytes, epoch: _Epoch) -> Iterator[Fault]:
        if self._practice_tiles.leaf(entry.position, epoch.size) != hashed:
            yield Fault.TILE_DIFFERS
        if not self._practice_tiles.hold(entry.position, hashed, epoch.size, epoch.root):
            yield Fault.ROOT_DIFFERS
        yield from epoch.faults
        if entry.recorded_at_us > epoch.time_us:
            yield Fault.POSTDATED


class _Tiles:
    """The tiles of one log; the last few that were read are kept."""

    def __init__(self, connection: Connection[TupleRow], log_id: UUID) -> None:
        self._kept: dict[tuple[int, int], bytes] = {}
        self._read: ReadTiles = _nothing
        with suppress(Tampered):  # an edge that is none proves nothing, and that is what is told
            self._read = TileReader(connection, log_id, read_tree(connection, log_id))

    def __call__(self, wanted: list[Tile]) -> list[bytes]:
        """Return the hashes of the tiles asked for, in that order."""
        missing = [tile for tile in wanted if (tile.level, tile.index) not in self._kept]
        if len(self._kept) + len(missing) > TILES_KEPT_MAX:
            self._kept.clear()
            missing = wanted
        for tile, hashes in zip(missing, self._read(missing), strict=True):
            self._kept[tile.level, tile.index] = hashes
        return [self._kept[tile.level, tile.index] for tile in wanted]

    def leaf(self, index: int, size: int) -> bytes:
        """Return the leaf hash that its tile has, nothing where that is too short."""
        start = index % WIDTH * HASH_LENGTH
        return self([_tile_of(index, size)])[0][start : start + HASH_LENGTH]

    def hold(self, index: int, hashed: bytes, size: int, root: bytes) -> bool:
        """Tell whether the tiles lead from a leaf to the root of the tree of this size."""
        try:
            proof = tiles.inclusion_proof(index, size, self)
            verify_inclusion(proof, index, size, hashed, root)
        except (ProofInvalid, Tampered):
            return False
        return True


def _tile_of(index: int, size: int) -> Tile:
    return tiles.widest(Tile(0, index // WIDTH, 1), size)


def _nothing(wanted: list[Tile]) -> list[bytes]:
    return [b""] * len(wanted)


def _is_signed(note: Note, root: Checkpoint, key: VerifierKey | None) -> bool:
    try:
        return key is not None and bool(notes.verify(note, [key])) and root.origin == key.name
    except ProofInvalid:
        return False
