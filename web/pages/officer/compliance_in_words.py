"""A review of hours in words: weeks by state, what the rules find, rows by supervisor and place."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.bbs.evaluation import Row, Status
from aggregates.bbs.rule import Does
from aggregates.bbs.rules import RULES
from aggregates.hours.enrolment_entry import Phase, Track
from projections.compliance_review import Review, ReviewRow, ReviewState
from projections.progress import Progress
from projections.setup import Setup
from projections.signing_time import CALIFORNIA
from web import calendar
from web.pages.officer.compliance_plot import Strip, strip
from web.pages.rules_in_words import PHASES, FindingInWords, finding_in_words
from web.pages.supervising.supervised_in_words import GONE
from web.pages.trail.trail_plot import say
from web.pages.weekly_log.weekly_log_in_words import COLUMNS, TOTAL, cells, clock

STATES: Final = {
    ReviewState.SIGNED: "signed",
    ReviewState.SUBMITTED: "waiting for the supervisor",
    ReviewState.DRAFT: "not handed in",
    ReviewState.RETURNED: "returned",
    ReviewState.VOID: "changed since signed",
}
NO_SUPERVISION: Final = "Under no supervision"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One supervisee on the page of all; `weeks` are the states that there are, with how many."""

    person_id: UUID
    name: str
    weeks: tuple[tuple[str, str], ...]
    late: str | None
    gaps: str
    minimums: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    """One row of the weekly log; `cells` are its columns on the Board's form, in hours."""

    week: str
    state: str
    standing: str
    is_late: bool
    cells: tuple[tuple[str, str], ...]
    findings: tuple[FindingInWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The weeks under one supervisor at one setting in one phase."""

    words: str
    summary: str
    strip: Strip
    columns: tuple[str, ...]
    rows: tuple[RowLine, ...]


def person_line(person_id: UUID, name: str, review: Review) -> PersonLine:
    """Return how far somebody is."""
    late = sum(row.is_late for row in review.rows)
    gaps = len(review.progress.evaluation.gaps) if review.progress else 0
    return PersonLine(
        person_id=person_id,
        name=name,
        weeks=_counted(review.rows),
        late=say(late, "week late", "weeks late") if late else None,
        gaps=say(gaps, "thing missing", "things missing") if gaps else "Nothing missing",
        minimums=_minimums(review.progress),
    )


def groups(review: Review, setup: Setup, today: dt.date) -> list[Group]:
    """Return the rows by supervisor, setting and phase, what has the newest week first."""
    found: defaultdict[tuple[UUID | None, Phase], list[ReviewRow]] = defaultdict(list)
    for row in review.rows:
        found[row.supervision_id, row.phase].append(row)
    track = review.progress.evaluation.track if review.progress else None
    return [
        Group(
            words=_where(setup, *place),
            summary=", ".join(f"{count} {words}" for words, count in _counted(rows)),
            strip=strip([(row.first_day, row.state) for row in rows], STATES, today),
            columns=_columns(track),
            rows=tuple(_row_line(row, track) for row in rows),
        )
        for place, rows in found.items()
    ]


def _row_line(row: ReviewRow, track: Track | None) -> RowLine:
    judged = row.judged
    return RowLine(
        week=calendar.week_in_words(row.first_day),
        state=row.state.value,
        standing=_standing(row),
        is_late=row.is_late,
        cells=_cells(track, judged) if track and judged else (),
        findings=tuple(map(finding_in_words, judged.findings)) if judged else (),
    )


def _columns(track: Track | None) -> tuple[str, ...]:
    names = [name for name, _ in COLUMNS[track]] if track else []
    return (*names, TOTAL[0]) if names else ()


def _cells(track: Track, judged: Row) -> tuple[tuple[str, str], ...]:
    recorded = judged.recorded
    return (*cells(track, recorded), (TOTAL[0], clock(recorded.c)))


def _standing(row: ReviewRow) -> str:
    handed_in = f"Handed in {_at(row.submitted_at_us)}" if row.submitted_at_us else ""
    signed = f"Signed {_at(row.signed_at_us)}" if row.signed_at_us else ""
    match row.state:
        case ReviewState.SIGNED:
            return f"{signed}. {handed_in}."
        case ReviewState.SUBMITTED:
            return f"{handed_in}, not signed yet."
        case ReviewState.RETURNED:
            return f"{handed_in}, returned by the supervisor."
        case ReviewState.VOID:
            return f"{signed or 'Signed'}, and changed since: the signature counts no more."
        case ReviewState.DRAFT:
            return f"{handed_in}, open again since." if handed_in else "Not handed in."


def _at(moment_us: int | None) -> str:
    if moment_us is None:
        return "on a day unknown"
    moment = calendar.local_time(moment_us, CALIFORNIA)
    return f"on {calendar.day_with_year(moment.date())}, {calendar.clock(moment)}"


def _counted(rows: Iterable[ReviewRow]) -> tuple[tuple[str, str], ...]:
    counts: Mapping[ReviewState, int] = Counter(row.state for row in rows)
    return tuple((STATES[state], f"{counts[state]:,}") for state in STATES if counts.get(state))


def _minimums(progress: Progress | None) -> str:
    """Return how many minimums are reached, and which limits are passed or rules warn."""
    if progress is None:
        return "No enrolment stated, so nothing is judged yet"
    statuses: Sequence[tuple[bool, Status]] = [
        (RULES[each.rule_id].does is Does.NEEDS, each.status)
        for each in progress.evaluation.requirements
    ]
    needed = [status for is_needed, status in statuses if is_needed]
    over = sum(status is Status.OVER_CAP for _, status in statuses)
    reached = sum(status is Status.MET for status in needed)
    words = f"{reached} of {say(len(needed), 'minimum', 'minimums')} reached"
    return f"{words}, {say(over, 'limit', 'limits')} passed" if over else words


def _where(setup: Setup, supervision_id: UUID | None, phase: Phase) -> str:
    if supervision_id is None:
        return f"{NO_SUPERVISION}, {PHASES[phase]}"
    stated = setup.supervisions.get(supervision_id)
    if stated is None:
        return f"{GONE}, {PHASES[phase]}"
    setting = setup.settings.get(stated.setting_id)
    place = setting.name.reveal() if setting else GONE
    return f"{stated.supervisor_name.reveal()} at {place}, {PHASES[phase]}"
