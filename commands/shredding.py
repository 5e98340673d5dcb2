"""Puts a key's destruction on record: ordered before it happens, told with evidence after."""

from typing import get_args
from uuid import UUID

from aggregates.refusal import RefusalCode
from aggregates.shredding import (
    SHREDDING,
    OrderShredding,
    ShreddingCommand,
    ShreddingFact,
    ShreddingState,
    TellShredding,
)
from commands.context import Actor, Context
from commands.handle import Handled, Order, Rules, facts_of, handle
from ledger.ids import NIL, derived, shredding_stream

SHREDDING_RULES = Rules(SHREDDING, get_args(ShreddingFact), RefusalCode.SHRED_NOT_ORDERED)


def read_shredding(context: Context, practice_id: UUID) -> ShreddingState:
    """Replay what was ordered and done in a practice."""
    history = context.history(practice_id, shredding_stream(practice_id))
    return SHREDDING.replay(facts_of(SHREDDING_RULES, history))


def order_shredding(context: Context, practice_id: UUID, command: OrderShredding) -> Handled:
    """Record the order; nothing when it is on record. Raises `Refused`."""
    return _record(context, practice_id, derived("order", command.key_id), command)


def tell_shredding(context: Context, practice_id: UUID, command: TellShredding) -> Handled:
    """Record the destruction; nothing when it is on record. Raises `Refused` without an order."""
    return _record(context, practice_id, derived("tell", command.key_id), command)


def _record(
    context: Context, practice_id: UUID, command_id: UUID, command: ShreddingCommand
) -> Handled:
    actor = Actor(practice_id, NIL)
    return handle(
        context, SHREDDING_RULES, Order(actor, shredding_stream(practice_id), command_id, command)
    )
