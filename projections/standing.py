"""Where the read models stand: how far each has come, what is behind, and what is parked."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

BEHIND_PRACTICES_MAX = 1_000
PARKED_SHOWN_MAX = 100

_BEGIN = """
INSERT INTO views.tracking (read_model, practice_id, position)
SELECT %(name)b, h.practice_id, -1 FROM ledger.heads h
WHERE (%(every)b OR h.practice_id = ANY (%(some)b::uuid[]))
  AND NOT EXISTS (SELECT FROM views.tracking t
                  WHERE t.read_model = %(name)b AND t.practice_id = h.practice_id)
ON CONFLICT DO NOTHING
"""
_BEHIND = """
SELECT h.practice_id, t.position, h.size FROM ledger.heads h
JOIN views.tracking t ON t.read_model = %(name)b AND t.practice_id = h.practice_id
WHERE (%(every)b OR h.practice_id = ANY (%(some)b::uuid[]))
  AND h.size > t.position + 1
  AND NOT EXISTS (SELECT FROM views.parked p
                  WHERE p.read_model = %(name)b AND p.practice_id = h.practice_id)
LIMIT %(limit)b
"""
_TOTALS = """
SELECT count(*), count(*) FILTER (WHERE h.size > coalesce(t.position, -1) + 1),
       coalesce(sum(h.size - 1 - coalesce(t.position, -1)), 0)::bigint,
       coalesce(sum(h.size), 0)::bigint
FROM ledger.heads h
LEFT JOIN views.tracking t ON t.read_model = %b AND t.practice_id = h.practice_id
"""
_PARKED = """
SELECT practice_id, position, reason FROM views.parked WHERE read_model = %b
ORDER BY practice_id LIMIT %b
"""
_PARK = """
INSERT INTO views.parked (read_model, practice_id, position, reason)
SELECT t.read_model, t.practice_id, t.position + 1, %b FROM views.tracking t
WHERE t.read_model = %b AND t.practice_id = %b
ON CONFLICT (read_model, practice_id)
DO UPDATE SET position = excluded.position, reason = excluded.reason
"""
_UNPARK = """
WITH gone AS (DELETE FROM views.parked
              WHERE read_model = %b AND (%b::uuid IS NULL OR practice_id = %b)
              RETURNING practice_id)
SELECT pg_notify('ledger', practice_id::text) FROM gone
"""


@dataclass(frozen=True, slots=True)
class Lag:
    """A practice that a read model has not caught up with: applied `position`, log `size`."""

    practice_id: UUID
    position: int
    size: int


@dataclass(frozen=True, slots=True)
class Parked:
    """A practice that a read model gave up at `position`; the reason is a code."""

    practice_id: UUID
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A read model as a whole: counts over all practices, and the first PARKED_SHOWN_MAX parked."""

    practices: int
    practices_behind: int
    events_behind: int
    events: int
    parked: tuple[Parked, ...]


def behind(
    connection: Connection[TupleRow], name: str, practice_ids: Collection[UUID] | None
) -> list[Lag]:
    """Return practices to work on, BEHIND_PRACTICES_MAX at most, of these or (None) of all.

    As the projector only: it gives practices that are new to the read model their tracking row.
    """
    asked = {
        "name": name,
        "every": practice_ids is None,
        "some": list(practice_ids or ()),
        "limit": BEHIND_PRACTICES_MAX,
    }
    connection.execute(_BEGIN, asked, binary=True)
    rows = connection.execute(_BEHIND, asked, binary=True)
    return [Lag(*row) for row in rows.fetchall()]


def standing(connection: Connection[TupleRow], name: str) -> Standing:
    """Return where a read model stands; for the projector, who sees all practices."""
    totals = connection.execute(_TOTALS, (name,), binary=True).fetchone()
    assert totals is not None
    parked = connection.execute(_PARKED, (name, PARKED_SHOWN_MAX), binary=True)
    practices, practices_behind, events_behind, events = totals
    shown = tuple(Parked(*row) for row in parked.fetchall())
    return Standing(practices, practices_behind, events_behind, events, shown)


def park(connection: Connection[TupleRow], name: str, practice_id: UUID, reason: str) -> None:
    """Give up a practice at the event after its position, visibly; the reason is a code."""
    connection.execute(_PARK, (reason, name, practice_id))


def unpark(connection: Connection[TupleRow], name: str, practice_id: UUID | None = None) -> int:
    """Try a parked practice again, or (None) all of the read model's; returns how many."""
    return connection.execute(_UNPARK, (name, practice_id, practice_id)).rowcount
