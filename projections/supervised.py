"""What a supervisor asks: which rows wait for them, a supervisee's weeks, and one row of them."""

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from aggregates.hours.enrolment_entry import Phase
from ledger.reader import Keys, Reading
from projections.opening import Known
from projections.sealed_rows import keys_of, open_sealed
from projections.signing_time import is_late
from projections.supervised_table import SUPERVISED, Shown, decode_shown
from projections.weeks_table import RowState

INBOX_MAX: Final = 1_000
ROWS_MAX: Final = 5_000
SUPERVISEES_MAX: Final = 1_000

_INBOX = """
SELECT stream_id, person_id, first_day, phase, version, state, was_signed,
       submitted_at_us, returned_at_us, signed_at_us, submission_at, sealed, is_exempt
FROM supervisor.week_rows WHERE practice_id = %b AND supervisor_id = %b AND state = %b
ORDER BY first_day, stream_id LIMIT %b
"""
_OF_SUPERVISEE = """
SELECT stream_id, person_id, first_day, phase, version, state, was_signed,
       submitted_at_us, returned_at_us, signed_at_us, submission_at, sealed, is_exempt
FROM supervisor.week_rows WHERE practice_id = %b AND supervisor_id = %b AND person_id = %b
ORDER BY first_day DESC, stream_id LIMIT %b
"""
_ONE = """
SELECT stream_id, person_id, first_day, phase, version, state, was_signed,
       submitted_at_us, returned_at_us, signed_at_us, submission_at, sealed, is_exempt
FROM supervisor.week_rows WHERE practice_id = %b AND supervisor_id = %b AND stream_id = %b
"""

# Of each supervisee the newest week, which says how they are called now.
_LATEST = """
SELECT DISTINCT ON (person_id)
       stream_id, person_id, first_day, phase, version, state, was_signed,
       submitted_at_us, returned_at_us, signed_at_us, submission_at, sealed, is_exempt
FROM supervisor.week_rows WHERE practice_id = %b AND supervisor_id = %b
ORDER BY person_id, first_day DESC, stream_id LIMIT %b
"""
_SINCE = """
SELECT stream_id, person_id, first_day, phase, version, state, was_signed,
       submitted_at_us, returned_at_us, signed_at_us, submission_at, sealed, is_exempt
FROM supervisor.week_rows WHERE practice_id = %b AND supervisor_id = %b AND first_day >= %b
ORDER BY first_day DESC, stream_id LIMIT %b
"""
_SUPERVISEES = """
SELECT DISTINCT person_id FROM supervisor.week_rows
WHERE practice_id = %b AND supervisor_id = %b ORDER BY person_id LIMIT %b
"""
_SUPERVISEE_OF = """
SELECT person_id FROM supervisor.week_rows
WHERE practice_id = %b AND supervisor_id = %b AND stream_id = %b
"""


class SupervisorSource(Protocol):
    """The one pool of the role that reads what supervisors are shown."""

    def read(self, practice_id: UUID, supervisor_id: UUID) -> AbstractContextManager[Reading]:
        """Lend a connection that sees this supervisor's rows of this practice."""
        ...


@dataclass(frozen=True, slots=True)
class SupervisedRow:
    """A row as its supervisor sees it; `shown` is None once its key is destroyed.

    `is_exempt` is what its setting says now, None where nobody can tell any more. There is no field
    that could hold a client, a session, or how many there were.
    """

    stream_id: UUID
    person_id: UUID
    first_day: dt.date
    phase: Phase
    version: int
    state: RowState
    was_signed: bool
    submitted_at_us: int | None
    returned_at_us: int | None
    signed_at_us: int | None
    is_exempt: bool | None
    shown: Shown | None

    @property
    def is_signed(self) -> bool:
        """Whether a signature stands on it."""
        return self.state is RowState.SIGNED

    @property
    def is_signed_late(self) -> bool:
        """Whether it is signed, and was more than seven days after the week's end."""
        return self.is_signed and is_late(self.first_day, self.signed_at_us)

    @property
    def shredded(self) -> bool:
        """Whether nobody can read it any more."""
        return self.shown is None


class _Sealed(NamedTuple):
    """A row as it is stored."""

    stream_id: UUID
    person_id: UUID
    first_day: dt.date
    phase: str
    version: int
    state: str
    was_signed: bool
    submitted_at_us: int | None
    returned_at_us: int | None
    signed_at_us: int | None
    submission_at: int
    sealed: bytes
    is_exempt: bool | None


def inbox(
    reader: SupervisorSource, keys: Keys, practice_id: UUID, supervisor_id: UUID
) -> tuple[SupervisedRow, ...]:
    """Return the rows that wait for this supervisor, oldest week first, INBOX_MAX at most."""
    asked = (practice_id, supervisor_id, RowState.SUBMITTED.value, INBOX_MAX)
    with reader.read(practice_id, supervisor_id) as connection:
        rows = connection.execute(_INBOX, asked, binary=True).fetchall()
    return _open_all(keys, practice_id, [_Sealed(*row) for row in rows])


def supervisee_weeks(
    reader: SupervisorSource, keys: Keys, practice_id: UUID, supervisor_id: UUID, person_id: UUID
) -> tuple[SupervisedRow, ...]:
    """Return all rows of a supervisee that this supervisor was handed, newest week first."""
    asked = (practice_id, supervisor_id, person_id, ROWS_MAX)
    with reader.read(practice_id, supervisor_id) as connection:
        rows = connection.execute(_OF_SUPERVISEE, asked, binary=True).fetchall()
    return _open_all(keys, practice_id, [_Sealed(*row) for row in rows])


def row(
    reader: SupervisorSource, keys: Keys, practice_id: UUID, supervisor_id: UUID, stream_id: UUID
) -> SupervisedRow | None:
    """Return one row, None when this supervisor was handed none such."""
    asked = (practice_id, supervisor_id, stream_id)
    with reader.read(practice_id, supervisor_id) as connection:
        rows = connection.execute(_ONE, asked, binary=True).fetchall()
    return next(iter(_open_all(keys, practice_id, [_Sealed(*row) for row in rows])), None)


def latest(
    reader: SupervisorSource, keys: Keys, practice_id: UUID, supervisor_id: UUID
) -> tuple[SupervisedRow, ...]:
    """Return the newest row of each supervisee."""
    asked = (practice_id, supervisor_id, SUPERVISEES_MAX)
    with reader.read(practice_id, supervisor_id) as connection:
        rows = connection.execute(_LATEST, asked, binary=True).fetchall()
    return _open_all(keys, practice_id, [_Sealed(*row) for row in rows])


def since(
    reader: SupervisorSource, keys: Keys, practice_id: UUID, supervisor_id: UUID, day: dt.date
) -> tuple[SupervisedRow, ...]:
    """Return all rows of weeks that begin on this day or later, newest week first."""
    asked = (practice_id, supervisor_id, day, ROWS_MAX)
    with reader.read(practice_id, supervisor_id) as connection:
        rows = connection.execute(_SINCE, asked, binary=True).fetchall()
    return _open_all(keys, practice_id, [_Sealed(*row) for row in rows])


def supervisees(
    reader: SupervisorSource, practice_id: UUID, supervisor_id: UUID
) -> tuple[UUID, ...]:
    """Return whose rows this supervisor was handed; opens nothing."""
    asked = (practice_id, supervisor_id, SUPERVISEES_MAX)
    with reader.read(practice_id, supervisor_id) as connection:
        return tuple(row[0] for row in connection.execute(_SUPERVISEES, asked, binary=True))


def supervisee_of(
    reader: SupervisorSource, practice_id: UUID, supervisor_id: UUID, stream_id: UUID
) -> UUID | None:
    """Return whose row it is, None when this supervisor was handed none such; opens nothing."""
    asked = (practice_id, supervisor_id, stream_id)
    with reader.read(practice_id, supervisor_id) as connection:
        found = connection.execute(_SUPERVISEE_OF, asked, binary=True).fetchone()
    return None if found is None else found[0]


def _open_all(keys: Keys, practice_id: UUID, rows: Sequence[_Sealed]) -> tuple[SupervisedRow, ...]:
    known = keys_of(keys, practice_id, (row.sealed for row in rows))
    return tuple(_open(known, practice_id, row) for row in rows)


def _open(known: Known, practice_id: UUID, row: _Sealed) -> SupervisedRow:
    place = (practice_id, row.stream_id, row.submission_at)
    body = open_sealed(SUPERVISED.name, known, place, row.sealed)
    return SupervisedRow(
        stream_id=row.stream_id,
        person_id=row.person_id,
        first_day=row.first_day,
        phase=Phase(row.phase),
        version=row.version,
        state=RowState(row.state),
        was_signed=row.was_signed,
        submitted_at_us=row.submitted_at_us,
        returned_at_us=row.returned_at_us,
        signed_at_us=row.signed_at_us,
        is_exempt=row.is_exempt,
        shown=None if body is None else decode_shown(body),
    )
