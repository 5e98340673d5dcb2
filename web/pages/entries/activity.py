"""One activity: its history, and the form to correct it."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.hours.activity_entry import ActivityEntry, activity_fields, read_activity
from projections.activity_history import ActivityHistory
from web.addresses import stream_of
from web.browser_sessions import BrowserSession
from web.errors import PageError
from web.guard import reading
from web.pages.entries import correcting
from web.pages.entries.activity_form import ActivityForm, offering, typed_activity
from web.pages.entries.correcting import Correcting, Filled, Values
from web.pages.entries.week_in_words import activity_in_words
from web.pages.setup.own_setup import OwnSetup
from web.pages.withheld import ACTIVITY
from web.parts import parts_of
from web.who import who


async def show(request: Request) -> Response:
    """Answer `GET /activity/{stream_id}`."""
    return await correcting.show(request, _ACTIVITY)


async def correct(request: Request) -> Response:
    """Answer `POST /activity/{stream_id}`: tell the activity anew, as a whole."""
    return await correcting.correct(request, _ACTIVITY)


async def load(request: Request) -> ActivityHistory:
    """Return the activity that the address names. Raises PageError not-found if it is no such."""
    records = await reading(request)
    history = await run_in_threadpool(records.hours.activity, who(request), stream_of(request))
    if history is None:
        raise PageError("not-found")
    return history


async def _read(request: Request, form: Values) -> ActivityEntry:
    return read_activity(form, parts_of(request).today())


def _offered(filled: Filled, own: OwnSetup | None, _: ActivityEntry | None) -> ActivityForm:
    form = ActivityForm(
        form_id=filled.form_id,
        values=filled.values,
        version=filled.version,
        errors=filled.errors,
    )
    return form if own is None else offering(form, own)


def _remember(session: BrowserSession, entry: ActivityEntry) -> None:
    session.last_activity = entry


_ACTIVITY: Final[Correcting[ActivityEntry]] = Correcting(
    noun="activity",
    rest="/activity",
    template=ACTIVITY,
    field_words={
        "date": "Date",
        "length": "Length",
        "kind": "What it was",
        "supervision": "Supervision",
        "modality": "How you met",
        "supervisees": "How many of you",
        "segments": "Parts",
        "title": "Title",
    },
    load=load,
    read=_read,
    typed=typed_activity,
    fields=activity_fields,
    offered=_offered,
    in_words=activity_in_words,
    correct=lambda services: services.hours.correct_activity,
    remember=_remember,
)
