"""A practice: how commands address it, and what they ask of it first."""

from typing import get_args
from uuid import UUID

from aggregates.practice import PRACTICE, Opened, PracticeFact, PracticeState, Role
from aggregates.refusal import RefusalCode, Refused
from commands.context import Actor, Context
from commands.handle import Rules, facts_of

PRACTICE_RULES = Rules(PRACTICE, get_args(PracticeFact), RefusalCode.PRACTICE_UNKNOWN)


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


def role_of(context: Context, actor: Actor) -> Role | None:
    """Return what the actor may do in their practice, None for who is no member of it."""
    state = read_practice(context, actor.practice_id)
    return _role(context, actor, state) if isinstance(state, Opened) else None


def _role(context: Context, actor: Actor, practice: Opened) -> Role | None:
    return practice.role_at(actor.person_id, context.clock.now_us())


def confirm_officer(context: Context, actor: Actor) -> None:
    """Let compliance officers of the practice pass. Raises `Refused` for everybody else."""
    practice = practice_of_member(context, actor)
    if practice.role_of(actor.person_id) is not Role.COMPLIANCE_OFFICER:
        raise Refused(RefusalCode.OFFICER_ONLY)
