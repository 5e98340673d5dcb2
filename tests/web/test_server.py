"""The real listener: TLS 1.3 only, headers even on what is no HTTP, and an orderly stop."""

import asyncio
import gc
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.clock import SystemClock
from ledger.errors import SettingsInvalid
from ledger.ids import RandomIds
from tests.web.fake_practice import FakePractice, FixedClock
from tests.web.running import WAIT_S, Running, client, running
from web.headers import FIXED_HEADERS
from web.redirect import Redirect
from web.server import Server
from web.settings import WebSettings
from web.tls import tls_files

SCRIPT = """
import sys
from pathlib import Path
from ledger.clock import SystemClock
from web.redirect import Redirect
from web.server import Server
from web.settings import WebSettings
from web.tls import tls_files
settings = WebSettings(data_dir=Path(sys.argv[1]), https_port=0, http_port=0)
server = Server(Redirect("https://localhost"), settings, tls_files(settings, SystemClock()))
server.run(lambda: print("ready", flush=True))
print("stopped", flush=True)
"""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One front for all tests here."""
    clock = SystemClock()
    practice = FakePractice(FixedClock())
    with running(tmp_path_factory.mktemp("front"), practice, clock, RandomIds(clock)) as started:
        yield started


def said(connection: socket.socket, request: bytes) -> str:
    """Send bytes and return everything that comes back."""
    connection.sendall(request)
    answer = b""
    while chunk := connection.recv(65_536):
        answer += chunk
    connection.close()
    return answer.decode()


def assert_headers(answer: str) -> None:
    """Check the headers in the raw answer."""
    for name, value in FIXED_HEADERS.items():
        assert f"{name}: {value}\r\n" in answer


def test_it_speaks_tls_1_3(front: Running) -> None:
    """With a certificate whose name is checked."""
    connection = client(front, ssl.TLSVersion.TLSv1_3)
    assert connection.version() == "TLSv1.3"
    answer = said(connection, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith("HTTP/1.1 200 ")
    assert_headers(answer)
    assert "\r\nserver:" not in answer


def test_it_does_not_speak_tls_1_2(front: Running) -> None:
    """The handshake ends there."""
    with pytest.raises(ssl.SSLError):  # told or hung up on, as the race between them goes
        client(front, ssl.TLSVersion.TLSv1_2)


@pytest.mark.parametrize(
    "nonsense", [b"Zebulon\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_http_gets_the_headers_too(front: Running, nonsense: bytes) -> None:
    """And nothing of what it said."""
    answer = said(client(front, ssl.TLSVersion.TLSv1_3), nonsense)
    assert answer.startswith("HTTP/1.1 400 ")
    assert_headers(answer)
    assert "content-security-policy: " in answer
    assert "Zebulon" not in answer


def test_the_plain_port_only_redirects(front: Running) -> None:
    """To the fixed host, whatever the request says."""
    plain = socket.create_connection(("127.0.0.1", front.server.ports[1]), WAIT_S)
    answer = said(plain, b"GET /trail HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n")
    assert answer.startswith("HTTP/1.1 308 ")
    assert f"location: {front.origin}/trail\r\n" in answer
    assert_headers(answer)


def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    """The other listener is stopped again, and the setting is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = int(taken.getsockname()[1])
        for name, https_port, http_port in (("HTTPS_PORT", number, 0), ("HTTP_PORT", 0, number)):
            settings = WebSettings(data_dir=tmp_path, https_port=https_port, http_port=http_port)
            files = tls_files(settings, SystemClock())
            server = Server(Redirect("https://localhost"), settings, files)
            with pytest.raises(SettingsInvalid, match=name):
                asyncio.run(server.serve(lambda: pytest.fail("it is not ready")))


def test_two_ports_in_use_print_nothing_besides(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The first is told; of the other, asyncio would log that nobody asked for its error."""
    with socket.socket() as one, socket.socket() as other:
        for taken in (one, other):
            taken.bind(("127.0.0.1", 0))
            taken.listen()
        https_port, http_port = (int(taken.getsockname()[1]) for taken in (one, other))
        settings = WebSettings(data_dir=tmp_path, https_port=https_port, http_port=http_port)
        server = Server(Redirect("https://localhost"), settings, tls_files(settings, SystemClock()))
        with pytest.raises(SettingsInvalid, match="HTTPS_PORT"):
            asyncio.run(server.serve(lambda: pytest.fail("it is not ready")))
        del server
        gc.collect()
    assert caplog.text == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    """It stops at once when nobody is waiting, prints no traceback, and returns."""
    started = subprocess.Popen(  # noqa: S603 -- our own interpreter and script
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    started.send_signal(number)
    output, errors = started.communicate(timeout=WAIT_S)
    assert (output, errors, started.returncode) == ("stopped\n", "", 0)


def test_a_request_in_flight_is_answered_before_it_stops(tmp_path: Path) -> None:
    """Whoever pressed the button gets their page."""
    clock = SystemClock()
    practice = FakePractice(FixedClock())
    asked, may_answer = threading.Event(), threading.Event()

    def slow_health() -> tuple[str, ...]:
        asked.set()
        return () if may_answer.wait(WAIT_S) else ("late",)

    practice.broken = slow_health
    with running(tmp_path, practice, clock, RandomIds(clock)) as started:
        connection = client(started, ssl.TLSVersion.TLSv1_3)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert asked.wait(WAIT_S)
        started.server.stop()
        may_answer.set()
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        connection.close()
