"""Whoever sends a request a byte at a time is not waited for."""

import asyncio
import ssl
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from ledger.clock import SystemClock
from ledger.ids import RandomIds
from tests.web.fake_practice import FakePractice, FixedClock
from tests.web.running import Running, client, running
from web import server
from web.errors import PageError
from web.limits import BodyLimit

PATIENCE_S = 0.3


@pytest.fixture
def front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Running]:
    """A running front that waits only a moment for a head."""
    monkeypatch.setattr(server, "HEAD_S_MAX", PATIENCE_S)
    clock = SystemClock()
    with running(tmp_path, FakePractice(FixedClock()), clock, RandomIds(clock)) as started:
        yield started


HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def connection(front: Running) -> Generator[ssl.SSLSocket]:
    """A connection to it."""
    with client(front, ssl.TLSVersion.TLSv1_3) as connected:
        yield connected


def read_answer(connection: ssl.SSLSocket) -> None:
    """Read one answer to the end."""
    answer = b""
    while not answer.endswith(b"ok\n"):
        chunk = connection.recv(65_536)
        assert chunk
        answer += chunk


def assert_hung_up_on(connection: ssl.SSLSocket) -> None:
    """Wait for the end, which must come soon."""
    began_at = time.monotonic()
    with suppress(ConnectionError):
        assert connection.recv(1) == b""
    assert time.monotonic() - began_at < 20 * PATIENCE_S


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HT", HEAD])
def test_a_head_that_does_not_end_ends_the_connection(
    connection: ssl.SSLSocket, begun: bytes
) -> None:
    """Also where nothing ever comes."""
    connection.sendall(begun)
    assert_hung_up_on(connection)


def test_a_second_request_is_not_waited_for_either(connection: ssl.SSLSocket) -> None:
    """The first was answered; the second stops in its head."""
    connection.sendall(HEAD + b"\r\n")
    read_answer(connection)
    connection.sendall(HEAD)
    assert_hung_up_on(connection)


def test_a_request_that_came_whole_is_not_cut_off(connection: ssl.SSLSocket) -> None:
    """Between two requests the connection may rest."""
    for _ in range(2):
        connection.sendall(HEAD + b"\r\n")
        read_answer(connection)
        time.sleep(2 * PATIENCE_S)


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """The form's page answers 408."""

    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def reads(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()

    async def ask() -> None:
        scope: Scope = {"type": "http", "headers": []}

        async def send(_: Message) -> None: ...

        await BodyLimit(reads, seconds_max=0.05)(scope, never, send)

    with pytest.raises(PageError) as refused:
        asyncio.run(ask())
    assert refused.value.code == "too-slow"
