"""Checks that commands and events cover each other: every event was made by one command."""

from collections.abc import Generator
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.fsck.difference import Difference, Name

ROWS_PER_FETCH = 2_000

_COMMANDS = """
SELECT position, uuid_send(command_id), events FROM ledger.commands
WHERE practice_id = %b ORDER BY position
"""


class Commands:
    """The commands of one practice, walked beside its events.

    A command's first event bears the command's id, so a forged or lost row is found.
    """

    def __init__(self, connection: Connection[TupleRow], practice_id: UUID) -> None:
        self._practice_id = practice_id
        self._rows = _rows(connection, practice_id)
        self._next = 0

    def pass_event(self, position: int, event_id: bytes) -> None:
        """Let an event pass. Raises `Difference` when no command made it."""
        if position < self._next:
            return
        row = next(self._rows, None)
        if row is None or row[:2] != (position, event_id):
            raise self._found(position)
        self._next = position + row[2]

    def close(self) -> None:
        """Close the cursor, while its transaction still stands."""
        self._rows.close()

    def finish(self, size: int) -> None:
        """Check that no command points beyond the events. Raises `Difference`."""
        if self._next != size or next(self._rows, None) is not None:
            raise self._found(size)

    def _found(self, position: int) -> Difference:
        place = f"practice {self._practice_id} position {position}"
        return Difference(Name.COMMAND_DIFFERS, place)


def _rows(connection: Connection[TupleRow], practice_id: UUID) -> Generator[tuple[int, bytes, int]]:
    with connection.cursor(name="fsck_commands", binary=True) as cursor:
        cursor.execute(_COMMANDS, (practice_id,))
        while rows := cursor.fetchmany(ROWS_PER_FETCH):
            yield from rows
