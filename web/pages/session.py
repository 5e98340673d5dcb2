"""One session: its history, and the form to correct it."""

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.refusal import FieldsRefused, RefusalCode, Refused
from aggregates.session_entry import SessionEntry, as_fields, read_entry
from aggregates.week import week_of
from commands.session import Shown
from ledger.errors import Busy, Conflict, Quarantined, Unavailable
from projections.session_history import SessionChange, SessionHistory
from projections.setup import Setup
from web.addresses import stream_of
from web.browser_sessions import Notice
from web.errors import PageError
from web.forms import command_id, form_id, form_version, read_form
from web.guard import reading
from web.pages.entry_form import EntryForm, offering, sentences, settings_of, typed_values
from web.pages.history_in_words import ChangeInWords, history_in_words
from web.pages.own_setup import OwnSetup, own_setup, with_setting
from web.pages.saying import not_saved
from web.pages.week import to_week
from web.pages.week_in_words import session_in_words
from web.pages.withheld import form_only
from web.parts import parts_of
from web.who import session_of, who

CHANGED_MEANWHILE: Final = (
    "This session was changed since you opened it, perhaps by you in another window."
    " Its history shows what it says now. What you entered is still here: save it if it is right."
)
_DELETED: Final = "This session was deleted. It no longer counts in your hours."
_GONE: Final = (
    "This session reached the end of its seven years and was destroyed."
    " The proof that it existed remains."
)
_FIELD_WORDS: Final = {
    "date": "Date",
    "start": "Start",
    "minutes": "Length",
    "supervision": "Supervision",
    "setting": "Setting",
    "client": "Client",
    "modality": "How you met",
    "participants": "Who took part",
    "service": "What you did",
}
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


async def show(request: Request) -> Response:
    """Answer `GET /session/{stream_id}`."""
    return await _page(request, await load(request))


async def correct(request: Request) -> Response:
    """Answer `POST /session/{stream_id}`: tell the session anew, as a whole."""
    session, parts, stream_id = session_of(request), parts_of(request), stream_of(request)
    form = await read_form(request)
    form_key, version, values = form_id(form), form_version(form), typed_values(form)
    try:
        entry = read_entry(await with_setting(request, form), parts.today())
        handled = await run_in_threadpool(
            parts.services.correct_session,
            session.actor,
            Shown(stream_id, version),
            entry,
            command_id(form_key, entry),
        )
    except (FieldsRefused, Refused, Conflict, Busy, Quarantined, Unavailable) as error:
        shown = EntryForm(form_id=form_key, values=values, version=version)
        try:
            return await _refused(request, shown, error)
        except (Busy, Quarantined, Unavailable) as unread:
            return form_only(request, not_saved(unread), entry=shown)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.last_entry = entry
    session.notice = Notice("corrected", stream_id, is_shown)
    return to_week(entry.date, session.week_start)


async def load(request: Request) -> SessionHistory:
    """Return the session that the address names. Raises PageError not-found if it is not theirs."""
    records = await reading(request)
    history = await run_in_threadpool(records.history, who(request), stream_of(request))
    if history is None:
        raise PageError("not-found")
    return history


async def _refused(
    request: Request,
    form: EntryForm,
    error: FieldsRefused | Refused | Conflict | Busy | Quarantined | Unavailable,
) -> Response:
    match error:
        case FieldsRefused():
            shown = EntryForm(
                form_id=form.form_id,
                values=form.values,
                version=form.version,
                errors=sentences(error),
            )
            return await _page(request, await load(request), shown, status=_UNPROCESSABLE)
        case Refused(code=RefusalCode.NOTHING_CHANGED, sentence=sentence):
            return await _page(
                request, await load(request), form, trouble=sentence, status=_UNPROCESSABLE
            )
        case Refused(field=str()):
            return await _refused(request, form, FieldsRefused((error,)))
        case Refused():
            raise error
        case Conflict():
            return await _conflict(request, form)
        case _:
            trouble = not_saved(error)
            return await _page(
                request, await load(request), form, trouble=trouble, status=_UNAVAILABLE
            )


async def _conflict(request: Request, form: EntryForm) -> Response:
    """Show what they entered beside what is there now; saved again, it is meant."""
    history = await load(request)
    shown = EntryForm(
        form_id=parts_of(request).ids.new(), values=form.values, version=history.version
    )
    return await _page(request, history, shown, trouble=CHANGED_MEANWHILE, status=_CONFLICT)


async def _page(
    request: Request,
    history: SessionHistory,
    form: EntryForm | None = None,
    *,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    parts, entry, own = parts_of(request), history.entry, await own_setup(request)
    is_open = entry is not None and not history.deleted
    shown = None
    if is_open and entry:
        shown = offering(form or _filled(parts.ids.new(), history, entry), own)
    values: dict[str, object] = {
        "signed_in": "session",
        "fields": "entry_form.html",
        "title": session_in_words(entry) if entry else "A destroyed session",
        "back": week_of(entry.date if entry else parts.today(), own.week_start).isoformat(),
        "form": shown,
        "closed": _GONE if history.shredded else _DELETED,
        "trouble": trouble if is_open else None,
        "changes": changes_in_words(history.changes, parts.settings.time_zone, own),
    }
    return parts.renderer.page(request, "entry.html", values, status=status)


def _filled(form: UUID, history: SessionHistory, entry: SessionEntry) -> EntryForm:
    return EntryForm(
        form_id=form,
        values=as_fields(entry),
        version=history.version,
        settings=settings_of([entry]),
    )


def changes_in_words(
    changes: Sequence[SessionChange], zone: dt.tzinfo, own: OwnSetup | None = None
) -> list[ChangeInWords]:
    """Return the session's story, newest first; `own` names the supervisions in it."""
    return history_in_words(changes, _FIELD_WORDS, own or OwnSetup(Setup()), zone)
