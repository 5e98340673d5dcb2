"""Weeks for programs: a person's own sessions and activities of the seven days from a Sunday."""

from typing import Final

from aggregates.week import week_of
from web.addresses import day_of
from web.api import operation as op
from web.api.activities import Activity, activity_of_week
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.sessions import Session, session_of_week
from web.api.structs import Day, StrictStruct


class Week(StrictStruct, frozen=True, kw_only=True):
    """The seven days from a Sunday: sessions by date and start, activities by date."""

    first_day: Day
    sessions: tuple[Session, ...]
    activities: tuple[Activity, ...]


def _week(call: Call[Nothing, Nothing]) -> Reply:
    first_day = week_of(day_of(call.request))
    view = call.records().week(call.actor, first_day)
    shown = Week(
        first_day=first_day.isoformat(),
        sessions=tuple(map(session_of_week, view.sessions)),
        activities=tuple(map(activity_of_week, view.activities)),
    )
    return Reply(value=shown)


OPERATIONS: Final = (
    Operation(
        row=row("GET", "/weeks/{day}", op.LOGGERS, op.READ_OWN, reads=op.OWN_WEEK),
        name="readWeek",
        summary="The person's own sessions and activities of the week that a day is in",
        handler=_week,
        answer=Week,
        body=Nothing,
        query=Nothing,
    ),
)
