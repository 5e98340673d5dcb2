"""What a compliance officer asks of weeks: how far each has come, and what was signed late."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from aggregates.catalogue import decode
from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.week_row import WeekSubmitted
from aggregates.week import WEEK_DAYS
from projections.opening import Known
from projections.read_model import tag_of
from projections.sealed_rows import keys_of, open_sealed
from projections.signing_time import is_late
from projections.source import Source
from projections.weeks_table import WEEKS, RowState

ROWS_MAX: Final = 20_000

_WEEK: Final = dt.timedelta(days=WEEK_DAYS)
_SUBMITTED: Final = tag_of(WeekSubmitted)
# Those that nobody can read any more are of no known week, and stand in every span.
_ROWS = """
SELECT stream_id, person_id, version, state, was_signed, submitted_at_us, signed_at_us,
       submission_at, submission
FROM views.week_rows
WHERE practice_id = %b AND (%b::uuid IS NULL OR person_id = %b)
  AND (week >= %b AND week <= %b OR week IS NULL)
ORDER BY week NULLS LAST, person_id, stream_id LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Under whom and where a row stands, before or after the degree, and in which week."""

    supervision_id: UUID
    supervisor_id: UUID
    setting_id: UUID
    phase: Phase
    first_day: dt.date

    def has_days(self, first: dt.date, last: dt.date) -> bool:
        """Tell whether one of the week's days is from `first` to `last`."""
        return self.first_day <= last and first < self.first_day + _WEEK


@dataclass(frozen=True, slots=True)
class ComplianceRow:
    """How far one row has come; `place` is None once its key is destroyed.

    There is no field that could hold a client, an entry, a name or how many hours there were.
    """

    stream_id: UUID
    person_id: UUID
    version: int
    state: RowState
    was_signed: bool
    submitted_at_us: int | None
    signed_at_us: int | None
    place: RowPlace | None

    @property
    def is_signed(self) -> bool:
        """Whether a signature stands on it."""
        return self.state is RowState.SIGNED

    @property
    def is_signed_late(self) -> bool:
        """Whether it is signed, and was more than seven days after the week's end."""
        place = self.place
        return place is not None and self.is_signed and is_late(place.first_day, self.signed_at_us)


class _Sealed(NamedTuple):
    """A row as it is stored."""

    stream_id: UUID
    person_id: UUID
    version: int
    state: str
    was_signed: bool
    submitted_at_us: int | None
    signed_at_us: int | None
    submission_at: int | None
    submission: bytes | None


def week_states(
    source: Source,
    practice_id: UUID,
    first: dt.date,
    last: dt.date,
    person_id: UUID | None = None,
) -> tuple[ComplianceRow, ...]:
    """Return the rows of weeks that have a day from `first` to `last`, by week and supervisee.

    All of the practice or only of `person_id`, ROWS_MAX at most, opened with one look-up of keys.
    """
    # What begins on a Monday stands at the Sunday before: its last day is seven days after that.
    asked = (practice_id, person_id, person_id, first - _WEEK, last, ROWS_MAX)
    with source.read(practice_id) as connection:
        found = connection.execute(_ROWS, asked, binary=True).fetchall()
    rows = [_Sealed(*row) for row in found]
    keys = keys_of(source.keys, practice_id, (row.submission for row in rows))
    opened = (_open(keys, practice_id, row) for row in rows)
    return tuple(row for row in opened if row.place is None or row.place.has_days(first, last))


def _open(keys: Known, practice_id: UUID, row: _Sealed) -> ComplianceRow:
    place = (practice_id, row.stream_id, row.submission_at)
    body = open_sealed(WEEKS.name, keys, place, row.submission)
    return ComplianceRow(
        stream_id=row.stream_id,
        person_id=row.person_id,
        version=row.version,
        state=RowState(row.state),
        was_signed=row.was_signed,
        submitted_at_us=row.submitted_at_us,
        signed_at_us=row.signed_at_us,
        place=None if body is None else _place(body),
    )


def _place(body: bytes) -> RowPlace:
    fact = decode(_SUBMITTED, body)
    assert isinstance(fact, WeekSubmitted)
    content = fact.content
    return RowPlace(
        supervision_id=content.key.supervision_id,
        supervisor_id=content.supervisor_id,
        setting_id=content.setting_id,
        phase=content.key.phase,
        first_day=content.key.first_day,
    )
