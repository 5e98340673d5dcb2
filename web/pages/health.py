"""Whether the service can serve: for a load balancer, and the parts by name for an operator."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.parts import parts_of

_UNAVAILABLE: Final = 503
_RETRY_AFTER_S: Final = 2


async def show(request: Request) -> Response:
    """Answer `GET /healthz`: ok, or what does not work, by names that never change."""
    broken = await run_in_threadpool(parts_of(request).services.broken)
    if broken:
        words = f"unavailable: {', '.join(broken)}\n"
        headers = {"retry-after": str(_RETRY_AFTER_S)}
        return PlainTextResponse(words, _UNAVAILABLE, headers)
    return PlainTextResponse("ok\n")
