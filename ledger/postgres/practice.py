"""The practice a transaction speaks for: row-level security shows its rows and no others.

Where rows are one person's of a practice, it speaks as that person, too. Both are settings of the
transaction and end with it. Without them there are no rows. They guard against a query that forgot
its practice, not against SQL that somebody else could choose (docs/threat-model.md).
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
_SPEAK_AS: Final = """
SELECT concat(pg_catalog.current_setting('therapist.practice', true),
              pg_catalog.current_setting('therapist.person', true)),
       pg_catalog.set_config('therapist.practice', %b, true),
       pg_catalog.set_config('therapist.person', %b, true)
"""
_LEFT: Final = """
SELECT concat(pg_catalog.current_setting('therapist.practice', true),
              pg_catalog.current_setting('therapist.person', true))
"""
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
        _refuse_other(connection, connection.execute(_SPEAK, (named,)).fetchone())
        yield connection


@contextmanager
def speaking_as(
    connection: Connection[TupleRow], practice_id: UUID, person_id: UUID
) -> Generator[Connection[TupleRow]]:
    """Run the block in one transaction that speaks for a practice as one person of it.

    Raises `Tampered`, and closes the connection, when it spoke for one already.
    """
    named = (str(practice_id), str(person_id))
    with connection.transaction():
        _refuse_other(connection, connection.execute(_SPEAK_AS, named).fetchone())
        yield connection


def refuse_leftover(connection: Connection[TupleRow]) -> None:
    """Raise `Tampered` for a connection that comes back to its pool and still speaks for one."""
    row = connection.execute(_LEFT).fetchone()
    if row is None or row[0]:
        raise Tampered(_LEFT_BEHIND)


def _refuse_other(connection: Connection[TupleRow], row: TupleRow | None) -> None:
    if row is None or row[0]:
        connection.close()
        raise Tampered(_LEFT_BEHIND)
