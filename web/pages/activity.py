"""One activity: its history, and the form to correct it."""

from dataclasses import replace
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.hours.activity_entry import activity_fields, read_activity
from aggregates.refusal import FieldsRefused, RefusalCode, Refused
from aggregates.week import week_of
from commands.session import Shown
from ledger.errors import Busy, Conflict, Quarantined, Unavailable
from projections.activity_history import ActivityHistory
from web.addresses import stream_of
from web.browser_sessions import Notice
from web.errors import PageError
from web.forms import command_id_of, form_id, form_version, read_form
from web.guard import reading
from web.pages.activity_form import ActivityForm, offering, typed_activity
from web.pages.entry_form import sentences
from web.pages.history_in_words import history_in_words
from web.pages.own_setup import own_setup
from web.pages.saying import not_saved
from web.pages.week import to_week
from web.pages.week_in_words import activity_in_words
from web.pages.withheld import form_only
from web.parts import parts_of
from web.who import session_of, who

CHANGED_MEANWHILE: Final = (
    "This activity was changed since you opened it, perhaps by you in another window."
    " Its history shows what it says now. What you entered is still here: save it if it is right."
)
_DELETED: Final = "This activity was deleted. It no longer counts in your hours."
_GONE: Final = (
    "This activity reached the end of its seven years and was destroyed."
    " The proof that it existed remains."
)
_FIELD_WORDS: Final = {
    "date": "Date",
    "length": "Length",
    "kind": "What it was",
    "supervision": "Supervision",
    "modality": "How you met",
    "supervisees": "How many of you",
    "segments": "Parts",
    "title": "Title",
}
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


async def show(request: Request) -> Response:
    """Answer `GET /activity/{stream_id}`."""
    return await _page(request, await load(request))


async def correct(request: Request) -> Response:
    """Answer `POST /activity/{stream_id}`: tell the activity anew, as a whole."""
    session, parts, stream_id = session_of(request), parts_of(request), stream_of(request)
    form = await read_form(request)
    form_key, version, values = form_id(form), form_version(form), typed_activity(form)
    try:
        entry = read_activity(form, parts.today())
        handled = await run_in_threadpool(
            parts.services.hours.correct_activity,
            session.actor,
            Shown(stream_id, version),
            entry,
            command_id_of(form_key, activity_fields(entry).values()),
        )
    except (FieldsRefused, Refused, Conflict, Busy, Quarantined, Unavailable) as error:
        shown = ActivityForm(form_id=form_key, values=values, version=version)
        try:
            return await _refused(request, shown, error)
        except (Busy, Quarantined, Unavailable) as unread:
            return form_only(request, not_saved(unread), entry=shown)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.last_activity = entry
    session.notice = Notice("corrected", stream_id, is_shown)
    return to_week(entry.date, session.week_start, "/activity")


async def load(request: Request) -> ActivityHistory:
    """Return the activity that the address names. Raises PageError not-found if it is no such."""
    records = await reading(request)
    history = await run_in_threadpool(records.hours.activity, who(request), stream_of(request))
    if history is None:
        raise PageError("not-found")
    return history


async def _refused(
    request: Request,
    form: ActivityForm,
    error: FieldsRefused | Refused | Conflict | Busy | Quarantined | Unavailable,
) -> Response:
    history = await load(request)
    match error:
        case FieldsRefused():
            form = replace(form, errors=sentences(error))
            return await _page(request, history, form, status=_UNPROCESSABLE)
        case Refused(code=RefusalCode.NOTHING_CHANGED, sentence=sentence):
            return await _page(request, history, form, trouble=sentence, status=_UNPROCESSABLE)
        case Refused(field=str()):
            return await _refused(request, form, FieldsRefused((error,)))
        case Refused():
            raise error
        case Conflict():
            # What they entered beside what is there now; saved again, it is meant.
            form = ActivityForm(
                form_id=parts_of(request).ids.new(), values=form.values, version=history.version
            )
            return await _page(request, history, form, trouble=CHANGED_MEANWHILE, status=_CONFLICT)
        case _:
            trouble = not_saved(error)
            return await _page(request, history, form, trouble=trouble, status=_UNAVAILABLE)


async def _page(
    request: Request,
    history: ActivityHistory,
    form: ActivityForm | None = None,
    *,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    parts, entry, own = parts_of(request), history.entry, await own_setup(request)
    shown = None
    if entry is not None and not history.deleted:
        filled = form or ActivityForm(
            form_id=parts.ids.new(), values=activity_fields(entry), version=history.version
        )
        shown = offering(filled, own)
    changes = history_in_words(history.changes, _FIELD_WORDS, own, parts.settings.time_zone)
    day = entry.date if entry else parts.today()
    values: dict[str, object] = {
        "signed_in": "activity",
        "fields": "activity_form.html",
        "title": activity_in_words(entry) if entry else "A destroyed activity",
        "back": week_of(day, own.week_start).isoformat(),
        "form": shown,
        "closed": _GONE if history.shredded else _DELETED,
        "trouble": trouble if shown else None,
        "changes": changes,
    }
    return parts.renderer.page(request, "entry.html", values, status=status)
