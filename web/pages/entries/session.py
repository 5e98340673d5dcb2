"""One session: its history, and the form to correct it."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.session_entry import SessionEntry, as_fields, read_entry
from projections.session_history import SessionChange, SessionHistory
from projections.setup import Setup
from web.addresses import stream_of
from web.browser_sessions import BrowserSession
from web.errors import PageError
from web.guard import reading
from web.pages.entries import correcting
from web.pages.entries.correcting import Correcting, Filled, Values
from web.pages.entries.entry_form import EntryForm, offering, settings_of, typed_values
from web.pages.entries.week_in_words import session_in_words
from web.pages.history_in_words import ChangeInWords, history_in_words
from web.pages.setup.own_setup import OwnSetup, with_setting
from web.pages.withheld import SESSION
from web.parts import parts_of
from web.who import who


async def show(request: Request) -> Response:
    """Answer `GET /session/{stream_id}`."""
    return await correcting.show(request, _SESSION)


async def correct(request: Request) -> Response:
    """Answer `POST /session/{stream_id}`: tell the session anew, as a whole."""
    return await correcting.correct(request, _SESSION)


async def load(request: Request) -> SessionHistory:
    """Return the session that the address names. Raises PageError not-found if it is not theirs."""
    records = await reading(request)
    history = await run_in_threadpool(records.history, who(request), stream_of(request))
    if history is None:
        raise PageError("not-found")
    return history


def changes_in_words(changes: Sequence[SessionChange], zone: dt.tzinfo) -> list[ChangeInWords]:
    """Return the session's story, newest first, to somebody who is told no supervisor's name."""
    names = {"supervision": OwnSetup(Setup()).label}
    return history_in_words(changes, _SESSION.field_words, names, zone)


async def _read(request: Request, form: Values) -> SessionEntry:
    return read_entry(await with_setting(request, form), parts_of(request).today())


def _offered(filled: Filled, own: OwnSetup | None, entry: SessionEntry | None) -> EntryForm:
    form = EntryForm(
        form_id=filled.form_id,
        values=filled.values,
        version=filled.version,
        errors=filled.errors,
        settings=settings_of([entry]) if entry else (),
    )
    return form if own is None else offering(form, own)


def _remember(session: BrowserSession, entry: SessionEntry) -> None:
    session.last_entry = entry


_SESSION: Final[Correcting[SessionEntry]] = Correcting(
    noun="session",
    rest="",
    template=SESSION,
    field_words={
        "date": "Date",
        "start": "Start",
        "minutes": "Length",
        "supervision": "Supervision",
        "setting": "Setting",
        "client": "Client",
        "modality": "How you met",
        "participants": "Who took part",
        "service": "What you did",
    },
    load=load,
    read=_read,
    typed=typed_values,
    fields=as_fields,
    offered=_offered,
    in_words=session_in_words,
    correct=lambda services: services.correct_session,
    remember=_remember,
)
