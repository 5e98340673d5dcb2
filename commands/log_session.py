"""Logs a session: a stream of its own, with a key of its own."""

from uuid import UUID

from aggregates.session import LogSession
from aggregates.session_entry import SessionEntry
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.practice import practice_of_member
from commands.session import SESSION_RULES, new_stream


def log_session(context: Context, actor: Actor, entry: SessionEntry, command_id: UUID) -> Handled:
    """Log a session of the actor's. Raises `Refused`, for one when no BAA is signed.

    The session's stream follows from the command's id: a form sent twice is one session.
    """
    practice = practice_of_member(context, actor)
    command = LogSession(entry=entry, therapist_id=actor.person_id, baa_signed=practice.baa_signed)
    return handle(
        context, SESSION_RULES, Order(actor, new_stream(actor, command_id), command_id, command)
    )
