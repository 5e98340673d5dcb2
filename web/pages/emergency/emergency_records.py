"""The pages of another's records under emergency access: their week and a session, read-only."""

from dataclasses import replace
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.week import week_of
from commands.context import Actor
from projections.setup import Setup
from web.addresses import day_of, stream_of
from web.emergency_addresses import session_in
from web.errors import PageError
from web.guard import reading, whose_of
from web.pages.entries.session import changes_in_words
from web.pages.entries.week_in_words import session_in_words, week_in_words
from web.pages.setup.own_setup import OwnSetup
from web.parts import parts_of
from web.who import who

_SEE_OTHER: Final = 303


async def week(request: Request) -> Response:
    """Answer `GET /emergency/{stream_id}/week/{day}`."""
    parts, day, here = parts_of(request), day_of(request), f"/emergency/{stream_of(request)}"
    if day != week_of(day):
        return RedirectResponse(f"{here}/week/{week_of(day).isoformat()}", _SEE_OTHER)
    records = await reading(request)
    view = await run_in_threadpool(records.week, _concerned(request), day)
    sessions = replace(view, activities=())  # what is asked for in an emergency is of clients
    values: dict[str, object] = {
        "signed_in": "emergency",
        "here": here,
        "week": week_in_words(sessions, OwnSetup(Setup()), parts.today(), None),
    }
    return parts.renderer.page(request, "emergency_week.html", values)


async def session(request: Request) -> Response:
    """Answer `GET /emergency/{stream_id}/session/{session_id}`."""
    parts, records = parts_of(request), await reading(request)
    found = await run_in_threadpool(records.history, _concerned(request), session_in(request))
    if found is None:
        raise PageError("not-found")
    entry = found.entry
    values: dict[str, object] = {
        "signed_in": "emergency",
        "here": f"/emergency/{stream_of(request)}",
        "title": session_in_words(entry) if entry else "A destroyed session",
        "back": week_of(entry.date if entry else parts.today()).isoformat(),
        "is_deleted": found.deleted,
        "changes": changes_in_words(found.changes, parts.settings.time_zone),
    }
    return parts.renderer.page(request, "emergency_session.html", values)


def _concerned(request: Request) -> Actor:
    """Return the person whose records the guard has found this request to be for."""
    return Actor(who(request).practice_id, whose_of(request))
