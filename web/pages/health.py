"""Whether the service works, part by part for an operator, and whether to send people here."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.parts import parts_of

_UNAVAILABLE: Final = 503
_RETRY_AFTER_S: Final = 2
# Without these no page with records is shown; sealing can wait.
_NEEDED: Final = frozenset({"followers", "writer"})


async def show(request: Request) -> Response:
    """Answer `GET /healthz`: ok, or what does not work, by names that never change."""
    broken = await run_in_threadpool(parts_of(request).services.broken)
    if broken:
        words = f"unavailable: {', '.join(broken)}\n"
        headers = {"retry-after": str(_RETRY_AFTER_S)}
        return PlainTextResponse(words, _UNAVAILABLE, headers)
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """Answer `GET /readyz`: whether pages can be served, for a load balancer; names no part."""
    broken = await run_in_threadpool(parts_of(request).services.broken)
    if not _NEEDED.isdisjoint(broken):
        return PlainTextResponse("not ready\n", _UNAVAILABLE, {"retry-after": str(_RETRY_AFTER_S)})
    return PlainTextResponse("ready\n")
