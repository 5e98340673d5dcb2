"""Who is asking: the cookies, and the session that the guard found behind one."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from commands.context import Actor
from web.assurance import Assurance
from web.browser_sessions import BrowserSession, Terms
from web.errors import PageError
from web.identity.tokens import hash_of
from web.parts import parts_of

COOKIE: Final = "__Host-session"
SESSION_KEY: Final = "web.session"
# Names the browser before anybody is signed in: what a link and a passkey check are bound to.
PRE_COOKIE: Final = "__Host-pre-session"
PRE_COOKIE_S: Final = 15 * 60
_TOKEN_LENGTH: Final = 43


def who(request: Request) -> Actor:
    """Return the signed-in person. Raises PageError, as `session_of`."""
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


def browser_of(request: Request) -> str | None:
    """Return what names this browser, if it looks like one of ours."""
    token = request.cookies.get(PRE_COOKIE)
    return token if token is not None and len(token) == _TOKEN_LENGTH else None


def set_browser(response: Response, name: str) -> None:
    """Give the browser a name for the time before it is signed in."""
    response.set_cookie(
        PRE_COOKIE,
        name,
        max_age=PRE_COOKIE_S,
        secure=True,
        httponly=True,
        samesite="strict",
        path="/",
    )


def bound_session(request: Request) -> bytes:
    """Return the hash of the session's token, for a challenge that only this session may answer."""
    return hash_of(request.cookies[COOKIE])


async def sign_in(
    request: Request,
    response: Response,
    actor: Actor,
    assurance: Assurance,
    terms: Terms | None = None,
) -> None:
    """Give the browser a new session; the one it had, if any, ends (session fixation)."""
    await _close(request)
    token = await run_in_threadpool(parts_of(request).sessions.open, actor, assurance, terms)
    _set_session(response, token)
    if PRE_COOKIE in request.cookies:
        response.delete_cookie(PRE_COOKIE, secure=True, httponly=True, samesite="strict", path="/")


async def step_up(request: Request, response: Response) -> bool:
    """Give the session a new token after a check; False when it has ended meanwhile."""
    token = await run_in_threadpool(parts_of(request).sessions.step_up, request.cookies[COOKIE])
    if token is None:
        return False
    _set_session(response, token)
    return True


async def sign_out(request: Request, response: Response) -> None:
    """End the session here and in the browser, with what the browser has kept of us."""
    await _close(request)
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
    # Not "cookies": that would clear those of every other service on a developer's localhost.
    response.headers["clear-site-data"] = '"cache", "storage"'


def _set_session(response: Response, token: str) -> None:
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")


async def _close(request: Request) -> None:
    token = token_of(request)
    if token:
        await run_in_threadpool(parts_of(request).sessions.close, token)
