"""Brings a practice's tree up to its head, from leaves read back and hashed anew.

The writer computed the head's root from what it held in memory; this computes it from what the
database gives back. A bit that flipped in between is found here, before anything is signed.
"""

from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.errors import Tampered
from ledger.merkle import leaf_hash
from ledger.seal_log.tree_store import Tree, extend, read_tree

LEAVES_PER_STEP_MAX = 65_536

_LEAVES = """
SELECT leaf FROM ledger.events WHERE practice_id = %b AND position >= %b AND position < %b
ORDER BY position
"""
_HEAD_SIZE = "SELECT size FROM ledger.heads WHERE practice_id = %b"


def integrate(
    connection: Connection[TupleRow], practice_id: UUID, size: int, root: bytes
) -> Tree | None:
    """Integrate a practice's leaves up to `size`, where the head had `root`.

    Returns the tree, or None when another integrator was faster. Raises `Tampered` when leaves are
    missing or do not make the head's root, or the tree is larger than the log: nothing may be
    signed then.
    """
    tree = read_tree(connection, practice_id)
    if tree.size > size:
        # The head was read before the tree: only now can it be said to be behind.
        row = connection.execute(_HEAD_SIZE, (practice_id,)).fetchone()
        if row is None or row[0] < tree.size:
            raise Tampered("a log's tree is larger than the log; run fsck")
        return None
    while tree.size < size:
        step = min(size, tree.size + LEAVES_PER_STEP_MAX)
        rows = connection.execute(_LEAVES, (practice_id, tree.size, step), binary=True)
        hashes = [leaf_hash(row[0]) for row in rows]
        if len(hashes) != step - tree.size:
            raise Tampered("events are missing from a log; run fsck")
        growth = tiles.grow(tree.size, tree.edge, hashes)
        if step == size and tiles.edge_root(growth.size, growth.edge) != root:
            raise Tampered("a log's leaves do not make its head's root; run fsck")
        grown = extend(connection, practice_id, tree.size, growth)
        if grown is None:
            return None
        tree = grown
    if tree.root != root:
        raise Tampered("a log's tiles do not make its head's root; run fsck")
    return tree
