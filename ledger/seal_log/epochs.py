"""Makes epochs: integrates what was appended, records all slots, signs the root log."""

import secrets
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.clock import Clock
from ledger.epoch import SALT_LENGTH, EpochRecord, SlotLeaf, decode_epoch_record, practice_origin
from ledger.errors import Malformed, Tampered, Unavailable
from ledger.merkle import leaf_hash
from ledger.seal_log.integrate import integrate
from ledger.seal_log.signer import Signer
from ledger.seal_log.slot_tree import SlotTree
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, Tree, extend, read_tree
from ledger.timestamps import stored as timestamps

_HEADS = "SELECT practice_id, slot, size, root, recorded_at_us FROM ledger.heads ORDER BY slot"
_SLOTS = """
SELECT DISTINCT ON (slot) slot, size, root, salt FROM ledger.slots ORDER BY slot, epoch DESC
"""
_LAST_EPOCH = "SELECT epoch, record FROM ledger.epochs ORDER BY epoch DESC LIMIT 1"
_RECORDS = "SELECT record FROM ledger.epochs WHERE epoch >= %b ORDER BY epoch"
_ADD_EPOCH = "SELECT ledger.add_epoch(%b, %b, %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[])"
_IS_PUBLISHED = "SELECT EXISTS (SELECT FROM ledger.checkpoints)"
_PUBLISH = "SELECT ledger.publish_checkpoint(%b, %b)"


class Head(msgspec.Struct, frozen=True):
    """Where one practice's log ended when it was read."""

    practice_id: UUID
    slot: int
    size: int
    root: bytes
    recorded_at_us: int


class Recorded(msgspec.Struct, frozen=True):
    """What the last epoch recorded of one slot."""

    size: int
    root: bytes


class Epochs:
    """The epochs of one ledger. One process at a time makes them: the one that holds the signer."""

    def __init__(
        self, connection: Connection[TupleRow], signer: Signer, ledger_name: str, clock: Clock
    ) -> None:
        """Read the slots as the last epoch left them and finish what a crash left undone.

        Raises `Tampered` when the database does not extend the signer's last checkpoint, or the
        signer has none although one was published.
        """
        self._connection = connection
        self._signer = signer
        self._ledger_name = ledger_name
        self._clock = clock
        self._slots: dict[int, Recorded] = {}
        self._tree = SlotTree()
        self._refuse_new_signer()
        # In one snapshot: an epoch that a killed process had sent may still come in between.
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self._read_slots()
            self._epoch, self._time_us = self._last_epoch()
        self._sign(self._integrate_root_log())

    @property
    def sealed_through(self) -> int:
        """The number of epochs recorded."""
        return self._epoch + 1

    def has_news(self) -> bool:
        """Tell whether anything was appended since the last epoch. Raises `Tampered` as `make`."""
        return bool(self._changed())

    def make(self) -> int:
        """Make one epoch of all that is appended now and return its number.

        Raises `Tampered` when stored leaves do not make a head's root, a log does not extend what
        the last epoch recorded in its slot, or the root log does not extend the signer's last
        checkpoint; nothing is signed then.

        The epoch's time is read before the heads are, and raised to the last event's where that was
        recorded in between or by another clock: so no event is later than the epoch that holds it,
        and none that the epoch lacks is earlier than it by more than its commit took.
        """
        now_us = self._clock.now_us()
        changed = self._changed()
        for head in changed:
            self._integrate(head)
        leaves = [self._slot_leaf(head) for head in changed]
        for leaf in leaves:
            self._tree.put(leaf.slot, leaf_hash(leaf.encode()))
        if not self._tree.size:
            raise Unavailable("there is no log yet to make an epoch of")
        epoch = self._epoch + 1
        time_us = max(now_us, self._time_us, *(head.recorded_at_us for head in changed))
        timestamp = timestamps.newest_hash(self._connection)
        record = EpochRecord(epoch, time_us, self._tree.size, self._tree.root(), timestamp)
        self._add(record, leaves)
        self._epoch, self._time_us = epoch, time_us
        self._slots.update({leaf.slot: Recorded(leaf.size, leaf.root) for leaf in leaves})
        self._sign(self._integrate_root_log())
        return epoch

    def _refuse_new_signer(self) -> None:
        if self._signer.last is not None:
            return
        row = self._connection.execute(_IS_PUBLISHED).fetchone()
        if row is None or row[0]:
            # It would sign any history, with its own key or a new one.
            raise Tampered("signer/last-checkpoint is gone: restore it (docs/runbook.md)")

    def _changed(self) -> list[Head]:
        heads = [Head(*row) for row in self._connection.execute(_HEADS)]
        if [head.slot for head in heads] != list(range(len(heads))):
            raise Tampered("the logs do not have the slots that were given; run fsck")
        if len(heads) < len(self._slots):
            raise Tampered("a log that an epoch holds has no head; run fsck")
        return [head for head in heads if not self._is_recorded(head)]

    def _is_recorded(self, head: Head) -> bool:
        recorded = self._slots.get(head.slot)
        return recorded is not None and head.size == recorded.size

    def _read_slots(self) -> None:
        hashes: list[bytes] = []
        for slot, size, root, salt in self._connection.execute(_SLOTS):
            try:
                leaf = SlotLeaf(slot, practice_origin(self._ledger_name, slot), size, root, salt)
            except Malformed:
                raise Tampered("a slot is not one that an epoch recorded; run fsck") from None
            hashes.append(leaf_hash(leaf.encode()))
            self._slots[slot] = Recorded(size, root)
        self._tree.fill(hashes)

    def _last_epoch(self) -> tuple[int, int]:
        row = self._connection.execute(_LAST_EPOCH).fetchone()
        if row is None:
            if self._tree.size:
                raise Tampered("there are slots, but no epoch that recorded them; run fsck")
            return -1, 0
        try:
            record = decode_epoch_record(row[1])
        except Malformed:
            raise Tampered("the last epoch has no record that can be read; run fsck") from None
        stated = (record.epoch, record.slots, record.slots_root)
        if stated != (row[0], self._tree.size, self._tree.root()):
            raise Tampered("the slots do not make the last epoch's root; run fsck")
        return record.epoch, record.time_us

    def _integrate(self, head: Head) -> None:
        tree = integrate(self._connection, head.practice_id, head.size, head.root)
        if tree is None:
            raise Unavailable("another process integrates this ledger")
        recorded = self._slots.get(head.slot)
        if recorded is not None:
            reader = TileReader(self._connection, head.practice_id, tree)
            if tiles.root(recorded.size, reader) != recorded.root:
                raise Tampered("a log does not extend what its slot held; run fsck")

    def _slot_leaf(self, head: Head) -> SlotLeaf:
        origin = practice_origin(self._ledger_name, head.slot)
        salt = secrets.token_bytes(SALT_LENGTH)
        return SlotLeaf(head.slot, origin, head.size, head.root, salt)

    def _add(self, record: EpochRecord, leaves: list[SlotLeaf]) -> None:
        slots, sizes = [leaf.slot for leaf in leaves], [leaf.size for leaf in leaves]
        roots, salts = [leaf.root for leaf in leaves], [leaf.salt for leaf in leaves]
        parameters = (record.epoch, record.encode(), slots, sizes, roots, salts)
        self._connection.execute(_ADD_EPOCH, parameters)

    def _integrate_root_log(self) -> Tree:
        tree = read_tree(self._connection, ROOT_LOG)
        rows = self._connection.execute(_RECORDS, (tree.size,)).fetchall()
        if rows:
            growth = tiles.grow(tree.size, tree.edge, [leaf_hash(row[0]) for row in rows])
            grown = extend(self._connection, ROOT_LOG, tree.size, growth)
            if grown is None:
                raise Unavailable("another process integrates this ledger")
            tree = grown
        return tree

    def _sign(self, tree: Tree) -> None:
        def prove(old_size: int, new_size: int) -> list[bytes]:
            reader = TileReader(self._connection, ROOT_LOG, tree)
            return tiles.consistency_proof(old_size, new_size, reader)

        if tree.size == 0:
            self._signer.check(0, tree.root, prove)
            return
        note = self._signer.sign(tree.size, tree.root, prove)
        self._connection.execute(_PUBLISH, (tree.size, note))
