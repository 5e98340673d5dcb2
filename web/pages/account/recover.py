"""For who lost all passkeys: a recovery code, or an owner's approval and a day's patience."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web import calendar, who
from web.assurance import Assurance
from web.browser_sessions import BrowserSession
from web.errors import PageError
from web.forms import parse_id, read_form
from web.identity.entering import identity_of
from web.parts import parts_of

_SEE_OTHER: Final = 303
_FORBIDDEN: Final = 403


async def show(request: Request) -> Response:
    """Answer `GET /recover`, for a session that a link opened."""
    return await _page(request, _session(request))


async def with_code(request: Request) -> Response:
    """Answer `POST /recover`: a right code lets the person create a passkey."""
    session, form = _session(request), await read_form(request)
    use, person_id = identity_of(request).recovery.use_code, session.actor.person_id
    is_right = await run_in_threadpool(use, person_id, form.get("recovery_code", ""))
    if is_right is None:
        raise PageError("too-many")
    if not is_right:
        return await _page(request, session, is_wrong=True)
    return await _recovered(request)


async def ask(request: Request) -> Response:
    """Answer `POST /recover/ask`: the owners of the practice see it on their page of members."""
    session, form = _session(request), await read_form(request)
    identity, person_id = identity_of(request), session.actor.person_id
    practice_id = parse_id(form.get("practice_id", ""), "bad-form")
    standings = await run_in_threadpool(identity.registry.standings, person_id)
    if practice_id not in {each.practice_id for each in standings if each.role is not None}:
        raise PageError("not-found")
    if not await run_in_threadpool(identity.recovery.ask, person_id, practice_id):
        raise PageError("too-many")
    return RedirectResponse("/recover", _SEE_OTHER)


async def take(request: Request) -> Response:
    """Answer `POST /recover/use`: an approval whose delay is over lets create a passkey."""
    session = _session(request)
    recovery = identity_of(request).recovery
    if not await run_in_threadpool(recovery.take, session.actor.person_id):
        return await _page(request, session)
    return await _recovered(request)


def _session(request: Request) -> BrowserSession:
    session = who.session_of(request)
    if session.assurance is Assurance.PASSKEY:
        raise PageError("not-found")
    return session


async def _recovered(request: Request) -> Response:
    response = RedirectResponse("/passkeys/new", _SEE_OTHER)
    if not await who.step_up(request, response):
        raise PageError("sign-in-needed")
    return response


async def _page(request: Request, session: BrowserSession, *, is_wrong: bool = False) -> Response:
    identity, parts = identity_of(request), parts_of(request)
    person_id = session.actor.person_id
    asked = await run_in_threadpool(identity.recovery.of_person, person_id)
    standings = await run_in_threadpool(identity.registry.standings, person_id)
    opens_at_us = asked.opens_at_us if asked else None
    moment = calendar.local_time(opens_at_us, parts.settings.time_zone) if opens_at_us else None
    values: dict[str, object] = {
        "is_wrong": is_wrong,
        "asked": asked,
        "opens": f"{calendar.day_with_year(moment.date())}, {calendar.clock(moment)}"
        if moment
        else None,
        "is_open": opens_at_us is not None and opens_at_us <= parts.clock.now_us(),
        "practices": [(s.practice_id, s.name.reveal()) for s in standings if s.role is not None],
    }
    status = _FORBIDDEN if is_wrong else 200
    return parts.renderer.page(request, "recover.html", values, status=status)
