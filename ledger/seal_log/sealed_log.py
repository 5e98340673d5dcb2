"""Reads how far a practice's log is sealed: the checkpoint that the sealer signed, as a note."""

from typing import Final, NamedTuple

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.checkpoint import Checkpoint
from ledger.epoch import practice_origin
from ledger.errors import Malformed, Tampered, Unavailable
from ledger.note import Note, Signature, VerifierKey

_SEALED: Final = """
SELECT s.size, s.root, g.signature
FROM ledger.slots s LEFT JOIN ledger.slot_signatures g USING (slot, epoch)
WHERE s.slot = %b AND s.epoch < %b ORDER BY s.epoch DESC LIMIT 1
"""


class SealedLog(NamedTuple):
    """A practice log's signed checkpoint and the note that carries it."""

    note: Note
    checkpoint: Checkpoint


def sealed_log(
    connection: Connection[TupleRow], slot: int, root: Checkpoint, key: VerifierKey
) -> SealedLog | None:
    """Return the log in a slot as the root log's checkpoint covers it, None where it does not.

    `key` is the root log's. Nothing is signed here: raises `Tampered` when the stored signature is
    not of what is stored, `Unavailable` when there is none.
    """
    row = connection.execute(_SEALED, (slot, root.size), binary=True).fetchone()
    if row is None:
        return None
    size, root_hash, value = row
    if value is None:
        raise Unavailable(
            "the log is not signed at this size: start the service once, which checks and signs it"
        )
    try:
        checkpoint = Checkpoint(practice_origin(root.origin, slot), size, root_hash)
    except Malformed:
        raise Tampered("a slot is not one that an epoch recorded; run fsck") from None
    note = signed_note(checkpoint, value, key)
    if note is None:
        raise Tampered("a log's checkpoint is not what was signed; run fsck")
    return SealedLog(note, checkpoint)


def signed_note(checkpoint: Checkpoint, value: bytes, key: VerifierKey) -> Note | None:
    """Return the note of a practice log's checkpoint, None when the log's key has not signed it."""
    own = VerifierKey(checkpoint.origin, key.public_key)
    line = Signature(own.name, own.key_id, value)
    return Note(checkpoint.encode(), (line,)) if own.has_signed(checkpoint.encode(), line) else None
