"""How far streams of a practice had come when its log had a certain size."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

_ENDS: Final = """
SELECT stream_id, max(version) FROM ledger.events
WHERE practice_id = %b AND position < %b AND stream_id = ANY (%b::uuid[]) GROUP BY stream_id
"""


def stream_ends(
    connection: Connection[TupleRow], practice_id: UUID, size: int, streams: Iterable[UUID]
) -> dict[UUID, int]:
    """Return the last version of each of these streams in the first `size` events."""
    asked = (practice_id, size, list(streams))
    return dict(connection.execute(_ENDS, asked, binary=True).fetchall())
