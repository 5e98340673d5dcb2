"""Who looked: a compliance officer sees the looks of a week, by day, reader and kind."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.access import RecordKind
from ledger.ids import NIL
from projections.access_words import member_with_role
from projections.trail_days import Accesses, Span
from web import calendar
from web.addresses import parse_day
from web.guard import reading
from web.pages.trail.trail_plot import say
from web.parts import parts_of
from web.who import who

_DAY: Final = dt.timedelta(days=1)
_WHOLE: Final = {
    RecordKind.REPLAY: "The practice as it was",
    RecordKind.ACCESSES: "This page: who looked at what",
    RecordKind.LOG_FILES: "Files of the practice's log",
    RecordKind.EMERGENCIES: "Requests for emergency access",
    RecordKind.HOLDS: "Legal holds",
    RecordKind.REVIEWS: "How far all weekly logs are, and what the rules find",
}
_OWN: Final = {
    RecordKind.WEEK: "Their own weeks",
    RecordKind.SESSION: "Their own sessions",
    RecordKind.TRAIL: "Their own trail",
    RecordKind.EXPORT: "An export of their own records",
    RecordKind.SETUP: "Their own enrolment, settings and supervisions",
    RecordKind.ACTIVITY: "An activity of their own",
    RecordKind.PROGRESS: "Their own progress to a licence",
    RecordKind.WEEKLY_LOG: "Their own weekly log",
    RecordKind.SUPERVISED: "Weekly logs of their own, to sign",
    RecordKind.REVIEW: "Their own weekly logs and what the rules find",
}
_OTHERS: Final = {
    RecordKind.WEEK: "A member's week",
    RecordKind.SESSION: "A session that is not theirs",
    RecordKind.TRAIL: "A member's trail",
    RecordKind.EXPORT: "An export of a member's records",
    RecordKind.SETUP: "A member's enrolment, settings and supervisions",
    RecordKind.ACTIVITY: "An activity of a member",
    RecordKind.PROGRESS: "A member's progress to a licence",
    RecordKind.WEEKLY_LOG: "A member's weekly log",
    RecordKind.SUPERVISED: "A member's weekly log, to sign it",
    RecordKind.REVIEW: "A member's weekly logs and what the rules find",
}


@dataclass(frozen=True, slots=True)
class AccessLine:
    """Looks of one kind by one reader."""

    reader: str
    what: str
    times: int
    last: str
    is_refused: bool
    is_emergency: bool


@dataclass(frozen=True, slots=True)
class AccessDay:
    """One day; what members saw of their own is apart."""

    words: str
    lines: tuple[AccessLine, ...]
    own: tuple[AccessLine, ...]
    own_summary: str


async def show(request: Request) -> Response:
    """Answer `GET /access`: the last seven days, or those before the day `?before=`."""
    records, parts = await reading(request), parts_of(request)
    zone, tomorrow = parts.settings.time_zone, parts.today() + _DAY
    text = request.query_params.get("before")
    end = parse_day(text) if text else tomorrow
    span = Span(end - calendar.WEEK, end, zone)
    found = await run_in_threadpool(records.accesses, who(request), span)
    newer = min(end + calendar.WEEK, tomorrow)
    values: dict[str, object] = {
        "signed_in": "access",
        "days": _days(found, zone),
        "first": calendar.day_with_year(span.first),
        "last": calendar.day_with_year(end - _DAY),
        "older": span.first.isoformat(),
        "newer": newer.isoformat() if end < tomorrow else None,
    }
    return parts.renderer.page(request, "access.html", values)


def _days(found: Sequence[Accesses], zone: dt.tzinfo) -> list[AccessDay]:
    days: list[AccessDay] = []
    for day, group in groupby(found, key=lambda each: each.day):
        looks = list(group)
        own = [each for each in looks if each.is_own]
        times = say(sum(each.count for each in own), "time", "times")
        members = say(len({each.reader_id for each in own}), "member", "members")
        days.append(
            AccessDay(
                calendar.day_with_year(day),
                tuple(_line(each, zone) for each in looks if not each.is_own),
                tuple(_line(each, zone) for each in own),
                f"{members} looked at their own records, {times}",
            )
        )
    return days


def _line(look: Accesses, zone: dt.tzinfo) -> AccessLine:
    return AccessLine(
        member_with_role(look.role, look.reader_id) if look.role else _nobody(look.reader_id),
        _what(look),
        look.count,
        calendar.clock(calendar.local_time(look.last_us, zone)),
        look.is_refused,
        look.is_emergency,
    )


def _nobody(reader_id: UUID) -> str:
    is_operator = reader_id == NIL
    return "Whoever runs the service" if is_operator else f"Member {reader_id.hex[-8:]}"


def _what(look: Accesses) -> str:
    kind = look.kind
    if kind is None:
        return "Nobody can read any more what it was"
    if look.reader_id == NIL and kind is RecordKind.EXPORT:
        return "A copy of the log for an auditor"
    if kind in _WHOLE:
        return _WHOLE[kind]
    return _OWN[kind] if look.is_own else _OTHERS[kind]
