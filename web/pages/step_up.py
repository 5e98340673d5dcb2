"""A fresh passkey check before what must not be done by whoever finds an open browser."""

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web import who
from web.assurance import Assurance
from web.errors import PageError
from web.forms import read_form
from web.identity.ceremony import PasskeyRefused
from web.identity.challenges import Purpose
from web.identity.entering import identity_of
from web.parts import parts_of

HOME: Final = "/account"
_SEE_OTHER: Final = 303
# A path of ours and nothing else: no host, no query, nothing a browser could read as a host.
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9-]{1,64}){1,6}", re.ASCII)


async def show(request: Request) -> Response:
    """Answer `GET /step-up`; `?next=` is the page to return to."""
    session = who.session_at(request, Assurance.PASSKEY)
    values: dict[str, object] = {"next": own_path(request.query_params.get("next", ""))}
    if session.has_practice:
        values["signed_in"] = "account"
    return parts_of(request).renderer.page(request, "step_up.html", values)


async def check(request: Request) -> Response:
    """Answer `POST /step-up`: the session gets a new cookie, and five minutes."""
    session = who.session_at(request, Assurance.PASSKEY)
    form, identity = await read_form(request), identity_of(request)
    bound_to, answer = who.bound_session(request), form.get("answer", "")
    try:
        await run_in_threadpool(
            identity.passkeys.check, Purpose.STEP_UP, bound_to, answer, session.actor.person_id
        )
    except PasskeyRefused:
        raise PageError("passkey-refused") from None
    response = RedirectResponse(own_path(form.get("next", "")), _SEE_OTHER)
    if not await who.step_up(request, response):
        raise PageError("sign-in-needed")
    return response


def own_path(text: str) -> str:
    """Return the path if it is one of ours, else where people manage their account."""
    return text if _PATH.fullmatch(text) else HOME
