"""Logs a session: a stream of its own, with a key of its own."""

from uuid import UUID

from aggregates.hours.week_row import AmendCause
from aggregates.session import LogSession
from aggregates.session_entry import SessionEntry
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.hours.amend import amending
from commands.hours.setup import check_supervision
from commands.practice import practice_of_member
from commands.session import SESSION_RULES, new_stream


def log_session(context: Context, actor: Actor, entry: SessionEntry, command_id: UUID) -> Handled:
    """Log a session of the actor's. Raises `Refused`, for one when no BAA is signed.

    The session's stream follows from the command's id: a form sent twice is one session.
    """
    practice = practice_of_member(context, actor)
    check_supervision(context, actor, entry.supervision_id)
    command = LogSession(entry=entry, therapist_id=actor.person_id, baa_signed=practice.baa_signed)
    stream_id = new_stream(actor, command_id)
    also = amending(context, actor, stream_id, AmendCause.ENTRY_LOGGED)
    return handle(context, SESSION_RULES, Order(actor, stream_id, command_id, command), also)
