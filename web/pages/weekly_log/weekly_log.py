"""One week of my weekly log, as on the Board's form: submitted and taken back here."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.bbs.columns import week_start_of
from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_content import RowKey
from aggregates.refusal import Refused
from commands.handle import Handled
from ledger.errors import Busy, Conflict, Quarantined, Unavailable
from ledger.ids import derived
from web import calendar
from web.addresses import day_of
from web.forms import form_id, read_form
from web.guard import reading
from web.pages.rules_in_words import ADVICE
from web.pages.weekly_log.log_rows import LogRow, Place
from web.pages.weekly_log.log_week import LogWeek, log_week
from web.pages.weekly_log.weekly_log_in_words import COLUMNS, TOTAL, RowInWords, row_in_words
from web.parts import Parts, parts_of
from web.who import session_of

_SEE_OTHER: Final = 303
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503

CHANGED: Final = (
    "Something in this week changed since it was shown, so nothing was submitted."
    " This is how it stands now: please look at it again."
)
UNKNOWN_ROW: Final = "There is no such row in this week. Please choose one of those below."
NOT_DONE: Final = (
    "We could not reach the ledger, so this may not be done yet."
    " Please press the button again: it is never done twice."
)
NOT_SHOWN_YET: Final = " This page may show it in a moment; please reload it."
SUBMITTED: Final = "Submitted. Your supervisor sees it now, and can sign it or give it back."
TAKEN_BACK: Final = "Taken back. You can correct it and submit it again."


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a form is about: the id of the form, the row if it names one, what was shown of it."""

    form_key: UUID
    place: Place | None
    shown: str

    def command_id(self, act: str) -> UUID:
        """Return the id of this act on what was shown: the same form sent twice is one command."""
        said = f"{act} {self.place} {self.shown}"
        return derived("weekly log", self.form_key, UUID(bytes=sha256(said.encode()).digest()[:16]))


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a form was not taken, and the status and the form's id that the page comes with."""

    sentence: str
    status: int
    form_key: UUID | None = None


async def show(request: Request) -> Response:
    """Answer `GET /weeks/{day}`; another day of the week leads to its first one."""
    day = day_of(request)
    week = await _read(request, day)
    if week is not None and not week.rows:
        first_day = week_start_of(week.history.enrolment.week_start, day)
        if first_day != day:
            return to_log(first_day)
    return _page(request, day, week)


async def submit(request: Request) -> Response:
    """Answer `POST /weeks/{day}/submit`: hand a row to its supervisor, as it was shown."""
    actor, hours = session_of(request).actor, parts_of(request).services.hours

    def act(row: LogRow, key: RowKey, week: LogWeek, command_id: UUID) -> Handled:
        return hours.submit_week(actor, week.submission(row, key), command_id)

    return await _act(request, "submit", act, SUBMITTED)


async def take_back(request: Request) -> Response:
    """Answer `POST /weeks/{day}/take-back`: from the supervisor, or open a signed row again."""
    actor, hours = session_of(request).actor, parts_of(request).services.hours

    def act(_row: LogRow, key: RowKey, _week: LogWeek, command_id: UUID) -> Handled:
        return hours.take_back_week(actor, key, command_id)

    return await _act(request, "take back", act, TAKEN_BACK)


def to_log(first_day: dt.date) -> Response:
    """Lead to the page of a week of the log."""
    return RedirectResponse(f"/weeks/{first_day.isoformat()}", _SEE_OTHER)


_Act = Callable[[LogRow, RowKey, LogWeek, UUID], Handled]


async def _act(request: Request, name: str, act: _Act, done: str) -> Response:
    session, day = session_of(request), day_of(request)
    asked = _asked(day, await read_form(request))
    week = await _read(request, day)
    row = week.row(asked.place) if week and asked.place else None
    key = row.key(session.actor.person_id) if row else None
    if week is None or row is None or key is None:
        return _page(request, day, week, _Trouble(UNKNOWN_ROW, _UNPROCESSABLE))
    if row.shown != asked.shown:
        return _page(request, day, week, _Trouble(CHANGED, _CONFLICT))
    try:
        handled = await run_in_threadpool(act, row, key, week, asked.command_id(name))
    except (Refused, Conflict, Busy, Quarantined, Unavailable) as error:
        # What was in the way may be newer than what was read before.
        return _page(request, day, await _read(request, day), _trouble(error, asked.form_key))
    is_shown = await run_in_threadpool(parts_of(request).services.wait, handled)
    session.told = done if is_shown else done + NOT_SHOWN_YET
    return to_log(day)


def _asked(day: dt.date, form: Mapping[str, str]) -> _Asked:
    form_key, shown = form_id(form), form.get("shown", "")
    try:
        place = (day, UUID(form.get("supervision", "")), Phase(form.get("phase", "")))
    except ValueError:
        place = None
    return _Asked(form_key, place, shown)


def _trouble(error: Exception, form_key: UUID) -> _Trouble:
    match error:
        case Refused(code=HoursCode.WEEK_CHANGED) | Conflict():
            return _Trouble(CHANGED, _CONFLICT)
        case Refused(sentence=sentence):
            return _Trouble(sentence, _UNPROCESSABLE)
        case _:
            return _Trouble(NOT_DONE, _UNAVAILABLE, form_key)


async def _read(request: Request, day: dt.date) -> LogWeek | None:
    actor, today = session_of(request).actor, parts_of(request).today()
    records = (await reading(request)).hours
    return await run_in_threadpool(log_week, records, actor, day, today)


def _page(
    request: Request, day: dt.date, week: LogWeek | None, trouble: _Trouble | None = None
) -> Response:
    parts = parts_of(request)
    track = week.history.enrolment.track if week else None
    values: dict[str, object] = {
        "signed_in": "weeks",
        "first": day.isoformat(),
        "title": calendar.week_in_words(day),
        "earlier": (day - calendar.WEEK).isoformat(),
        "later": (day + calendar.WEEK).isoformat(),
        "is_stated": week is not None,
        "is_over": day + calendar.WEEK <= parts.today(),
        "columns": (*COLUMNS[track], TOTAL) if track else (),
        "rows": _rows(parts, week) if week else (),
        "form_id": (trouble.form_key if trouble else None) or parts.ids.new(),
        "notice": None if trouble else session_of(request).take_told(),
        "trouble": trouble.sentence if trouble else None,
        "advice": ADVICE,
    }
    status = trouble.status if trouble else 200
    return parts.renderer.page(request, "weekly_log.html", values, status=status)


def _rows(parts: Parts, week: LogWeek) -> tuple[RowInWords, ...]:
    zone, today = parts.settings.time_zone, parts.today()
    return tuple(
        row_in_words(week.history, row, zone, today, week.judged.get(row.place))
        for row in week.rows
    )
