"""My trail: what happened to my records, in plain words, newest first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from projections.trail import TrailRow
from web import calendar
from web.errors import PageError
from web.parts import parts_of
from web.who import who

PAGE_ROWS: Final = 50
_POSITION_LENGTH_MAX: Final = 18


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One thing that happened."""

    position: int
    moment: str
    time: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TrailDay:
    """What happened on one day."""

    words: str
    lines: tuple[TrailLine, ...]


async def show(request: Request) -> Response:
    """Answer `GET /trail`, with `?before=` a position for what is older."""
    actor, parts = who(request), parts_of(request)
    before = _before(request)
    # One more than a page tells whether there is an older page.
    rows = await run_in_threadpool(parts.services.trail, actor, before, PAGE_ROWS + 1)
    shown = rows[:PAGE_ROWS]
    values: dict[str, object] = {
        "signed_in": "trail",
        "days": _days(shown, parts.settings.time_zone, parts.today()),
        "is_first_page": before is None,
        "older": shown[-1].position if len(rows) > PAGE_ROWS else None,
    }
    return parts.renderer.page(request, "trail.html", values)


def _before(request: Request) -> int | None:
    text = request.query_params.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _POSITION_LENGTH_MAX):
        raise PageError("not-found")
    return int(text)


def _days(rows: Sequence[TrailRow], zone: dt.tzinfo, today: dt.date) -> list[TrailDay]:
    timed = [(calendar.local_time(row.recorded_at_us, zone), row) for row in rows]
    return [
        TrailDay(_day_in_words(day, today), tuple(_line(moment, row) for moment, row in group))
        for day, group in groupby(timed, key=lambda pair: pair[0].date())
    ]


def _day_in_words(day: dt.date, today: dt.date) -> str:
    match (today - day).days:
        case 0:
            return "Today"
        case 1:
            return "Yesterday"
        case _:
            return calendar.day_with_year(day)


def _line(moment: dt.datetime, row: TrailRow) -> TrailLine:
    return TrailLine(
        row.position,
        moment.isoformat(timespec="seconds"),
        calendar.clock(moment),
        row.sentence,
    )
