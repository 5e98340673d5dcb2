"""Takes a person into a practice, in one role."""

from uuid import UUID

from aggregates.practice import JoinMember
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.practice import PRACTICE_RULES, stream_of


def join_member(context: Context, actor: Actor, command: JoinMember, command_id: UUID) -> Handled:
    """Join a member, on behalf of the owner who acts. Raises `Refused`."""
    order = Order(actor, stream_of(actor.practice_id), command_id, command)
    return handle(context, PRACTICE_RULES, order)
