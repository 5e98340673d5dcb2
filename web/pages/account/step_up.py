"""A fresh passkey check before what must not be done by whoever finds an open browser."""

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web import who
from web.browser_sessions import BrowserSession
from web.errors import PageError
from web.forms import read_form
from web.identity.ceremony import PasskeyRefused
from web.identity.challenges import Purpose
from web.identity.entering import identity_of
from web.pages.account.passkeys import ask_to_check
from web.parts import parts_of

HOME: Final = "/account"
_SEE_OTHER: Final = 303
# A path of ours and nothing else: no host, no query, nothing a browser could read as a host.
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9-]{1,64}){1,6}", re.ASCII)


async def show(request: Request) -> Response:
    """Answer `GET /step-up`; `?next=` is the page to return to."""
    session = who.session_of(request)
    values: dict[str, object] = {
        "next": own_path(request.query_params.get("next", "")),
        "is_by_button": _is_by_button(request, session),
    }
    if session.has_practice:
        values["signed_in"] = "account"
    return parts_of(request).renderer.page(request, "step_up.html", values)


async def challenge(request: Request) -> Response:
    """Answer `POST /step-up/challenge`: the options for the browser, as JSON."""
    person_id, bound_to = who.session_of(request).actor.person_id, who.bound_session(request)
    return await ask_to_check(request, Purpose.STEP_UP, bound_to, person_id)


async def check(request: Request) -> Response:
    """Answer `POST /step-up`: the session gets a new cookie, and five minutes."""
    session, form = who.session_of(request), await read_form(request)
    if not _is_by_button(request, session):
        await _check_passkey(request, session, form.get("answer", ""))
    response = RedirectResponse(own_path(form.get("next", "")), _SEE_OTHER)
    if not await who.step_up(request, response):
        raise PageError("sign-in-needed")
    return response


async def _check_passkey(request: Request, session: BrowserSession, answer: str) -> None:
    check, bound_to = identity_of(request).passkeys.check, who.bound_session(request)
    person_id = session.actor.person_id
    try:
        await run_in_threadpool(check, Purpose.STEP_UP, bound_to, answer, person_id)
    except PasskeyRefused:
        raise PageError("passkey-refused") from None


def _is_by_button(request: Request, session: BrowserSession) -> bool:
    """Tell whether a link of development, which stands for a passkey, opened the session."""
    return parts_of(request).sign_in is not None and session.credential_id is None


def own_path(text: str) -> str:
    """Return the path if it is one of ours, else where people manage their account."""
    return text if _PATH.fullmatch(text) else HOME
