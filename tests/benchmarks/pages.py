"""Asks the application for pages as fast as it answers, without sockets or TLS."""

import asyncio
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Final

from starlette.types import ASGIApp, Message

from commands.context import Actor
from tests.benchmarks.place import OpenLedger
from tests.web.fake_sessions import FakeSessions
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.services import Services
from web.settings import WebSettings

_HEADERS: Final = ((b"host", b"localhost"), (b"sec-fetch-site", b"same-origin"))
_FORM: Final = (b"content-type", b"application/x-www-form-urlencoded")

Front = tuple[ASGIApp, DevelopmentSignIn]


def front_of(opened: OpenLedger, services: Services) -> Front:
    """Return the application over these services."""
    settings = WebSettings(data_dir=opened.settings.data_dir)
    sign_in = DevelopmentSignIn(settings, opened.clock, print)
    built = app.build(
        services,
        settings,
        clock=opened.clock,
        ids=opened.ids,
        sessions=FakeSessions(),
        identity=None,
        development_sign_in=sign_in,
    )
    return built, sign_in


def pages_a_second(front: Front, people: list[Actor], path: str, seconds: float) -> float:
    """Return how many pages people get who each ask for the next one when they have one."""
    built, sign_in = front

    async def run() -> float:
        cookies = [await _sign_in(built, sign_in, actor) for actor in people]
        began_at = perf_counter()
        reading = [_read_until(built, cookie, path, began_at + seconds) for cookie in cookies]
        shown = await asyncio.gather(*reading)
        return sum(shown) / (perf_counter() - began_at)

    return asyncio.run(run())


def processor_ms(front: Front, actor: Actor, path: str, pages: int) -> float:
    """Return this process's time for a page, in ms: what else the machine does is not in it."""
    return 1_000 * _took_s(front, actor, path, pages, process_time) / pages


def page_s(front: Front, actor: Actor, path: str) -> float:
    """Return how long somebody waits for one page, in seconds."""
    return _took_s(front, actor, path, 1, perf_counter)


def _took_s(front: Front, actor: Actor, path: str, pages: int, clock: Callable[[], float]) -> float:
    built, sign_in = front

    async def run() -> float:
        cookie = await _sign_in(built, sign_in, actor)
        began_at = clock()
        for _ in range(pages):
            status, _ = await _ask(built, "GET", path, ((b"cookie", cookie),), b"")
            assert status == 200, "the page is shown"
        return clock() - began_at

    return asyncio.run(run())


async def _read_until(built: ASGIApp, cookie: bytes, path: str, end_at: float) -> int:
    pages = 0
    while perf_counter() < end_at:
        status, _ = await _ask(built, "GET", path, ((b"cookie", cookie),), b"")
        assert status == 200, "the page is shown"
        pages += 1
    return pages


async def _sign_in(built: ASGIApp, sign_in: DevelopmentSignIn, actor: Actor) -> bytes:
    body = b"code=" + sign_in.link(actor).partition("#")[2].encode()
    _, headers = await _ask(built, "POST", "/sign-in", (_FORM,), body)
    return dict(headers)[b"set-cookie"].partition(b";")[0]


async def _ask(
    built: ASGIApp, method: str, path: str, headers: tuple[tuple[bytes, bytes], ...], body: bytes
) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Ask the application itself: neither a socket nor TLS is in the figure."""
    begun: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [*_HEADERS, *headers],
        "client": ("192.0.2.1", 50_000),
        "server": ("localhost", 8443),
    }
    await built(scope, receive, send)
    return begun[0]["status"], begun[0]["headers"]
