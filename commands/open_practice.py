"""Opens a practice: its log begins, and its owner is the first member, or the first invited."""

from uuid import UUID

from aggregates.operator_log import NoteAct, OperatorAct
from aggregates.practice import FoundPractice, OpenPractice
from aggregates.private import Private
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.operator_log import note_act
from commands.practice import PRACTICE_RULES, stream_of
from ledger.ids import NIL


def open_practice(
    context: Context, actor: Actor, practice_name: Private, owner_name: Private, command_id: UUID
) -> Handled:
    """Open the actor's practice. Raises `Refused` for a name, or when it is open already."""
    command = OpenPractice(
        practice_name=practice_name, owner_id=actor.person_id, owner_name=owner_name
    )
    order = Order(actor, stream_of(actor.practice_id), command_id, command)
    return handle(context, PRACTICE_RULES, order)


def found_practice(
    context: Context, practice_id: UUID, practice_name: Private, owner_id: UUID
) -> Handled:
    """Open a practice for an owner who is invited; or invite anew while nobody has come.

    That an operator does is in the operator's log first, with the practice's id and no name.
    Raises `Refused` for the name, or when the practice has members.
    """
    note_act(context, NoteAct(act=OperatorAct.PRACTICE_OPENED, after=practice_id.bytes))
    command = FoundPractice(
        practice_name=practice_name,
        owner_id=owner_id,
        founded_by=NIL,
        at_us=context.clock.now_us(),
    )
    operator = Actor(practice_id, NIL)
    order = Order(operator, stream_of(practice_id), context.ids.new(), command)
    return handle(context, PRACTICE_RULES, order)
