"""Shreds a record: order, destroy, tell, in that order, each step safe to run twice (I6)."""

from uuid import UUID

from aggregates.shredding import OrderShredding, ShredReason, TellShredding
from commands.context import Context
from commands.shredding import order_shredding, read_shredding, tell_shredding
from ledger import reader
from ledger.errors import KeyMissing
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.known import Destroyed


def shred(
    context: Context,
    destroyer: KeyDestroyer,
    practice_id: UUID,
    stream_id: UUID,
    reason: ShredReason,
) -> Destroyed:
    """Destroy a stream's key and put the evidence on record; a second time changes nothing.

    Raises `KeyMissing` when the stream never had a key, and what the ledger raises: whatever was
    left undone, `sweep` finishes.
    """
    key_id = _key_of(context, practice_id, stream_id)
    order = OrderShredding(stream_id=stream_id, key_id=key_id, reason=reason)
    order_shredding(context, practice_id, order)
    return _destroy(context, destroyer, practice_id, stream_id)


def sweep(context: Context, destroyer: KeyDestroyer, practice_id: UUID) -> int:
    """Finish what was ordered and not told destroyed; returns how many keys that were."""
    state = read_shredding(context, practice_id)
    for key_id in state.unfinished:
        _destroy(context, destroyer, practice_id, state.streams[key_id])
    return len(state.unfinished)


def _destroy(
    context: Context, destroyer: KeyDestroyer, practice_id: UUID, stream_id: UUID
) -> Destroyed:
    evidence = destroyer.destroy(practice_id, stream_id)
    told = TellShredding(
        stream_id=stream_id,
        key_id=evidence.key_id,
        wrapped_sha256=evidence.wrapped_sha256,
        key_epoch=evidence.key_epoch,
        destroyed_at_us=evidence.destroyed_at_us,
    )
    tell_shredding(context, practice_id, told)
    return evidence


def _key_of(context: Context, practice_id: UUID, stream_id: UUID) -> UUID:
    with context.ledger.read(practice_id) as connection:
        entries = reader.stream(connection, practice_id, stream_id)
    key_ids = [entry.key_id for entry in entries if entry.key_id is not None]
    if not key_ids:
        raise KeyMissing("nothing in this stream was ever sealed")
    return key_ids[-1]
