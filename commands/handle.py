"""The only path to the ledger: load, decide, append, and once more when somebody was faster."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Generic, TypeAlias, TypeVar, cast
from uuid import UUID

import msgspec

from aggregates.decider import Decider
from aggregates.refusal import FieldsRefused, Refused
from aggregates.refusal_code import Code
from commands.context import Actor, Context, Part
from ledger.errors import Conflict, KeyDestroyed
from ledger.mapper import Recorded
from ledger.reader import Shredded

ATTEMPTS_MAX = 5

C = TypeVar("C")
S = TypeVar("S")
F = TypeVar("F")
C_co = TypeVar("C_co", covariant=True)


class Handled(msgspec.Struct, frozen=True):
    """What a command came to: the stream's version, the log position of its last event.

    `is_repeated` tells that this command id had been handled before (I10).
    """

    practice_id: UUID
    stream_id: UUID
    version: int
    position: int
    is_repeated: bool = False


class Rules(msgspec.Struct, Generic[C, S, F], frozen=True):
    """A kind of stream: its decider, the facts it may hold, what to say when it is another kind."""

    decider: Decider[C, S, F]
    facts: tuple[type, ...]
    unknown: Code


class Order(msgspec.Struct, Generic[C_co], frozen=True):
    """A command addressed to one stream.

    With `seen_version` it is only for what its sender saw: a stream that has moved on since is a
    conflict, not decided anew.
    """

    actor: Actor
    stream_id: UUID
    command_id: UUID
    command: C_co
    seen_version: int | None = None


Also: TypeAlias = Callable[[S, S], Sequence[Part]]


def nothing_else(_before: object, _after: object) -> Sequence[Part]:
    """Return no parts: most commands concern one stream."""
    return ()


def handle(
    context: Context, rules: Rules[C, S, F], order: Order[C], also: Also[S] = nothing_else
) -> Handled:
    """Carry out a command, durable when this returns; the same command id happens once.

    `also` says what it means for other streams, from the states before and after: those parts are
    appended with it, all or none.

    Raises what the rules refuse with (`Refused`, `FieldsRefused`), `Conflict` when the stream kept
    moving or is not at `seen_version`, `KeyDestroyed` for a shredded stream, and what the ledger
    raises: `Busy`, `EventRefused`, `Unavailable`.
    """
    done = earlier(context, order.actor, order.stream_id, order.command_id)
    if done is not None:
        return done
    try:
        return _decide(context, rules, order, also)
    except (Refused, FieldsRefused, Conflict, KeyDestroyed):
        # Sent twice at once, it may be the first of the two that is in the second's way.
        done = earlier(context, order.actor, order.stream_id, order.command_id)
        if done is None:
            raise
        return done


def _decide(context: Context, rules: Rules[C, S, F], order: Order[C], also: Also[S]) -> Handled:
    for _ in range(ATTEMPTS_MAX - 1):
        try:
            return _attempt(context, rules, order, also)
        except Conflict:
            continue  # with `seen_version`, the next attempt tells whether it was this stream
    return _attempt(context, rules, order, also)


def _attempt(context: Context, rules: Rules[C, S, F], order: Order[C], also: Also[S]) -> Handled:
    actor = order.actor
    history = context.history(actor.practice_id, order.stream_id)
    version = history[-1].originator_version if history else 0
    if order.seen_version not in (None, version):
        raise Conflict("this was changed since it was shown; look at it again")
    state = rules.decider.replay(facts_of(rules, history))
    facts = rules.decider.decide(order.command, state)
    if not facts:
        # Sent twice at once, the first of the two may have done it, and more besides.
        done = earlier(context, actor, order.stream_id, order.command_id)
        if done is not None:
            return done
        position = history[-1].position if history else -1
        return Handled(actor.practice_id, order.stream_id, version, position, is_repeated=True)
    after = reduce(rules.decider.evolve, facts, state)
    parts = (Part(order.stream_id, version, facts), *also(state, after))
    position = context.record(actor, order.command_id, parts)
    return Handled(actor.practice_id, order.stream_id, version + len(facts), position)


def facts_of(rules: Rules[C, S, F], history: Sequence[Recorded]) -> list[F]:
    """Return the facts of a stream of this kind.

    Raises `Refused` when it is a stream of another kind, `KeyDestroyed` when it was shredded.
    """
    facts = [recorded.fact for recorded in history]
    if any(isinstance(fact, Shredded) for fact in facts):
        raise KeyDestroyed("this record was deleted for good; nothing can be added to it")
    if not all(isinstance(fact, rules.facts) for fact in facts):
        raise Refused(rules.unknown)
    return cast("list[F]", facts)


def earlier(context: Context, actor: Actor, stream_id: UUID, command_id: UUID) -> Handled | None:
    """Return what a command came to before, None when it never ran (I10)."""
    found = context.ledger.find_command(actor.practice_id, command_id)
    if found is None:
        return None
    # Its own stream's last event; it may have written to others as well.
    own = [event for event in found if event.stream_id == stream_id] or found
    return Handled(
        actor.practice_id,
        own[-1].stream_id,
        own[-1].version,
        found[-1].position,
        is_repeated=True,
    )
