"""One entry's page: its history, and the form that tells it anew as a whole."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.hours.activity_entry import ActivityEntry
from aggregates.refusal import FieldsRefused, RefusalCode, Refused
from aggregates.session_entry import SessionEntry
from aggregates.week import week_of
from commands.context import Actor
from commands.handle import Handled
from commands.session import Shown
from ledger.errors import Busy, Conflict, Quarantined, Unavailable
from projections.entry_history import EntryHistory
from web.addresses import stream_of
from web.browser_sessions import BrowserSession, Notice
from web.forms import command_id_of, form_id, form_version, read_form
from web.pages.entries.activity_form import ActivityForm
from web.pages.entries.entry_form import EntryForm, sentences
from web.pages.entries.week import to_week
from web.pages.history_in_words import history_in_words
from web.pages.saying import not_saved
from web.pages.setup.own_setup import OwnSetup, own_setup
from web.pages.withheld import form_only
from web.parts import parts_of
from web.services import Services
from web.who import session_of

Values: TypeAlias = Mapping[str, str]
Offered: TypeAlias = EntryForm | ActivityForm
Refusal: TypeAlias = FieldsRefused | Refused | Conflict | Busy | Quarantined | Unavailable
E = TypeVar("E", bound=SessionEntry | ActivityEntry)

_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as it was filled in: under which id, with what, of which version, what is wrong."""

    form_id: UUID
    values: Values
    version: int
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correcting(Generic[E]):
    """One kind of entry: what it is called, how it is loaded, read, told, corrected, remembered.

    `offered` makes the form of what was filled in, with what the person may choose where that can
    be read, and with the entry where it is shown as it stands. `rest` is what follows the week in
    the address of the page with its form.
    """

    noun: str
    rest: str
    template: str
    field_words: Mapping[str, str]
    load: Callable[[Request], Awaitable[EntryHistory[E]]]
    read: Callable[[Request, Values], Awaitable[E]]
    typed: Callable[[Values], dict[str, str]]
    fields: Callable[[E], dict[str, str]]
    offered: Callable[[Filled, OwnSetup | None, E | None], Offered]
    in_words: Callable[[E], str]
    correct: Callable[[Services], Callable[[Actor, Shown, E, UUID], Handled]]
    remember: Callable[[BrowserSession, E], None]

    @property
    def changed_meanwhile(self) -> str:
        """What to say when somebody else was faster."""
        return (
            f"This {self.noun} was changed since you opened it, perhaps by you in another window."
            " Its history shows what it says now. What you entered is still here: save it if it is"
            " right."
        )

    @property
    def deleted(self) -> str:
        """What to say of one that was deleted."""
        return f"This {self.noun} was deleted. It no longer counts in your hours."

    @property
    def gone(self) -> str:
        """What to say of one that nobody can read any more."""
        return (
            f"This {self.noun} reached the end of its seven years and was destroyed."
            " The proof that it existed remains."
        )


async def show(request: Request, kind: Correcting[E]) -> Response:
    """Answer with the entry as it stands, and how it came to be."""
    return await _page(request, kind, await kind.load(request))


async def correct(request: Request, kind: Correcting[E]) -> Response:
    """Tell it anew, and lead back to its week."""
    session, parts, stream_id = session_of(request), parts_of(request), stream_of(request)
    form = await read_form(request)
    form_key, version = form_id(form), form_version(form)
    try:
        entry = await kind.read(request, form)
        handled = await run_in_threadpool(
            kind.correct(parts.services),
            session.actor,
            Shown(stream_id, version),
            entry,
            command_id_of(form_key, kind.fields(entry).values()),
        )
    except (FieldsRefused, Refused, Conflict, Busy, Quarantined, Unavailable) as error:
        filled = Filled(form_id=form_key, values=kind.typed(form), version=version, errors={})
        try:
            return await _refused(request, kind, filled, error)
        except (Busy, Quarantined, Unavailable) as unread:
            shown = kind.offered(filled, None, None)
            return form_only(request, not_saved(unread), kind.template, shown)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    kind.remember(session, entry)
    session.notice = Notice("corrected", stream_id, is_shown)
    return to_week(entry.date, session.week_start, kind.rest)


async def _refused(
    request: Request, kind: Correcting[E], filled: Filled, error: Refusal
) -> Response:
    """Show what was entered again, with what is wrong; what is there now is read anew."""
    status, trouble = _UNPROCESSABLE, None
    errors: Mapping[str, str] = {}
    match error:
        case FieldsRefused():
            errors = sentences(error)
        case Refused(code=RefusalCode.NOTHING_CHANGED, sentence=sentence):
            trouble = sentence
        case Refused(field=str()):
            errors = sentences(FieldsRefused((error,)))
        case Refused():
            raise error
        case Conflict():
            status, trouble = _CONFLICT, kind.changed_meanwhile
        case _:
            status, trouble = _UNAVAILABLE, not_saved(error)
    history, form_key, version = await kind.load(request), filled.form_id, filled.version
    if isinstance(error, Conflict):
        # Beside what is there now: saved again, it is meant.
        form_key, version = parts_of(request).ids.new(), history.version
    again = Filled(form_id=form_key, values=filled.values, version=version, errors=errors)
    return await _page(request, kind, history, again, (trouble, status))


async def _page(
    request: Request,
    kind: Correcting[E],
    history: EntryHistory[E],
    filled: Filled | None = None,
    outcome: tuple[str | None, int] = (None, 200),
) -> Response:
    parts, entry, own = parts_of(request), history.entry, await own_setup(request)
    (trouble, status), shown = outcome, None
    if entry is not None and not history.deleted:
        as_it_stands = Filled(
            form_id=parts.ids.new(), values=kind.fields(entry), version=history.version, errors={}
        )
        shown = kind.offered(filled or as_it_stands, own, None if filled else entry)
    day = entry.date if entry else parts.today()
    values: dict[str, object] = {
        "signed_in": kind.noun,
        "fields": kind.template,
        "title": kind.in_words(entry) if entry else f"A destroyed {kind.noun}",
        "back": week_of(day, own.week_start).isoformat(),
        "form": shown,
        "closed": kind.gone if history.shredded else kind.deleted,
        "trouble": trouble if shown else None,
        "changes": history_in_words(
            history.changes,
            kind.field_words,
            {"supervision": own.label},
            parts.settings.time_zone,
        ),
    }
    return parts.renderer.page(request, "entry.html", values, status=status)
