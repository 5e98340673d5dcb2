"""Proves that an epoch stands in the root log, under the newest checkpoint, from a few tiles."""

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger import tiles
from ledger.errors import ProofInvalid, Tampered
from ledger.proof_file import ProofFile
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, read_tree

_NEWEST = "SELECT size, note FROM ledger.checkpoints ORDER BY size DESC LIMIT 1"


def prove_epoch(connection: Connection[TupleRow], epoch: int) -> ProofFile:
    """Return the proof file of an epoch's record, which is leaf `epoch` of the root log.

    Raises `ProofInvalid` for an epoch that the newest published checkpoint does not hold,
    `Tampered` when what is stored does not make the checkpoint's root.
    """
    row = connection.execute(_NEWEST).fetchone()
    if row is None:
        raise ProofInvalid("nothing is signed yet")
    note = notes.decode(row[1])
    checkpoint = checkpoints.decode(note.text)
    reader = TileReader(connection, ROOT_LOG, read_tree(connection, ROOT_LOG))
    if tiles.root(checkpoint.size, reader) != checkpoint.root:
        raise Tampered("the root log's tiles do not make the checkpoint's root; run fsck")
    return ProofFile(epoch, tuple(tiles.inclusion_proof(epoch, checkpoint.size, reader)), note)
