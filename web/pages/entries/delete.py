"""Deleting a session."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from aggregates.session_entry import SessionEntry
from web.pages.entries import deleting
from web.pages.entries.deleting import Deleting
from web.pages.entries.session import load
from web.pages.entries.week_in_words import session_in_words

_SESSION: Final[Deleting[SessionEntry]] = Deleting(
    noun="session",
    path="/session",
    gone="session-deleted",
    load=load,
    told=session_in_words,
    delete=lambda services: services.delete_session,
)


async def ask(request: Request) -> Response:
    """Answer `GET /session/{stream_id}/delete`."""
    return await deleting.ask(request, _SESSION)


async def delete(request: Request) -> Response:
    """Answer `POST /session/{stream_id}/delete`."""
    return await deleting.delete(request, _SESSION)
