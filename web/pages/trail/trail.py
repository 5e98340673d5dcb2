"""My trail: what happened to my records and who looked at them, in plain words, newest first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from projections.trail_days import DayCount, Span
from projections.trail_rows import Asked, Show, TrailRow
from web import calendar
from web.errors import PageError
from web.guard import reading
from web.pages.trail.trail_plot import first_day, plot, say
from web.parts import parts_of
from web.who import who

PAGE_ROWS: Final = 50
_POSITION_LENGTH_MAX: Final = 18
_DAY: Final = dt.timedelta(days=1)
_LOOKS: Final = frozenset({"records-read.v1", "access-refused.v1"})
FILTERS: Final = (
    (Show.ALL, "Everything"),
    (Show.CHANGES, "Changes"),
    (Show.OTHERS, "Looks by others"),
    (Show.OWN, "My own looks"),
)


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One thing that happened, or a look and how often it was repeated that day."""

    position: int
    moment: str
    time: str
    sentence: str
    repeated: str | None
    record_id: str | None


@dataclass(frozen=True, slots=True)
class TrailDay:
    """What happened on one day; `own` tells of one's own looks where they are folded away."""

    words: str
    lines: tuple[TrailLine, ...]
    own: str | None


async def show(request: Request) -> Response:
    """Answer `GET /trail`: `?show=` a part of it, `?before=` a position for what is older."""
    actor, parts, records = who(request), parts_of(request), await reading(request)
    asked = Asked(_show(request), _before(request), PAGE_ROWS + 1)
    # One more than a page tells whether there is an older page.
    rows = await run_in_threadpool(records.trail, actor, asked)
    shown, zone, today = rows[:PAGE_ROWS], parts.settings.time_zone, parts.today()
    first = min(first_day(today), _day_of(shown[-1], zone) if shown else today)
    span = Span(first, today + _DAY, zone)
    counts = await run_in_threadpool(records.trail_days, actor, span)
    folded = {each.day: each for each in counts} if asked.show is Show.ALL else {}
    values: dict[str, object] = {
        "signed_in": "trail",
        "days": _days(shown, folded, zone, today),
        "plot": plot(counts, today) if asked.before is None else None,
        "filters": FILTERS,
        "show": asked.show,
        "is_first_page": asked.before is None,
        "older": shown[-1].position if len(rows) > PAGE_ROWS else None,
    }
    return parts.renderer.page(request, "trail.html", values)


def _show(request: Request) -> Show:
    try:
        return Show(request.query_params.get("show", Show.ALL))
    except ValueError:
        raise PageError("not-found") from None


def _before(request: Request) -> int | None:
    text = request.query_params.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _POSITION_LENGTH_MAX):
        raise PageError("not-found")
    return int(text)


def _days(
    rows: Sequence[TrailRow], folded: Mapping[dt.date, DayCount], zone: dt.tzinfo, today: dt.date
) -> list[TrailDay]:
    return [
        TrailDay(_day_in_words(day, today), _lines(list(group), zone), _own(folded.get(day)))
        for day, group in groupby(rows, key=lambda row: _day_of(row, zone))
    ]


def _lines(rows: Sequence[TrailRow], zone: dt.tzinfo) -> tuple[TrailLine, ...]:
    """Return a day's lines; the same look over and over is one, where it was the last time."""
    alike: dict[tuple[object, ...], list[TrailRow]] = {}
    for row in rows:
        alike.setdefault(_sameness(row), []).append(row)
    return tuple(_line(same, zone) for same in alike.values())


def _line(same: Sequence[TrailRow], zone: dt.tzinfo) -> TrailLine:
    newest, oldest = same[0], same[-1]
    moment = calendar.local_time(newest.recorded_at_us, zone)
    since = calendar.clock(calendar.local_time(oldest.recorded_at_us, zone))
    return TrailLine(
        newest.position,
        moment.isoformat(timespec="seconds"),
        calendar.clock(moment),
        newest.sentence,
        f"{len(same)} times since {since}" if len(same) > 1 else None,
        str(newest.record_id) if newest.record_id else None,
    )


def _sameness(row: TrailRow) -> tuple[object, ...]:
    return (row.sentence, row.record_id) if row.type in _LOOKS else (row.position,)


def _own(count: DayCount | None) -> str | None:
    if count is None or not count.own:
        return None
    return f"You looked at records yourself {say(count.own, 'time', 'times')}"


def _day_of(row: TrailRow, zone: dt.tzinfo) -> dt.date:
    return calendar.local_time(row.recorded_at_us, zone).date()


def _day_in_words(day: dt.date, today: dt.date) -> str:
    match (today - day).days:
        case 0:
            return "Today"
        case 1:
            return "Yesterday"
        case _:
            return calendar.day_with_year(day)
