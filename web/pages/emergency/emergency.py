"""Emergency access: owners and officers ask, a second one answers, the person is told first."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.emergency import OVER
from aggregates.guarding_forms import REMARK_LENGTH_MAX, read_emergency_form
from aggregates.private import Private
from aggregates.refusal import FieldsRefused, Refused
from aggregates.week import week_of
from commands.context import Actor
from commands.emergency import EmergencyWish
from commands.handle import Handled
from web.access import is_fresh
from web.forms import form_id, parse_id, read_form
from web.guard import reading, standing_of
from web.identity.mail import Letter, Mail
from web.pages.emergency.emergency_in_words import (
    REASON_CHOICES,
    Viewer,
    choices_of,
    minutes_choices,
    requests_in_words,
)
from web.parts import parts_of
from web.who import session_of, who

HERE: Final = "/emergency"
FIELDS: Final = ("whose", "reason", "remark", "minutes")
_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422


async def show(request: Request) -> Response:
    """Answer `GET /emergency`: the requests of the practice, and the form of a new one."""
    return await _page(request)


async def ask(request: Request) -> Response:
    """Answer `POST /emergency/ask`."""
    form, parts = await read_form(request), parts_of(request)
    key = form_id(form)
    try:
        read = read_emergency_form(form)
        wish = EmergencyWish(
            whose=read.whose, reason=read.reason, remark=read.remark, minutes=read.minutes
        )
        handled = await run_in_threadpool(parts.services.emergency.ask, who(request), wish, key)
    except FieldsRefused as refused:
        errors = {e.field: e.sentence for e in refused.errors if e.field is not None}
        return await _page(request, errors, form)
    except Refused as refused:
        return await _page(request, {refused.field or "whose": refused.sentence}, form)
    return await _back(request, handled)


async def approve(request: Request) -> Response:
    """Answer `POST /emergency/approve`: on record, then the person is told, and reads of it."""
    services = parts_of(request).services.emergency
    actor, stream_id = who(request), await _named(request)
    await run_in_threadpool(services.approve, actor, stream_id)
    return await _back(request, await _tell(request, actor, stream_id))


async def decline(request: Request) -> Response:
    """Answer `POST /emergency/decline`."""
    return await _do(request, parts_of(request).services.emergency.decline)


async def begin(request: Request) -> Response:
    """Answer `POST /emergency/begin`: a notice that a crash has left out is given first."""
    services = parts_of(request).services.emergency
    actor, stream_id = who(request), await _named(request)
    await _tell(request, actor, stream_id)
    handled = await run_in_threadpool(services.begin, actor, stream_id)
    await _wait(request, handled)
    return RedirectResponse(f"{HERE}/{stream_id}/week/{_this_week(request)}", _SEE_OTHER)


async def end(request: Request) -> Response:
    """Answer `POST /emergency/end`."""
    return await _do(request, parts_of(request).services.emergency.end)


async def _do(request: Request, step: Callable[[Actor, UUID], Handled]) -> Response:
    stream_id = await _named(request)
    return await _back(request, await run_in_threadpool(step, who(request), stream_id))


async def _named(request: Request) -> UUID:
    return parse_id((await read_form(request)).get("request_id", ""), "bad-form")


async def _tell(request: Request, actor: Actor, stream_id: UUID) -> Handled:
    """Put the notice on record; a letter says that there is news, and nothing else."""
    parts = parts_of(request)
    handled = await run_in_threadpool(parts.services.emergency.tell, actor.practice_id, stream_id)
    if not handled.is_repeated and parts.identity is not None:
        whose = await run_in_threadpool(parts.services.emergency.whose, actor, stream_id)
        address = await run_in_threadpool(parts.identity.accounts.find_address, whose)
        if address is not None:
            link = Private(f"{parts.settings.public_origin}/trail")
            parts.identity.outbox.put(Mail(address, Letter.NEWS, link))
    await _wait(request, handled)
    return handled


async def _wait(request: Request, handled: Handled) -> None:
    await run_in_threadpool(parts_of(request).services.wait, handled)


async def _back(request: Request, handled: Handled) -> Response:
    await _wait(request, handled)
    return RedirectResponse(HERE, _SEE_OTHER)


def _this_week(request: Request) -> str:
    return week_of(parts_of(request).today()).isoformat()


async def _page(
    request: Request,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    session, parts, records = session_of(request), parts_of(request), await reading(request)
    actor, typed = session.actor, typed or {"minutes": "30"}
    now_us = parts.clock.now_us()
    found = await run_in_threadpool(records.requests, actor)
    overdue = [r for r in found if r.state.stage not in OVER and r.state.is_over(now_us)]
    for each in overdue:
        note = parts.services.emergency.note_expiry
        await _wait(request, await run_in_threadpool(note, actor.practice_id, each.stream_id))
    if overdue:
        found = await run_in_threadpool(records.requests, actor)
    people = await run_in_threadpool(records.people, actor)
    viewer = Viewer(actor.person_id, standing_of(request).role, now_us, parts.settings.time_zone)
    told = requests_in_words(found, people, viewer)
    values: dict[str, object] = {
        "signed_in": "emergency",
        "is_stepped_up": is_fresh(session, now_us),
        "form_id": parts.ids.new(),
        "errors": errors or {},
        "typed": {name: typed.get(name, "")[:REMARK_LENGTH_MAX] for name in FIELDS},
        "going_on": [each for each in told if not each.is_over],
        "over": [each for each in told if each.is_over],
        "members": choices_of(people, actor.person_id),
        "reasons": REASON_CHOICES,
        "lengths": minutes_choices(),
        "this_week": _this_week(request),
    }
    status = _UNPROCESSABLE if errors else 200
    return parts.renderer.page(request, "emergency.html", values, status=status)
