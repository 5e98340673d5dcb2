"""Deleting a session: a page of its own that asks why, so that it works without JavaScript."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.deletion import read_deletion
from aggregates.refusal import FieldsRefused
from commands.session import Shown
from ledger.errors import Busy, Conflict, Quarantined, Unavailable
from projections.session_history import SessionHistory
from web.addresses import stream_of
from web.browser_sessions import Notice
from web.errors import PageError
from web.forms import form_id, form_version, read_form
from web.pages.deletion_form import DeletionForm, typed_reason
from web.pages.entry_form import sentences
from web.pages.saying import not_saved
from web.pages.session import load
from web.pages.week import to_week
from web.pages.week_in_words import session_in_words
from web.pages.withheld import form_only
from web.parts import parts_of
from web.who import session_of

CHANGED_MEANWHILE: Final = (
    "This session was changed since you opened it. Please look at it again before you delete it."
)
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


async def ask(request: Request) -> Response:
    """Answer `GET /session/{stream_id}/delete`."""
    history = await load(request)
    form = DeletionForm(
        form_id=parts_of(request).ids.new(),
        version=history.version,
        values={"reason": "", "remark": ""},
    )
    return _page(request, history, form)


async def delete(request: Request) -> Response:
    """Answer `POST /session/{stream_id}/delete`."""
    session, parts, stream_id = session_of(request), parts_of(request), stream_of(request)
    typed = await read_form(request)
    form_key, version = form_id(typed), form_version(typed)
    # Looked up first: afterwards nothing tells which week to go back to.
    try:
        history = await load(request)
    except (Busy, Quarantined, Unavailable) as error:
        return form_only(request, not_saved(error), deletion=_form(form_key, version, typed))
    try:
        deletion = read_deletion(typed)
        handled = await run_in_threadpool(
            parts.services.delete_session,
            session.actor,
            Shown(stream_id, version),
            deletion,
            form_key,
        )
    except FieldsRefused as refused:
        form = _form(form_key, version, typed, sentences(refused))
        return _page(request, history, form, status=_UNPROCESSABLE)
    except Conflict:
        form = _form(parts.ids.new(), history.version, typed)
        return _page(request, history, form, trouble=CHANGED_MEANWHILE, status=_CONFLICT)
    except (Busy, Quarantined, Unavailable) as error:
        form = _form(form_key, version, typed)
        return _page(request, history, form, trouble=not_saved(error), status=_UNAVAILABLE)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.notice = Notice("deleted", stream_id, is_shown)
    return to_week(history.entry.date if history.entry else parts.today())


def _form(
    form_key: UUID,
    version: int,
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> DeletionForm:
    return DeletionForm(
        form_id=form_key, version=version, values=typed_reason(typed), errors=errors or {}
    )


def _page(
    request: Request,
    history: SessionHistory,
    form: DeletionForm,
    *,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    if history.entry is None or history.deleted:
        raise PageError("session-deleted")
    values: dict[str, object] = {
        "signed_in": "session",
        "session": history,
        "summary": session_in_words(history.entry),
        "form": form,
        "trouble": trouble,
    }
    return parts_of(request).renderer.page(request, "delete.html", values, status=status)
