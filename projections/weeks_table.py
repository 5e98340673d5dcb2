"""The table of weekly rows: a row a stream with its state and times, and its content sealed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from aggregates.hours.week_row import WeekAmended, WeekReturned, WeekSigned, WeekSubmitted
from aggregates.shredding import KeyShredded
from aggregates.week import week_of
from ledger.reader import Entry, Shredded
from projections.opening import Opened
from projections.read_model import Page, ReadModel, Write, tag_of
from projections.sealed_rows import seal

NAME: Final = "weeks"
TABLE: Final = "week_rows"


class RowState(StrEnum):
    """How far a row has come: what its last event made of it."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    SIGNED = "signed"
    AMENDED = "amended"


STATES: Final = {
    tag_of(WeekSubmitted): RowState.SUBMITTED,
    tag_of(WeekReturned): RowState.RETURNED,
    tag_of(WeekSigned): RowState.SIGNED,
    tag_of(WeekAmended): RowState.AMENDED,
}

# The times are when the last event of each kind was recorded, as its leaf has it. submission and
# reply are the bodies of the last week-submitted and week-returned, at these positions; both are
# null once shredded, and so is the week, which begins on a Sunday as in the therapist view.
_DDL = """
CREATE TABLE {table} (
    practice_id     uuid NOT NULL,
    stream_id       uuid NOT NULL,
    person_id       uuid NOT NULL,
    week            date,
    position        bigint NOT NULL,
    version         bigint NOT NULL,
    state           text NOT NULL,
    was_signed      boolean NOT NULL,
    submitted_at_us bigint,
    returned_at_us  bigint,
    signed_at_us    bigint,
    submission_at   bigint,
    submission      bytea,
    reply_at        bigint,
    reply           bytea,
    PRIMARY KEY (practice_id, stream_id)
);
ALTER TABLE {table} ALTER COLUMN submission SET STORAGE EXTERNAL;
CREATE INDEX ON {table} (practice_id, person_id);
CREATE INDEX ON {table} (practice_id, week)
"""
_PUT = """
INSERT INTO {table} AS t (practice_id, stream_id, person_id, position, version, state, was_signed,
                          submitted_at_us, returned_at_us, signed_at_us,
                          week, submission_at, submission, reply_at, reply)
SELECT %b, e.* FROM unnest(
    %b::uuid[], %b::uuid[], %b::bigint[], %b::bigint[], %b::text[], %b::boolean[],
    %b::bigint[], %b::bigint[], %b::bigint[],
    %b::date[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bytea[]) AS e
ON CONFLICT (practice_id, stream_id) DO UPDATE SET
    position = excluded.position, version = excluded.version, state = excluded.state,
    was_signed = t.was_signed OR excluded.was_signed,
    submitted_at_us = coalesce(excluded.submitted_at_us, t.submitted_at_us),
    returned_at_us = coalesce(excluded.returned_at_us, t.returned_at_us),
    signed_at_us = coalesce(excluded.signed_at_us, t.signed_at_us),
    week = CASE WHEN excluded.submission_at IS NULL THEN t.week ELSE excluded.week END,
    submission_at = coalesce(excluded.submission_at, t.submission_at),
    submission =
        CASE WHEN excluded.submission_at IS NULL THEN t.submission ELSE excluded.submission END,
    reply_at = coalesce(excluded.reply_at, t.reply_at),
    reply = CASE WHEN excluded.reply_at IS NULL THEN t.reply ELSE excluded.reply END
WHERE t.position < excluded.position
"""
_SHRED = """
UPDATE {table} SET week = NULL, submission = NULL, reply = NULL
WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])
"""


_Columns = tuple[int, int, str, bool, int | None, int | None, int | None]


@dataclass(slots=True)
class Course:
    """What a page tells of one row's states and times."""

    first: Entry
    last: Entry
    was_signed: bool = False
    submitted_at_us: int | None = None
    returned_at_us: int | None = None
    signed_at_us: int | None = None

    def take(self, entry: Entry) -> RowState:
        """Follow an event, and return the state it leads to."""
        self.last = entry
        state = STATES[entry.type]
        match state:
            case RowState.SUBMITTED:
                self.submitted_at_us = entry.recorded_at_us
            case RowState.RETURNED:
                self.returned_at_us = entry.recorded_at_us
            case RowState.SIGNED:
                self.signed_at_us = entry.recorded_at_us
                self.was_signed = True
            case RowState.AMENDED:
                pass
        return state

    @property
    def columns(self) -> _Columns:
        """Position, version, state, whether it was signed, and the three times."""
        last = self.last
        return (
            *(last.position, last.version, STATES[last.type].value, self.was_signed),
            *(self.submitted_at_us, self.returned_at_us, self.signed_at_us),
        )


@dataclass(slots=True)
class _Told:
    """What a page tells of one row."""

    course: Course
    week: dt.date | None = None
    submission_at: int | None = None
    submission: bytes | None = None
    reply_at: int | None = None
    reply: bytes | None = None


_Stored = tuple[dt.date | None, int | None, bytes | None, int | None, bytes | None]
_Row = tuple[UUID, UUID, *_Columns, *_Stored]


def apply(page: Page) -> Sequence[Write]:
    """Return a row for each stream the page tells of, and what to shred.

    Whose it is stands in the leaf of its first event: the supervisee submits it.
    """
    told: dict[UUID, _Told] = {}
    shredded: list[UUID] = []
    for entry, opened in page.events:
        if entry.type in STATES:
            row = told.setdefault(entry.stream_id, _Told(Course(entry, entry)))
            _take(row, page, entry, opened)
        elif isinstance(opened, Opened) and isinstance(opened.fact, KeyShredded):
            shredded.append(opened.fact.stream_id)
    writes: list[Write] = []
    if told:
        columns = [list(column) for column in zip(*map(_row, told.values()), strict=True)]
        writes.append(Write(_PUT, (page.practice_id, *columns)))
    if shredded:
        writes.append(Write(_SHRED, (page.practice_id, shredded)))
    return writes


def _take(told: _Told, page: Page, entry: Entry, opened: Opened | Shredded | None) -> None:
    state = told.course.take(entry)
    sealed = seal(NAME, page, entry, opened.body) if isinstance(opened, Opened) else None
    if state is RowState.SUBMITTED:
        told.submission_at, told.submission, told.week = entry.position, sealed, None
        if isinstance(opened, Opened):
            assert isinstance(opened.fact, WeekSubmitted)
            told.week = week_of(opened.fact.content.key.first_day)
    elif state is RowState.RETURNED:
        told.reply_at, told.reply = entry.position, sealed


def _row(told: _Told) -> _Row:
    course = told.course
    return (
        *(course.last.stream_id, course.first.actor_id),
        *course.columns,
        *(told.week, told.submission_at, told.submission, told.reply_at, told.reply),
    )


WEEKS: Final = ReadModel(
    name=NAME,
    table=TABLE,
    edition=1,
    ddl=_DDL,
    reads=(WeekSubmitted, WeekReturned, KeyShredded),
    apply=apply,
)
