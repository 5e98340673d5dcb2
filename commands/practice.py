"""A practice: how commands address it, and what they ask of it first."""

from typing import get_args
from uuid import UUID

import msgspec

from aggregates.practice import PRACTICE, Opened, PracticeFact, PracticeState, Role
from aggregates.refusal import RefusalCode, Refused
from commands.context import Actor, Context
from commands.handle import Rules, facts_of

PRACTICE_RULES = Rules(PRACTICE, get_args(PracticeFact), RefusalCode.PRACTICE_UNKNOWN)


class Standing(msgspec.Struct, frozen=True):
    """A member's role, and whether the practice has signed its agreement."""

    role: Role
    baa_signed: bool


def stream_of(practice_id: UUID) -> UUID:
    """Return the stream of the practice itself: it bears the practice's id."""
    return practice_id


def read_practice(context: Context, practice_id: UUID) -> PracticeState:
    """Replay the practice's stream."""
    history = context.history(practice_id, stream_of(practice_id))
    return PRACTICE.replay(facts_of(PRACTICE_RULES, history))


def practice_of_member(context: Context, actor: Actor) -> Opened:
    """Return the practice the actor is a member of. Raises `Refused` for anybody else."""
    state = read_practice(context, actor.practice_id)
    if not isinstance(state, Opened) or _role(context, actor, state) is None:
        raise Refused(RefusalCode.PRACTICE_UNKNOWN)
    return state


def standing_of(context: Context, actor: Actor) -> Standing | None:
    """Return how the actor stands in their practice now, None for who is no member of it."""
    state = read_practice(context, actor.practice_id)
    role = _role(context, actor, state) if isinstance(state, Opened) else None
    if role is None or not isinstance(state, Opened):
        return None
    return Standing(role, state.baa_signed)


def _role(context: Context, actor: Actor, practice: Opened) -> Role | None:
    return practice.role_at(actor.person_id, context.clock.now_us())
