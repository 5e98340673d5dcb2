"""Proves how far one log had come in its epochs, by rebuilding each epoch's slot tree."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.epoch import EpochRecord, SlotLeaf, decode_epoch_record, practice_origin
from ledger.errors import Tampered
from ledger.merkle import leaf_hash
from ledger.seal_log.slot_tree import SlotTree

HEADER = "therapist-os/slot-proof@v1"
_ROWS_PER_FETCH = 2_000

_GROWN = """
SELECT epoch FROM ledger.slots WHERE slot = %b AND epoch < %b ORDER BY epoch
"""
_RECORD = "SELECT record FROM ledger.epochs WHERE epoch = %b"
_SLOTS = """
SELECT epoch, slot, size, root, salt FROM ledger.slots WHERE epoch <= %b ORDER BY epoch, slot
"""


@dataclass(frozen=True, slots=True)
class NoSlot:
    """An epoch's record with too few slots to hold a log: its slot was given later."""

    record: EpochRecord

    def encode(self) -> bytes:
        """Return its lines and an empty one (docs/format.md)."""
        return f"{HEADER}\nrecord {b64encode(self.record.encode()).decode()}\n\n".encode()


@dataclass(frozen=True, slots=True)
class SlotProof:
    """An epoch's record, a slot leaf, and the proof that it is in that epoch's slot tree."""

    record: EpochRecord
    leaf: SlotLeaf
    hashes: tuple[bytes, ...]

    def encode(self) -> bytes:
        """Return its lines and an empty one (docs/format.md)."""
        lines = [
            HEADER,
            f"record {b64encode(self.record.encode()).decode()}",
            f"slot {b64encode(self.leaf.encode()).decode()}",
            *(b64encode(each).decode() for each in self.hashes),
        ]
        return "".join(f"{line}\n" for line in [*lines, ""]).encode()


def choose_epochs(connection: Connection[TupleRow], slot: int, epochs: int) -> list[int]:
    """Return which of the first `epochs` epochs to prove: where the log grew, and the last one.

    Before each in which it grew comes the one in which it had not yet: that bounds when each event
    was recorded from both sides, and shows that no epoch of the log is left out.
    """
    grown = [epoch for (epoch,) in connection.execute(_GROWN, (slot, epochs))]
    return sorted({*grown, *(epoch - 1 for epoch in grown if epoch), epochs - 1})


def slot_proofs(
    connection: Connection[TupleRow], ledger_name: str, slot: int, epochs: Sequence[int]
) -> Iterator[SlotProof | NoSlot]:
    """Prove a slot in each of these ascending epochs.

    Reads the slots of all logs up to the last, once. Raises `Tampered` where the slots do not make
    an epoch's root.
    """
    tree = SlotTree()
    leaf: SlotLeaf | None = None
    wanted = iter(epochs)
    epoch = next(wanted)
    with connection.cursor(name="slots", binary=True) as cursor:
        cursor.itersize = _ROWS_PER_FETCH
        cursor.execute(_SLOTS, (epochs[-1],))
        for changed_in, each, size, root, salt in cursor:
            while epoch < changed_in:
                yield _prove(connection, tree, epoch, leaf)
                epoch = next(wanted)
            changed = SlotLeaf(each, practice_origin(ledger_name, each), size, root, salt)
            tree.put(each, leaf_hash(changed.encode()))
            leaf = changed if each == slot else leaf
    while True:
        yield _prove(connection, tree, epoch, leaf)
        found = next(wanted, None)
        if found is None:
            return
        epoch = found


def _prove(
    connection: Connection[TupleRow], tree: SlotTree, epoch: int, leaf: SlotLeaf | None
) -> SlotProof | NoSlot:
    row = connection.execute(_RECORD, (epoch,), binary=True).fetchone()
    if row is None:
        raise Tampered("an epoch that is signed has no record; run fsck")
    record = decode_epoch_record(row[0])
    if (record.epoch, record.slots, record.slots_root) != (epoch, tree.size, tree.root()):
        raise Tampered("the slots do not make an epoch's root; run fsck")
    if leaf is None:
        return NoSlot(record)
    return SlotProof(record, leaf, tuple(tree.inclusion_proof(leaf.slot)))
