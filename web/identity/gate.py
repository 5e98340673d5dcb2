"""Lends connections of the role that alone may use the schema `gate`."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.errors import Unavailable
from ledger.postgres.connect import Database, Role
from ledger.postgres.lending import lending

CONNECTIONS_MAX: Final = 8

GateConnection = Connection[TupleRow]


class Gate:
    """The pool of `therapist_gate`; close it at the end."""

    def __init__(self, database: Database) -> None:
        self._pool = database.pool(Role.GATE, CONNECTIONS_MAX)
        self._lend = lending(self._pool)

    @contextmanager
    def transaction(self) -> Generator[GateConnection]:
        """Lend a connection for one transaction. Raises `Unavailable`: nobody passes then."""
        try:
            with self._lend() as connection, connection.transaction():
                yield connection
        except psycopg.OperationalError:
            raise Unavailable("the database cannot be reached; try again") from None

    def close(self) -> None:
        """Hang up."""
        self._pool.close()
