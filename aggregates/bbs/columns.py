"""The columns of the weekly log: which of A, A1, B, B1, B2 an entry stands in, for each track."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter
from typing import Final

from aggregates.bbs.history import Recorded
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import Track, WeekStart
from aggregates.session_entry import Modality, Participants, Service, SessionEntry
from aggregates.week import week_of


class Column(StrEnum):
    """A column of the Board's weekly logs; C is A and B together."""

    A = "A"  # direct clinical work
    A1 = "A1"  # of A: couples, families, children (LMFT); psychotherapy (LCSW)
    B = "B"  # non-clinical
    B1 = "B1"  # of B: supervision, individual or triadic
    B2 = "B2"  # of B: supervision in a group


class Doubt(StrEnum):
    """Why an entry stands in no column, or why the law leaves open whether it does."""

    NOT_IN_TRACK = "not-in-track"
    NOTES_NOT_NAMED = "notes-not-named"
    COUPLE_OR_FAMILY = "couple-or-family"
    BY_PHONE = "by-phone"
    SERVICE_NOT_STATED = "service-not-stated"

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Doubt.NOT_IN_TRACK: "The statute of this track does not name this kind of activity.",
    Doubt.NOTES_NOT_NAMED: (
        "The statute of clinical social work does not name progress notes; whether they count is"
        " open."
    ),
    Doubt.COUPLE_OR_FAMILY: (
        "The statute says individual or group psychotherapy; whether couples and families count is"
        " open."
    ),
    Doubt.BY_PHONE: "The statute says face-to-face; whether psychotherapy by phone counts is open.",
    Doubt.SERVICE_NOT_STATED: "Say whether this session was psychotherapy.",
}

DIRECT: Final = frozenset({Column.A})
DIRECT_SUBSET: Final = frozenset({Column.A, Column.A1})
NON_CLINICAL: Final = frozenset({Column.B})
ALONE: Final = frozenset({Column.B, Column.B1})
IN_GROUP: Final = frozenset({Column.B, Column.B2})
NOWHERE: Final = frozenset[Column]()


@dataclass(frozen=True, slots=True)
class Placement:
    """The columns an entry stands in; `open` are those that the law leaves open, with the doubt.

    A column in both is printed and recorded, yet credited in the optimistic reading only; one in
    `open` alone is neither printed nor recorded.
    """

    columns: frozenset[Column]
    open: frozenset[Column] = NOWHERE
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Minutes by column. A1, B1 and B2 are parts of A and B and never added to them.

    `a1_open` is what might stand in A1 besides, `nowhere` what is recorded in no column.
    """

    a: int = 0
    a1: int = 0
    b: int = 0
    b1: int = 0
    b2: int = 0
    a1_open: int = 0
    nowhere: int = 0

    @property
    def c(self) -> int:
        """The week's total: A and B."""
        return self.a + self.b

    def __add__(self, other: "Columns") -> "Columns":
        return Columns(
            self.a + other.a,
            self.a1 + other.a1,
            self.b + other.b,
            self.b1 + other.b1,
            self.b2 + other.b2,
            self.a1_open + other.a1_open,
            self.nowhere + other.nowhere,
        )


def columns_in_all(each: Iterable[Columns]) -> Columns:
    """Return the sums of many."""
    return Columns(*map(sum, zip(*map(_MINUTES, each), strict=True)))


def column_of(track: Track, recorded: Recorded) -> Placement:
    """Return where an entry stands, whether it counts or not.

    LMFT: BPC 4980.43(c)(8), (c)(10). LPCC: 4999.46(c)(3), (c)(4). LCSW: 4996.23(d)(2), (d)(3).
    """
    entry = recorded.entry
    if isinstance(entry, ActivityEntry):
        return _ACTIVITIES[track].get(entry.kind, _ELSEWHERE)
    match track:
        case Track.LMFT:
            return _PARTLY if entry.participants in _RELATIONAL else _WHOLLY
        case Track.LPCC:
            return _WHOLLY
        case Track.LCSW:
            return _social_work(entry)


def row_columns(track: Track, entries: Iterable[Recorded]) -> Columns:
    """Return the sums of some entries, such as those of one row of a weekly log."""
    sums = dict.fromkeys(Column, 0)
    a1_open = nowhere = 0
    for recorded in entries:
        placement = column_of(track, recorded)
        for column in placement.columns:
            sums[column] += recorded.minutes
        if not placement.columns:
            nowhere += recorded.minutes
        elif Column.A1 in placement.open:
            a1_open += recorded.minutes
    return Columns(
        a=sums[Column.A],
        a1=sums[Column.A1],
        b=sums[Column.B],
        b1=sums[Column.B1],
        b2=sums[Column.B2],
        a1_open=a1_open,
        nowhere=nowhere,
    )


def week_start_of(week_start: WeekStart, day: dt.date) -> dt.date:
    """Return the first day of the week a day is in. The statutes define no week."""
    return week_of(day, week_start)


def _social_work(entry: SessionEntry) -> Placement:
    if entry.service is None:
        return _open_a1(Doubt.SERVICE_NOT_STATED)
    if entry.service is not Service.PSYCHOTHERAPY:
        return _WHOLLY
    if entry.participants in (Participants.COUPLE, Participants.FAMILY):
        return _open_a1(Doubt.COUPLE_OR_FAMILY)
    if entry.modality is Modality.PHONE:
        return _open_a1(Doubt.BY_PHONE)
    return _PARTLY


def _open_a1(doubt: Doubt) -> Placement:
    return Placement(DIRECT, frozenset({Column.A1}), doubt)


_MINUTES: Final = attrgetter(*(each.name for each in fields(Columns)))
_RELATIONAL: Final = frozenset({Participants.COUPLE, Participants.FAMILY, Participants.CHILD})
_WHOLLY: Final = Placement(DIRECT)
_PARTLY: Final = Placement(DIRECT_SUBSET)
_ELSEWHERE: Final = Placement(NOWHERE, doubt=Doubt.NOT_IN_TRACK)
_COUNSELING: Final = {
    ActivityKind.SUPERVISION_INDIVIDUAL: Placement(ALONE),
    ActivityKind.SUPERVISION_TRIADIC: Placement(ALONE),
    ActivityKind.SUPERVISION_GROUP: Placement(IN_GROUP),
    ActivityKind.WORKSHOP: Placement(NON_CLINICAL),
    ActivityKind.ADVOCACY: Placement(NON_CLINICAL),
    ActivityKind.NOTES: Placement(NON_CLINICAL),
    ActivityKind.TESTING: Placement(NON_CLINICAL),
}
_ACTIVITIES: Final = {
    Track.LMFT: _COUNSELING,
    Track.LPCC: _COUNSELING,
    Track.LCSW: {
        **_COUNSELING,
        ActivityKind.NOTES: Placement(NON_CLINICAL, NON_CLINICAL, Doubt.NOTES_NOT_NAMED),
        ActivityKind.CONSULTATION: Placement(NON_CLINICAL),
        ActivityKind.RESEARCH: Placement(NON_CLINICAL),
    },
}
