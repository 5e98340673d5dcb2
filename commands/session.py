"""A session: how commands address it."""

from typing import get_args
from uuid import UUID

import msgspec

from aggregates.refusal import RefusalCode
from aggregates.session import SESSION, SessionFact
from commands.context import Actor
from commands.handle import Rules
from ledger.ids import derived

SESSION_RULES = Rules(SESSION, get_args(SessionFact), RefusalCode.SESSION_UNKNOWN)


class Shown(msgspec.Struct, frozen=True):
    """The session a person looked at when they decided, and the version they saw."""

    stream_id: UUID
    version: int | None = None


def new_stream(actor: Actor, command_id: UUID) -> UUID:
    """Return the stream of the session that a command logs: one command, one session."""
    return derived("session", actor.practice_id, actor.person_id, command_id)
