"""What a week's entries come to so far, by column and supervision, as on the Board's weekly log."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.bbs.columns import Columns, row_columns
from aggregates.bbs.history import Recorded
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track
from projections.therapist import WeekView
from web.pages.setup.own_setup import OwnSetup

_PHASES: Final = {Phase.BEFORE_DEGREE: "before the degree", Phase.AFTER_DEGREE: "after the degree"}
_NONE: Final = "Under no supervision"
MEANINGS: Final = {
    Track.LMFT: (
        "A is direct counseling, A1 the part with couples, families and children; B is"
        " non-clinical, B1 individual or triadic supervision and B2 group supervision as parts of"
        " it; C is A and B."
    ),
    Track.LPCC: (
        "A is direct counseling; B is non-clinical, B1 individual or triadic supervision and B2"
        " group supervision as parts of it; C is A and B."
    ),
    Track.LCSW: (
        "A is clinical diagnosis, assessment and treatment, A1 the individual or group"
        " psychotherapy in it; B is non-clinical, B1 individual or triadic supervision and B2"
        " group supervision as parts of it; C is A and B."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInWords:
    """One row of the weekly log: under whom, and its columns as `h:mm`."""

    label: str
    cells: tuple[tuple[str, str], ...]
    is_counted: bool
    nowhere: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsInWords:
    """The rows of a week, and what the columns mean."""

    rows: tuple[RowInWords, ...]
    names: tuple[str, ...]
    meaning: str


def columns_in_words(view: WeekView, own: OwnSetup) -> ColumnsInWords | None:
    """Return the rows, None while no licence is stated: then no column is known."""
    enrolment = own.setup.enrolment
    if enrolment is None:
        return None
    rows = _rows(view, enrolment)
    phases = {phase for _, phase in rows}
    told = [
        _row(
            _label(own, supervision_id, phase if len(phases) > 1 else None),
            row_columns(enrolment.track, entries),
            is_counted=supervision_id is not None,
            has_a1=enrolment.track is not Track.LPCC,
        )
        for (supervision_id, phase), entries in rows.items()
    ]
    told.sort(key=lambda row: (not row.is_counted, row.label))
    names = ("A", "A1", "B", "B1", "B2", "C")
    if enrolment.track is Track.LPCC:
        names = tuple(name for name in names if name != "A1")
    return ColumnsInWords(rows=tuple(told), names=names, meaning=MEANINGS[enrolment.track])


def hours_and_minutes(minutes: int) -> str:
    """`12:30`, as people add up on paper."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _rows(
    view: WeekView, enrolment: EnrolmentEntry
) -> dict[tuple[UUID | None, Phase], list[Recorded]]:
    rows: dict[tuple[UUID | None, Phase], list[Recorded]] = defaultdict(list)
    for row in (*view.sessions, *view.activities):
        entry = row.entry
        if entry is not None:
            key = entry.supervision_id, enrolment.phase_of(entry.date)
            rows[key].append(Recorded(row.stream_id, entry))
    return rows


def _label(own: OwnSetup, supervision_id: UUID | None, phase: Phase | None) -> str:
    if supervision_id is None:
        label = _NONE
    else:
        label = own.label(supervision_id) or "A supervision that is gone"
    return label if phase is None else f"{label}, {_PHASES[phase]}"


def _row(label: str, sums: Columns, *, is_counted: bool, has_a1: bool) -> RowInWords:
    minutes = {"A": sums.a, "A1": sums.a1, "B": sums.b, "B1": sums.b1, "B2": sums.b2, "C": sums.c}
    if not has_a1:
        del minutes["A1"]
    return RowInWords(
        label=label,
        cells=tuple((name, hours_and_minutes(amount)) for name, amount in minutes.items()),
        is_counted=is_counted,
        nowhere=hours_and_minutes(sums.nowhere) if sums.nowhere else None,
    )
