"""Emergency access: who may ask and answer is looked up in the practice, then the rules decide."""

from typing import get_args
from uuid import UUID

import msgspec

from aggregates.emergency import (
    ApproveEmergency,
    AskEmergency,
    BeginEmergency,
    DeclineEmergency,
    Emergency,
    EmergencyCommand,
    EmergencyFact,
    EmergencyReason,
    EndEmergency,
    NoteExpiry,
    TellPerson,
)
from aggregates.emergency_rules import EMERGENCY
from aggregates.practice import Role
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from commands.context import Actor, Context
from commands.handle import Handled, Order, Rules, facts_of, handle
from commands.practice import practice_of_member
from ledger.errors import KeyDestroyed
from ledger.ids import NIL, derived

EMERGENCY_RULES = Rules(EMERGENCY, get_args(EmergencyFact), RefusalCode.EMERGENCY_UNKNOWN)


class EmergencyWish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for, as the form says it."""

    whose: UUID
    reason: EmergencyReason
    remark: Private | None
    minutes: int


def emergency_stream(actor: Actor, command_id: UUID) -> UUID:
    """Return the stream of the request that a command makes: one command, one request."""
    return derived("emergency", actor.practice_id, actor.person_id, command_id)


def read_emergency(context: Context, practice_id: UUID, stream_id: UUID) -> Emergency:
    """Replay a request.

    Raises `Refused` for a stream of another kind, `KeyDestroyed` for one that was shredded.
    """
    history = context.history(practice_id, stream_id)
    return EMERGENCY.replay(facts_of(EMERGENCY_RULES, history))


def ask_emergency(context: Context, actor: Actor, wish: EmergencyWish, command_id: UUID) -> Handled:
    """Ask for access; a form sent twice is one request. Raises `Refused`."""
    practice, at_us = practice_of_member(context, actor), context.clock.now_us()
    command = AskEmergency(
        asked_by=actor.person_id,
        role=practice.role_at(actor.person_id, at_us),
        whose=wish.whose,
        whose_role=practice.role_at(wish.whose, at_us),
        reason=wish.reason,
        remark=wish.remark,
        minutes=wish.minutes,
        at_us=at_us,
    )
    return _record(context, actor, emergency_stream(actor, command_id), command, command_id)


def approve_emergency(context: Context, actor: Actor, stream_id: UUID) -> Handled:
    """Say yes to another's request. Opens nothing: the person is told first. Raises `Refused`."""
    role, at_us = _role_now(context, actor)
    command = ApproveEmergency(approved_by=actor.person_id, role=role, at_us=at_us)
    return _record(context, actor, stream_id, command, _step("approve", actor, stream_id))


def decline_emergency(context: Context, actor: Actor, stream_id: UUID) -> Handled:
    """Say no to another's request. Raises `Refused`."""
    role, at_us = _role_now(context, actor)
    command = DeclineEmergency(declined_by=actor.person_id, role=role, at_us=at_us)
    return _record(context, actor, stream_id, command, _step("decline", actor, stream_id))


def tell_person(context: Context, practice_id: UUID, stream_id: UUID) -> Handled:
    """Put the notice to the person concerned on record; nothing when it stands there.

    The service does, not who approved: so it is done again by whoever comes after a crash.
    """
    command = TellPerson(at_us=context.clock.now_us())
    service = Actor(practice_id, NIL)
    return _record(context, service, stream_id, command, _step("tell", service, stream_id))


def begin_emergency(context: Context, actor: Actor, stream_id: UUID) -> Handled:
    """Begin what was approved and told: the time runs. Raises `Refused`."""
    role, at_us = _role_now(context, actor)
    command = BeginEmergency(begun_by=actor.person_id, role=role, at_us=at_us)
    return _record(context, actor, stream_id, command, _step("begin", actor, stream_id))


def end_emergency(context: Context, actor: Actor, stream_id: UUID) -> Handled:
    """End it before its time. Raises `Refused`."""
    role, at_us = _role_now(context, actor)
    command = EndEmergency(ended_by=actor.person_id, role=role, at_us=at_us)
    return _record(context, actor, stream_id, command, _step("end", actor, stream_id))


def note_expiry(context: Context, practice_id: UUID, stream_id: UUID) -> Handled:
    """Put on record that the time of a request is over, if it is and nobody has."""
    service = Actor(practice_id, NIL)
    command = NoteExpiry(at_us=context.clock.now_us())
    return _record(context, service, stream_id, command, _step("expire", service, stream_id))


def concerned_by(context: Context, actor: Actor, stream_id: UUID) -> UUID | None:
    """Return whose records a request of the actor's practice is about."""
    state = read_emergency(context, actor.practice_id, stream_id)
    return None if state.asked is None else state.asked.whose


def opened_for(context: Context, actor: Actor, stream_id: UUID) -> UUID | None:
    """Return whose records the actor may read under a request now, None for nobody's.

    From the request's own events and the clock, whatever a read model says.
    """
    try:
        state = read_emergency(context, actor.practice_id, stream_id)
    except (Refused, KeyDestroyed):
        return None
    if state.asked is None or not state.lets_read(actor.person_id, context.clock.now_us()):
        return None
    return state.asked.whose


def _role_now(context: Context, actor: Actor) -> tuple[Role | None, int]:
    at_us = context.clock.now_us()
    return practice_of_member(context, actor).role_at(actor.person_id, at_us), at_us


def _step(name: str, actor: Actor, stream_id: UUID) -> UUID:
    """Return the id of a step that one person takes once in a request."""
    return derived(f"emergency {name}", stream_id, actor.person_id)


def _record(
    context: Context, actor: Actor, stream_id: UUID, command: EmergencyCommand, command_id: UUID
) -> Handled:
    return handle(context, EMERGENCY_RULES, Order(actor, stream_id, command_id, command))
