"""Recomputes which gates an event had to find open, and which it opened or closed."""

from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.fsck.difference import Difference, Name

_TYPES = "SELECT type, needs, opens, closes FROM ledger.event_types"
_GATES = """
SELECT gate, position, is_open FROM ledger.gates WHERE practice_id = %b ORDER BY position, gate
"""


class EventType(msgspec.Struct, frozen=True):
    """A registered type: the gates it needs open, the gate it opens, the gate it closes."""

    needs: frozenset[str]
    opens: str | None
    closes: str | None


def read_types(connection: Connection[TupleRow]) -> dict[str, EventType]:
    """Read the registry of event types."""
    rows = connection.execute(_TYPES)
    return {row[0]: EventType(frozenset(row[1]), row[2], row[3]) for row in rows}


class Gates:
    """The gates of one practice, moved by its events in order."""

    def __init__(self, practice_id: UUID, types: dict[str, EventType]) -> None:
        self._practice_id = practice_id
        self._types = types
        self._open: set[str] = set()
        self._moves: list[tuple[str, int, bool]] = []

    def pass_event(self, tag: str, position: int) -> None:
        """Let an event pass. Raises `Difference` when it could not have been appended."""
        kind = self._types.get(tag)
        if kind is None:
            raise self._found(Name.TYPE_UNKNOWN, position)
        if kind.opens is None and kind.closes is None:
            if not kind.needs <= self._open:
                raise self._found(Name.GATE_PASSED, position)
            return
        is_late_genesis = kind.opens is not None and not kind.needs and position > 0
        if is_late_genesis or not kind.needs <= self._open:
            raise self._found(Name.GATE_PASSED, position)
        if kind.opens is not None and kind.opens not in self._open:
            self._open.add(kind.opens)
            self._moves.append((kind.opens, position, True))
        if kind.closes in self._open:
            self._open.remove(kind.closes)
            self._moves.append((kind.closes, position, False))

    def compare(self, connection: Connection[TupleRow]) -> None:
        """Compare with what is stored. Raises `Difference`."""
        stored = [tuple(row) for row in connection.execute(_GATES, (self._practice_id,))]
        if stored != sorted(self._moves, key=lambda move: (move[1], move[0])):
            raise Difference(Name.GATE_DIFFERS, f"practice {self._practice_id}")

    def _found(self, name: Name, position: int) -> Difference:
        return Difference(name, f"practice {self._practice_id} position {position}")
