"""Who is asking: the one function behind which every way of signing in lives."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from commands.context import Actor
from web.assurance import Assurance
from web.browser_sessions import BrowserSession
from web.errors import PageError
from web.parts import parts_of

COOKIE: Final = "__Host-session"
SESSION_KEY: Final = "web.session"


def who(request: Request) -> Actor:
    """Return the signed-in person. Raises PageError sign-in-needed."""
    return session_of(request).actor


def session_of(request: Request) -> BrowserSession:
    """Return the browser's session, as the guard found it. Raises PageError sign-in-needed."""
    session = request.scope.get(SESSION_KEY)
    if session is None:
        raise PageError("sign-in-needed")
    assert isinstance(session, BrowserSession)
    return session


def token_of(request: Request) -> str | None:
    """Return what the browser calls its session, None where it has none."""
    return request.cookies.get(COOKIE)


def sign_in(request: Request, response: Response, actor: Actor, assurance: Assurance) -> None:
    """Give the browser a new session; the one it had, if any, ends (session fixation)."""
    _close(request)
    token = parts_of(request).sessions.open(actor, assurance)
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")


def sign_out(request: Request, response: Response) -> None:
    """End the session here and in the browser, with what the browser has kept of us."""
    _close(request)
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
    # Not "cookies": that would clear those of every other service on a developer's localhost.
    response.headers["clear-site-data"] = '"cache", "storage"'


def _close(request: Request) -> None:
    token = token_of(request)
    if token:
        parts_of(request).sessions.close(token)
