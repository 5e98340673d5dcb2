"""Signing in with a one-time code, and signing out."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web import who
from web.assurance import Assurance
from web.forms import read_form
from web.parts import parts_of

_SEE_OTHER: Final = 303
_FORBIDDEN: Final = 403


async def show(request: Request) -> Response:
    """Answer `GET /sign-in`; changes nothing, so that a scanner of links does no harm."""
    return _page(request, is_refused=False)


async def redeem(request: Request) -> Response:
    """Answer `POST /sign-in`: a code is used up here, right or wrong, and only here."""
    form = await read_form(request)
    sign_in = parts_of(request).sign_in
    actor = sign_in.redeem(form.get("code", "").strip()) if sign_in else None
    if actor is None:
        return _page(request, is_refused=True)
    response = RedirectResponse("/", _SEE_OTHER)
    # One-time links of development stand for a passkey, which a terminal cannot have.
    who.sign_in(request, response, actor, Assurance.PASSKEY)
    return response


async def leave(request: Request) -> Response:
    """Answer `POST /sign-out`."""
    response = RedirectResponse("/sign-in", _SEE_OTHER)
    who.sign_out(request, response)
    return response


def _page(request: Request, *, is_refused: bool) -> Response:
    parts = parts_of(request)
    values: dict[str, object] = {
        "available": parts.sign_in is not None,
        "refused": is_refused,
    }
    status = _FORBIDDEN if is_refused else 200
    return parts.renderer.page(request, "sign_in.html", values, status=status)
