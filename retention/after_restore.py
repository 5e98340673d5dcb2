"""Applies destructions again where a restored database has brought keys back (I6)."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from uuid import UUID

from aggregates.shredding import KeyShredded
from commands.context import Context
from commands.handle import facts_of
from commands.shredding import SHREDDING_RULES
from ledger.errors import Unavailable
from ledger.ids import shredding_stream
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.known import Destroyed
from ledger.keys.tombstones import Tombstone
from ledger.opening import practices_of

OpenDestroyer = Callable[[], AbstractContextManager[KeyDestroyer]]


def destroy_again(
    context: Context, remembered: Iterable[Tombstone], open_destroyer: OpenDestroyer
) -> int:
    """Destroy what is destroyed on record and the vault still or again holds.

    On record is what the logs tell, and what this machine has `remembered` outside the database:
    one that is restored whole has forgotten the key's end and the event of it.

    Run it before anything is opened; returns how many keys that were, none but after a restore.
    The vault may also lack a key's row altogether: then a fence keeps it from coming back. Raises
    `Unavailable` when this process cannot destroy keys, `Tampered` when the vault has another key
    for the stream than the log.
    """
    returned = _returned(context, remembered)
    if not returned:
        return 0
    try:
        with open_destroyer() as destroyer:
            for stone in returned:
                destroyer.fence(*stone)
    except Unavailable:
        raise Unavailable(
            "the vault holds keys that are destroyed on record, and they cannot be destroyed from"
            " here: check RETENTION_DATABASE_URL and start again (docs/runbook.md)"
        ) from None
    context.ledger.keys.refresh()
    return len(returned)


def _returned(context: Context, remembered: Iterable[Tombstone]) -> list[Tombstone]:
    gone: dict[UUID, dict[UUID, Tombstone]] = {}
    for stone in remembered:
        gone.setdefault(stone.practice_id, {})[stone.evidence.key_id] = stone
    for practice_id in practices_of(context.ledger.database):
        gone.setdefault(practice_id, {}).update(_told(context, practice_id))
    returned: list[Tombstone] = []
    for practice_id, stones in gone.items():
        known = context.ledger.keys.get_many(practice_id, list(stones))
        returned += [s for k, s in stones.items() if not isinstance(known.get(k), Destroyed)]
    return returned


def _told(context: Context, practice_id: UUID) -> dict[UUID, Tombstone]:
    history = context.history(practice_id, shredding_stream(practice_id))
    return {
        fact.key_id: Tombstone(
            practice_id,
            fact.stream_id,
            Destroyed(fact.key_id, fact.key_epoch, fact.wrapped_sha256, fact.destroyed_at_us),
        )
        for fact in facts_of(SHREDDING_RULES, history)
        if isinstance(fact, KeyShredded)
    }
