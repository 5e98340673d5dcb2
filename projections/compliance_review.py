"""What a compliance officer sees of a person's hours: each row's state, and what the rules find."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.evaluation import Evaluation, Row
from aggregates.bbs.history import Signature
from aggregates.hours.enrolment_entry import Phase
from aggregates.week import WEEK_DAYS
from projections.compliance import ComplianceRow, week_states
from projections.progress import Progress, Progresses
from projections.signatures import Place
from projections.signing_time import LATE_DAYS
from projections.source import Source
from projections.weeks_table import RowState

PERSONS_MAX: Final = 1_000
LOOK_BACK: Final = dt.timedelta(days=52 * WEEK_DAYS)
FIRST_DAY: Final = dt.date(2000, 1, 2)

_IN_TIME: Final = dt.timedelta(days=WEEK_DAYS - 1 + LATE_DAYS)
_LOGGING = """
SELECT person_id FROM views.setups WHERE practice_id = %b
UNION SELECT person_id FROM views.week_rows WHERE practice_id = %b
ORDER BY person_id LIMIT %b
"""
_LOGS = """
SELECT EXISTS (SELECT FROM views.setups WHERE practice_id = %b AND person_id = %b)
    OR EXISTS (SELECT FROM views.week_rows WHERE practice_id = %b AND person_id = %b)
"""
Submitted: TypeAlias = Mapping[Place, ComplianceRow]


class ReviewState(StrEnum):
    """How far a row has come, by what was handed in and by what stands in it now."""

    VOID = "void"  # it was signed, and changed since
    RETURNED = "returned"
    DRAFT = "draft"  # logged, and not with the supervisor
    SUBMITTED = "submitted"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A week under one supervision, before or after the degree: no client and no entry.

    `judged` is what the rules say of it, None where nothing is logged in it any more; `is_late`
    says that it was not signed within a week after its end, signed by now or not.
    """

    first_day: dt.date
    supervision_id: UUID | None
    phase: Phase
    state: ReviewState
    submitted_at_us: int | None
    signed_at_us: int | None
    is_late: bool
    judged: Row | None


@dataclass(frozen=True, slots=True)
class Review:
    """One person's rows, the newest week first; `progress` is None with no enrolment stated."""

    rows: tuple[ReviewRow, ...]
    progress: Progress | None


def reviews(
    source: Source, progresses: Progresses, practice_id: UUID, as_of: dt.date
) -> dict[UUID, Review]:
    """Return a review of everybody who logs hours, PERSONS_MAX at most: weeks of the last year.

    Raises `Tampered` as `history_of` does.
    """
    asked = (practice_id, practice_id, PERSONS_MAX)
    with source.read(practice_id) as connection:
        persons = [row[0] for row in connection.execute(_LOGGING, asked, binary=True)]
    since = as_of - LOOK_BACK
    states = week_states(source, practice_id, since, as_of)
    return {
        person_id: _review(
            (row for row in states if row.person_id == person_id),
            rule_results(progresses, practice_id, person_id, as_of),
            (since, as_of),
        )
        for person_id in persons
    }


def review(
    source: Source, progresses: Progresses, practice_id: UUID, person_id: UUID, as_of: dt.date
) -> Review:
    """Return one person's review, with all of their weeks up to a day."""
    states = week_states(source, practice_id, FIRST_DAY, as_of, person_id)
    progress = rule_results(progresses, practice_id, person_id, as_of)
    return _review(states, progress, (FIRST_DAY, as_of))


def logs_hours(source: Source, practice_id: UUID, person_id: UUID) -> bool:
    """Tell whether a person ever stated what their hours rest on, or handed in a week."""
    with source.read(practice_id) as connection:
        asked = 2 * (practice_id, person_id)
        found = connection.execute(_LOGS, asked, binary=True).fetchone()
    return found is not None and bool(found[0])


def rule_results(
    progresses: Progresses, practice_id: UUID, person_id: UUID, as_of: dt.date
) -> Progress | None:
    """Return what the rules find, without a single entry's id: those would count sessions."""
    progress = progresses.of(practice_id, person_id, as_of)
    return progress and replace(progress, evaluation=_without_entries(progress.evaluation))


def _without_entries(evaluation: Evaluation) -> Evaluation:
    return replace(
        evaluation,
        rows=tuple(
            replace(row, findings=tuple(replace(each, entry_ids=()) for each in row.findings))
            for row in evaluation.rows
        ),
        requirements=tuple(replace(each, entry_ids=()) for each in evaluation.requirements),
    )


def _review(
    states: Iterable[ComplianceRow], progress: Progress | None, span: tuple[dt.date, dt.date]
) -> Review:
    submitted: Submitted = {
        (row.place.first_day, row.place.supervision_id, row.place.phase): row
        for row in states
        if row.place is not None
    }
    first, last = span
    # As `week_states`: every week that has a day in the span.
    judged = {
        (row.first_day, row.supervision_id, row.phase): row
        for row in (progress.evaluation.rows if progress else ())
        if first.toordinal() - WEEK_DAYS < row.first_day.toordinal() and row.first_day <= last
    }
    places = sorted(submitted.keys() | judged.keys(), key=_order)
    rows = (
        _row(
            place,
            (submitted.get(place), judged.get(place)),
            last,
        )
        for place in places
    )
    # What was taken back and has nothing in it any more is no row that anybody waits for.
    return Review(
        tuple(row for row in rows if row.judged or row.state is not ReviewState.DRAFT), progress
    )


def _row(
    place: Place,
    found: tuple[ComplianceRow | None, Row | None],
    as_of: dt.date,
) -> ReviewRow:
    first_day, supervision_id, phase = place
    submitted, judged = found
    state = _state(submitted, judged.signature if judged else None)
    is_overdue = supervision_id is not None and first_day + _IN_TIME < as_of
    is_signed_late = submitted is not None and submitted.is_signed_late
    return ReviewRow(
        first_day=first_day,
        supervision_id=supervision_id,
        phase=phase,
        state=state,
        submitted_at_us=submitted.submitted_at_us if submitted else None,
        signed_at_us=submitted.signed_at_us if submitted else None,
        is_late=is_signed_late if state is ReviewState.SIGNED else is_overdue and bool(judged),
        judged=judged,
    )


def _state(row: ComplianceRow | None, signature: Signature | None) -> ReviewState:
    if row is None:
        return ReviewState.DRAFT
    if row.state is RowState.RETURNED:
        return ReviewState.RETURNED
    if (row.state, signature) in _HOLDING:
        return _HOLDING[row.state, signature]
    return ReviewState.VOID if row.was_signed else ReviewState.DRAFT


_HOLDING: Final[Mapping[tuple[RowState, Signature | None], ReviewState]] = {
    (RowState.SIGNED, Signature.SIGNED): ReviewState.SIGNED,
    (RowState.SUBMITTED, Signature.SUBMITTED): ReviewState.SUBMITTED,
}


def _order(place: Place) -> tuple[int, int, str]:
    first_day, supervision_id, phase = place
    return -first_day.toordinal(), supervision_id.int if supervision_id else -1, phase.value
