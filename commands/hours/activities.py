"""Logs, corrects and deletes activities, as sessions are."""

from uuid import UUID

from aggregates.deletion import Deletion
from aggregates.hours.activity import CorrectActivity, DeleteActivity, LogActivity
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.week_row import AmendCause
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.hours.amend import amending
from commands.hours.setup import check_supervision
from commands.hours.streams import ACTIVITY_RULES, activity_stream
from commands.practice import practice_of_member
from commands.session import Shown


def log_activity(context: Context, actor: Actor, entry: ActivityEntry, command_id: UUID) -> Handled:
    """Log an activity of the actor's; a form sent twice is one activity. Raises `Refused`."""
    practice = practice_of_member(context, actor)
    check_supervision(context, actor, entry.supervision_id)
    command = LogActivity(entry=entry, therapist_id=actor.person_id, baa_signed=practice.baa_signed)
    stream_id = activity_stream(actor, command_id)
    also = amending(context, actor, stream_id, AmendCause.ENTRY_LOGGED)
    return handle(context, ACTIVITY_RULES, Order(actor, stream_id, command_id, command), also)


def correct_activity(
    context: Context, actor: Actor, shown: Shown, entry: ActivityEntry, command_id: UUID
) -> Handled:
    """Correct an activity of the actor's. Raises `Refused`, `Conflict` as for a session."""
    practice = practice_of_member(context, actor)
    check_supervision(context, actor, entry.supervision_id)
    command = CorrectActivity(
        entry=entry, therapist_id=actor.person_id, baa_signed=practice.baa_signed
    )
    also = amending(context, actor, shown.stream_id, AmendCause.ENTRY_CORRECTED)
    order = Order(actor, shown.stream_id, command_id, command, shown.version)
    return handle(context, ACTIVITY_RULES, order, also)


def delete_activity(
    context: Context, actor: Actor, shown: Shown, deletion: Deletion, command_id: UUID
) -> Handled:
    """Delete an activity of the actor's. Raises `Refused`, `Conflict` as for a session."""
    practice = practice_of_member(context, actor)
    command = DeleteActivity(
        reason=deletion.reason,
        remark=deletion.remark,
        therapist_id=actor.person_id,
        baa_signed=practice.baa_signed,
    )
    also = amending(context, actor, shown.stream_id, AmendCause.ENTRY_DELETED)
    order = Order(actor, shown.stream_id, command_id, command, shown.version)
    return handle(context, ACTIVITY_RULES, order, also)
