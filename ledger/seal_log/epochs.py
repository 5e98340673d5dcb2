"""Makes epochs: integrates what was appended, records all slots, signs root and practice logs."""

import secrets
from collections.abc import Sequence
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.clock import Clock
from ledger.epoch import SALT_LENGTH, EpochRecord, SlotLeaf, practice_origin
from ledger.errors import Tampered, Unavailable
from ledger.merkle import leaf_hash
from ledger.seal_log.integrate import integrate
from ledger.seal_log.past import prover, refuse_forgotten
from ledger.seal_log.recorded import Recorded, Unsigned, read_slots, unsigned_of
from ledger.seal_log.signer import Signer
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, Tree, extend, read_tree
from ledger.timestamps import stored as timestamps

_HEADS = "SELECT practice_id, slot, size, root, recorded_at_us FROM ledger.heads ORDER BY slot"
_RECORDS = "SELECT record FROM ledger.epochs WHERE epoch >= %b ORDER BY epoch"
_ADD_EPOCH = "SELECT ledger.add_epoch(%b, %b, %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[])"
_PUBLISH = "SELECT ledger.publish_checkpoint(%b, %b, %b::bigint[], %b::bigint[], %b::bytea[])"


class Head(msgspec.Struct, frozen=True):
    """Where one practice's log ended when it was read."""

    practice_id: UUID
    slot: int
    size: int
    root: bytes
    recorded_at_us: int


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
        if signer.last is None:
            refuse_forgotten(connection)
        root_log = read_tree(connection, ROOT_LOG)
        signer.check(root_log.size, root_log.root, prover(connection, root_log))
        signed_size = 0 if signer.last is None else signer.last[0].size
        found = read_slots(connection, ledger_name, root_log, signed_size)
        self._slots, self._tree = found.recorded, found.tree
        self._epoch, self._time_us = found.epoch, found.time_us
        self._sign(self._integrate_root_log(root_log.size, found.pending), found.unsigned)

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
        tree = self._integrate_root_log(epoch, [record.encode()])
        self._sign(tree, [unsigned_of(epoch, leaf) for leaf in leaves])
        return epoch

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

    def _integrate_root_log(self, start: int, records: Sequence[bytes]) -> Tree:
        """Extend the root log's tree of size `start` by these records, which are read back."""
        tree = read_tree(self._connection, ROOT_LOG)
        found = [row[0] for row in self._connection.execute(_RECORDS, (start,))]
        if tree.size != start or len(found) > len(records):
            raise Unavailable("another process integrates this ledger")
        if found != list(records):
            raise Tampered("an epoch's record is not what was recorded; run fsck")
        if found:
            growth = tiles.grow(tree.size, tree.edge, [leaf_hash(raw) for raw in found])
            grown = extend(self._connection, ROOT_LOG, tree.size, growth)
            if grown is None:
                raise Unavailable("another process integrates this ledger")
            tree = grown
        return tree

    def _sign(self, tree: Tree, unsigned: Sequence[Unsigned]) -> None:
        """Sign the root log and what it covers, and publish all of it in one step.

        A crash before that leaves the signer ahead, and the next start signs the same again.
        """
        if tree.size == 0:
            return
        prove = prover(self._connection, tree)
        practices = [each.checkpoint for each in unsigned]
        signed = self._signer.sign(tree.size, tree.root, prove, practices)
        slots, epochs = [each.slot for each in unsigned], [each.epoch for each in unsigned]
        parameters = (tree.size, signed.note, slots, epochs, signed.practices)
        self._connection.execute(_PUBLISH, parameters)
