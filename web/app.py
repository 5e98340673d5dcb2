"""Puts the front together: the layers that every request passes through."""

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.clock import Clock
from ledger.ids import Ids
from web.api.problems import error_page
from web.browser_sessions import BrowserSessions
from web.cross_site import CrossSiteGuard
from web.development_sign_in import DevelopmentSignIn
from web.errors import ErrorBoundary, PageError
from web.headers import SecurityHeaders
from web.identity.identity import Identity
from web.identity.session_store import SessionStore
from web.limits import BodyLimit
from web.parts import PARTS_KEY, Parts
from web.render import Renderer
from web.routes import ROUTES
from web.services import Services
from web.settings import WebSettings


def build(  # noqa: PLR0913 -- everything the front stands on, named at its one place
    services: Services,
    settings: WebSettings,
    *,
    clock: Clock,
    ids: Ids,
    sessions: SessionStore,
    identity: Identity | None,
    development_sign_in: DevelopmentSignIn | None,
) -> ASGIApp:
    """Return the application, outermost layer first: headers, errors, origin, size, routes.

    Without an `identity` nobody signs in but by the links of the development environment.
    """
    parts = Parts(
        settings=settings,
        services=services,
        clock=clock,
        ids=ids,
        sessions=BrowserSessions(clock, ids, sessions),
        renderer=Renderer(),
        identity=identity,
        sign_in=development_sign_in,
    )
    guarded = CrossSiteGuard(BodyLimit(_routes(parts)), settings.public_origin)
    return SecurityHeaders(
        ErrorBoundary(guarded, error_page(parts.renderer), ids.new, clock.now_us)
    )


def _routes(parts: Parts) -> ASGIApp:
    # Starlette's own application is left out: its outermost layer prints tracebacks, and its
    # redirects of trailing slashes trust the Host header.
    router = Router(ROUTES, redirect_slashes=False, default=_nothing_here)

    async def with_parts(scope: Scope, receive: Receive, send: Send) -> None:
        scope[PARTS_KEY] = parts
        # Router answers a wrong method itself unless it finds an application in the scope.
        scope["app"] = router
        await router(scope, receive, send)

    return with_parts


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
    raise PageError("not-found")
