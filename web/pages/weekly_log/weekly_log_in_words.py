"""A row of a weekly log as its pages show it: columns of the form, state, what would not count."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aggregates.bbs.bounds import Bounds
from aggregates.bbs.columns import Column, Columns, column_of
from aggregates.bbs.evaluation import Row
from aggregates.bbs.history import History, Recorded
from aggregates.bbs.rule import HOUR
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment_entry import Track
from projections.hours_words import ACTIVITIES, RETURN_REASONS
from web import calendar
from web.pages.entries.entry_form import PARTICIPANTS_WORDS
from web.pages.rules_in_words import PHASES, FindingInWords, finding_in_words, hours
from web.pages.weekly_log.log_rows import TO_DO, LogRow, LogState

STATES: Final = {
    LogState.VOID: "Changed since it was signed",
    LogState.RETURNED: "Returned",
    LogState.DRAFT: "Draft",
    LogState.SUBMITTED: "Waiting for the signature",
    LogState.SIGNED: "Signed",
}
VOID: Final = (
    "It was signed and has changed since. The signature stays on record and counts no more, so it"
    " is to be submitted and signed again"
)
_B: Final = "Non-clinical"
_B1: Final = "Of B: supervision, individual or triadic"
_B2: Final = "Of B: supervision, group"
COLUMNS: Final[Mapping[Track, tuple[tuple[str, str], ...]]] = {
    Track.LMFT: (
        ("A", "Direct counseling"),
        ("A1", "Of A: couples, families, children"),
        ("B", _B),
        ("B1", _B1),
        ("B2", _B2),
    ),
    Track.LPCC: (("A", "Direct counseling"), ("B", _B), ("B1", _B1), ("B2", _B2)),
    Track.LCSW: (
        ("A", "Clinical diagnosis, assessment, treatment"),
        ("A1", "Of A: individual or group psychotherapy"),
        ("B", _B),
        ("B1", _B1),
        ("B2", _B2),
    ),
}
TOTAL: Final = ("C", "Total, A + B")


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of a row, with the address of its own page."""

    day: str
    what: str
    columns: str
    length: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInWords:
    """Everything the pages show of a row."""

    place: str
    week: str
    first: str
    supervisor: str | None
    setting: str | None
    phase: str
    supervision: str
    phase_value: str
    state: str
    state_words: str
    standing: str
    remark: str | None
    is_late: bool
    cells: tuple[tuple[str, str], ...]
    total: str
    nowhere: str | None
    entries: tuple[EntryLine, ...]
    can_submit: bool
    can_take_back: bool
    hindrance: str | None
    shown: str
    units: str | None
    findings: tuple[FindingInWords, ...]


def row_in_words(
    history: History, row: LogRow, zone: dt.tzinfo, today: dt.date, judged: Row | None = None
) -> RowInWords:
    """Return the words of a row; `judged` is what the rules say of it, where that is shown."""
    supervision_id = row.supervision_id
    stated = history.supervisions.get(supervision_id) if supervision_id else None
    setting = history.settings.get(stated.setting_id) if stated else None
    hindrance = _hindrance(history, row)
    returned = row.row if row.state is LogState.RETURNED else None
    return RowInWords(
        place=f"{supervision_id or 'none'}-{row.phase.value}",
        week=calendar.week_in_words(row.first_day),
        first=row.first_day.isoformat(),
        supervisor=stated.supervisor_name.reveal() if stated else None,
        setting=setting.name.reveal() if setting else None,
        phase=PHASES[row.phase],
        supervision=str(supervision_id or ""),
        phase_value=row.phase.value,
        state=row.state.value,
        state_words=STATES[row.state],
        standing=_standing(row, zone, today),
        remark=returned.remark.reveal() if returned and returned.remark else None,
        is_late=row.is_late,
        cells=cells(history.enrolment.track, row.columns),
        total=clock(row.columns.c),
        nowhere=hours(row.columns.nowhere) if row.columns.nowhere else None,
        entries=tuple(_entry(history, each) for each in row.entries),
        can_submit=row.state in TO_DO and hindrance is None,
        can_take_back=row.state in (LogState.SUBMITTED, LogState.SIGNED),
        hindrance=hindrance if row.state in TO_DO else None,
        shown=row.shown,
        units=_units(judged) if judged else None,
        findings=tuple(map(finding_in_words, judged.findings)) if judged else (),
    )


def cells(track: Track, columns: Columns) -> tuple[tuple[str, str], ...]:
    """Return the columns of the track's form with their times, without the total."""
    return tuple((name, clock(getattr(columns, name.lower()))) for name, _ in COLUMNS[track])


def clock(minutes: int) -> str:
    """`12:30`, where there is little room."""
    return f"{minutes // HOUR}:{minutes % HOUR:02}"


def _hindrance(history: History, row: LogRow) -> str | None:
    """Return why a row cannot be submitted yet, with what to do."""
    if row.supervision_id is None:
        return "These entries name no supervision: open each and choose one, so that they count."
    stated = history.supervisions.get(row.supervision_id)
    if stated is None:
        return "This supervision cannot be read any more, so the row stays as it is."
    if not row.entries:
        return "Nothing is logged here any more, so there is nothing to sign."
    if stated.supervisor_id is None:
        return "Choose under Setup which member of the practice signs for this supervision."
    return None


def _standing(row: LogRow, zone: dt.tzinfo, today: dt.date) -> str:
    """Return since when a row stands as it does, and why."""
    submitted = row.row
    if submitted is None:
        return "Not submitted yet."
    match row.state:
        case LogState.DRAFT:
            said = "Taken back or changed since it was submitted, so it is to be submitted again"
        case LogState.VOID:
            said = VOID
        case LogState.RETURNED:
            reason = submitted.return_reason
            why = f": {RETURN_REASONS[reason]}" if reason else ""
            said = f"Given back{_on(submitted.returned_at_us, zone)}{why}"
        case LogState.SUBMITTED:
            said = f"Submitted{_on(submitted.submitted_at_us, zone)}{_waiting(row, zone, today)}"
        case LogState.SIGNED:
            late = ", more than a week after its end" if row.is_late else ""
            said = f"Signed{_on(submitted.signed_at_us, zone)}{late}"
    return f"{said}."


def _waiting(row: LogRow, zone: dt.tzinfo, today: dt.date) -> str:
    assert row.row is not None
    since = row.row.submitted_at_us
    days = (today - calendar.local_time(since, zone).date()).days if since is not None else 0
    return f", waiting for {days} day{'s' if days != 1 else ''}" if days > 0 else ""


def _on(moment_us: int | None, zone: dt.tzinfo) -> str:
    if moment_us is None:
        return ""
    return f" on {calendar.day_with_year(calendar.local_time(moment_us, zone).date())}"


def _entry(history: History, recorded: Recorded) -> EntryLine:
    entry = recorded.entry
    placed = column_of(history.enrolment.track, recorded).columns
    is_activity = isinstance(entry, ActivityEntry)
    what = ACTIVITIES[entry.kind] if is_activity else PARTICIPANTS_WORDS[entry.participants]
    return EntryLine(
        day=calendar.day_in_words(entry.date),
        what=what[:1].upper() + what[1:] if is_activity else f"Session: {what.lower()}",
        columns=", ".join(column.value for column in Column if column in placed) or "none",
        length=calendar.length(entry.minutes),
        address=f"/{'activity' if is_activity else 'session'}/{recorded.entry_id}",
    )


def _units(judged: Row) -> str | None:
    """Return how much supervision the week has at the setting, if it needs any."""
    needed = judged.units_required // HOUR
    if not needed:
        return None
    return f"Units of supervision at this setting: {_in_units(judged.units)}; needed: {needed}"


def _in_units(minutes: Bounds) -> str:
    low, high = sorted((minutes.conservative, minutes.optimistic))
    words: Sequence[str] = [f"{each / HOUR:.2f}".rstrip("0").rstrip(".") for each in (low, high)]
    return words[0] if low == high else f"{words[0]} to {words[1]}"
