"""The writer's one connection: opened when needed, replaced when lost."""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.errors import Unavailable

RECONNECT_FOR_S = 15.0
PAUSE_S_FIRST = 0.05
PAUSE_S_MAX = 1.0


class Session:
    """A connection that comes back. Owned by the writer's thread: no lock."""

    def __init__(self, connect: Callable[[], Connection[TupleRow]]) -> None:
        self._connect = connect
        self._connection: Connection[TupleRow] | None = None

    def connection(self) -> Connection[TupleRow]:
        """Return a live connection, reconnecting with back-off for RECONNECT_FOR_S.

        Raises `Unavailable` when the database cannot be reached in that time.
        """
        if self._connection is not None and not self._connection.closed:
            return self._connection
        deadline_s = monotonic() + RECONNECT_FOR_S
        pause_s = PAUSE_S_FIRST
        while True:
            try:
                self._connection = self._connect()
            except (psycopg.OperationalError, Unavailable):
                if monotonic() + pause_s > deadline_s:
                    raise Unavailable("the database cannot be reached; try again") from None
                sleep(pause_s)
                pause_s = min(2 * pause_s, PAUSE_S_MAX)
            else:
                return self._connection

    def note(self, error: psycopg.Error) -> None:
        """Drop the connection after an error that leaves its state in doubt."""
        is_broken = self._connection is not None and self._connection.broken
        if is_broken or isinstance(error, psycopg.OperationalError):
            self.close()

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()
