"""The rows of a person's weekly log: what is logged in each, and how far each has come."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.columns import Columns, column_of, row_columns, week_start_of
from aggregates.bbs.history import History, Recorded, Signature
from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.week_content import RowKey
from projections.signing_time import LATE_DAYS, is_late
from projections.weeks import WeekRow
from projections.weeks_table import RowState

_LAST: Final = dt.timedelta(days=6)
_IN_TIME: Final = _LAST + dt.timedelta(days=LATE_DAYS)

Place: TypeAlias = tuple[dt.date, UUID | None, Phase]


class LogState(StrEnum):
    """How far a row has come, for who has to see to it."""

    VOID = "void"  # it was signed, and changed since
    RETURNED = "returned"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SIGNED = "signed"


TO_DO: Final = frozenset({LogState.VOID, LogState.RETURNED, LogState.DRAFT})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A row; `row` is what was submitted of it last, None while nothing was.

    `supervision_id` is None for entries that name none: they stand in no row of the Board's form.
    `is_late` says that it was not signed within a week after its end, signed by now or not.
    """

    place: Place
    entries: tuple[Recorded, ...]
    columns: Columns
    state: LogState
    row: WeekRow | None
    is_late: bool
    shown: str

    @property
    def first_day(self) -> dt.date:
        """The day its week begins on."""
        return self.place[0]

    @property
    def last_day(self) -> dt.date:
        """The seventh day."""
        return self.place[0] + _LAST

    @property
    def supervision_id(self) -> UUID | None:
        """Under which supervision it is."""
        return self.place[1]

    @property
    def phase(self) -> Phase:
        """Before or after the degree."""
        return self.place[2]

    def key(self, person_id: UUID) -> RowKey | None:
        """Return which row it is on the Board's form, None for entries under no supervision."""
        first_day, supervision_id, phase = self.place
        if supervision_id is None:
            return None
        return RowKey(
            person_id=person_id, supervision_id=supervision_id, first_day=first_day, phase=phase
        )


def log_rows(history: History, rows: Iterable[WeekRow], today: dt.date) -> tuple[LogRow, ...]:
    """Return all rows, the newest week first; what was destroyed is left out."""
    groups: defaultdict[Place, list[Recorded]] = defaultdict(list)
    for each in history.entries:
        groups[_place_of(history, each)].append(each)
    submitted = {_key_place(row.content.key): row for row in rows if row.content is not None}
    places = groups.keys() | submitted.keys()
    return tuple(
        _log_row(history, place, (groups.get(place, []), submitted.get(place)), today)
        for place in sorted(places, key=_order)
    )


def shown_of(history: History, entries: Iterable[Recorded]) -> str:
    """Return a hash of what a row shows of its entries, to tell later whether that still stands."""
    track = history.enrolment.track
    lines = sorted(
        f"{each.entry_id} {each.day} {each.minutes} {sorted(column_of(track, each).columns)}"
        for each in entries
    )
    return sha256("\n".join(lines).encode()).hexdigest()


def _log_row(
    history: History, place: Place, found: tuple[list[Recorded], WeekRow | None], today: dt.date
) -> LogRow:
    entries, row = found
    entries.sort(key=lambda each: (each.day, each.entry_id.int))
    state = _state(entries, row)
    return LogRow(
        place=place,
        entries=tuple(entries),
        columns=row_columns(history.enrolment.track, entries),
        state=state,
        row=row,
        is_late=bool(entries) and _is_late(place, state, row, today),
        shown=shown_of(history, entries),
    )


def _state(entries: Iterable[Recorded], row: WeekRow | None) -> LogState:
    if row is None:
        return LogState.DRAFT
    if row.state is RowState.RETURNED:
        return LogState.RETURNED
    # A row's signature holds for all of its entries, or for none.
    holding = {each.signature for each in entries}
    if row.state in _HOLDING and holding == {_HOLDING[row.state]}:
        return LogState.SIGNED if row.state is RowState.SIGNED else LogState.SUBMITTED
    return LogState.VOID if row.was_signed else LogState.DRAFT


def _is_late(place: Place, state: LogState, row: WeekRow | None, today: dt.date) -> bool:
    """Tell whether it is; entries under no supervision are in no row that could be signed."""
    first_day, supervision_id, _ = place
    if state is LogState.SIGNED:
        return is_late(first_day, row.signed_at_us if row else None)
    return supervision_id is not None and first_day + _IN_TIME < today


_HOLDING: Final[Mapping[RowState, Signature]] = {
    RowState.SIGNED: Signature.SIGNED,
    RowState.SUBMITTED: Signature.SUBMITTED,
}


def _place_of(history: History, recorded: Recorded) -> Place:
    enrolment, entry = history.enrolment, recorded.entry
    first_day = week_start_of(enrolment.week_start, entry.date)
    return first_day, entry.supervision_id, enrolment.phase_of(entry.date)


def _key_place(key: RowKey) -> Place:
    return key.first_day, key.supervision_id, key.phase


def _order(place: Place) -> tuple[int, int, str]:
    first_day, supervision_id, phase = place
    return -first_day.toordinal(), supervision_id.int if supervision_id else -1, phase.value
