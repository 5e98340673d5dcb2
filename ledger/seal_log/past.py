"""Confirms that a database extends what the signer signed last (I4), with no right to sign."""

from pathlib import Path
from typing import Final, NamedTuple

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import tiles
from ledger.checkpoint import Checkpoint
from ledger.errors import Tampered
from ledger.note import VerifierKey
from ledger.seal_log.signer import (
    KEY_FILE,
    SIGNER_FOLDER,
    ProveConsistency,
    confirm_extends,
    last_checkpoint,
)
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, Tree, read_tree

_IS_PUBLISHED: Final = "SELECT EXISTS (SELECT FROM ledger.checkpoints)"


class Past(NamedTuple):
    """What the signer's folder tells: its last checkpoint, and whether a signer is here at all."""

    is_here: bool
    last: Checkpoint | None


def read_past(data_dir: Path, key: VerifierKey) -> Past:
    """Read what was signed, before the database is read: that may only be further.

    Raises `Tampered` or `KeyFileUnsafe` for a last checkpoint that is not to be trusted.
    """
    last = last_checkpoint(data_dir, key)
    is_here = (data_dir / SIGNER_FOLDER / KEY_FILE).exists()
    return Past(is_here, None if last is None else last[0])


def confirm_extended(connection: Connection[TupleRow], past: Past) -> None:
    """Confirm that the database extends the past. Raises `Tampered` when it does not.

    Where there is no signer, there is nothing that it could contradict.
    """
    if past.last is not None:
        tree = read_tree(connection, ROOT_LOG)
        confirm_extends(past.last, tree.size, tree.root, prover(connection, tree))
    elif past.is_here:
        refuse_forgotten(connection)


def refuse_forgotten(connection: Connection[TupleRow]) -> None:
    """Raise `Tampered` when the signer has no memory although a checkpoint was published.

    It would sign any history, with its own key or a new one.
    """
    row = connection.execute(_IS_PUBLISHED).fetchone()
    if row is None or row[0]:
        raise Tampered("signer/last-checkpoint is gone: restore it (docs/runbook.md)")


def prover(connection: Connection[TupleRow], tree: Tree) -> ProveConsistency:
    """Return what proves that the root log, of which this is the tree, extends older sizes."""
    reader = TileReader(connection, ROOT_LOG, tree)
    return lambda old_size, new_size: tiles.consistency_proof(old_size, new_size, reader)
