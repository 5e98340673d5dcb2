"""My week: what was logged, and the form to log more."""

import datetime as dt
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.practice import Role
from aggregates.refusal import FieldsRefused
from aggregates.session_entry import SessionEntry, read_entry
from aggregates.week import week_of
from ledger.errors import Busy, Quarantined, Unavailable
from projections.therapist import WeekView
from web import calendar
from web.addresses import day_of
from web.browser_sessions import Notice
from web.forms import command_id, form_id, read_form
from web.guard import reading, standing_of
from web.pages.entry_form import (
    EntryForm,
    blank_values,
    sentences,
    settings_of,
    typed_values,
)
from web.pages.week_in_words import session_in_words, week_in_words
from web.pages.withheld import form_only
from web.parts import parts_of
from web.who import session_of

_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503

NOT_SAVED: Final = (
    "We could not reach the ledger, so this may not be saved yet."
    " Please press the button again: it is never logged twice."
)
CLOSED: Final = (
    "The ledger is closed for writing until a fault is explained, so this is not saved."
    " Please keep a note of it, and tell your practice owner."
)
NOT_SHOWN_YET: Final = "Saved. It will appear here in a moment; please reload the page."


async def home(request: Request) -> Response:
    """Answer `GET /`: the week of today, or what a compliance officer comes for."""
    match standing_of(request).role:
        case Role.COMPLIANCE_OFFICER:
            return RedirectResponse("/replay", _SEE_OTHER)
        case Role.SUPERVISOR:
            return RedirectResponse("/supervise", _SEE_OTHER)
        case Role.AUDITOR:
            return RedirectResponse("/trail", _SEE_OTHER)
        case Role.THERAPIST | Role.OWNER:
            return to_week(parts_of(request).today())


async def show(request: Request) -> Response:
    """Answer `GET /week/{day}`."""
    day = day_of(request)
    if day != week_of(day):
        return to_week(day)
    return await _page(request, day)


async def log(request: Request) -> Response:
    """Answer `POST /week/{day}`: log a session."""
    session, parts = session_of(request), parts_of(request)
    first_day = week_of(day_of(request))
    form = await read_form(request)
    form_key = form_id(form)
    try:
        entry = read_entry(form, parts.today())
    except FieldsRefused as refused:
        shown = EntryForm(form_id=form_key, values=typed_values(form), errors=sentences(refused))
        return await _page(request, first_day, form=shown, status=_UNPROCESSABLE)
    try:
        handled = await run_in_threadpool(
            parts.services.log_session, session.actor, entry, command_id(form_key, entry)
        )
    except (Busy, Quarantined, Unavailable) as error:
        shown = EntryForm(form_id=form_key, values=typed_values(form))
        trouble = not_saved(error)
        return await _page(request, first_day, form=shown, trouble=trouble, status=_UNAVAILABLE)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.last_entry = entry
    session.notice = Notice("logged", handled.stream_id, is_shown)
    return to_week(entry.date)


def not_saved(error: Busy | Quarantined | Unavailable) -> str:
    """Return what stands above a form that was kept and not saved."""
    return CLOSED if isinstance(error, Quarantined) else NOT_SAVED


def to_week(day: dt.date) -> Response:
    """Lead to the page of the week that `day` is in."""
    return RedirectResponse(f"/week/{week_of(day).isoformat()}", _SEE_OTHER)


async def _page(
    request: Request,
    first_day: dt.date,
    *,
    form: EntryForm | None = None,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    session, parts = session_of(request), parts_of(request)
    try:
        records = await reading(request)
    except (Busy, Quarantined, Unavailable) as error:
        if form is None:
            raise
        return form_only(request, not_saved(error), entry=form)
    view = await run_in_threadpool(records.week, session.actor, first_day)
    last = session.last_entry or _last_logged(view)
    if last is None:
        before = first_day - calendar.WEEK
        last = _last_logged(await run_in_threadpool(records.week, session.actor, before))
    notice = session.take_notice() if form is None else None
    values: dict[str, object] = {
        "signed_in": "week",
        "week": week_in_words(view, parts.today(), notice.stream_id if notice else None),
        "form": form or _blank(parts.ids.new(), view, parts.today(), last),
        "notice": _notice_in_words(notice, view),
        "trouble": trouble,
    }
    return parts.renderer.page(request, "week.html", values, status=status)


def _blank(form: UUID, view: WeekView, today: dt.date, last: SessionEntry | None) -> EntryForm:
    is_current = week_of(today) == view.first_day
    entries = [row.entry for row in view.sessions if row.entry is not None]
    return EntryForm(
        form_id=form,
        values=blank_values(today if is_current else view.first_day, last),
        settings=settings_of([*entries, *([last] if last else [])]),
    )


def _last_logged(view: WeekView) -> SessionEntry | None:
    rows = [row for row in view.sessions if row.entry is not None]
    return max(rows, key=lambda row: row.logged_at_us).entry if rows else None


def _notice_in_words(notice: Notice | None, view: WeekView) -> str | None:
    if notice is None:
        return None
    if not notice.shown:
        return NOT_SHOWN_YET
    if notice.kind == "deleted":
        return "Deleted. It no longer counts; its history stays in your trail."
    entry = {row.stream_id: row.entry for row in view.sessions}.get(notice.stream_id)
    told = f": {session_in_words(entry)}." if entry else "."
    return ("Logged" if notice.kind == "logged" else "Corrected") + told
