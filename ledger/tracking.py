"""How far each read model has come in each practice's log, committed with its rows."""

from uuid import UUID

from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

_ADVANCE = """
INSERT INTO views.tracking AS t (read_model, practice_id, position) VALUES (%b, %b, %b)
ON CONFLICT (read_model, practice_id) DO UPDATE SET position = excluded.position
WHERE t.position < excluded.position
"""
_POSITION = "SELECT position FROM views.tracking WHERE read_model = %b AND practice_id = %b"


def advance(
    connection: Connection[TupleRow], read_model: str, practice_id: UUID, position: int
) -> None:
    """Move a read model's position in a practice forward, inside the caller's transaction.

    Raises `IntegrityError` when it stands there already or further: somebody else applied it.
    """
    moved = connection.execute(_ADVANCE, (read_model, practice_id, position))
    if moved.rowcount != 1:
        raise IntegrityError("this position was applied before")


def position(connection: Connection[TupleRow], read_model: str, practice_id: UUID) -> int:
    """Return the last position a read model has applied, -1 when none."""
    row = connection.execute(_POSITION, (read_model, practice_id)).fetchone()
    return -1 if row is None else row[0]


class ReadModelTracking(TrackingRecorder):
    """The library's contract over the same table: application = practice id, id = position + 1."""

    def __init__(self, pool: ConnectionPool[Connection[TupleRow]], read_model: str) -> None:
        self._pool = pool
        self._read_model = read_model

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record a position in a transaction of its own. Raises `IntegrityError` unless higher."""
        practice_id = UUID(tracking.application_name)
        with self._pool.connection() as connection:
            advance(connection, self._read_model, practice_id, tracking.notification_id - 1)

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return the highest notification id applied, None when none was."""
        with self._pool.connection() as connection:
            reached = position(connection, self._read_model, UUID(application_name))
        return None if reached < 0 else reached + 1
