"""Refuses requests that change something unless they come from our own pages (SECURITY 3.7)."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.addresses import is_for_programs
from web.errors import PageError

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


class CrossSiteGuard:
    """Stricter than most: with neither Sec-Fetch-Site nor Origin the answer is no.

    What is for programs takes no cookie (web/bearer.py), so there is nothing to guard there.
    """

    def __init__(self, app: ASGIApp, own_origin: str) -> None:
        self._app = app
        self._own_origin = own_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_safe = scope["method"] in SAFE_METHODS or is_for_programs(scope["path"])
        if not is_safe and not self._is_ours(Headers(scope=scope)):
            raise PageError("cross-site")
        await self._app(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        # Two values of one header are a sign of somebody in between: neither is believed.
        sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
        if sites:
            return sites == ["same-origin"]
        return origins == [self._own_origin]
