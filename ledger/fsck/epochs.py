"""Recomputes epochs, slots, the root log and its checkpoints from the practices' own roots."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.epoch import NO_TIMESTAMP, EpochRecord, SlotLeaf, decode_epoch_record, practice_origin
from ledger.errors import LedgerError, Malformed
from ledger.fsck.difference import Difference, Name
from ledger.fsck.signatures import check_signatures
from ledger.fsck.tree import TreeCheck
from ledger.merkle import SIZE_MAX, Frontier, leaf_hash
from ledger.note import VerifierKey
from ledger.seal_log.slot_tree import SlotTree
from ledger.seal_log.tree_store import ROOT_LOG
from ledger.timestamps import stored as timestamps

_EPOCHS = "SELECT epoch, record FROM ledger.epochs ORDER BY epoch"
_SLOTS = "SELECT epoch, slot, size, root, salt FROM ledger.slots ORDER BY epoch, slot"
_CHECKPOINTS = "SELECT size, note FROM ledger.checkpoints ORDER BY size"
_PRACTICE_OF_SLOT = "SELECT slot, practice_id FROM ledger.heads"

RootAt = Callable[[UUID, int], bytes | None]


class Signed(msgspec.Struct, frozen=True):
    """What is known outside the database: the signer's key, and its last checkpoint with note."""

    ledger_name: str
    key: VerifierKey | None
    last: tuple[Checkpoint, bytes] | None


class EpochCheck:
    """One pass over all epochs. `root_at` gives a practice's recomputed root at a size."""

    def __init__(self, connection: Connection[TupleRow], signed: Signed, root_at: RootAt) -> None:
        self._connection = connection
        self._signed = signed
        self._root_at = root_at
        self._practices: dict[int, UUID] = dict(connection.execute(_PRACTICE_OF_SLOT).fetchall())
        self._sizes: dict[int, int] = {}
        self._slots = SlotTree()
        self._frontier = Frontier()
        self._roots: dict[int, bytes] = {}
        self._tree = TreeCheck(connection, ROOT_LOG, "root log")
        stamps = timestamps.up_to(connection, SIZE_MAX)
        self._stamped = {NO_TIMESTAMP: 0} | {stamp.hash: stamp.size for stamp in stamps}
        self._stamp = 0

    def run(self) -> tuple[int, int]:
        """Check everything; returns how many epochs and checkpoints. Raises `Difference`."""
        slots = self._slots_by_epoch()
        time_us = 0
        for epoch, raw in self._connection.execute(_EPOCHS).fetchall():
            record = self._record(epoch, raw, time_us)
            self._apply(record, slots.pop(epoch, []))
            time_us = record.time_us
            hashed = leaf_hash(raw)
            self._frontier.append(hashed)
            self._roots[self._frontier.size] = self._frontier.root()
            self._tree.add([hashed])
        if slots:
            raise Difference(Name.SLOT_DIFFERS, f"epoch {min(slots)} is not in the root log")
        self._tree.compare()
        sizes = self._check_checkpoints()
        name, key = self._signed.ledger_name, self._signed.key
        check_signatures(self._connection, name, key, max(sizes, default=0))
        return self._frontier.size, len(sizes)

    def _slots_by_epoch(self) -> dict[int, list[TupleRow]]:
        found: dict[int, list[TupleRow]] = {}
        for epoch, *slot in self._connection.execute(_SLOTS).fetchall():
            found.setdefault(epoch, []).append(tuple(slot))
        return found

    def _record(self, epoch: int, raw: bytes, time_us: int) -> EpochRecord:
        place = f"epoch {self._frontier.size}"
        try:
            record = decode_epoch_record(raw)
        except Malformed:
            raise Difference(Name.EPOCH_DIFFERS, place) from None
        if (epoch, record.epoch) != (self._frontier.size, self._frontier.size):
            raise Difference(Name.EPOCH_DIFFERS, place)
        if record.time_us < time_us:
            raise Difference(Name.EPOCH_DIFFERS, f"{place} is before the epoch it follows")
        stamp = self._stamped.get(record.timestamp_hash)
        if stamp is None or not self._stamp <= stamp <= record.epoch:
            raise Difference(Name.TIMESTAMP_DIFFERS, place)
        self._stamp = stamp
        return record

    def _apply(self, record: EpochRecord, changed: list[TupleRow]) -> None:
        for slot, size, root, salt in changed:
            place = f"epoch {record.epoch} slot {slot}"
            practice_id = self._practices.get(slot)
            if practice_id is None or slot > self._slots.size or size <= self._sizes.get(slot, 0):
                raise Difference(Name.SLOT_DIFFERS, place)
            if self._root_at(practice_id, size) != root:
                raise Difference(Name.SLOT_DIFFERS, place)
            origin = practice_origin(self._signed.ledger_name, slot)
            self._slots.put(slot, leaf_hash(SlotLeaf(slot, origin, size, root, salt).encode()))
            self._sizes[slot] = size
        if (record.slots, record.slots_root) != (self._slots.size, self._slots.root()):
            raise Difference(Name.EPOCH_DIFFERS, f"epoch {record.epoch}")

    def _check_checkpoints(self) -> Collection[int]:
        stored: Mapping[int, bytes] = dict(self._connection.execute(_CHECKPOINTS).fetchall())
        for size, raw in stored.items():
            self._check_note(size, raw)
        if self._signed.last is not None:
            self._check_last(*self._signed.last, stored)
        # Every epoch is signed before the next is made, so only the last may lack its checkpoint.
        for size in range(1, self._frontier.size):
            if size not in stored:
                raise Difference(Name.CHECKPOINT_MISSING, f"size {size}")
        return stored.keys()

    def _check_note(self, size: int, raw: bytes) -> None:
        place = f"checkpoint of size {size}"
        if self._signed.key is None:
            raise Difference(Name.CHECKPOINT_DIFFERS, f"{place}: the signer's key is not here")
        try:
            note = notes.decode(raw)
            notes.verify(note, [self._signed.key])
            checkpoint = checkpoints.decode(note.text)
        except LedgerError:
            raise Difference(Name.CHECKPOINT_DIFFERS, place) from None
        expected = Checkpoint(self._signed.ledger_name, size, self._roots.get(size, b"\0" * 32))
        if checkpoint != expected:
            raise Difference(Name.CHECKPOINT_DIFFERS, place)

    def _check_last(self, last: Checkpoint, raw: bytes, stored: Mapping[int, bytes]) -> None:
        if self._roots.get(last.size) != last.root:
            raise Difference(Name.SIGNER_AHEAD, f"root log of size {self._frontier.size}")
        if stored.get(last.size) != raw:
            raise Difference(
                Name.CHECKPOINT_MISSING,
                f"size {last.size}; after a crash, start the service once and run this again",
            )
