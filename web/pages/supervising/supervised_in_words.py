"""What supervisors read of weeks handed to them: whose, which, how far, and what was warned of."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.bbs.rule import Check
from aggregates.bbs.rules import RULES, rule_of
from aggregates.hours.enrolment_entry import Phase, Track
from aggregates.hours.week_content import RowMinutes
from projections.signing_time import CALIFORNIA, LATE_DAYS
from projections.supervised import SupervisedRow
from projections.weeks_table import RowState
from web import calendar
from web.pages.trail.trail_plot import say

PHASES: Final = {Phase.BEFORE_DEGREE: "before the degree", Phase.AFTER_DEGREE: "after the degree"}
GONE: Final = "A record that is gone"
_LAST: Final = dt.timedelta(days=6)
_DUE: Final = _LAST + dt.timedelta(days=LATE_DAYS)
_ALONE_WEEKS: Final = 8


@dataclass(frozen=True, slots=True)
class Warned:
    """A rule that the week may fail, as it was told when it was submitted."""

    rule_id: str
    words: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a weekly log."""

    stream_id: UUID
    person_id: UUID
    who: str
    setting: str
    week: str
    first: dt.date
    phase: str
    state: str
    state_in_words: str
    is_late: bool
    due: str
    hours: str
    columns: tuple[tuple[str, str], ...]
    warnings: tuple[Warned, ...]


def line_of(row: SupervisedRow, today: dt.date) -> Line:
    """Return a row in words; it is late when it waits for longer than a week after its end."""
    shown, first = row.shown, row.first_day
    waits = row.state is RowState.SUBMITTED
    return Line(
        stream_id=row.stream_id,
        person_id=row.person_id,
        who=name_of(row),
        setting=GONE if shown is None else shown.printed.setting.reveal(),
        week=calendar.week_in_words(first),
        first=first,
        phase=PHASES[row.phase],
        state=row.state.value,
        state_in_words=_state(row),
        is_late=row.is_signed_late or (waits and today > first + _DUE),
        due=calendar.day_with_year(first + _DUE),
        hours="" if shown is None else calendar.length(shown.minutes.c),
        columns=() if shown is None else columns_of(shown.minutes),
        warnings=() if shown is None else warned(shown.warnings, shown.track),
    )


def name_of(row: SupervisedRow) -> str:
    """Return how the supervisee is called."""
    return GONE if row.shown is None else row.shown.printed.supervisee.reveal()


def columns_of(minutes: RowMinutes) -> tuple[tuple[str, str], ...]:
    """Return the form's columns with their lengths."""
    return (
        ("A", calendar.length(minutes.a)),
        ("A1", calendar.length(minutes.a1)),
        ("B", calendar.length(minutes.b)),
        ("B1", calendar.length(minutes.b1)),
        ("B2", calendar.length(minutes.b2)),
        ("C", calendar.length(minutes.c)),
    )


def warned(rule_ids: Sequence[str], track: Track) -> tuple[Warned, ...]:
    """Return the rules in words, with where each is written; an id of no rule says only itself."""
    return tuple(_warned(rule_id, track) for rule_id in rule_ids)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Return what waits, with what was warned of or is late first, then by week."""
    return sorted(lines, key=lambda each: (not each.warnings and not each.is_late, each.first))


def six_in_words(rows: Iterable[SupervisedRow], today: dt.date) -> tuple[str, bool, str]:
    """Return how many are met alone or in threes, not counting exempt settings, if too many, where.

    A setting of which nobody can tell any more whether it is exempt counts as one that is not.
    """
    since = today - _ALONE_WEEKS * calendar.WEEK
    alone = {
        row.person_id
        for row in rows
        if row.shown is not None
        and row.shown.minutes.b1
        and row.first_day >= since
        and not row.is_exempt
    }
    rule = rule_of(Check.SIX_SUPERVISEES, Track.LMFT)
    words = say(len(alone), "supervisee", "supervisees") if alone else "no supervisee"
    return words, len(alone) > rule.count, f"BPC {rule.citations[Track.LMFT]}"


def _warned(rule_id: str, track: Track) -> Warned:
    rule = RULES.get(rule_id)
    if rule is None or track not in rule.citations:
        return Warned(rule_id, "A rule that is not in our catalogue any more", "")
    return Warned(rule_id, rule.title, f"BPC {rule.citations[track]}")


def _state(row: SupervisedRow) -> str:
    match row.state:
        case RowState.SUBMITTED:
            again = ", it was signed before" if row.was_signed else ""
            return f"Waits for you since {_day(row.submitted_at_us)}{again}"
        case RowState.RETURNED:
            return f"You returned it on {_day(row.returned_at_us)}"
        case RowState.SIGNED:
            return f"You signed it on {_day(row.signed_at_us)}"
        case RowState.AMENDED:
            void = "; the signature on it counts no more" if row.was_signed else ""
            return f"The supervisee opened it again{void}"


def _day(at_us: int | None) -> str:
    if at_us is None:
        return "a day unknown"
    return calendar.day_with_year(calendar.local_time(at_us, CALIFORNIA).date())
