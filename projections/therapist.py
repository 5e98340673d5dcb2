"""The therapist view: one row a session, its content sealed, found by its person and week."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from aggregates.catalogue import decode
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import SessionEntry
from aggregates.shredding import KeyShredded
from aggregates.week import WEEK_DAYS, week_of
from ledger.reader import Entry, Reading, Shredded
from ledger.sealing import RecordKey, open_row, row_key_id, row_place, seal_row
from projections.opening import Known, Opened, look_up
from projections.read_model import Page, ReadModel, Write, tag_of
from projections.source import Source

NAME: Final = "therapist"
TABLE: Final = "therapist_sessions"
WEEK_SESSIONS_MAX: Final = 1_000

_LOGGED: Final = tag_of(SessionLogged)
_CORRECTED: Final = tag_of(SessionCorrected)
_DELETED: Final = tag_of(SessionDeleted).encode()
_SESSION_TAGS: Final = frozenset((_LOGGED.encode(), _CORRECTED.encode(), _DELETED))
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
    with source.read(practice_id) as connection:
        rows = _rows(connection, practice_id, person_id, sunday)
    sealed = (row[4] for row in rows if row[4] is not None)
    keys = look_up(source.keys, practice_id, (row_key_id(blob).bytes for blob in sealed))
    sessions = (_open(keys, practice_id, row) for row in rows)
    return WeekView(sunday, tuple(sorted(sessions, key=_order)))


def _rows(
    connection: Reading, practice_id: UUID, person_id: UUID, sunday: dt.date
) -> list[tuple[UUID, int, int, int, bytes | None]]:
    asked = (
        practice_id,
        person_id,
        sunday,
        _midnight_us(sunday),
        _midnight_us(sunday + dt.timedelta(days=WEEK_DAYS)),
        WEEK_SESSIONS_MAX,
    )
    return connection.execute(_WEEK, asked, binary=True).fetchall()


def _open(
    keys: Known, practice_id: UUID, row: tuple[UUID, int, int, int, bytes | None]
) -> SessionRow:
    stream_id, position, version, logged_at_us, sealed = row
    key = None if sealed is None else keys.get(row_key_id(sealed).bytes)
    if sealed is None or not isinstance(key, RecordKey):
        return SessionRow(stream_id, version, None, logged_at_us)
    body = open_row(key, row_place(NAME, practice_id, stream_id, position), sealed)
    # Version 1 of a session's stream is always session-logged.v1.
    fact = decode(_LOGGED if version == 1 else _CORRECTED, body)
    assert isinstance(fact, SessionLogged | SessionCorrected)
    return SessionRow(stream_id, version, fact.entry, logged_at_us)


def _midnight_us(day: dt.date) -> int:
    return (day - _DAY_0).days * _DAY_US


def _order(row: SessionRow) -> tuple[bool, dt.date, int, int]:
    if row.entry is None:
        return True, dt.date.max, 0, row.logged_at_us
    return False, row.entry.date, row.entry.start_minute, row.logged_at_us


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each session of the page as its last event left it, and what to shred."""
    first: dict[bytes, Entry] = {}
    last: dict[bytes, tuple[Entry, Opened | Shredded | None]] = {}
    shredded: list[UUID] = []
    for entry, opened in page.events:
        preamble = entry.preamble
        if preamble.type in _SESSION_TAGS:
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


_Row = tuple[UUID, UUID, dt.date | None, int, int, int, bool, bytes | None]


def _row(page: Page, first: Entry, entry: Entry, opened: Opened | Shredded | None) -> _Row:
    """Return the row of a session as `entry` left it; `first` names its therapist, if it is new."""
    week_of_it = sealed = None
    if isinstance(opened, Opened):
        assert isinstance(opened.fact, SessionLogged | SessionCorrected)
        week_of_it = week_of(opened.fact.entry.date)
        sealed = _seal(page, entry, opened.body)
    return (
        entry.stream_id,
        _person(first.preamble.actor_id),
        week_of_it,
        entry.position,
        entry.version,
        first.recorded_at_us,
        entry.preamble.type == _DELETED,
        sealed,
    )


def _seal(page: Page, entry: Entry, body: bytes) -> bytes:
    seal = entry.preamble.seal
    assert seal is not None, "a session is never stored in the clear"
    key = page.keys[seal.key_id]
    assert isinstance(key, RecordKey), "what was opened can be sealed"
    place = row_place(NAME, page.practice_id, entry.stream_id, entry.position)
    return seal_row(key, place, body)


@lru_cache(maxsize=4_096)
def _person(raw: bytes) -> UUID:
    return UUID(bytes=raw)


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
