"""Which practice to work in, and invitations to new ones."""

from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.membership import AcceptInvitation
from aggregates.private import Private
from aggregates.refusal import Refused
from commands.context import Actor
from commands.membership import Standing
from projections.plain_words import ROLES
from web import who
from web.errors import PageError
from web.forms import form_id, parse_id, read_form
from web.identity.entering import choose, identity_of
from web.parts import parts_of

_UNPROCESSABLE: Final = 422
NAME_SHOWN_MAX: Final = 120


async def show(request: Request) -> Response:
    """Answer `GET /practices`."""
    return await _page(request)


async def enter(request: Request) -> Response:
    """Answer `POST /practices`: a session in the practice that was chosen."""
    session = who.session_of(request)
    form = await read_form(request)
    practice_id = parse_id(form.get("practice_id", ""), "bad-form")
    return await choose(request, session, await _standing(request, practice_id))


async def accept(request: Request) -> Response:
    """Answer `POST /practices/accept`: the person who was invited joins, and comes in."""
    session = who.session_of(request)
    form, registry = await read_form(request), identity_of(request).registry
    practice_id = parse_id(form.get("practice_id", ""), "bad-form")
    typed, person_id = form.get("name", ""), session.actor.person_id
    command = AcceptInvitation(
        person_id=person_id, name=_name(typed), at_us=parts_of(request).clock.now_us()
    )
    actor = Actor(practice_id, person_id)
    try:
        handled = await run_in_threadpool(registry.membership, actor, command, form_id(form))
    except Refused as refused:
        return await _page(request, practice_id, refused.sentence, typed)
    await run_in_threadpool(registry.wait, handled)
    return await choose(request, session, await _standing(request, practice_id))


async def _standing(request: Request, practice_id: UUID) -> Standing:
    session = who.session_of(request)
    for each in await _standings(request, session.actor.person_id):
        if each.practice_id == practice_id and each.role is not None:
            return each
    raise PageError("not-found")


async def _standings(request: Request, person_id: UUID) -> list[Standing]:
    registry = identity_of(request).registry
    return list(await run_in_threadpool(registry.standings, person_id))


def _name(typed: str) -> Private:
    try:
        return Private(typed)
    except ValueError:
        return Private("")


async def _page(
    request: Request, at: UUID | None = None, trouble: str | None = None, typed: str = ""
) -> Response:
    session, parts = who.session_of(request), parts_of(request)
    standings = await _standings(request, session.actor.person_id)
    values: dict[str, object] = {
        "current": session.actor.practice_id,
        "practices": [
            (each.practice_id, each.name.reveal(), ROLES[each.role])
            for each in standings
            if each.role is not None
        ],
        "invitations": [
            (each.practice_id, each.name.reveal(), ROLES[each.invitation.role], parts.ids.new())
            for each in standings
            if each.role is None and each.invitation is not None
        ],
        "at": at,
        "trouble": trouble,
        "typed": typed[:NAME_SHOWN_MAX],
    }
    if session.has_practice:
        values["signed_in"] = "practices"
    status = _UNPROCESSABLE if trouble else 200
    return parts.renderer.page(request, "practices.html", values, status=status)
