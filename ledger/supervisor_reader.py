"""Reads what one person of a practice is shown as a supervisor, in the role that sees no more."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.postgres.connect import Database, Role
from ledger.postgres.lending import answered, lending
from ledger.postgres.practice import speaking_as

READERS_MAX: Final = 8


class SupervisorReader:
    """A pool of its own; no other role's connections are ever used in its place."""

    def __init__(self, database: Database) -> None:
        self._pool = database.pool(Role.SUPERVISOR_READER, READERS_MAX)
        self._lend = lending(self._pool)

    def close(self) -> None:
        """Hang up."""
        self._pool.close()

    @contextmanager
    def read(self, practice_id: UUID, supervisor_id: UUID) -> Generator[Connection[TupleRow]]:
        """Lend a connection that sees this person's rows of this practice, in one transaction.

        Raises `Unavailable` when there is none to be had.
        """
        with (
            answered(),
            self._lend() as connection,
            speaking_as(connection, practice_id, supervisor_id),
        ):
            yield connection
