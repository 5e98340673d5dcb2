"""A front that really listens, on free ports, in a thread of this process."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands.context import Actor
from ledger.clock import Clock
from ledger.ids import Ids
from tests.web.fake_practice import FakePractice
from tests.web.fake_sessions import FakeSessions
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.server import Server
from web.settings import WebSettings
from web.tls import tls_files

START_S_MAX = 20
WAIT_S = 10


@dataclass(frozen=True)
class Running:
    """Where it listens and who can sign in."""

    settings: WebSettings
    practice: FakePractice
    sign_in: DevelopmentSignIn
    server: Server

    @property
    def origin(self) -> str:
        """The address of the pages."""
        return self.settings.public_origin

    def link(self, actor: Actor) -> str:
        """Return a link that signs in."""
        return self.sign_in.link(actor)


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def client(front: Running, version: ssl.TLSVersion) -> ssl.SSLSocket:
    """Connect with exactly this version of TLS, trusting the development certificate."""
    context = ssl.create_default_context(
        cafile=str(front.settings.data_dir / "tls" / "development.crt")
    )
    context.minimum_version = context.maximum_version = version
    plain = socket.create_connection(("127.0.0.1", front.settings.https_port), WAIT_S)
    return context.wrap_socket(plain, server_hostname="localhost")


@contextmanager
def running(folder: Path, practice: FakePractice, clock: Clock, ids: Ids) -> Generator[Running]:
    """Serve until the block ends."""
    port = free_port()
    settings = WebSettings(data_dir=folder, https_port=port, public_port=port, http_port=0)
    sign_in = DevelopmentSignIn(settings, clock, print)
    built = app.build(
        practice.services(),
        settings,
        clock=clock,
        ids=ids,
        sessions=FakeSessions(),
        identity=None,
        development_sign_in=sign_in,
    )
    server = Server(built, settings, tls_files(settings, clock))
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(ready.set)))
    thread.start()
    try:
        assert ready.wait(START_S_MAX)
        yield Running(settings, practice, sign_in, server)
    finally:
        server.stop()
        thread.join(START_S_MAX)
        assert not thread.is_alive()
