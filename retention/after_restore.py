"""Applies the destructions on record again where a restored vault has brought keys back (I6)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from aggregates.shredding import KeyShredded
from commands.context import Context
from commands.handle import facts_of
from commands.shredding import SHREDDING_RULES, stream_of
from ledger import reader
from ledger.errors import Unavailable
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.known import Destroyed

OpenDestroyer = Callable[[], AbstractContextManager[KeyDestroyer]]


def destroy_again(context: Context, open_destroyer: OpenDestroyer) -> int:
    """Destroy what the log says is destroyed and the vault still or again holds.

    Run it before anything is opened; returns how many keys that were, none but after a restore.
    The vault may also lack a key's row altogether: then a fence keeps it from coming back. Raises
    `Unavailable` when this process cannot destroy keys, `Tampered` when the vault has another key
    for the stream than the log.
    """
    returned = _returned(context)
    if not returned:
        return 0
    try:
        with open_destroyer() as destroyer:
            for practice_id, shredded in returned:
                evidence = Destroyed(
                    shredded.key_id,
                    shredded.key_epoch,
                    shredded.wrapped_sha256,
                    shredded.destroyed_at_us,
                )
                destroyer.fence(practice_id, shredded.stream_id, evidence)
    except Unavailable:
        raise Unavailable(
            "the vault holds keys that are destroyed on record, and they cannot be destroyed from"
            " here: check RETENTION_DATABASE_URL and start again (docs/runbook.md)"
        ) from None
    context.ledger.keys.refresh()
    return len(returned)


def _returned(context: Context) -> list[tuple[UUID, KeyShredded]]:
    with context.ledger.read() as connection:
        practices = reader.practices(connection)
    returned: list[tuple[UUID, KeyShredded]] = []
    for practice_id, _slot, _size in practices:
        history = context.history(practice_id, stream_of(practice_id))
        told = [f for f in facts_of(SHREDDING_RULES, history) if isinstance(f, KeyShredded)]
        known = context.ledger.keys.get_many(practice_id, [fact.key_id for fact in told])
        returned += [
            (practice_id, fact)
            for fact in told
            if not isinstance(known.get(fact.key_id), Destroyed)
        ]
    return returned
