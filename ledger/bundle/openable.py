"""Which streams of a practice may be opened for an auditor: those with nothing else in them."""

from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

# Where a leaf has its type, mode and key: docs/format.md.
_OPENABLE: Final = """
WITH sealed AS (
    SELECT stream_id, position,
           convert_from(substring(leaf FROM 130 FOR get_byte(leaf, 128)), 'UTF8') AS type,
           encode(substring(leaf FROM 131 + get_byte(leaf, 128) FOR 16), 'hex')::uuid AS key_id
    FROM ledger.events
    WHERE practice_id = %b AND position < %b AND get_byte(leaf, 129 + get_byte(leaf, 128)) = 1
)
SELECT key_id, array_agg(position) FROM sealed GROUP BY stream_id, key_id
HAVING bool_and(type = ANY (%b::text[]))
"""


class Openable(NamedTuple):
    """The key of a stream, and the positions of what is sealed under it."""

    key_id: UUID
    positions: list[int]


def openable(
    connection: Connection[TupleRow], practice_id: UUID, size: int, types: AbstractSet[str]
) -> list[Openable]:
    """Return those of the first `size` events that hold, under seal, events of these types alone.

    A key opens its whole stream, so one event of another type keeps all of it closed. What was
    altered in the database is not believed for long: the bundle is not made of it (`Tampered`).
    """
    asked = (practice_id, size, sorted(types))
    rows = connection.execute(_OPENABLE, asked, binary=True).fetchall()
    return [Openable(key_id, positions) for key_id, positions in rows]
