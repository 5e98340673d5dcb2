"""What the forms of the setup have in common: shown with their history, taken, shown again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.facts import Silent
from aggregates.private import Private
from aggregates.refusal import FieldsRefused, Refused
from commands.context import Actor
from commands.handle import Handled
from ledger.errors import Busy, Quarantined, Unavailable
from projections.entry_history import EntryHistory
from projections.setup import Setup
from web.addresses import stream_of
from web.browser_sessions import Notice
from web.errors import PageError
from web.forms import command_id_of, form_id, read_form
from web.guard import reading
from web.hours import HoursCommands, HoursRecords, StatementHistories
from web.pages.history_in_words import ChangeInWords, Names, history_in_words
from web.pages.saying import not_saved
from web.pages.setup.restating import AGREED, Moves
from web.pages.setup.stated_form import Group, StatedForm, sentences_of, typed
from web.pages.withheld import STATEMENT, form_only
from web.parts import parts_of
from web.who import session_of, who

E = TypeVar("E", bound=Silent)

OVERVIEW: Final = "/setup"
_DESTROYED: Final = "A destroyed statement"
_GONE: Final = (
    "This statement reached the end of its time and was destroyed."
    " The proof that it existed remains."
)
_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422
_UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a form may offer: the person's setup, the supervisors of the practice, what is typed."""

    setup: Setup = field(default_factory=Setup)
    supervisors: tuple[tuple[UUID, Private], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict[str, str])


def _no_names(_: Known) -> Names:
    return {}


def _none(_: Setup) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Generic[E]):
    """One kind of statement: how it is read, told, asked for, found and recorded.

    `history` is how its story is read, `words` what the story calls its fields, and `names` finds
    the names of what the story tells by an id. `only` finds the stream of which there is one a
    person, which no address names. `moves` tells what it means for signed weeks, where it may.
    """

    title: str
    title_new: str
    read: Callable[[Mapping[str, str]], E]
    fields: Callable[[E], dict[str, str]]
    groups: Callable[[Known], tuple[Group, ...]]
    found: Callable[[Setup, UUID | None], E | None]
    state: Callable[[HoursCommands, Actor, UUID | None, E, UUID, Moves], Handled]
    blank: Mapping[str, str]
    history: Callable[[StatementHistories], Callable[[Actor, UUID], EntryHistory[E] | None]]
    words: Mapping[str, str]
    names: Callable[[Known], Names] = _no_names
    only: Callable[[Setup], UUID | None] = _none
    moves: Callable[[HoursRecords, Actor, E], Moves] | None = None


async def show(request: Request, statement: Statement[E]) -> Response:
    """Answer with the form as it stands, or a blank one, or with what is left of a destroyed one.

    Raises PageError not-found for a stream that is none of theirs.
    """
    visit = await _visit(request, statement)
    if visit.is_gone and visit.history is not None:
        return visit.page(None)
    entry = visit.standing()
    values = statement.blank if entry is None else statement.fields(entry)
    return visit.page(visit.form(values, parts_of(request).ids.new()))


async def state(request: Request, statement: Statement[E]) -> Response:
    """Take the form, and lead to the overview; what is wrong with it stands beside its fields."""
    session, parts = session_of(request), parts_of(request)
    form = await read_form(request)
    form_key = form_id(form)
    moves = Moves()
    try:
        entry = statement.read(form)
        moves = await _moves(request, statement, entry)
        if not moves.is_agreed(form.get(AGREED)):
            return await _again(request, statement, form, _Kept(moves))
        handled = await run_in_threadpool(
            statement.state,
            parts.services.hours,
            session.actor,
            _stream(request),
            entry,
            command_id_of(form_key, statement.fields(entry).values()),
            moves,
        )
    except FieldsRefused as refused:
        return await _again(request, statement, form, _Kept(moves, sentences_of(refused)))
    except Refused as refused:
        if refused.field is None:
            raise
        errors = sentences_of(FieldsRefused((refused,)))
        return await _again(request, statement, form, _Kept(moves, errors))
    except (Busy, Quarantined, Unavailable) as error:
        return await _again(request, statement, form, _Kept(moves, trouble=not_saved(error)))
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.setup = None  # what was remembered of it is old now
    session.notice = Notice("stated", handled.stream_id, is_shown)
    return RedirectResponse(OVERVIEW, _SEE_OTHER)


async def _moves(request: Request, statement: Statement[E], entry: E) -> Moves:
    if statement.moves is None:
        return Moves()
    records = await reading(request)
    return await run_in_threadpool(statement.moves, records.hours, who(request), entry)


async def _again(
    request: Request,
    statement: Statement[E],
    form: Mapping[str, str],
    kept: "_Kept",
) -> Response:
    """Show what was sent once more, with what is to be agreed to first.

    Where no look can be written down, it is shown without any record.
    """
    try:
        visit = await _visit(request, statement)
    except (Busy, Quarantined, Unavailable) as unread:
        shown = _Visit(request, statement, Known()).form(form, form_id(form))
        return form_only(request, not_saved(unread), STATEMENT, shown)
    visit.standing()
    status = _UNAVAILABLE if kept.trouble else _UNPROCESSABLE
    shown = replace(visit.form(form, form_id(form), kept.errors), moves=kept.moves)
    return visit.page(shown, trouble=kept.trouble, status=status)


async def _visit(request: Request, statement: Statement[E]) -> "_Visit[E]":
    """Read what the person stated and how it came to be, and who may be named as a supervisor."""
    records = await reading(request)
    hours, actor = parts_of(request).services.hours, who(request)
    setup, supervisors = await asyncio.gather(
        run_in_threadpool(records.hours.setup, actor),
        run_in_threadpool(hours.supervisors, actor),
    )
    visit = _Visit(request, statement, Known(setup=setup, supervisors=tuple(supervisors)))
    if visit.stream_id is None:
        return visit
    tell = statement.history(records.hours.statements)
    return replace(visit, history=await run_in_threadpool(tell, actor, visit.stream_id))


def _stream(request: Request) -> UUID | None:
    return stream_of(request) if "stream_id" in request.path_params else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """Why a form was not taken: what has to be agreed to, what is wrong with it, or the ledger."""

    moves: Moves
    errors: Mapping[str, str] | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class _Visit(Generic[E]):
    """Somebody at one form, with what it may offer."""

    request: Request
    statement: Statement[E]
    known: Known
    history: EntryHistory[E] | None = None

    @property
    def stream_id(self) -> UUID | None:
        """The stream of the statement, None for one that is not made yet."""
        return _stream(self.request) or self.statement.only(self.known.setup)

    @property
    def is_gone(self) -> bool:
        """Whether nobody can read any more what stood here."""
        return self.stream_id in self.known.setup.shredded

    def standing(self) -> E | None:
        """Return what stands. Raises PageError for a stream in which nothing of theirs stands."""
        stream_id = _stream(self.request)
        entry = self.statement.found(self.known.setup, stream_id)
        if entry is None and stream_id is not None:
            is_gone = stream_id in self.known.setup.shredded
            raise PageError("key-destroyed" if is_gone else "not-found")
        return entry

    def form(
        self,
        values: Mapping[str, str],
        form_key: UUID,
        errors: Mapping[str, str] | None = None,
    ) -> StatedForm:
        """Return the form, filled in."""
        setup = self.known.setup
        groups = self.statement.groups(replace(self.known, values=values))
        names = (*(each.name for group in groups for each in group.fields), AGREED)
        return StatedForm(
            form_id=form_key,
            groups=groups,
            values=typed(values, names),
            track=setup.enrolment.track if setup.enrolment else None,
            errors=errors or {},
        )

    def page(
        self, form: StatedForm | None, *, trouble: str | None = None, status: int = 200
    ) -> Response:
        """Return the page around it; without a form, of what was destroyed."""
        statement = self.statement
        is_new = statement.found(self.known.setup, _stream(self.request)) is None
        title = statement.title_new if is_new else statement.title
        values: dict[str, object] = {
            "signed_in": "setup",
            "title": title if form else _DESTROYED,
            "is_new": is_new,
            "form": form,
            "closed": _GONE,
            "trouble": trouble,
            "changes": self._changes(),
        }
        renderer = parts_of(self.request).renderer
        return renderer.page(self.request, "stated.html", values, status=status)

    def _changes(self) -> list[ChangeInWords]:
        if self.history is None:
            return []
        statement, zone = self.statement, parts_of(self.request).settings.time_zone
        names = statement.names(self.known)
        return history_in_words(self.history.changes, statement.words, names, zone)
