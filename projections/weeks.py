"""Rows of weekly logs as they now stand: of one person, or one of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from aggregates.catalogue import decode
from aggregates.hours.week_content import RowContent
from aggregates.hours.week_row import ReturnReason, WeekReturned, WeekSubmitted
from aggregates.private import Private
from ledger.reader import Reading
from projections.opening import Known
from projections.read_model import tag_of
from projections.sealed_rows import keys_of, open_sealed
from projections.source import Source
from projections.weeks_table import WEEKS, RowState

ROWS_MAX: Final = 5_000

_SUBMITTED: Final = tag_of(WeekSubmitted)
_RETURNED: Final = tag_of(WeekReturned)
_OF_PERSON = """
SELECT stream_id, person_id, version, state, was_signed, submitted_at_us, returned_at_us,
       signed_at_us, submission_at, submission, reply_at, reply
FROM views.week_rows WHERE practice_id = %b AND person_id = %b AND position > %b
ORDER BY position LIMIT %b
"""
_ONE = """
SELECT stream_id, person_id, version, state, was_signed, submitted_at_us, returned_at_us,
       signed_at_us, submission_at, submission, reply_at, reply
FROM views.week_rows WHERE practice_id = %b AND person_id = %b AND stream_id = %b
"""
_PERSON = "SELECT person_id FROM views.week_rows WHERE practice_id = %b AND stream_id = %b"


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A row of a weekly log; `content` is None once its key is destroyed.

    `content` and `warnings` are what was submitted last, also while it stands amended, which means
    that it holds no more. `was_signed` says that it was signed at least once, signed or not now.
    Reason and remark are of the last return; they matter while it stands returned.
    """

    stream_id: UUID
    person_id: UUID
    version: int
    state: RowState
    was_signed: bool
    submitted_at_us: int | None
    returned_at_us: int | None
    signed_at_us: int | None
    content: RowContent | None
    warnings: tuple[str, ...]
    return_reason: ReturnReason | None
    remark: Private | None

    @property
    def shredded(self) -> bool:
        """Whether nobody can read it any more."""
        return self.content is None


class SealedWeekRow(NamedTuple):
    """A row as it is stored."""

    stream_id: UUID
    person_id: UUID
    version: int
    state: str
    was_signed: bool
    submitted_at_us: int | None
    returned_at_us: int | None
    signed_at_us: int | None
    submission_at: int | None
    submission: bytes | None
    reply_at: int | None
    reply: bytes | None


def weeks(source: Source, practice_id: UUID, person_id: UUID) -> tuple[WeekRow, ...]:
    """Return all rows of a person, by week, opened with one look-up of keys; shredded ones last.

    Raises `Tampered` for a row that was not sealed for its place.
    """
    with source.read(practice_id) as connection:
        rows = select_weeks(connection, practice_id, person_id)
    keys = keys_of(source.keys, practice_id, sealed_of(rows))
    return open_weeks(keys, practice_id, rows)


def week_row(source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID) -> WeekRow | None:
    """Return one row, None when there is none of this person's. Raises `Tampered` as `weeks`."""
    asked = (practice_id, person_id, stream_id)
    with source.read(practice_id) as connection:
        found = connection.execute(_ONE, asked, binary=True).fetchall()
    rows = [SealedWeekRow(*row) for row in found]
    keys = keys_of(source.keys, practice_id, sealed_of(rows))
    return next(iter(open_weeks(keys, practice_id, rows)), None)


def row_owner(source: Source, practice_id: UUID, stream_id: UUID) -> UUID | None:
    """Return whose row it is; None when the practice has no such row."""
    with source.read(practice_id) as connection:
        found = connection.execute(_PERSON, (practice_id, stream_id), binary=True).fetchone()
    return None if found is None else found[0]


def select_weeks(
    connection: Reading, practice_id: UUID, person_id: UUID, since: int = -1
) -> list[SealedWeekRow]:
    """Return all rows of a person, ROWS_MAX at most, that changed after a position."""
    asked = (practice_id, person_id, since, ROWS_MAX)
    rows = connection.execute(_OF_PERSON, asked, binary=True).fetchall()
    return [SealedWeekRow(*row) for row in rows]


def sealed_of(rows: Sequence[SealedWeekRow]) -> list[bytes | None]:
    """Return what has to be opened of these rows."""
    return [sealed for row in rows for sealed in (row.submission, row.reply)]


def open_weeks(
    keys: Known, practice_id: UUID, rows: Sequence[SealedWeekRow]
) -> tuple[WeekRow, ...]:
    """Return what these rows say, by week."""
    return tuple(sorted((_open(keys, practice_id, row) for row in rows), key=_order))


def _open(keys: Known, practice_id: UUID, row: SealedWeekRow) -> WeekRow:
    place = (practice_id, row.stream_id)
    body = open_sealed(WEEKS.name, keys, (*place, row.submission_at), row.submission)
    submitted = None if body is None else decode(_SUBMITTED, body)
    assert submitted is None or isinstance(submitted, WeekSubmitted)
    body = open_sealed(WEEKS.name, keys, (*place, row.reply_at), row.reply)
    returned = None if body is None else decode(_RETURNED, body)
    assert returned is None or isinstance(returned, WeekReturned)
    return WeekRow(
        stream_id=row.stream_id,
        person_id=row.person_id,
        version=row.version,
        state=RowState(row.state),
        was_signed=row.was_signed,
        submitted_at_us=row.submitted_at_us,
        returned_at_us=row.returned_at_us,
        signed_at_us=row.signed_at_us,
        content=None if submitted is None else submitted.content,
        warnings=() if submitted is None else submitted.warnings,
        return_reason=None if returned is None else returned.reason,
        remark=None if returned is None else returned.remark,
    )


def _order(row: WeekRow) -> tuple[bool, dt.date, bytes]:
    if row.content is None:
        return True, dt.date.max, row.stream_id.bytes
    return False, row.content.key.first_day, row.stream_id.bytes
