"""Deleting an entry: a page of its own that asks why, so that it works without JavaScript."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.deletion import Deletion, read_deletion
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.refusal import FieldsRefused
from aggregates.session_entry import SessionEntry
from commands.context import Actor
from commands.handle import Handled
from commands.session import Shown
from ledger.errors import Busy, Conflict, Quarantined, Unavailable
from projections.entry_history import EntryHistory
from web.addresses import stream_of
from web.browser_sessions import Notice
from web.errors import PageError
from web.forms import form_id, form_version, read_form
from web.pages.entries.deletion_form import DeletionForm, typed_reason
from web.pages.entries.entry_form import sentences
from web.pages.entries.week import to_week
from web.pages.saying import not_saved
from web.pages.withheld import DELETION, form_only
from web.parts import parts_of
from web.services import Services
from web.who import session_of

E = TypeVar("E", bound=SessionEntry | ActivityEntry)

_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleting(Generic[E]):
    """One kind of entry: what it is called, how it is loaded, told, deleted, and where it is."""

    noun: str
    path: str
    gone: str
    load: Callable[[Request], Awaitable[EntryHistory[E]]]
    told: Callable[[E], str]
    delete: Callable[[Services], Callable[[Actor, Shown, Deletion, UUID], Handled]]

    @property
    def changed_meanwhile(self) -> str:
        """What to say when somebody else was faster."""
        return (
            f"This {self.noun} was changed since you opened it."
            " Please look at it again before you delete it."
        )


async def ask(request: Request, kind: Deleting[E]) -> Response:
    """Answer with the form that asks why."""
    history = await kind.load(request)
    form = DeletionForm(
        form_id=parts_of(request).ids.new(),
        version=history.version,
        values={"reason": "", "remark": ""},
    )
    return _page(request, kind, history, form)


async def delete(request: Request, kind: Deleting[E]) -> Response:
    """Delete it, and lead back to its week."""
    session, parts, stream_id = session_of(request), parts_of(request), stream_of(request)
    typed = await read_form(request)
    form_key, version = form_id(typed), form_version(typed)
    # Looked up first: afterwards nothing tells which week to go back to.
    try:
        history = await kind.load(request)
    except (Busy, Quarantined, Unavailable) as error:
        return form_only(request, not_saved(error), DELETION, _form(form_key, version, typed))
    try:
        deletion = read_deletion(typed)
        handled = await run_in_threadpool(
            kind.delete(parts.services),
            session.actor,
            Shown(stream_id, version),
            deletion,
            form_key,
        )
    except FieldsRefused as refused:
        form = _form(form_key, version, typed, sentences(refused))
        return _page(request, kind, history, form, (None, _UNPROCESSABLE))
    except Conflict:
        form = _form(parts.ids.new(), history.version, typed)
        return _page(request, kind, history, form, (kind.changed_meanwhile, _CONFLICT))
    except (Busy, Quarantined, Unavailable) as error:
        form = _form(form_key, version, typed)
        return _page(request, kind, history, form, (not_saved(error), _UNAVAILABLE))
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.notice = Notice("deleted", stream_id, is_shown)
    day = history.entry.date if history.entry else parts.today()
    return to_week(day, session.week_start)


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
    kind: Deleting[E],
    history: EntryHistory[E],
    form: DeletionForm,
    outcome: tuple[str | None, int] = (None, 200),
) -> Response:
    if history.entry is None or history.deleted:
        raise PageError(kind.gone)
    trouble, status = outcome
    values: dict[str, object] = {
        "signed_in": kind.noun,
        "noun": kind.noun,
        "back": f"{kind.path}/{history.stream_id}",
        "summary": kind.told(history.entry),
        "form": form,
        "trouble": trouble,
    }
    return parts_of(request).renderer.page(request, "delete.html", values, status=status)
