"""Counts a log's events over time, where they are stored: for a picture of them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

# A leaf has its time at byte 104, as a big-endian integer (docs/format.md).
_TIME: Final = "('x' || encode(substring(leaf FROM 105 FOR 8), 'hex'))::bit(64)::bigint"
_ENDS: Final = f"""
SELECT min({_TIME}), max({_TIME}) FROM ledger.events WHERE practice_id = %b AND position IN (0, %b)
"""  # noqa: S608 -- nothing of it comes from outside
_COUNTS: Final = f"""
SELECT ({_TIME} - %b::bigint) * %b::bigint / %b::bigint AS part, count(*) FROM ledger.events
WHERE practice_id = %b AND position < %b GROUP BY part
"""  # noqa: S608 -- nothing of it comes from outside


@dataclass(frozen=True, slots=True)
class EventTimes:
    """How many events fell into each of some equal parts of the time from first to last.

    Both ends are microseconds since 1970 UTC, and within.
    """

    first_us: int
    last_us: int
    counts: tuple[int, ...]

    def part_of(self, time_us: int) -> int:
        """Return in which part a time falls; one outside falls into the first or the last."""
        parts = len(self.counts)
        part = (time_us - self.first_us) * parts // (self.last_us - self.first_us + 1)
        return min(max(part, 0), parts - 1)


def event_times(
    connection: Connection[TupleRow], practice_id: UUID, size: int, parts: int
) -> EventTimes | None:
    """Count the first `size` events of a practice in `parts` parts of time, None without any."""
    row = connection.execute(_ENDS, (practice_id, size - 1), binary=True).fetchone()
    if row is None or row[0] is None:
        return None
    first_us, last_us = row
    asked = (first_us, parts, last_us - first_us + 1, practice_id, size)
    counts = dict(connection.execute(_COUNTS, asked, binary=True).fetchall())
    return EventTimes(first_us, last_us, tuple(counts.get(part, 0) for part in range(parts)))
