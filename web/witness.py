"""Serves a witness over HTTP: `POST /add-checkpoint`, and nothing else (C2SP tlog-witness)."""

from collections.abc import Callable
from socket import socket
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ledger.witness.request import REQUEST_BYTES_MAX
from ledger.witness.witness import Witness

_TOO_LONG: Final = 413


def build(witness: Witness) -> Starlette:
    """Return the application."""

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > REQUEST_BYTES_MAX:
                return Response(status_code=_TOO_LONG)
        answer = await run_in_threadpool(witness.add_checkpoint, bytes(body))
        headers = {"content-type": answer.media_type, "cache-control": "no-store"}
        return Response(answer.body, answer.status, headers)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def run(witness: Witness, host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM."""

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket] | None = None) -> None:
            await super().startup(sockets)
            on_ready()

    config = uvicorn.Config(
        build(witness), host=host, port=port, log_config=None, server_header=False, lifespan="off"
    )
    Announced(config).run()
