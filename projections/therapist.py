"""The therapist view: one row a session, its content sealed, found by its person and week."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.catalogue import Fact, decode, encode
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import SessionEntry
from aggregates.shredding import KeyShredded
from ledger.reader import Entry, Reading, Shredded
from ledger.sealing import RecordKey, open_row, row_key_id, row_place, seal_row
from projections.opening import look_up
from projections.read_model import Known, Page, ReadModel, Write, tag_of
from projections.source import Source
from projections.weeks import WEEK, week_of

NAME: Final = "therapist"
TABLE: Final = "therapist_sessions"
WEEK_SESSIONS_MAX: Final = 1_000

_SESSION_TAGS: Final = frozenset(
    tag_of(kind) for kind in (SessionLogged, SessionCorrected, SessionDeleted)
)
_ROW_TAG: Final = tag_of(SessionCorrected)
_DAY_US: Final = 86_400_000_000
_DAY_0: Final = dt.date(1970, 1, 1)

# week and sealed are null for a deleted session, and for a shredded one, of which nobody can say
# any more in which week it was.
_DDL = """
CREATE TABLE {table} (
    practice_id  uuid NOT NULL,
    stream_id    uuid NOT NULL,
    person_id    uuid NOT NULL,
    week         date,
    position     bigint NOT NULL,
    version      bigint NOT NULL,
    logged_at_us bigint NOT NULL,
    is_deleted   boolean NOT NULL,
    sealed       bytea,
    PRIMARY KEY (practice_id, stream_id)
);
ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX ON {table} (practice_id, person_id, week)
"""
_PUT = """
INSERT INTO {table} AS t
    (practice_id, stream_id, person_id, week, position, version, logged_at_us, is_deleted, sealed)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::uuid[], %b::date[], %b::bigint[], %b::bigint[], %b::bigint[], %b::boolean[],
    %b::bytea[]) AS e
ON CONFLICT (practice_id, stream_id) DO UPDATE SET
    week = excluded.week, position = excluded.position, version = excluded.version,
    is_deleted = excluded.is_deleted, sealed = excluded.sealed
WHERE t.position < excluded.position
"""
_SHRED = """
UPDATE {table} SET week = NULL, sealed = NULL
WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])
"""
_WEEK = """
SELECT stream_id, position, version, logged_at_us, sealed FROM views.therapist_sessions
WHERE practice_id = %b AND person_id = %b AND NOT is_deleted
  AND (week = %b OR week IS NULL AND logged_at_us >= %b AND logged_at_us < %b)
ORDER BY position LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session of a week; `entry` is None once its key is destroyed."""

    stream_id: UUID
    version: int
    entry: SessionEntry | None
    logged_at_us: int

    @property
    def shredded(self) -> bool:
        """Whether nobody can read it any more."""
        return self.entry is None

    @property
    def corrections(self) -> int:
        """How often it was corrected."""
        return self.version - 1


@dataclass(frozen=True, slots=True)
class WeekView:
    """The sessions of the seven days from `first_day`, by date and start; shredded ones last."""

    first_day: dt.date
    sessions: tuple[SessionRow, ...]


def week(source: Source, practice_id: UUID, person_id: UUID, first_day: dt.date) -> WeekView:
    """Return a person's week, opened with one look-up of keys.

    `first_day` may be any day of it. A session whose key is destroyed shows in the week in which
    it was logged (by UTC), for its own week is not known any more. Raises `Tampered` for a row
    that was not sealed for its place.
    """
    sunday = week_of(first_day)
    with source.read() as connection:
        rows = _rows(connection, practice_id, person_id, sunday)
    sealed = [row[4] for row in rows if row[4] is not None]
    keys = look_up(source.keys, practice_id, map(row_key_id, sealed))
    sessions = (
        SessionRow(stream_id, version, _open(keys, practice_id, stream_id, position, blob), logged)
        for stream_id, position, version, logged, blob in rows
    )
    return WeekView(sunday, tuple(sorted(sessions, key=_order)))


def _rows(
    connection: Reading, practice_id: UUID, person_id: UUID, sunday: dt.date
) -> list[tuple[UUID, int, int, int, bytes | None]]:
    asked = (
        practice_id,
        person_id,
        sunday,
        _midnight_us(sunday),
        _midnight_us(sunday + WEEK),
        WEEK_SESSIONS_MAX,
    )
    return connection.execute(_WEEK, asked, binary=True).fetchall()


def _open(
    keys: Known, practice_id: UUID, stream_id: UUID, position: int, sealed: bytes | None
) -> SessionEntry | None:
    if sealed is None:
        return None
    key = keys.get(row_key_id(sealed))
    if not isinstance(key, RecordKey):
        return None
    plain = open_row(key, row_place(NAME, practice_id, stream_id, position), sealed)
    fact = decode(_ROW_TAG, plain)
    assert isinstance(fact, SessionCorrected)
    return fact.entry


def _midnight_us(day: dt.date) -> int:
    return (day - _DAY_0).days * _DAY_US


def _order(row: SessionRow) -> tuple[bool, dt.date, int, int]:
    if row.entry is None:
        return True, dt.date.max, 0, row.logged_at_us
    return False, row.entry.date, row.entry.start_minute, row.logged_at_us


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each session of the page as its last event left it, and what to shred."""
    first: dict[UUID, Entry] = {}
    last: dict[UUID, tuple[Entry, Fact | Shredded | None]] = {}
    shredded: list[UUID] = []
    for entry, fact in zip(page.entries, page.facts, strict=True):
        if isinstance(fact, KeyShredded):
            shredded.append(fact.stream_id)
        elif entry.type in _SESSION_TAGS:
            first.setdefault(entry.stream_id, entry)
            last[entry.stream_id] = (entry, fact)
    writes: list[Write] = []
    if last:
        rows = (_row(page, first[stream], *event) for stream, event in last.items())
        writes.append(Write(_PUT, (page.practice_id, *_columns(rows))))
    if shredded:
        writes.append(Write(_SHRED, (page.practice_id, shredded)))
    return writes


_Row = tuple[UUID, UUID, dt.date | None, int, int, int, bool, bytes | None]


def _row(page: Page, first: Entry, entry: Entry, fact: Fact | Shredded | None) -> _Row:
    said = fact.entry if isinstance(fact, SessionLogged | SessionCorrected) else None
    return (
        entry.stream_id,
        first.actor_id,
        None if said is None else week_of(said.date),
        entry.position,
        entry.version,
        first.recorded_at_us,
        entry.type == tag_of(SessionDeleted),
        None if said is None else _seal(page, entry, said),
    )


def _seal(page: Page, entry: Entry, said: SessionEntry) -> bytes:
    assert entry.key_id is not None, "a session is never stored in the clear"
    key = page.keys[entry.key_id]
    assert isinstance(key, RecordKey), "what was opened can be sealed"
    place = row_place(NAME, page.practice_id, entry.stream_id, entry.position)
    return seal_row(key, place, encode(SessionCorrected(entry=said))[1])


def _columns(rows: Iterable[_Row]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


THERAPIST: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=1,
    ddl=_DDL,
    reads=(SessionLogged, SessionCorrected, KeyShredded),
    apply=apply,
)
