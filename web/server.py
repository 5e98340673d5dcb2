"""Serves the pages over TLS 1.3, with a second listener on the same loop that only redirects."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ledger.errors import SettingsInvalid
from web.headers import new_nonce, security_headers
from web.redirect import Redirect
from web.settings import WebSettings
from web.tls import ContextFactory, TlsFiles, context_factory

GRACE_S: Final = 5
KEEP_ALIVE_S: Final = 15
HEAD_S_MAX: Final = 10.0
CONNECTIONS_MAX: Final = 512
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class CarefulProtocol(H11Protocol):
    """Answers what is no HTTP with our headers too, and waits only so long for a request's head.

    uvicorn's own answer would have no headers, and its time limits begin after a first request.
    """

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        begun, _ = self.conn.trailing_data
        if self.conn.their_state is h11.IDLE and begun:
            self._wait_for_head()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_S_MAX, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def send_400_response(self, msg: str) -> None:
        """Send 400 and close; the message is uvicorn's, fixed, and not repeated."""
        del msg
        headers = [
            (name.encode("ascii"), value.encode("ascii"))
            for name, value in security_headers(new_nonce()).items()
        ]
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=b"That request was not understood.\n"),
            h11.EndOfMessage(),
        ):
            output = self.conn.send(event)
            if output:
                self.transport.write(output)
        self.transport.close()


class _Listener(uvicorn.Server):
    """A server that tells when it is up and leaves signals alone: the pair is stopped together."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Server:
    """The pages and the redirect listener; `serve` returns after SIGINT, SIGTERM or `stop`."""

    def __init__(self, app: ASGIApp, settings: WebSettings, files: TlsFiles) -> None:
        host = settings.bind_address
        self._pages = _listener(app, host, settings.https_port, context_factory(files))
        self._redirect = _listener(Redirect(settings.public_origin), host, settings.http_port, None)

    def run(self, on_ready: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM, on the main thread; raises as `serve` does."""
        asyncio.run(self._serve_until_signal(on_ready))

    async def serve(self, on_ready: Callable[[], None]) -> None:
        """Serve until `stop`; requests in flight then get GRACE_S seconds.

        `on_ready` is called once both ports answer. Raises SettingsInvalid when a port cannot be
        had.
        """
        tasks = [
            asyncio.create_task(_start(self._pages, "HTTPS_PORT")),
            asyncio.create_task(_start(self._redirect, "HTTP_PORT")),
        ]
        try:
            ready = asyncio.create_task(self._wait_until_up())
            await asyncio.wait([*tasks, ready], return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                on_ready()
            ready.cancel()
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pages.should_exit = self._redirect.should_exit = True
            await asyncio.wait(tasks)
        # Each is asked: of an error that nobody asks for, the loop would print a traceback.
        for error in [error for task in tasks if (error := task.exception()) is not None]:
            raise error

    async def _wait_until_up(self) -> None:
        await self._pages.is_up.wait()
        await self._redirect.is_up.wait()

    def stop(self) -> None:
        """Stop both listeners, gracefully; called again, at once."""
        for server in (self._pages, self._redirect):
            server.force_exit = server.should_exit
            server.should_exit = True

    @property
    def ports(self) -> tuple[int, int]:
        """The ports of the pages and of the redirect; known once ready, also where 0 was asked."""
        return _port(self._pages), _port(self._redirect)

    async def _serve_until_signal(self, on_ready: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, self.stop)
        try:
            await self.serve(on_ready)
        finally:
            for number in _STOP_SIGNALS:
                loop.remove_signal_handler(number)


async def _start(server: uvicorn.Server, setting: str) -> None:
    try:
        await server.serve()
    except SystemExit:
        # uvicorn ends the process when it cannot bind; an error can be told in one sentence.
        raise SettingsInvalid(
            f"{setting} cannot be listened on: it is in use or not allowed; set another port"
        ) from None


def _port(server: uvicorn.Server) -> int:
    return server.servers[0].sockets[0].getsockname()[1]


def _listener(app: ASGIApp, host: str, port: int, tls: ContextFactory | None) -> _Listener:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=CarefulProtocol,
        ws="none",
        lifespan="off",
        # Addresses are not logged, for a path may hold an id and a query anything; nor is what
        # uvicorn says of errors, for it prints messages. web/errors.py logs what happened.
        access_log=False,
        log_config=None,
        log_level=logging.CRITICAL,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        ssl_context_factory=tls,
    )
    return _Listener(config)
