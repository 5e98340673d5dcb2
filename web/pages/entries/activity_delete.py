"""Deleting an activity."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from aggregates.hours.activity_entry import ActivityEntry
from web.pages.entries import deleting
from web.pages.entries.activity import load
from web.pages.entries.deleting import Deleting
from web.pages.entries.week_in_words import activity_in_words

_ACTIVITY: Final[Deleting[ActivityEntry]] = Deleting(
    noun="activity",
    path="/activity",
    gone="activity-deleted",
    load=load,
    told=activity_in_words,
    delete=lambda services: services.hours.delete_activity,
)


async def ask(request: Request) -> Response:
    """Answer `GET /activity/{stream_id}/delete`."""
    return await deleting.ask(request, _ACTIVITY)


async def delete(request: Request) -> Response:
    """Answer `POST /activity/{stream_id}/delete`."""
    return await deleting.delete(request, _ACTIVITY)
