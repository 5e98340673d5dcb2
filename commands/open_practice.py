"""Opens a practice: its log begins, and its owner is the first member."""

from uuid import UUID

from aggregates.practice import OpenPractice
from aggregates.private import Private
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.practice import PRACTICE_RULES, stream_of


def open_practice(
    context: Context, actor: Actor, practice_name: Private, owner_name: Private, command_id: UUID
) -> Handled:
    """Open the actor's practice. Raises `Refused` for a name, or when it is open already."""
    command = OpenPractice(
        practice_name=practice_name, owner_id=actor.person_id, owner_name=owner_name
    )
    order = Order(actor, stream_of(actor.practice_id), command_id, command)
    return handle(context, PRACTICE_RULES, order)
