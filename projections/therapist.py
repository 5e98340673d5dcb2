"""What a therapist logged: the seven days of a week, or everything that counts at once."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from aggregates.catalogue import decode
from aggregates.hours.activity import ActivityCorrected, ActivityLogged
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.session import SessionCorrected, SessionLogged
from aggregates.session_entry import SessionEntry
from aggregates.week import WEEK_DAYS, week_of
from ledger.reader import Reading
from projections.opening import Known
from projections.read_model import tag_of
from projections.sealed_rows import keys_of, open_sealed
from projections.source import Source
from projections.therapist_table import THERAPIST

WEEK_ENTRIES_MAX: Final = 2_000
ENTRIES_MAX: Final = 50_000

_DAY_US: Final = 86_400_000_000
_DAY_0: Final = dt.date(1970, 1, 1)
_SIX_DAYS: Final = dt.timedelta(days=WEEK_DAYS - 1)
# By whether it is an activity, and whether it was logged and never corrected: version 1 of such a
# stream always logs it.
_TAGS: Final = {
    (False, True): tag_of(SessionLogged),
    (False, False): tag_of(SessionCorrected),
    (True, True): tag_of(ActivityLogged),
    (True, False): tag_of(ActivityCorrected),
}
_WEEK = """
SELECT stream_id, position, version, logged_at_us, is_activity, week, sealed
FROM views.therapist_entries
WHERE practice_id = %b AND person_id = %b AND NOT is_deleted
  AND (week = ANY (%b::date[]) OR week IS NULL AND logged_at_us >= %b AND logged_at_us < %b)
ORDER BY position LIMIT %b
"""
_ENTRIES = """
SELECT stream_id, position, version, logged_at_us, is_activity, week, sealed
FROM views.therapist_entries
WHERE practice_id = %b AND person_id = %b AND position > %b
ORDER BY position LIMIT %b
"""
E = TypeVar("E", bound=SessionEntry | ActivityEntry)


@dataclass(frozen=True, slots=True)
class EntryRow(Generic[E]):
    """One entry of a week; `entry` is None once its key is destroyed."""

    stream_id: UUID
    version: int
    entry: E | None
    logged_at_us: int

    @property
    def shredded(self) -> bool:
        """Whether nobody can read it any more."""
        return self.entry is None

    @property
    def corrections(self) -> int:
        """How often it was corrected."""
        return self.version - 1


class SessionRow(EntryRow[SessionEntry]):
    """One session."""

    __slots__ = ()


class ActivityRow(EntryRow[ActivityEntry]):
    """One activity."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class WeekView:
    """The seven days from `first_day`, each list by date; shredded ones last.

    Sessions of a day stand by their start, activities in the order in which they were logged.
    """

    first_day: dt.date
    sessions: tuple[SessionRow, ...]
    activities: tuple[ActivityRow, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveEntry:
    """An entry that counts, as it now stands."""

    stream_id: UUID
    version: int
    entry: SessionEntry | ActivityEntry
    logged_at_us: int


class SealedEntry(NamedTuple):
    """A row as it is stored."""

    stream_id: UUID
    position: int
    version: int
    logged_at_us: int
    is_activity: bool
    week: dt.date | None
    sealed: bytes | None


def week(source: Source, practice_id: UUID, person_id: UUID, first_day: dt.date) -> WeekView:
    """Return the seven days from `first_day` of a person, opened with one look-up of keys.

    An entry whose key is destroyed shows where it was logged (by UTC), for its own day is not known
    any more; until its destruction was followed, in the week in which its Sunday is. Raises
    `Tampered` for a row that was not sealed for its place.
    """
    with source.read(practice_id) as connection:
        rows = _rows(connection, practice_id, person_id, first_day)
    keys = keys_of(source.keys, practice_id, (row.sealed for row in rows))
    sessions: list[SessionRow] = []
    activities: list[ActivityRow] = []
    for row in rows:
        entry = open_entry(keys, practice_id, row)
        if not _is_of_week(row, entry, first_day):
            continue
        if row.is_activity:
            assert not isinstance(entry, SessionEntry)
            activities.append(ActivityRow(row.stream_id, row.version, entry, row.logged_at_us))
        else:
            assert not isinstance(entry, ActivityEntry)
            sessions.append(SessionRow(row.stream_id, row.version, entry, row.logged_at_us))
    return WeekView(
        first_day, tuple(sorted(sessions, key=_order)), tuple(sorted(activities, key=_order))
    )


def entries(source: Source, practice_id: UUID, person_id: UUID) -> tuple[LiveEntry, ...]:
    """Return everything of a person that counts, in log order: one select, one look-up of keys.

    What is deleted or shredded is left out. Raises `Tampered` as `week` does.
    """
    with source.read(practice_id) as connection:
        rows = select_entries(connection, practice_id, person_id)
    keys = keys_of(source.keys, practice_id, (row.sealed for row in rows))
    return open_entries(keys, practice_id, rows)


def select_entries(
    connection: Reading, practice_id: UUID, person_id: UUID, since: int = -1
) -> list[SealedEntry]:
    """Return all rows of a person, ENTRIES_MAX at most, that changed after a position.

    What was deleted or shredded holds nothing any more.
    """
    asked = (practice_id, person_id, since, ENTRIES_MAX)
    rows = connection.execute(_ENTRIES, asked, binary=True).fetchall()
    return [SealedEntry(*row) for row in rows]


def open_entries(
    keys: Known, practice_id: UUID, rows: Iterable[SealedEntry]
) -> tuple[LiveEntry, ...]:
    """Return what can be opened of these rows."""
    return tuple(
        LiveEntry(row.stream_id, row.version, entry, row.logged_at_us)
        for row in rows
        if (entry := open_entry(keys, practice_id, row)) is not None
    )


def open_entry(
    keys: Known, practice_id: UUID, row: SealedEntry
) -> SessionEntry | ActivityEntry | None:
    """Return what a row holds, None where its key is gone."""
    place = (practice_id, row.stream_id, row.position)
    body = open_sealed(THERAPIST.name, keys, place, row.sealed)
    if body is None:
        return None
    fact = decode(_TAGS[row.is_activity, row.version == 1], body)
    assert isinstance(fact, SessionLogged | SessionCorrected | ActivityLogged | ActivityCorrected)
    return fact.entry


def _rows(
    connection: Reading, practice_id: UUID, person_id: UUID, first_day: dt.date
) -> list[SealedEntry]:
    asked = (
        practice_id,
        person_id,
        sorted({week_of(first_day), week_of(first_day + _SIX_DAYS)}),
        _midnight_us(first_day),
        _midnight_us(first_day + dt.timedelta(days=WEEK_DAYS)),
        WEEK_ENTRIES_MAX,
    )
    rows = connection.execute(_WEEK, asked, binary=True).fetchall()
    return [SealedEntry(*row) for row in rows]


def _is_of_week(
    row: SealedEntry, entry: SessionEntry | ActivityEntry | None, first_day: dt.date
) -> bool:
    """Tell whether it is to be shown: seven days hold one Sunday, whatever day they begin on."""
    day = row.week if entry is None else entry.date
    return day is None or first_day <= day <= first_day + _SIX_DAYS


def _midnight_us(day: dt.date) -> int:
    return (day - _DAY_0).days * _DAY_US


def _order(row: EntryRow[E]) -> tuple[bool, dt.date, int, int]:
    entry = row.entry
    if entry is None:
        return True, dt.date.max, 0, row.logged_at_us
    start_minute = entry.start_minute if isinstance(entry, SessionEntry) else 0
    return False, entry.date, start_minute, row.logged_at_us
