"""Puts a person's passkeys, sign-ins and their ends on record, in a stream of each practice."""

from typing import get_args
from uuid import UUID

from aggregates.person import PERSON, PersonCommand, PersonFact
from aggregates.refusal import RefusalCode
from commands.context import Actor, Context
from commands.handle import Handled, Order, Rules, handle
from ledger.ids import derived

PERSON_RULES = Rules(PERSON, get_args(PersonFact), RefusalCode.MEMBER_UNKNOWN)


def person_stream(practice_id: UUID, person_id: UUID) -> UUID:
    """Return the stream of a person in a practice."""
    return derived("person", practice_id, person_id)


def record_person(
    context: Context, actor: Actor, person_id: UUID, command: PersonCommand, command_id: UUID
) -> Handled:
    """Record what concerns a person in the actor's practice; mostly the actor is that person."""
    stream_id = person_stream(actor.practice_id, person_id)
    return handle(context, PERSON_RULES, Order(actor, stream_id, command_id, command))
