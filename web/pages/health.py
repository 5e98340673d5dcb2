"""Whether the service can serve: for a load balancer, and nothing in it for anybody else."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.errors import PageError
from web.parts import parts_of


async def show(request: Request) -> Response:
    """Answer `GET /healthz`: ok, or the page for "unavailable"."""
    if not await run_in_threadpool(parts_of(request).services.ready):
        raise PageError("unavailable")
    return PlainTextResponse("ok\n")
