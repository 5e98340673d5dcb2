"""Finds out for the guard whose weeks a supervisor or officer asks for, and if they may see."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from commands.context import Actor
from web.access import Whose
from web.addresses import person_of, rows_of, stream_of
from web.parts import parts_of


@dataclass(frozen=True, slots=True)
class Supervised:
    """The persons whose weeks are asked for, none where nobody's are; `stream_id` of a single one.

    Where they are not theirs, the persons are whoever it would be told to that somebody asked.
    """

    is_theirs: bool
    persons: tuple[UUID, ...]
    stream_id: UUID | None = None


def find_supervised(request: Request, whose: Whose, actor: Actor) -> Supervised:
    """Find it out. Raises PageError not-found for an address that names nothing at all."""
    match whose:
        case Whose.SUPERVISEE:
            return _supervisee(request, actor, person_of(request))
        case Whose.REVIEWED:
            return _reviewed(request, actor, person_of(request))
        case Whose.ROW:
            return _row(request, actor, stream_of(request))
        case Whose.ROWS:
            return _rows(request, actor)
        case _:
            supervisees = parts_of(request).services.supervising.supervisees(actor)
            return Supervised(is_theirs=True, persons=tuple(supervisees))


def _supervisee(request: Request, actor: Actor, person_id: UUID) -> Supervised:
    services = parts_of(request).services
    if person_id in services.supervising.supervisees(actor):
        return Supervised(is_theirs=True, persons=(person_id,))
    # Nobody else's address is told of: it may be of another practice, or of nobody.
    is_member = services.standing(Actor(actor.practice_id, person_id)) is not None
    return Supervised(is_theirs=False, persons=(person_id,) if is_member else ())


def _reviewed(request: Request, actor: Actor, person_id: UUID) -> Supervised:
    """Find somebody who logs hours, also a former member; nobody reviews their own."""
    services = parts_of(request).services
    if person_id != actor.person_id and services.logs_hours(actor, person_id):
        return Supervised(is_theirs=True, persons=(person_id,))
    is_member = services.standing(Actor(actor.practice_id, person_id)) is not None
    return Supervised(is_theirs=False, persons=(person_id,) if is_member else ())


def _row(request: Request, actor: Actor, stream_id: UUID) -> Supervised:
    asked = parts_of(request).services.supervising
    supervisee = asked.supervisee_of(actor, stream_id)
    if supervisee is not None:
        return Supervised(is_theirs=True, persons=(supervisee,), stream_id=stream_id)
    owner = asked.row_owner(actor, stream_id)
    persons = () if owner is None else (owner,)
    return Supervised(is_theirs=False, persons=persons, stream_id=stream_id)


def _rows(request: Request, actor: Actor) -> Supervised:
    found = [_row(request, actor, each) for each in rows_of(request)]
    refused = next((each for each in found if not each.is_theirs), None)
    if refused is not None:
        return refused
    persons = dict.fromkeys(person for each in found for person in each.persons)
    return Supervised(is_theirs=True, persons=tuple(persons))
