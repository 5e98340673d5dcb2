"""Corrects a session: the entry is told anew as a whole, and its history stays."""

from uuid import UUID

from aggregates.hours.week_row import AmendCause
from aggregates.session import CorrectSession
from aggregates.session_entry import SessionEntry
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.hours.amend import amending
from commands.hours.setup import check_supervision
from commands.practice import practice_of_member
from commands.session import SESSION_RULES, Shown


def correct_session(
    context: Context, actor: Actor, shown: Shown, entry: SessionEntry, command_id: UUID
) -> Handled:
    """Correct a session of the actor's.

    Raises `Refused` (not theirs, deleted, nothing changed), `Conflict` when it was changed since it
    was shown.
    """
    practice = practice_of_member(context, actor)
    check_supervision(context, actor, entry.supervision_id)
    command = CorrectSession(
        entry=entry, therapist_id=actor.person_id, baa_signed=practice.baa_signed
    )
    order = Order(actor, shown.stream_id, command_id, command, shown.version)
    also = amending(context, actor, shown.stream_id, AmendCause.ENTRY_CORRECTED)
    return handle(context, SESSION_RULES, order, also)
