"""Reads back what the epochs recorded of each slot, and confirms it against the root log.

The epochs under the signer's last checkpoint are taken as their last record has them, and that
record as the root log has it. From the first epoch on of which a slot is not signed (a crash left
it so, or it is from before slots were), each one is gone through: its slots must make its record.
Those that are under no signed root are compared with the practices' logs as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.checkpoint import Checkpoint
from ledger.epoch import EpochRecord, SlotLeaf, decode_epoch_record, practice_origin
from ledger.errors import Malformed, Tampered
from ledger.merkle import leaf_hash
from ledger.seal_log.slot_tree import SlotTree
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, Tree, read_tree

_FIRST_UNSIGNED: Final = """
SELECT min(s.epoch) FROM ledger.slots s WHERE NOT EXISTS (
    SELECT FROM ledger.slot_signatures g WHERE g.slot = s.slot AND g.epoch = s.epoch)
"""
_BEFORE: Final = """
SELECT DISTINCT ON (slot) slot, size, root, salt FROM ledger.slots WHERE epoch < %b
ORDER BY slot, epoch DESC
"""
_SINCE: Final = """
SELECT s.epoch, s.slot, s.size, s.root, s.salt, g.slot IS NULL
FROM ledger.slots s LEFT JOIN ledger.slot_signatures g USING (slot, epoch)
WHERE s.epoch >= %b ORDER BY s.epoch, s.slot
"""
_RECORDS: Final = "SELECT epoch, record FROM ledger.epochs WHERE epoch >= %b ORDER BY epoch"
_PRACTICES: Final = "SELECT slot, practice_id FROM ledger.heads"


class Recorded(msgspec.Struct, frozen=True):
    """What an epoch recorded of one slot."""

    size: int
    root: bytes


class Unsigned(NamedTuple):
    """A slot of an epoch, whose practice log's checkpoint is not signed there yet."""

    epoch: int
    slot: int
    checkpoint: Checkpoint


@dataclass(slots=True)
class Slots:
    """All slots as the last epoch recorded them, and what is left to do for its sake.

    `pending` holds the records that the root log's tree does not have yet.
    """

    recorded: dict[int, Recorded] = field(default_factory=dict[int, Recorded])
    tree: SlotTree = field(default_factory=SlotTree)
    epoch: int = -1
    time_us: int = 0
    unsigned: list[Unsigned] = field(default_factory=list[Unsigned])
    pending: Sequence[bytes] = ()


def unsigned_of(epoch: int, leaf: SlotLeaf) -> Unsigned:
    """Return what is to be signed for a slot of an epoch."""
    return Unsigned(epoch, leaf.slot, Checkpoint(leaf.origin, leaf.size, leaf.root))


def read_slots(
    connection: Connection[TupleRow], ledger_name: str, root_log: Tree, signed_size: int
) -> Slots:
    """Read the slots as the last epoch left them.

    `root_log` extends the signer's last checkpoint, which is of `signed_size`. Raises `Tampered`
    when slots, records, the root log and the practices' logs do not fit each other.
    """
    reading = _Reading(ledger_name, signed_size)
    # In one snapshot: an epoch that a killed process had sent may still come in between.
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        unsigned = connection.execute(_FIRST_UNSIGNED).fetchone()
        first = signed_size if not unsigned or unsigned[0] is None else unsigned[0]
        since = max(min(first, signed_size), 0)
        base = max(since - 1, 0)
        reading.begin(since, connection.execute(_BEFORE, (since,)).fetchall())
        records = connection.execute(_RECORDS, (base,)).fetchall()
        changed = connection.execute(_SINCE, (since,)).fetchall()
    reading.go_through(since, records, changed)
    raw = [record for _, record in records]
    _confirm_records(connection, root_log, base, raw)
    _confirm_logs(connection, reading.seen)
    reading.slots.pending = raw[root_log.size - base :]
    return reading.slots


class _Reading:
    """Goes through the epochs, and keeps what it has `seen` of slots that no signed root covers."""

    def __init__(self, ledger_name: str, signed_size: int) -> None:
        self._ledger_name = ledger_name
        self._signed_size = signed_size
        self.slots = Slots()
        self.seen: dict[int, set[Recorded]] = {}

    def begin(self, since: int, rows: Sequence[TupleRow]) -> None:
        """Take the slots as the epochs before `since` left them."""
        leaves = [self._leaf(*row) for row in rows]
        if [leaf.slot for leaf in leaves] != list(range(len(leaves))):
            raise Tampered("a slot that an epoch recorded is gone; run fsck")
        self.slots.tree.fill([leaf_hash(leaf.encode()) for leaf in leaves])
        self.slots.recorded = {leaf.slot: Recorded(leaf.size, leaf.root) for leaf in leaves}
        self.slots.epoch = since - 1

    def go_through(
        self, since: int, records: Sequence[TupleRow], changed: Sequence[TupleRow]
    ) -> None:
        """Apply the epochs from `since` on; the first record is of the one before, if any is."""
        by_epoch = {epoch: list(rows) for epoch, rows in groupby(changed, lambda row: row[0])}
        base, numbers = max(since - 1, 0), [epoch for epoch, _ in records]
        if numbers != list(range(base, base + max(len(numbers), min(since, 1)))):
            raise Tampered("an epoch has no record; run fsck")
        if by_epoch.keys() - set(numbers):
            raise Tampered("there are slots, but no epoch that recorded them; run fsck")
        for epoch, raw in records:
            for row in by_epoch.get(epoch, []):
                self._apply(epoch, self._leaf(*row[1:5]), is_unsigned=row[5])
            self._compare(epoch, raw)

    def _leaf(self, slot: int, size: int, root: bytes, salt: bytes) -> SlotLeaf:
        try:
            return SlotLeaf(slot, practice_origin(self._ledger_name, slot), size, root, salt)
        except Malformed:
            raise Tampered("a slot is not one that an epoch recorded; run fsck") from None

    def _apply(self, epoch: int, leaf: SlotLeaf, *, is_unsigned: bool) -> None:
        before = self.slots.recorded.get(leaf.slot)
        if leaf.slot > self.slots.tree.size or (before is not None and leaf.size <= before.size):
            raise Tampered("a slot did not grow in an epoch that says so; run fsck")
        self.slots.tree.put(leaf.slot, leaf_hash(leaf.encode()))
        now = self.slots.recorded[leaf.slot] = Recorded(leaf.size, leaf.root)
        if epoch >= self._signed_size:
            self.seen.setdefault(leaf.slot, set()).update({before or now, now})
        if is_unsigned:
            self.slots.unsigned.append(unsigned_of(epoch, leaf))

    def _compare(self, epoch: int, raw: bytes) -> None:
        record = _decoded(raw)
        stated = (record.epoch, record.slots, record.slots_root)
        if stated != (epoch, self.slots.tree.size, self.slots.tree.root()):
            raise Tampered("the slots do not make an epoch's root; run fsck")
        self.slots.epoch, self.slots.time_us = epoch, record.time_us


def _decoded(raw: bytes) -> EpochRecord:
    try:
        return decode_epoch_record(raw)
    except Malformed:
        raise Tampered("an epoch has no record that can be read; run fsck") from None


def _confirm_records(
    connection: Connection[TupleRow], root_log: Tree, start: int, records: Sequence[bytes]
) -> None:
    """Confirm that these records, from `start` on, are the last leaves of the root log's tree."""
    reader = TileReader(connection, ROOT_LOG, root_log)
    hashes = [leaf_hash(raw) for raw in records[: root_log.size - start]]
    growth = tiles.grow(start, tiles.edge_at(start, reader), hashes)
    if growth.size != root_log.size or growth.edge != root_log.edge:
        raise Tampered("the epochs' records do not make the root log; run fsck")


def _confirm_logs(connection: Connection[TupleRow], seen: Mapping[int, set[Recorded]]) -> None:
    """Confirm that each practice's log has these roots at these sizes, so that it only grew."""
    practices = dict(connection.execute(_PRACTICES).fetchall()) if seen else {}
    for slot, states in seen.items():
        if slot not in practices:
            raise Tampered("a log that an epoch holds has no head; run fsck")
        tree = read_tree(connection, practices[slot])
        reader = TileReader(connection, practices[slot], tree)
        for each in states:
            if each.size > tree.size or tiles.root(each.size, reader) != each.root:
                raise Tampered("a log does not extend what its slot held; run fsck")
