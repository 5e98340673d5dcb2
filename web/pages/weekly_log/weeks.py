"""My weekly log: every row with how far it has come, newest week first, what is to do on top."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.bbs.history import History
from commands.context import Actor
from web import calendar
from web.addresses import parse_day
from web.errors import PageError
from web.guard import reading
from web.hours import HoursRecords
from web.pages.rules_in_words import ADVICE
from web.pages.weekly_log.log_print import WEEKS
from web.pages.weekly_log.log_rows import TO_DO, LogRow, LogState, log_rows
from web.pages.weekly_log.weekly_log_in_words import RowInWords, row_in_words
from web.parts import Parts, parts_of
from web.who import who

PAGE_WEEKS: Final = 26
TO_DO_MAX: Final = 8
PRINTED_BEFORE: Final = (WEEKS - 1) * calendar.WEEK


class Show(StrEnum):
    """Which rows are shown."""

    ALL = "all"
    LATE = "late"
    VOID = LogState.VOID.value
    RETURNED = LogState.RETURNED.value
    DRAFT = LogState.DRAFT.value
    SUBMITTED = LogState.SUBMITTED.value
    SIGNED = LogState.SIGNED.value


FILTERS: Final = (
    (Show.ALL, "All"),
    (Show.LATE, "Late"),
    (Show.VOID, "Changed since signed"),
    (Show.RETURNED, "Returned"),
    (Show.DRAFT, "Drafts"),
    (Show.SUBMITTED, "Waiting"),
    (Show.SIGNED, "Signed"),
)


@dataclass(frozen=True, slots=True)
class LogWeek:
    """One week and its rows."""

    first: str
    words: str
    rows: tuple[RowInWords, ...]


@dataclass(frozen=True, slots=True)
class _Log:
    history: History
    rows: tuple[LogRow, ...]


async def show(request: Request) -> Response:
    """Answer `GET /weeks`: `?show=` a state, `?before=` a day for what is older."""
    parts, shown, before = parts_of(request), _show(request), _before(request)
    records = (await reading(request)).hours
    log = await run_in_threadpool(_read, records, who(request), parts.today())
    values: dict[str, object] = {
        "signed_in": "weeks",
        "is_stated": log is not None,
        "filters": FILTERS,
        "show": shown,
        "is_first_page": before is None,
        "print_from": (parts.today() - PRINTED_BEFORE).isoformat(),
        "advice": ADVICE,
    }
    values |= _values(parts, log, shown, before) if log else _NOTHING
    return parts.renderer.page(request, "weeks.html", values)


def _read(records: HoursRecords, actor: Actor, today: dt.date) -> _Log | None:
    history = records.history(actor)
    if history is None:
        return None
    return _Log(history, log_rows(history, records.weeks(actor), today))


_NOTHING: Final[dict[str, object]] = {
    "counts": {},
    "overdue": 0,
    "to_do": (),
    "to_do_more": 0,
    "weeks": (),
    "older": None,
}


def _values(parts: Parts, log: _Log, shown: Show, before: dt.date | None) -> dict[str, object]:
    to_do = _to_do(log.rows)
    rows = [row for row in log.rows if _is_shown(row, shown)]
    rows = [row for row in rows if before is None or row.first_day < before]
    days = list(dict.fromkeys(row.first_day for row in rows))[: PAGE_WEEKS + 1]
    last = days[PAGE_WEEKS - 1] if len(days) > PAGE_WEEKS else None
    page = [row for row in rows if last is None or row.first_day >= last]
    return {
        "counts": _counts(log.rows),
        "overdue": sum(row.is_late for row in to_do),
        "to_do": _words(parts, log.history, to_do[:TO_DO_MAX]),
        "to_do_more": max(0, len(to_do) - TO_DO_MAX),
        "weeks": _weeks(parts, log.history, page),
        "older": last.isoformat() if last else None,
    }


def _weeks(parts: Parts, history: History, rows: Sequence[LogRow]) -> tuple[LogWeek, ...]:
    return tuple(
        LogWeek(
            first_day.isoformat(),
            calendar.week_in_words(first_day),
            _words(parts, history, list(group)),
        )
        for first_day, group in groupby(rows, key=lambda row: row.first_day)
    )


def _words(parts: Parts, history: History, rows: Sequence[LogRow]) -> tuple[RowInWords, ...]:
    zone, today = parts.settings.time_zone, parts.today()
    return tuple(row_in_words(history, row, zone, today) for row in rows)


def _to_do(rows: Sequence[LogRow]) -> list[LogRow]:
    """Return what the supervisee has to see to: late ones first, and the oldest of them first."""
    order = list(LogState)
    found = [row for row in rows if row.entries and _is_to_do(row)]
    return sorted(found, key=lambda row: (not row.is_late, order.index(row.state), row.first_day))


def _is_to_do(row: LogRow) -> bool:
    return row.state in TO_DO or (row.is_late and row.state is LogState.SUBMITTED)


def _counts(rows: Sequence[LogRow]) -> dict[Show, int]:
    found = Counter(Show(row.state.value) for row in rows)
    found[Show.LATE] = sum(row.is_late for row in rows)
    found[Show.ALL] = len(rows)
    return {each: found[each] for each, _ in FILTERS}


def _is_shown(row: LogRow, shown: Show) -> bool:
    match shown:
        case Show.ALL:
            return True
        case Show.LATE:
            return row.is_late
        case state:
            return row.state.value == state.value


def _show(request: Request) -> Show:
    try:
        return Show(request.query_params.get("show", Show.ALL))
    except ValueError:
        raise PageError("not-found") from None


def _before(request: Request) -> dt.date | None:
    text = request.query_params.get("before")
    return None if text is None else parse_day(text)
