"""A week of sessions as its page shows it: days, lines, totals; here private text is opened."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from aggregates.session_entry import SessionEntry
from aggregates.week import week_of
from projections.therapist import SessionRow, WeekView
from web import calendar
from web.pages.entry_form import MODALITY_WORDS, PARTICIPANTS_WORDS

Kind = TypeVar("Kind", bound=StrEnum)

_WHOLE: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One session."""

    stream_id: UUID
    time: str
    alias: str
    setting: str
    modality: str
    participants: str
    length: str
    corrections: int
    is_fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day and its sessions in order."""

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
    gone: int
    length: str
    shares: tuple[Share, ...]


def week_in_words(view: WeekView, today: dt.date, fresh: UUID | None) -> WeekInWords:
    """Return the page of a week; `fresh` is the session that was just logged or corrected."""
    current = week_of(today)
    later = view.first_day + calendar.WEEK
    entries = [row.entry for row in view.sessions if row.entry is not None]
    return WeekInWords(
        first=view.first_day.isoformat(),
        title=calendar.week_in_words(view.first_day),
        nearness=_nearness(view.first_day, current),
        earlier=(view.first_day - calendar.WEEK).isoformat(),
        later=later.isoformat() if later <= current else None,
        current=current.isoformat(),
        is_current=view.first_day == current,
        days=tuple(
            _day(day, view.sessions, day == today, fresh)
            for day in calendar.days_of_week(view.first_day)
        ),
        count=len(entries),
        gone=len(view.sessions) - len(entries),
        length=calendar.length(sum(entry.minutes for entry in entries)),
        shares=_shares(entries),
    )


def session_in_words(entry: SessionEntry) -> str:
    """`J.D., Tuesday, November 24, 9:00 am, 50 min`."""
    day = calendar.day_in_words(entry.date)
    time = calendar.time_of_day(entry.start_minute)
    return f"{entry.alias.reveal()}, {day}, {time}, {calendar.length(entry.minutes)}"


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


def _day(day: dt.date, rows: Sequence[SessionRow], is_today: bool, fresh: UUID | None) -> Day:  # noqa: FBT001 -- a value of the day, not a switch
    entries = [(row, row.entry) for row in rows if row.entry and row.entry.date == day]
    entries.sort(key=lambda pair: (pair[1].start_minute, pair[0].logged_at_us))
    words = calendar.day_in_words(day)
    return Day(
        date=day.isoformat(),
        words=words,
        short=words[:3],
        number=day.day,
        is_today=is_today,
        minutes=sum(entry.minutes for _, entry in entries),
        lines=tuple(_line(row, entry, fresh) for row, entry in entries),
    )


def _line(row: SessionRow, entry: SessionEntry, fresh: UUID | None) -> Line:
    return Line(
        stream_id=row.stream_id,
        time=calendar.time_of_day(entry.start_minute),
        alias=entry.alias.reveal(),
        setting=entry.setting.reveal(),
        modality=MODALITY_WORDS[entry.modality],
        participants=PARTICIPANTS_WORDS[entry.participants],
        length=calendar.length(entry.minutes),
        corrections=row.corrections,
        is_fresh=row.stream_id == fresh,
    )


def _shares(entries: Sequence[SessionEntry]) -> tuple[Share, ...]:
    return (
        _share("By how you met", MODALITY_WORDS, ((e.modality, e.minutes) for e in entries)),
        _share(
            "By who took part", PARTICIPANTS_WORDS, ((e.participants, e.minutes) for e in entries)
        ),
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
