"""A proxy before PostgreSQL's unix socket that cuts a connection at one exact message."""

import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from threading import Lock, Thread

import psycopg
from psycopg import Connection, conninfo
from psycopg.rows import TupleRow

from ledger.postgres.connect import Database, Role

SOCKET_NAME = ".s.PGSQL.5432"
CHUNK_BYTES = 1 << 16


class Cut(StrEnum):
    """Where the line breaks: the server never hears it, or hears it and is never heard."""

    BEFORE_SENDING = "before sending"
    AFTER_SENDING = "between sending and receiving"


class Proxy:
    """Forwards everything, until it is told to cut at the n-th message of the client from then."""

    def __init__(self, folder: Path, server: Path) -> None:
        self._server = server
        self._lock = Lock()  # guards the plan
        self._left: int | None = None
        self._cut = Cut.AFTER_SENDING
        self._folder = folder
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET_NAME))
        self._listener.listen()
        self._serving: list[Thread] = []
        self._accepting = Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def plan(self, messages: int, cut: Cut) -> None:
        """Cut at the client's message after so many more."""
        with self._lock:
            self._left, self._cut = messages, cut

    @property
    def has_cut(self) -> bool:
        """Tell whether the plan was carried out."""
        with self._lock:
            return self._left is None

    def close(self) -> None:
        """Take no more connections, and wait for the end of those there are."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        for thread in self._serving:
            thread.join()
        self._listener.close()

    def connect(self, database: Database) -> Connection[TupleRow]:
        """Connect as the service, through this proxy."""
        parameters = conninfo.make_conninfo(
            database.conninfo(Role.WRITER), host=str(self._folder), hostaddr="", port="5432"
        )
        return psycopg.connect(parameters, autocommit=True)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._serving.append(Thread(target=self._serve, args=(client,), daemon=True))
                self._serving[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server))
            answering = Thread(target=_answer, args=(server, client), daemon=True)
            answering.start()
            with suppress(OSError):
                self._ask(client, server)
            # The server notices once it has done what it heard.
            server.shutdown(socket.SHUT_WR)
            answering.join()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        while said := client.recv(CHUNK_BYTES):
            cut = self._next()
            if cut is not None:
                # Whoever reads for the client finds the line dead, and what it holds is lost.
                client.shutdown(socket.SHUT_RDWR)
            if cut is not Cut.BEFORE_SENDING:
                server.sendall(said)
            if cut is not None:
                return

    def _next(self) -> Cut | None:
        with self._lock:
            if self._left is None:
                return None
            self._left -= 1
            if self._left >= 0:
                return None
            self._left = None
            return self._cut


def _answer(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while heard := server.recv(CHUNK_BYTES):
            # A client that was cut off hears nothing; the server is heard out all the same.
            with suppress(OSError):
                client.sendall(heard)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(database: Database, folder: Path) -> Generator[Proxy]:
    """Run a proxy before the database's server, which must be on a unix socket."""
    parameters = database.parameters[Role.WRITER]
    server = Path(parameters["host"]) / f".s.PGSQL.{parameters.get('port', '5432')}"
    proxy = Proxy(folder, server)
    try:
        yield proxy
    finally:
        proxy.close()
