"""Checks the stored signatures of the practice logs' checkpoints: each slot of an epoch has one."""

from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.checkpoint import Checkpoint
from ledger.epoch import practice_origin
from ledger.fsck.difference import Difference, Name
from ledger.note import VerifierKey
from ledger.seal_log.sealed_log import signed_note

_SIGNATURES: Final = """
SELECT slot, epoch, s.size, s.root, g.signature
FROM ledger.slots s FULL JOIN ledger.slot_signatures g USING (slot, epoch) ORDER BY epoch, slot
"""
_ROWS_PER_FETCH: Final = 2_000


def check_signatures(
    connection: Connection[TupleRow], ledger_name: str, key: VerifierKey | None, published: int
) -> None:
    """Check the signatures of all slots, which are known to be what their logs make.

    Each that one of the first `published` epochs recorded has one, and no other. Raises
    `Difference`.
    """
    with connection.cursor(name="signatures", binary=True) as cursor:
        cursor.itersize = _ROWS_PER_FETCH
        cursor.execute(_SIGNATURES)
        for slot, epoch, size, root, signature in cursor:
            place = f"epoch {epoch} slot {slot}"
            if signature is None and epoch < published:
                sentence = "start the service once, which signs it anew, and run this again"
                raise Difference(Name.SIGNATURE_MISSING, f"{place}; {sentence}")
            if signature is None:
                continue
            if size is None or key is None or epoch >= published:
                raise Difference(Name.SIGNATURE_DIFFERS, place)
            checkpoint = Checkpoint(practice_origin(ledger_name, slot), size, root)
            if signed_note(checkpoint, signature, key) is None:
                raise Difference(Name.SIGNATURE_DIFFERS, place)
