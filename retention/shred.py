"""Shreds a record: order, destroy, tell, in that order, each step safe to run twice (I6).

While a legal hold is on, nothing is ordered, and nothing that was ordered is destroyed.
"""

from uuid import UUID

from aggregates.refusal import RefusalCode, Refused
from aggregates.shredding import OrderShredding, ShredReason, TellShredding
from commands.context import Context
from commands.holds import read_holds
from commands.shredding import order_shredding, read_shredding, tell_shredding
from ledger import reader
from ledger.errors import KeyMissing
from ledger.ids import NIL
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.known import Destroyed
from ledger.reader import Versions


def shred(
    context: Context,
    destroyer: KeyDestroyer,
    practice_id: UUID,
    stream_id: UUID,
    reason: ShredReason,
) -> Destroyed:
    """Destroy a stream's key and put the evidence on record; a second time changes nothing.

    Raises `Refused` while a hold is on, `KeyMissing` when the stream never had a key, and what the
    ledger raises: whatever was left undone, `sweep` finishes.
    """
    if is_held(context, practice_id, stream_id):
        raise Refused(RefusalCode.HOLD_ON)
    key_id = _key_of(context, practice_id, stream_id)
    order = OrderShredding(stream_id=stream_id, key_id=key_id, reason=reason)
    order_shredding(context, practice_id, order)
    # Looked at once more, as late as can be: a hold may have come behind the order.
    if is_held(context, practice_id, stream_id):
        raise Refused(RefusalCode.HOLD_ON)
    return _destroy(context, destroyer, practice_id, stream_id)


def is_held(context: Context, practice_id: UUID, stream_id: UUID) -> bool:
    """Tell whether a hold is on a record, or on all of the person's who began it."""
    holds = read_holds(context, practice_id)
    if not holds.on:
        return False
    with context.ledger.read(practice_id) as connection:
        first = reader.stream(connection, practice_id, stream_id, Versions(until=1))
    return holds.cover(stream_id, first[0].actor_id if first else NIL)


def sweep(context: Context, destroyer: KeyDestroyer, practice_id: UUID) -> int:
    """Finish what was ordered and not told destroyed; returns how many keys that were.

    What is on hold stays as it is, until a sweep after the hold.
    """
    state = read_shredding(context, practice_id)
    finished = 0
    for key_id in state.unfinished:
        stream_id = state.streams[key_id]
        if not is_held(context, practice_id, stream_id):
            _destroy(context, destroyer, practice_id, stream_id)
            finished += 1
    return finished


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
