"""Places and lifts legal holds, and tells whether one is on a record."""

from typing import get_args
from uuid import UUID

import msgspec

from aggregates.holds import HOLDS, HoldCommand, HoldFact, HoldReason, Holds, LiftHold, PlaceHold
from aggregates.private import Private
from aggregates.refusal import RefusalCode
from commands.context import Actor, Context
from commands.handle import Handled, Order, Rules, facts_of, handle
from commands.practice import practice_of_member
from ledger import reader
from ledger.ids import derived
from ledger.reader import Versions

HOLD_RULES = Rules(HOLDS, get_args(HoldFact), RefusalCode.HOLD_UNKNOWN)


class HoldWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be kept and why, as the form says it."""

    whose: UUID | None
    stream_id: UUID | None
    reason: HoldReason
    remark: Private | None


def holds_stream(practice_id: UUID) -> UUID:
    """Return the stream of a practice's holds."""
    return derived("holds", practice_id)


def read_holds(context: Context, practice_id: UUID) -> Holds:
    """Replay what is on hold. Raises `KeyDestroyed` when the stream itself was shredded."""
    history = context.history(practice_id, holds_stream(practice_id))
    return HOLDS.replay(facts_of(HOLD_RULES, history))


def place_hold(context: Context, actor: Actor, wish: HoldWish, hold_id: UUID) -> Handled:
    """Place a hold; it bears the id of the form it came in. Raises `Refused`."""
    practice, at_us = practice_of_member(context, actor), context.clock.now_us()
    is_known = wish.whose is None or practice.role_of(wish.whose) is not None
    is_there = wish.stream_id is None or _is_there(context, actor.practice_id, wish.stream_id)
    command = PlaceHold(
        hold_id=hold_id,
        placed_by=actor.person_id,
        role=practice.role_at(actor.person_id, at_us),
        # What is not here is none: the rules then ask for something that is.
        whose=wish.whose if is_known else None,
        stream_id=wish.stream_id if is_there else None,
        reason=wish.reason,
        remark=wish.remark,
    )
    return _record(context, actor, command, hold_id)


def lift_hold(context: Context, actor: Actor, hold_id: UUID) -> Handled:
    """Lift a hold. Raises `Refused`."""
    practice, at_us = practice_of_member(context, actor), context.clock.now_us()
    role = practice.role_at(actor.person_id, at_us)
    command = LiftHold(hold_id=hold_id, lifted_by=actor.person_id, role=role)
    return _record(context, actor, command, derived("lift", hold_id))


def _is_there(context: Context, practice_id: UUID, stream_id: UUID) -> bool:
    with context.ledger.read(practice_id) as connection:
        return bool(reader.stream(connection, practice_id, stream_id, Versions(until=1)))


def _record(context: Context, actor: Actor, command: HoldCommand, command_id: UUID) -> Handled:
    order = Order(actor, holds_stream(actor.practice_id), command_id, command)
    return handle(context, HOLD_RULES, order)
