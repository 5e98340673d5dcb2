"""The therapist view's table: one row an entry, session or activity, with its content sealed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from uuid import UUID

from aggregates.hours.activity import ActivityCorrected, ActivityDeleted, ActivityLogged
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.shredding import KeyShredded
from aggregates.week import week_of
from ledger.reader import Entry, Shredded
from projections.opening import Opened
from projections.read_model import Page, ReadModel, Write, tag_of
from projections.sealed_rows import seal

NAME: Final = "therapist"
TABLE: Final = "therapist_entries"

_ACTIVITIES: Final = frozenset(
    tag_of(kind).encode() for kind in (ActivityLogged, ActivityCorrected, ActivityDeleted)
)
_SESSIONS: Final = frozenset(
    tag_of(kind).encode() for kind in (SessionLogged, SessionCorrected, SessionDeleted)
)
_ENTRIES: Final = _ACTIVITIES | _SESSIONS
_DELETED: Final = frozenset(tag_of(kind).encode() for kind in (SessionDeleted, ActivityDeleted))

# The week is the one that begins on a Sunday, whatever day a person's weeks begin on: a finer date
# stays sealed. week and sealed are null for a deleted entry, and for a shredded one, of which
# nobody can say any more in which week it was.
_DDL = """
CREATE TABLE {table} (
    practice_id  uuid NOT NULL,
    stream_id    uuid NOT NULL,
    person_id    uuid NOT NULL,
    week         date,
    position     bigint NOT NULL,
    version      bigint NOT NULL,
    logged_at_us bigint NOT NULL,
    is_activity  boolean NOT NULL,
    is_deleted   boolean NOT NULL,
    sealed       bytea,
    PRIMARY KEY (practice_id, stream_id)
);
ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX ON {table} (practice_id, person_id, week)
"""
_PUT = """
INSERT INTO {table} AS t
    (practice_id, stream_id, person_id, week, position, version, logged_at_us, is_activity,
     is_deleted, sealed)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::uuid[], %b::date[], %b::bigint[], %b::bigint[], %b::bigint[], %b::boolean[],
    %b::boolean[], %b::bytea[]) AS e
ON CONFLICT (practice_id, stream_id) DO UPDATE SET
    week = excluded.week, position = excluded.position, version = excluded.version,
    is_deleted = excluded.is_deleted, sealed = excluded.sealed
WHERE t.position < excluded.position
"""
_SHRED = """
UPDATE {table} SET week = NULL, sealed = NULL
WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])
"""


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each entry of the page as its last event left it, and what to shred."""
    first: dict[bytes, Entry] = {}
    last: dict[bytes, tuple[Entry, Opened | Shredded | None]] = {}
    shredded: list[UUID] = []
    for entry, opened in page.events:
        preamble = entry.preamble
        if preamble.type in _ENTRIES:
            first.setdefault(preamble.stream_id, entry)
            last[preamble.stream_id] = (entry, opened)
        elif isinstance(opened, Opened) and isinstance(opened.fact, KeyShredded):
            shredded.append(opened.fact.stream_id)
    writes: list[Write] = []
    if last:
        rows = (_row(page, first[stream], *event) for stream, event in last.items())
        writes.append(Write(_PUT, (page.practice_id, *_columns(rows))))
    if shredded:
        writes.append(Write(_SHRED, (page.practice_id, shredded)))
    return writes


_Row = tuple[UUID, UUID, dt.date | None, int, int, int, bool, bool, bytes | None]


def _row(page: Page, first: Entry, entry: Entry, opened: Opened | Shredded | None) -> _Row:
    """Return the row of an entry as its last event left it; `first` names whose, if it is new."""
    week = sealed = None
    if isinstance(opened, Opened):
        fact = opened.fact
        assert isinstance(
            fact, SessionLogged | SessionCorrected | ActivityLogged | ActivityCorrected
        )
        week = week_of(fact.entry.date)
        sealed = seal(NAME, page, entry, opened.body)
    return (
        entry.stream_id,
        _person(first.preamble.actor_id),
        week,
        entry.position,
        entry.version,
        first.recorded_at_us,
        entry.preamble.type in _ACTIVITIES,
        entry.preamble.type in _DELETED,
        sealed,
    )


@lru_cache(maxsize=4_096)
def _person(raw: bytes) -> UUID:
    return UUID(bytes=raw)


def _columns(rows: Iterable[_Row]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


THERAPIST: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=2,
    ddl=_DDL,
    reads=(SessionLogged, SessionCorrected, ActivityLogged, ActivityCorrected, KeyShredded),
    apply=apply,
)
