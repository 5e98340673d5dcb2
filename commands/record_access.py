"""Writes down a look at records, before anything of them is shown (I8)."""

import datetime as dt
from uuid import UUID

from aggregates.access import ACCESS, AccessCommand
from commands.context import Actor, Context
from ledger.ids import derived


def access_stream(actor: Actor, day: dt.date) -> UUID:
    """Return the stream of a reader's day (UTC); it follows from both, so nobody looks it up."""
    number = UUID(int=day.toordinal())
    return derived("access", actor.practice_id, actor.person_id, number)


def record_access(context: Context, actor: Actor, command: AccessCommand) -> None:
    """Write it down, durable when this returns.

    Nothing is loaded: the writer puts it behind whatever the day holds. Raises what the ledger
    raises, `Quarantined`, `Busy` and `Unavailable` among it; then nothing may be shown.
    """
    now = dt.datetime.fromtimestamp(context.clock.now_us() / 1_000_000, dt.UTC)
    stream_id = access_stream(actor, now.date())
    for fact in ACCESS.decide(command, ACCESS.initial):
        context.record_next(actor, stream_id, context.ids.new(), fact)
