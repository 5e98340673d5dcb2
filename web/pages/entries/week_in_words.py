"""A week of sessions as its page shows it: days, lines, totals; here private text is opened."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.session_entry import SessionEntry
from aggregates.week import week_of
from projections.therapist import ActivityRow, SessionRow, WeekView
from web import calendar
from web.pages.entries.activity_words import KIND_WORDS
from web.pages.entries.entry_form import MODALITY_WORDS, PARTICIPANTS_WORDS
from web.pages.setup.own_setup import OwnSetup

Kind = TypeVar("Kind", bound=StrEnum)

_WHOLE: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One session or activity; an activity has no time of day."""

    stream_id: UUID
    path: str
    anchor: str
    time: str
    who: str
    how: tuple[str, ...]
    length: str
    corrections: int
    is_fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day, its sessions in order, then its activities."""

    date: str
    words: str
    short: str
    number: int
    is_today: bool
    minutes: int
    lines: tuple[Line, ...]

    @property
    def length(self) -> str:
        """The day's total in words."""
        return calendar.length(self.minutes)

    @property
    def clock(self) -> str:
        """The day's total as 1:40, where there is little room."""
        return f"{self.minutes // 60}:{self.minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind's part of the total; start and width in hundredths of it."""

    words: str
    length: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Share:
    """The total split one way."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekInWords:
    """Everything the page of a week shows; `gone` counts sessions whose key is destroyed."""

    first: str
    title: str
    nearness: str
    earlier: str
    later: str | None
    current: str
    is_current: bool
    days: tuple[Day, ...]
    count: int
    activities: int
    gone: int
    length: str
    shares: tuple[Share, ...]


def week_in_words(view: WeekView, own: OwnSetup, today: dt.date, fresh: UUID | None) -> WeekInWords:
    """Return the page of a week; `fresh` is the entry that was just logged or corrected."""
    current = week_of(today, own.week_start)
    later = view.first_day + calendar.WEEK
    entries = [row.entry for row in view.sessions if row.entry is not None]
    activities = [row.entry for row in view.activities if row.entry is not None]
    shown = len(entries) + len(activities)
    return WeekInWords(
        first=view.first_day.isoformat(),
        title=calendar.week_in_words(view.first_day),
        nearness=_nearness(view.first_day, current),
        earlier=(view.first_day - calendar.WEEK).isoformat(),
        later=later.isoformat() if later <= current else None,
        current=current.isoformat(),
        is_current=view.first_day == current,
        days=tuple(
            _day(day, view, own, (day == today, fresh))
            for day in calendar.days_of_week(view.first_day)
        ),
        count=len(entries),
        activities=len(activities),
        gone=len(view.sessions) + len(view.activities) - shown,
        length=calendar.length(sum(entry.minutes for entry in (*entries, *activities))),
        shares=_shares(entries),
    )


def session_in_words(entry: SessionEntry) -> str:
    """`J.D., Tuesday, November 24, 9:00 am, 50 min`."""
    day = calendar.day_in_words(entry.date)
    time = calendar.time_of_day(entry.start_minute)
    return f"{entry.alias.reveal()}, {day}, {time}, {calendar.length(entry.minutes)}"


def activity_in_words(entry: ActivityEntry) -> str:
    """`Client-centered advocacy, Tuesday, November 24, 15 min`."""
    day = calendar.day_in_words(entry.date)
    return f"{KIND_WORDS[entry.kind]}, {day}, {calendar.length(entry.minutes)}"


def _nearness(first_day: dt.date, current: dt.date) -> str:
    weeks = (current - first_day) // calendar.WEEK
    match weeks:
        case 0:
            return "This week"
        case 1:
            return "Last week"
        case _ if weeks > 0:
            return f"{weeks} weeks ago"
        case _:
            return "Still to come"


def _day(day: dt.date, view: WeekView, own: OwnSetup, marks: tuple[bool, UUID | None]) -> Day:
    is_today, fresh = marks
    sessions = [(row, row.entry) for row in view.sessions if row.entry and row.entry.date == day]
    sessions.sort(key=lambda pair: (pair[1].start_minute, pair[0].logged_at_us))
    held = [(row, row.entry) for row in view.activities if row.entry and row.entry.date == day]
    words = calendar.day_in_words(day)
    return Day(
        date=day.isoformat(),
        words=words,
        short=words[:3],
        number=day.day,
        is_today=is_today,
        minutes=sum(entry.minutes for _, entry in (*sessions, *held)),
        lines=(
            *(_line(row, entry, own, fresh) for row, entry in sessions),
            *(_activity(row, entry, own, fresh) for row, entry in held),
        ),
    )


def _line(row: SessionRow, entry: SessionEntry, own: OwnSetup, fresh: UUID | None) -> Line:
    under = own.label(entry.supervision_id) or entry.setting.reveal()
    return Line(
        stream_id=row.stream_id,
        path=f"/session/{row.stream_id}",
        anchor=f"s-{row.stream_id}",
        time=calendar.time_of_day(entry.start_minute),
        who=entry.alias.reveal(),
        how=(under, MODALITY_WORDS[entry.modality], PARTICIPANTS_WORDS[entry.participants]),
        length=calendar.length(entry.minutes),
        corrections=row.corrections,
        is_fresh=row.stream_id == fresh,
    )


def _activity(row: ActivityRow, entry: ActivityEntry, own: OwnSetup, fresh: UUID | None) -> Line:
    how = [own.label(entry.supervision_id)]
    if entry.title is not None:
        how.append(entry.title.reveal())
    if entry.modality is not None:
        how.append(MODALITY_WORDS[entry.modality])
    if entry.kind is ActivityKind.SUPERVISION_GROUP and entry.supervisees:
        how.append(f"{entry.supervisees} of you")
    return Line(
        stream_id=row.stream_id,
        path=f"/activity/{row.stream_id}",
        anchor=f"a-{row.stream_id}",
        time="",
        who=KIND_WORDS[entry.kind],
        how=tuple(each for each in how if each),
        length=calendar.length(entry.minutes),
        corrections=row.corrections,
        is_fresh=row.stream_id == fresh,
    )


def _shares(entries: Sequence[SessionEntry]) -> tuple[Share, ...]:
    met = ((entry.modality, entry.minutes) for entry in entries)
    there = ((entry.participants, entry.minutes) for entry in entries)
    return (
        _share("Sessions, by how you met", MODALITY_WORDS, met),
        _share("Sessions, by who took part", PARTICIPANTS_WORDS, there),
    )


def _share(label: str, words: Mapping[Kind, str], amounts: Iterable[tuple[Kind, int]]) -> Share:
    minutes = dict.fromkeys(words, 0)
    for kind, amount in amounts:
        minutes[kind] += amount
    total = sum(minutes.values()) or 1
    parts: list[Part] = []
    start = 0.0
    for kind, amount in minutes.items():
        if amount:
            width = _WHOLE * amount / total
            parts.append(
                Part(words[kind], calendar.length(amount), round(start, 2), round(width, 2))
            )
            start += width
    return Share(label, tuple(parts))
