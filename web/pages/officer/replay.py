"""Replay: a compliance officer sees the practice as it was, and steps through its events."""

import datetime as dt
import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from projections.look_back import Moment
from web.guard import reading
from web.pages.officer.replay_in_words import Shown, replay_in_words
from web.parts import parts_of
from web.who import who

_UNPROCESSABLE: Final = 422
_US: Final = 1_000_000
_POSITION: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_LOCAL_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?", re.ASCII
)
_DAY_0: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

NO_TIME: Final = "Please give a day and a time, such as 2026-11-24T09:30:00."
NO_POSITION: Final = "Please give the number of an event: 0 is the first."


async def show(request: Request) -> Response:
    """Answer `GET /replay`: now, or after `?position=` an event, or at `?at=` a local time.

    `?week=` opens the week of a day, `?step=` tells which link led here, so that it has the focus.
    """
    records, parts = await reading(request), parts_of(request)
    query = request.query_params
    moment, trouble = _moment(query.get("at"), query.get("position"), parts.settings.time_zone)
    found = await run_in_threadpool(records.look_back, who(request), moment)
    shown = Shown(
        zone=parts.settings.time_zone, week=_week(query.get("week")), step=query.get("step", "")
    )
    values: dict[str, object] = {
        "signed_in": "replay",
        "replay": replay_in_words(found, shown),
        "trouble": trouble,
    }
    status = _UNPROCESSABLE if trouble else 200
    return parts.renderer.page(request, "replay.html", values, status=status)


def _moment(at: str | None, position: str | None, zone: dt.tzinfo) -> tuple[Moment, str | None]:
    """Return the moment asked for, and what is wrong with how it was asked."""
    if at:
        until_us = _end_of_second_us(at, zone)
        return Moment(until_us=until_us), NO_TIME if until_us is None else None
    if position:
        if not _POSITION.fullmatch(position):
            return Moment(), NO_POSITION
        return Moment(position=int(position)), None
    return Moment(), None


def _end_of_second_us(text: str, zone: dt.tzinfo) -> int | None:
    """Return the last microsecond of a local time, None where it is none."""
    if not _LOCAL_TIME.fullmatch(text):
        return None
    try:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=zone)
        return (moment - _DAY_0) // dt.timedelta(microseconds=1) + _US - 1
    except (ValueError, OverflowError):
        return None


def _week(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
