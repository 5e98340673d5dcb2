"""The signed weeks of a bundle in words, by supervisee, supervisor, setting and phase."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.week_statement import LICENCES
from projections.disclosed_weeks import SignatureState, SignedWeek, SignedWeeks
from web.pages.weekly_log.weekly_log_in_words import clock

NAMES: Final = ("A", "A1", "B", "B1", "B2", "C")
VOID: Final = "Void: changed since"

_STATES: Final = {
    SignatureState.SIGNED: "Signed",
    SignatureState.SIGNED_AGAIN: "Signed again",
    SignatureState.VOID: VOID,
}
_PHASES: Final = {Phase.BEFORE_DEGREE: "before the degree", Phase.AFTER_DEGREE: "after the degree"}
_UNIX: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Line(msgspec.Struct, frozen=True):
    """A signature: `cells` are the hours by column, `stands` whether it counts."""

    week: str
    cells: list[str]
    state: str
    stands: bool
    signed: str
    position: str
    reference: str


class Group(msgspec.Struct, frozen=True):
    """Weeks that one supervisor signed for one supervisee; `totals` are of those that stand."""

    supervisee: str
    supervisor: str
    setting: str
    phase: str
    lines: list[Line]
    standing: str
    totals: list[str]


class WeekLists(msgspec.Struct, frozen=True):
    """All of them, how many there are, and what is not among them."""

    groups: list[Group]
    counted: str
    missing: str


def week_lists(found: SignedWeeks) -> WeekLists:
    """Return what the pages of a bundle say of signed weeks. It holds names."""
    weeks = sorted(found.weeks, key=_order)
    return WeekLists(
        groups=[_group(list(some)) for _, some in groupby(weeks, key=_heading)],
        counted=_counted(weeks),
        missing=(
            f"{several(found.left_out, 'signature')} of days not asked for,"
            f" {several(found.closed, 'row')} not disclosed,"
            f" {several(found.shredded, 'row')} shredded"
        ),
    )


def _counted(weeks: Sequence[SignedWeek]) -> str:
    if not weeks:
        return "none is disclosed"
    void = sum(week.state is SignatureState.VOID for week in weeks)
    return (
        f"{several(len(weeks), 'signature')}, each checked by verify.py:"
        f" {several(len(weeks) - void, 'week')} signed, {void:,} void (changed since)"
    )


def _heading(week: SignedWeek) -> tuple[str, ...]:
    """Return what stands over a list: whose it is by id, too, as two people may share a name."""
    printed, key = week.content.printed, week.content.key
    licence = f"{LICENCES[printed.licence]} {printed.licence_number.reveal()}"
    return (
        printed.supervisee.reveal(),
        str(key.person_id),
        f"{printed.supervisor.reveal()}, {licence}",
        str(week.content.supervisor_id),
        printed.setting.reveal(),
        _PHASES[key.phase],
    )


def _order(week: SignedWeek) -> tuple[tuple[str, ...], dt.date, int]:
    return _heading(week), week.content.key.first_day, week.position


def _group(weeks: Sequence[SignedWeek]) -> Group:
    supervisee, _, supervisor, _, setting, phase = _heading(weeks[0])
    standing = [week for week in weeks if week.state is not SignatureState.VOID]
    columns = zip(*(_minutes(week) for week in standing), strict=True)
    return Group(
        supervisee=supervisee,
        supervisor=supervisor,
        setting=setting,
        phase=phase,
        lines=[_line(week) for week in weeks],
        standing=several(len(standing), "week"),
        totals=[clock(sum(column)) for column in columns] or [clock(0)] * len(NAMES),
    )


def _minutes(week: SignedWeek) -> tuple[int, ...]:
    minutes = week.content.minutes
    return minutes.a, minutes.a1, minutes.b, minutes.b1, minutes.b2, minutes.c


def _line(week: SignedWeek) -> Line:
    return Line(
        week=week.content.key.first_day.isoformat(),
        cells=[clock(each) for each in _minutes(week)],
        state=_STATES[week.state],
        stands=week.state is not SignatureState.VOID,
        signed=f"{_UNIX + dt.timedelta(microseconds=week.at_us):%Y-%m-%d %H:%M:%S}",
        position=str(week.position),
        reference=week.reference.hex(),
    )


def several(count: int, what: str) -> str:
    """`1 week`, `1,000 weeks`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
