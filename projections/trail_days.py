"""Counts of a trail: what happened on each day of a person, and who looked in a practice."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.access import AccessRefused, Purpose, RecordKind
from aggregates.practice import Role
from ledger.ids import NIL
from projections.read_model import tag_of
from projections.source import Source
from projections.trail import EVERYBODY

DAYS_MAX: Final = 3_660
GROUPS_MAX: Final = 10_000

# An instant belongs to the day it is where the reader is.
_DAYS = """
SELECT (to_timestamp(recorded_at_us / 1000000) AT TIME ZONE %b)::date AS day,
       count(*) FILTER (WHERE NOT is_access),
       count(*) FILTER (WHERE is_access AND actor_id <> %b),
       count(*) FILTER (WHERE is_access AND actor_id = %b)
FROM views.trail
WHERE practice_id = %b AND person_id = ANY (%b::uuid[])
  AND recorded_at_us >= %b AND recorded_at_us < %b
GROUP BY day ORDER BY day LIMIT %b
"""
_ACCESSES = """
SELECT (to_timestamp(recorded_at_us / 1000000) AT TIME ZONE %b)::date AS day, actor_id, role, kind,
       type = %b AS is_refused,
       person_id = actor_id AND type <> %b AND kind IS NOT NULL AND actor_id <> %b AS is_own,
       coalesce(purpose = %b, false) AS is_emergency, count(*), max(recorded_at_us)
FROM views.trail
WHERE practice_id = %b AND is_access AND recorded_at_us >= %b AND recorded_at_us < %b
GROUP BY day, actor_id, role, kind, is_refused, is_own, is_emergency
ORDER BY day DESC, is_own, is_emergency DESC, max(recorded_at_us) DESC LIMIT %b
"""
_REFUSED: Final = tag_of(AccessRefused)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` up to before `end`, in the zone of this name (as PostgreSQL knows it)."""

    first: dt.date
    end: dt.date
    zone: dt.tzinfo

    @property
    def bounds_us(self) -> tuple[int, int]:
        """The microseconds since 1970 UTC at which they begin and end."""
        midnights = (
            dt.datetime.combine(day, dt.time(), self.zone) for day in (self.first, self.end)
        )
        first, end = (int(each.timestamp()) * 1_000_000 for each in midnights)
        return first, end


@dataclass(frozen=True, slots=True)
class DayCount:
    """How often on one day: changes, looks by others (also refused ones), one's own looks."""

    day: dt.date
    changes: int
    by_others: int
    own: int


@dataclass(frozen=True, slots=True)
class Accesses:
    """Looks of one kind by one reader on one day.

    `role` and `kind` are None once shredded; who runs the service has no role, and the id NIL.
    """

    day: dt.date
    reader_id: UUID
    role: Role | None
    kind: RecordKind | None
    is_refused: bool
    is_own: bool
    count: int
    last_us: int
    is_emergency: bool = False


def trail_days(
    source: Source, practice_id: UUID, person_id: UUID, span: Span
) -> tuple[DayCount, ...]:
    """Return the days on which something happened to a person's records or to the practice."""
    people = [person_id, EVERYBODY]
    asked = (str(span.zone), person_id, person_id, practice_id, people, *span.bounds_us, DAYS_MAX)
    with source.read(practice_id) as connection:
        rows = connection.execute(_DAYS, asked, binary=True).fetchall()
    return tuple(DayCount(*row) for row in rows)


def accesses(source: Source, practice_id: UUID, span: Span) -> tuple[Accesses, ...]:
    """Return who looked at what in the practice, newest day first, others' records first."""
    marks = (_REFUSED, _REFUSED, NIL, Purpose.EMERGENCY.value)
    asked = (str(span.zone), *marks, practice_id, *span.bounds_us, GROUPS_MAX)
    with source.read(practice_id) as connection:
        rows = connection.execute(_ACCESSES, asked, binary=True).fetchall()
    return tuple(
        Accesses(
            *(day, reader_id, role and Role(role), kind and RecordKind(kind)),
            *(is_refused, is_own, count, last_us, is_emergency),
        )
        for day, reader_id, role, kind, is_refused, is_own, is_emergency, count, last_us in rows
    )
