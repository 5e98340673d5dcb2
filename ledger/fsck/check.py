"""Checks a whole ledger in one snapshot: trusts nothing, recomputes everything."""

from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from ledger.fsck.commands import Commands
from ledger.fsck.difference import Difference, Name
from ledger.fsck.epochs import EpochCheck, Signed
from ledger.fsck.gates import Gates, read_types
from ledger.fsck.practice_log import Beside, PracticeLog, Summary
from ledger.fsck.tree import TreeCheck
from ledger.fsck.vault import check_keys
from ledger.merkle import EMPTY_ROOT
from ledger.seal_log.tree_store import ROOT_LOG

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_HEADS = """
SELECT practice_id, slot, size, root, frontier, recorded_at_us FROM ledger.heads ORDER BY slot
"""
_NAME = "SELECT name FROM ledger.identity"
_COUNT = "SELECT coalesce(sum(size), 0)::bigint FROM ledger.heads"
_SIZES = (
    "SELECT s.size FROM ledger.slots s JOIN ledger.heads h USING (slot) WHERE h.practice_id = %b"
)
_STRAYS = """
SELECT kind FROM (
    SELECT 'events' AS kind FROM ledger.events e
    WHERE NOT EXISTS (SELECT FROM ledger.heads h WHERE h.practice_id = e.practice_id)
    UNION ALL SELECT 'commands' FROM ledger.commands c
    WHERE NOT EXISTS (SELECT FROM ledger.heads h WHERE h.practice_id = c.practice_id)
    UNION ALL SELECT 'gates' FROM ledger.gates g
    WHERE NOT EXISTS (SELECT FROM ledger.heads h WHERE h.practice_id = g.practice_id)
    UNION ALL SELECT 'trees' FROM (
        SELECT log_id FROM ledger.tiles UNION SELECT log_id FROM ledger.edges
        UNION SELECT log_id FROM ledger.integrated) t
    WHERE t.log_id <> %b
      AND NOT EXISTS (SELECT FROM ledger.heads h WHERE h.practice_id = t.log_id)) strays
LIMIT 1
"""

Progress = Callable[[int], object]


class Report(msgspec.Struct, frozen=True):
    """What was checked, all of it without a difference."""

    practices: int
    events: int
    streams: int
    tiles: int
    epochs: int
    checkpoints: int
    root: bytes
    unsealed: int


def count_events(connection: Connection[TupleRow]) -> int:
    """Return how many events a check will read, for a progress bar."""
    row = connection.execute(_COUNT).fetchone()
    assert row is not None
    return row[0]


class Stores(msgspec.Struct, frozen=True):
    """Where a check reads: the ledger's database, and the vault of the keys."""

    ledger: Connection[TupleRow]
    vault: Connection[TupleRow]


def check(stores: Stores, signed: Signed, progress: Progress) -> Report:
    """Check the ledger as it is at this moment; writers may go on meanwhile.

    Inside a transaction of the caller's it checks what that sees. `signed` comes from outside the
    database. Raises `Difference`, naming the first one found.
    """
    is_own = stores.ledger.info.transaction_status == TransactionStatus.IDLE
    with stores.ledger.transaction():
        if is_own:
            stores.ledger.execute(_SNAPSHOT)
        return check_here(stores, signed, progress)


def check_here(stores: Stores, signed: Signed, progress: Progress) -> Report:
    """Check what the caller's own transaction sees. Raises `Difference`."""
    return _Check(stores, signed, progress).run()


class _Check:
    def __init__(self, stores: Stores, signed: Signed, progress: Progress) -> None:
        self._connection = connection = stores.ledger
        self._vault = stores.vault
        self._signed = signed
        self._progress = progress
        self._types = read_types(connection)
        self._summaries: dict[UUID, Summary] = {}
        self._tiles = 0

    def run(self) -> Report:
        heads = self._connection.execute(_HEADS).fetchall()
        self._check_name(has_logs=bool(heads))
        for slot, head in enumerate(heads):
            if head[1] != slot:
                raise Difference(Name.SLOT_GAP, f"slot {slot}")
            self._practice(head)
        stray = self._connection.execute(_STRAYS, (ROOT_LOG,)).fetchone()
        if stray is not None:
            raise Difference(Name.LOG_UNKNOWN, f"{stray[0]} of a practice without a head")
        epochs, checkpoints = EpochCheck(self._connection, self._signed, self._root_at).run()
        return self._report(epochs, checkpoints)

    def _check_name(self, *, has_logs: bool) -> None:
        row = self._connection.execute(_NAME).fetchone()
        if has_logs and (row is None or row[0] != self._signed.ledger_name):
            raise Difference(Name.CHECKPOINT_DIFFERS, "the ledger's name")

    def _practice(self, head: TupleRow) -> None:
        practice_id, _slot, *expected = head
        with closing(Commands(self._connection, practice_id)) as commands:
            summary = self._read(practice_id, commands)
            commands.finish(summary.size)
        found = [summary.size, summary.root, summary.frontier, summary.recorded_at_us]
        if found != expected:
            raise Difference(Name.HEAD_DIFFERS, f"practice {practice_id}")
        check_keys(self._vault, practice_id, summary.keys)
        self._summaries[practice_id] = summary

    def _read(self, practice_id: UUID, commands: Commands) -> Summary:
        sizes = {row[0] for row in self._connection.execute(_SIZES, (practice_id,))}
        tree = TreeCheck(self._connection, practice_id, f"practice {practice_id}")
        beside = Beside(Gates(practice_id, self._types), commands, tree)
        log = PracticeLog(practice_id, beside, sizes)
        with closing(log.read(self._connection)) as reading:
            for events in reading:
                self._progress(events)
        beside.gates.compare(self._connection)
        self._tiles += tree.compare()
        return log.summary()

    def _root_at(self, practice_id: UUID, size: int) -> bytes | None:
        return self._summaries[practice_id].roots.get(size)

    def _report(self, epochs: int, checkpoints: int) -> Report:
        summaries = self._summaries.values()
        last = self._signed.last
        sealed = sum(max(s.roots, default=0) for s in summaries)
        return Report(
            practices=len(self._summaries),
            events=sum(s.size for s in summaries),
            streams=sum(s.streams for s in summaries),
            tiles=self._tiles,
            epochs=epochs,
            checkpoints=checkpoints,
            root=EMPTY_ROOT if last is None else last[0].root,
            unsealed=sum(s.size for s in summaries) - sealed,
        )
