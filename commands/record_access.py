"""Writes down a look at records, before anything of them is shown (I8)."""

import datetime as dt
from uuid import UUID

from aggregates.access import ACCESS, AccessCommand, Purpose, ReadAsOperator, RecordKind
from commands.context import Actor, Context
from commands.open_operator_log import OPERATOR_LOG_ID
from ledger import reader
from ledger.ids import NIL, derived


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


def record_operator_read(context: Context, practice_id: UUID, kind: RecordKind) -> None:
    """Write down that whoever runs the service is about to be told of a practice (I8).

    Nothing where there is nothing to tell: no such practice, or the operator's own log. Raises what
    the ledger raises; then nothing may be told.
    """
    with context.ledger.read(practice_id) as connection:
        size = reader.size(connection, practice_id)
    if size and practice_id != OPERATOR_LOG_ID:
        look = ReadAsOperator(kind=kind, purpose=Purpose.VERIFICATION)
        record_access(context, Actor(practice_id, NIL), look)
