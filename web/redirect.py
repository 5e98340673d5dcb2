"""The plain HTTP port: it leads GET and HEAD to HTTPS and takes nothing else (P7)."""

from typing import Final

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.cross_site import SAFE_METHODS
from web.headers import SecurityHeaders

_PERMANENT: Final = 308
_FORBIDDEN: Final = 403


class Redirect:
    """Leads to the fixed public origin, whatever the request's Host says."""

    def __init__(self, public_origin: str) -> None:
        self._origin = public_origin
        self._app: ASGIApp = SecurityHeaders(self._answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response(scope)(scope, receive, send)

    def _response(self, scope: Scope) -> Response:
        if scope["method"] not in SAFE_METHODS:
            # A body has already come in the clear: asking for it again would hide that.
            return PlainTextResponse("Please use HTTPS.\n", _FORBIDDEN)
        path = scope["raw_path"].decode("ascii")
        query = scope["query_string"].decode("ascii")
        address = self._origin + (path if path.startswith("/") else "/")
        return Response(
            status_code=_PERMANENT,
            headers={"location": f"{address}?{query}" if query else address},
        )
