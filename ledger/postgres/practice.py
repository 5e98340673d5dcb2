"""The practice a transaction speaks for: row-level security shows its rows and no others.

It is a setting of the transaction and ends with it. Without one there are no rows. It guards
against a query that forgot its practice, not against SQL that somebody else could choose
(docs/threat-model.md).
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.errors import Tampered

# What stood there before is read first: expressions are evaluated from left to right.
_SPEAK: Final = """
SELECT coalesce(pg_catalog.current_setting('therapist.practice', true), ''),
       pg_catalog.set_config('therapist.practice', %b, true)
"""
_LEFT: Final = "SELECT coalesce(pg_catalog.current_setting('therapist.practice', true), '')"
_LEFT_BEHIND: Final = "a connection still spoke for a practice; it was closed"


@contextmanager
def speaking_for(
    connection: Connection[TupleRow], *practice_ids: UUID
) -> Generator[Connection[TupleRow]]:
    """Run the block in one transaction that speaks for these practices; several only for keys.

    Raises `Tampered`, and closes the connection, when it spoke for one already.
    """
    named = ",".join(map(str, practice_ids))
    with connection.transaction():
        row = connection.execute(_SPEAK, (named,)).fetchone()
        if row is None or row[0]:
            connection.close()
            raise Tampered(_LEFT_BEHIND)
        yield connection


def refuse_leftover(connection: Connection[TupleRow]) -> None:
    """Raise `Tampered` for a connection that comes back to its pool and still speaks for one."""
    row = connection.execute(_LEFT).fetchone()
    if row is None or row[0]:
        raise Tampered(_LEFT_BEHIND)
