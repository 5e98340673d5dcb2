"""My week: what was logged, and the forms to log more."""

import datetime as dt
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.hours.activity_entry import activity_fields, read_activity
from aggregates.hours.enrolment_entry import WeekStart
from aggregates.practice import Role
from aggregates.refusal import FieldsRefused, Refused
from aggregates.session_entry import read_entry
from aggregates.week import week_of
from ledger.errors import Busy, Quarantined, Unavailable
from web.addresses import day_of
from web.browser_sessions import Notice
from web.forms import command_id, command_id_of, form_id, read_form
from web.guard import standing_of
from web.pages.entries.activity_form import ActivityForm, typed_activity
from web.pages.entries.entry_form import EntryForm, sentences, typed_values
from web.pages.entries.week_page import week_page
from web.pages.saying import not_saved
from web.pages.setup.own_setup import own_setup, with_setting
from web.parts import parts_of
from web.who import session_of

_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


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
            return to_week(parts_of(request).today(), session_of(request).week_start)


async def show(request: Request) -> Response:
    """Answer `GET /week/{day}`: with the form of a session."""
    return await _show(request, is_activity=False)


async def show_activity(request: Request) -> Response:
    """Answer `GET /week/{day}/activity`: the same week, with the form of an activity."""
    return await _show(request, is_activity=True)


async def _show(request: Request, *, is_activity: bool) -> Response:
    day, own = day_of(request), await own_setup(request)
    first_day = week_of(day, own.week_start)
    if day != first_day:
        rest = "/activity" if is_activity else ""
        return RedirectResponse(f"/week/{first_day.isoformat()}{rest}", _SEE_OTHER)
    return await week_page(request, first_day, is_activity=is_activity)


async def log(request: Request) -> Response:
    """Answer `POST /week/{day}`: log a session."""
    session, parts = session_of(request), parts_of(request)
    form = await read_form(request)
    form_key, values = form_id(form), typed_values(form)
    try:
        entry = read_entry(await with_setting(request, form), parts.today())
        handled = await run_in_threadpool(
            parts.services.log_session, session.actor, entry, command_id(form_key, entry)
        )
    except (FieldsRefused, Refused) as refused:
        shown = EntryForm(form_id=form_key, values=values, errors=sentences(beside(refused)))
        return await week_page(request, day_of(request), form=shown, status=_UNPROCESSABLE)
    except (Busy, Quarantined, Unavailable) as error:
        shown = EntryForm(form_id=form_key, values=values)
        return await week_page(
            request, day_of(request), form=shown, trouble=not_saved(error), status=_UNAVAILABLE
        )
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.last_entry = entry
    session.notice = Notice("logged", handled.stream_id, is_shown)
    return to_week(entry.date, session.week_start)


async def log_activity(request: Request) -> Response:
    """Answer `POST /week/{day}/activity`: log an activity."""
    session, parts = session_of(request), parts_of(request)
    form = await read_form(request)
    form_key, values = form_id(form), typed_activity(form)
    try:
        entry = read_activity(form, parts.today())
        handled = await run_in_threadpool(
            parts.services.hours.log_activity,
            session.actor,
            entry,
            command_id_of(form_key, activity_fields(entry).values()),
        )
    except (FieldsRefused, Refused) as refused:
        shown = ActivityForm(form_id=form_key, values=values, errors=sentences(beside(refused)))
        return await week_page(request, day_of(request), form=shown, status=_UNPROCESSABLE)
    except (Busy, Quarantined, Unavailable) as error:
        shown = ActivityForm(form_id=form_key, values=values)
        return await week_page(
            request, day_of(request), form=shown, trouble=not_saved(error), status=_UNAVAILABLE
        )
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.last_activity = entry
    session.notice = Notice("logged", handled.stream_id, is_shown)
    return to_week(entry.date, session.week_start, "/activity")


def beside(refused: FieldsRefused | Refused) -> FieldsRefused:
    """Return what is to be told beside fields; a refusal that is of no field is raised on."""
    if isinstance(refused, FieldsRefused):
        return refused
    if refused.field is None:
        raise refused
    return FieldsRefused((refused,))


def to_week(day: dt.date, start: WeekStart = WeekStart.SUNDAY, rest: str = "") -> Response:
    """Lead to the page of the week that `day` is in, with the form that was used."""
    return RedirectResponse(f"/week/{week_of(day, start).isoformat()}{rest}", _SEE_OTHER)
