"""The page of a week: its days and sums beside one form, blank or as it was sent."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.hours.activity_entry import ActivityEntry
from aggregates.session_entry import SessionEntry
from aggregates.week import week_of
from ledger.errors import Busy, Quarantined, Unavailable
from projections.therapist import EntryRow, WeekView
from web import calendar
from web.browser_sessions import Notice
from web.guard import reading
from web.pages.entries import activity_form, entry_form
from web.pages.entries.activity_form import ActivityForm, blank_activity
from web.pages.entries.columns_in_words import columns_in_words
from web.pages.entries.entry_form import EntryForm, blank_values, settings_of
from web.pages.entries.week_in_words import activity_in_words, session_in_words, week_in_words
from web.pages.saying import NOT_SHOWN_YET, not_saved
from web.pages.setup.own_setup import OwnSetup, own_setup
from web.pages.withheld import ACTIVITY, SESSION, form_only
from web.parts import parts_of
from web.services import Records
from web.who import session_of

_REPEAT: Final = "last"
E = TypeVar("E", bound=SessionEntry | ActivityEntry)


async def week_page(  # noqa: PLR0913 -- what may be wrong with what was sent
    request: Request,
    day: dt.date,
    *,
    form: EntryForm | ActivityForm | None = None,
    is_activity: bool = False,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    """Return the week that `day` is in; `form` is what was sent and not taken."""
    try:
        own, records = await own_setup(request), await reading(request)
    except (Busy, Quarantined, Unavailable) as error:
        if form is None:
            raise
        return form_only(
            request, not_saved(error), ACTIVITY if isinstance(form, ActivityForm) else SESSION, form
        )
    session, parts = session_of(request), parts_of(request)
    view = await run_in_threadpool(records.week, session.actor, week_of(day, own.week_start))
    notice = session.take_notice() if form is None else None
    if form is None:
        form = await _blank(request, records, own, view, is_activity=is_activity)
    values: dict[str, object] = {
        "signed_in": "week",
        "week": week_in_words(view, own, parts.today(), notice.stream_id if notice else None),
        "columns": columns_in_words(view, own),
        "is_activity": isinstance(form, ActivityForm),
        "form": _offering(form, own),
        "notice": _notice_in_words(notice, view),
        "trouble": trouble,
    }
    return parts.renderer.page(request, "week.html", values, status=status)


def _offering(form: EntryForm | ActivityForm, own: OwnSetup) -> EntryForm | ActivityForm:
    if isinstance(form, ActivityForm):
        return activity_form.offering(form, own)
    return entry_form.offering(form, own)


async def _blank(
    request: Request, records: Records, own: OwnSetup, view: WeekView, *, is_activity: bool
) -> EntryForm | ActivityForm:
    """Return a new form; `?repeat=last` fills in the last entry whole."""
    session, parts = session_of(request), parts_of(request)
    today, is_repeat = parts.today(), request.query_params.get("repeat") == _REPEAT
    day = today if week_of(today, own.week_start) == view.first_day else view.first_day
    views = [view]
    if not (view.activities if is_activity else view.sessions):
        earlier = view.first_day - calendar.WEEK
        views.append(await run_in_threadpool(records.week, session.actor, earlier))
    if is_activity:
        done = session.last_activity or _last([row for each in views for row in each.activities])
        return ActivityForm(
            form_id=parts.ids.new(),
            values=blank_activity(day, own, done, is_repeat=is_repeat),
            is_repeat=is_repeat and done is not None,
        )
    logged = session.last_entry or _last([row for each in views for row in each.sessions])
    entries = [row.entry for row in view.sessions if row.entry is not None]
    return EntryForm(
        form_id=parts.ids.new(),
        values=blank_values(day, own, logged, is_repeat=is_repeat),
        settings=settings_of([*entries, *([logged] if logged else [])]),
        is_repeat=is_repeat and logged is not None,
    )


def _last(rows: Sequence[EntryRow[E]]) -> E | None:
    """Return what was logged last of these."""
    known = [row for row in rows if row.entry is not None]
    return max(known, key=lambda row: row.logged_at_us).entry if known else None


def _notice_in_words(notice: Notice | None, view: WeekView) -> str | None:
    if notice is None or notice.kind == "stated":
        return None
    if not notice.shown:
        return NOT_SHOWN_YET
    if notice.kind == "deleted":
        return "Deleted. It no longer counts; its history stays in your trail."
    if notice.kind == "copied":
        entries = "1 entry" if notice.count == 1 else f"{notice.count} entries"
        return f"Copied {entries}. Correct what was different, one by one."
    told = _told(notice.stream_id, view)
    return ("Logged" if notice.kind == "logged" else "Corrected") + (f": {told}." if told else ".")


def _told(stream_id: UUID, view: WeekView) -> str | None:
    for session in view.sessions:
        if session.stream_id == stream_id and session.entry:
            return session_in_words(session.entry)
    for activity in view.activities:
        if activity.stream_id == stream_id and activity.entry:
            return activity_in_words(activity.entry)
    return None
