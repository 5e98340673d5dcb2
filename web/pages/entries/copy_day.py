"""Copying a day: what is logged on it, listed first, is logged anew on another day."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.form import FormReading, present
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.refusals import HoursCode
from aggregates.refusal import FieldsRefused, Refused
from aggregates.session_entry import SessionEntry, read_day_logged
from aggregates.week import week_of
from commands.handle import Handled
from ledger.errors import Busy, Quarantined, Unavailable
from ledger.ids import derived
from projections.therapist import ActivityRow, SessionRow, WeekView
from web import calendar
from web.addresses import day_of
from web.browser_sessions import Notice
from web.forms import form_id, read_form
from web.guard import reading
from web.pages.entries.entry_form import sentences
from web.pages.entries.week import to_week
from web.pages.entries.week_in_words import Day, week_in_words
from web.pages.saying import not_saved
from web.pages.setup.own_setup import OwnSetup, own_setup
from web.parts import parts_of
from web.who import session_of, who

CHANGED_MEANWHILE: Final = (
    "This day was changed since you opened this page. What is listed is what stands now: copy it"
    " if it is right."
)
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503
_DAY_LENGTH_MAX: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyForm:
    """Where to, and exactly what: stream and version of each entry, as it was listed."""

    form_id: UUID
    to: str
    listed: str
    errors: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class _Source:
    """A day, and the rows on it that can still be read."""

    day: dt.date
    view: WeekView
    own: OwnSetup

    @property
    def rows(self) -> Sequence[SessionRow | ActivityRow]:
        """Sessions, then activities."""
        all_rows = (*self.view.sessions, *self.view.activities)
        return [row for row in all_rows if row.entry is not None and row.entry.date == self.day]

    @property
    def listed(self) -> str:
        """What tells that nothing of it changed meanwhile."""
        return " ".join(sorted(f"{row.stream_id}:{row.version}" for row in self.rows))


async def ask(request: Request) -> Response:
    """Answer `GET /week/{day}/copy`."""
    parts, source = parts_of(request), await _source(request)
    form = CopyForm(
        form_id=parts.ids.new(),
        to=_usual_target(source.day, parts.today()),
        listed=source.listed,
    )
    return _page(request, source, form)


async def copy(request: Request) -> Response:
    """Answer `POST /week/{day}/copy`: all that was listed, or what is left of it once more.

    Each copy has a command of its own that follows from the form, so none happens twice.
    """
    session, parts = session_of(request), parts_of(request)
    typed = await read_form(request)
    source = await _source(request)
    form = CopyForm(
        form_id=form_id(typed), to=typed.get("to", "")[:_DAY_LENGTH_MAX], listed=source.listed
    )
    try:
        to = _read_target(typed, source.day, parts.today())
    except FieldsRefused as refused:
        wrong = replace(form, errors=sentences(refused))
        return _page(request, source, wrong, status=_UNPROCESSABLE)
    if not source.rows or typed.get("listed", "") != source.listed:
        fresh = replace(form, form_id=parts.ids.new())
        return _page(request, source, fresh, trouble=CHANGED_MEANWHILE, status=_CONFLICT)
    try:
        handled = await run_in_threadpool(_copy, request, source, form.form_id, to)
    except (Busy, Quarantined, Unavailable) as error:
        return _page(request, source, form, trouble=not_saved(error), status=_UNAVAILABLE)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.notice = Notice("copied", handled.stream_id, is_shown, len(source.rows))
    return to_week(to, session.week_start)


def _copy(request: Request, source: _Source, form_key: UUID, to: dt.date) -> Handled:
    """Log each anew; returns what the last came to, whose position is the highest."""
    services, actor = parts_of(request).services, who(request)
    done: list[Handled] = []
    for row in source.rows:
        command_id = derived("copy", form_key, row.stream_id, UUID(int=to.toordinal()))
        match row.entry:
            case SessionEntry() as session:
                entry = msgspec.structs.replace(session, date=to)
                done.append(services.log_session(actor, entry, command_id))
            case ActivityEntry() as activity:
                held = msgspec.structs.replace(activity, date=to)
                done.append(services.hours.log_activity(actor, held, command_id))
            case None:
                continue
    return max(done, key=lambda handled: handled.position)


async def _source(request: Request) -> _Source:
    """Read the day."""
    day, own, records = day_of(request), await own_setup(request), await reading(request)
    first_day = week_of(day, own.week_start)
    view = await run_in_threadpool(records.week, who(request), first_day)
    return _Source(day, view, own)


def _read_target(typed: Mapping[str, str], day: dt.date, today: dt.date) -> dt.date:
    """Return the day to copy to: another one that has come. Raises FieldsRefused."""
    form = FormReading(typed)

    def read(text: str) -> dt.date:
        found = read_day_logged(text, today)
        if found == day:
            raise Refused(HoursCode.COPY_TO_ITSELF)
        return found

    to = form.read("to", read)
    form.finish()
    return present(to)


def _usual_target(day: dt.date, today: dt.date) -> str:
    """Return the same day a week later, or today where that has not come."""
    later = day + calendar.WEEK
    if later <= today:
        return later.isoformat()
    return today.isoformat() if day < today else ""


def _page(
    request: Request,
    source: _Source,
    form: CopyForm,
    *,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    parts = parts_of(request)
    values: dict[str, object] = {
        "signed_in": "copy",
        "day": _day(source, parts.today()),
        "back": source.view.first_day.isoformat(),
        "form": form,
        "trouble": trouble,
    }
    return parts.renderer.page(request, "copy.html", values, status=status)


def _day(source: _Source, today: dt.date) -> Day:
    week = week_in_words(source.view, source.own, today, None)
    return next(day for day in week.days if day.date == source.day.isoformat())
