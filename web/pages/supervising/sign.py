"""Signing weeks: each statement in full, exactly as it is hashed, and a passkey under it (I9)."""

from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.hours.supervisor_entry import ReturnEntry, read_return
from aggregates.refusal import FieldsRefused, Refused
from ledger.errors import Busy, Unavailable
from projections.supervised import SupervisedRow
from web.addresses import rows_of, stream_of
from web.browser_sessions import Notice
from web.errors import PageError
from web.forms import form_id, read_form
from web.guard import reading
from web.pages.entries.entry_form import sentences
from web.pages.supervising.sign_form import (
    BUSY,
    EXPIRED,
    ReturnForm,
    Stated,
    is_expired,
    offer,
    read_stated,
    sign_stated,
    typed_return,
)
from web.pages.supervising.supervised_in_words import line_of
from web.parts import parts_of
from web.who import session_of

_SEE_OTHER: Final = 303
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


async def show(request: Request) -> Response:
    """Answer `GET /sign/{stream_id}`."""
    return await _page(request, (stream_of(request),))


async def show_several(request: Request) -> Response:
    """Answer `GET /sign`: `?row=` once for each week, all in one sitting."""
    rows = rows_of(request)
    if not rows:
        return RedirectResponse("/supervise", _SEE_OTHER)
    return await _page(request, rows)


async def sign(request: Request) -> Response:
    """Answer `POST /sign/{stream_id}`; sent twice it is one signature."""
    session, parts, stream_id = session_of(request), parts_of(request), stream_of(request)
    form = await read_form(request)
    stated = read_stated(form, stream_id)
    try:
        handled = await run_in_threadpool(sign_stated, request, stated, form.get("answer", ""))
    except Refused as refused:
        trouble = EXPIRED if is_expired(request, stated) else refused.sentence
        return await _page(request, (stream_id,), trouble=trouble, status=_CONFLICT)
    except (Busy, Unavailable):
        return await _page(request, (stream_id,), trouble=BUSY, status=_UNAVAILABLE)
    is_shown = handled is None or await run_in_threadpool(parts.services.wait, handled)
    session.notice = Notice("signed", stream_id, is_shown)
    return RedirectResponse("/supervise", _SEE_OTHER)


async def give_back(request: Request) -> Response:
    """Answer `POST /sign/{stream_id}/return`."""
    session, parts, stream_id = session_of(request), parts_of(request), stream_of(request)
    typed = await read_form(request)
    form_key = form_id(typed)
    shown = ReturnForm(form_id=form_key, values=typed_return(typed))
    try:
        entry: ReturnEntry = read_return(typed)
        handled = await run_in_threadpool(
            parts.services.hours.return_week,
            session.actor,
            stream_id,
            (entry.reason, entry.remark),
            form_key,
        )
    except FieldsRefused as refused:
        shown = ReturnForm(form_id=form_key, values=shown.values, errors=sentences(refused))
        return await _page(request, (stream_id,), form=shown, status=_UNPROCESSABLE)
    except Refused as refused:
        trouble = refused.sentence
        return await _page(request, (stream_id,), form=shown, trouble=trouble, status=_CONFLICT)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.notice = Notice("returned", stream_id, is_shown)
    return RedirectResponse("/supervise", _SEE_OTHER)


async def _page(
    request: Request,
    stream_ids: tuple[UUID, ...],
    *,
    form: ReturnForm | None = None,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    """Return the page of these weeks, each with a fresh statement where it can be signed now."""
    parts = parts_of(request)
    rows = [await _row(request, each) for each in stream_ids]
    shown: list[Stated] = await run_in_threadpool(
        offer, request, [(each, line_of(each, parts.today())) for each in rows]
    )
    values: dict[str, object] = {
        "signed_in": "supervise",
        "weeks": shown,
        "is_one": len(shown) == 1,
        "can_sign": sum(each.statement is not None for each in shown),
        "has_passkey": any(each.options for each in shown),
        "in_development": parts.sign_in is not None,
        "form": form or ReturnForm(form_id=parts.ids.new(), values=typed_return({})),
        "trouble": trouble,
    }
    return parts.renderer.page(request, "sign.html", values, status=status)


async def _row(request: Request, stream_id: UUID) -> SupervisedRow:
    """Return a row that was handed to who asks. Raises PageError not-found once it was taken."""
    records, actor = (await reading(request)).supervised, session_of(request).actor
    row = await run_in_threadpool(records.row, actor, stream_id)
    if row is None:
        raise PageError("not-found")
    return row
