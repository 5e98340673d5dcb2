"""Deletes a session from a therapist's hours, with a reason; its history stays."""

from uuid import UUID

from aggregates.deletion import Deletion
from aggregates.hours.week_row import AmendCause
from aggregates.session import DeleteSession
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.hours.amend import amending
from commands.practice import practice_of_member
from commands.session import SESSION_RULES, Shown


def delete_session(
    context: Context, actor: Actor, shown: Shown, deletion: Deletion, command_id: UUID
) -> Handled:
    """Delete a session of the actor's. Raises `Refused`, `Conflict` as a correction does."""
    practice = practice_of_member(context, actor)
    command = DeleteSession(
        reason=deletion.reason,
        remark=deletion.remark,
        therapist_id=actor.person_id,
        baa_signed=practice.baa_signed,
    )
    order = Order(actor, shown.stream_id, command_id, command, shown.version)
    also = amending(context, actor, shown.stream_id, AmendCause.ENTRY_DELETED)
    return handle(context, SESSION_RULES, order, also)
