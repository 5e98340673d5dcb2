"""What an address names, for the guard: whose record it is, and which."""

import datetime as dt
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from starlette.requests import Request

from aggregates.hours.enrolment_entry import WeekStart
from aggregates.week import week_of
from commands.context import Actor
from web.access import Reads, Whose
from web.addresses import day_of, stream_of
from web.bearer import TokenSession
from web.browser_sessions import BrowserSession
from web.emergency_addresses import SESSION_PART, session_in
from web.parts import parts_of
from web.supervised_targets import find_supervised


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an address names: whose record, and which; `others` are whose it is besides.

    With `is_of_nobody` it is of as many as there are, and there are none.
    """

    is_theirs: bool
    whose: UUID | None
    others: tuple[UUID, ...] = ()
    is_of_nobody: bool = False
    stream_id: UUID | None = None
    day: dt.date | None = None


def target_of(request: Request, reads: Reads, session: BrowserSession | TokenSession) -> Target:
    """Find it out. Raises PageError not-found for an address that names nothing at all."""
    services, actor = parts_of(request).services, session.actor
    person_id = actor.person_id
    match reads.whose:
        case Whose.OWN:
            has_day = "day" in request.path_params
            day = week_of(day_of(request), week_start_of(session)) if has_day else None
            return Target(is_theirs=True, whose=person_id, day=day)
        case Whose.SESSION:
            stream_id = stream_of(request)
            whose = services.session_owner(actor, stream_id)
            return Target(is_theirs=whose == person_id, whose=whose, stream_id=stream_id)
        case Whose.SLOT | Whose.PRACTICE:
            is_whole = reads.whose is Whose.PRACTICE
            is_theirs = is_whole or services.slot(actor) == request.path_params["slot"]
            return Target(is_theirs=is_theirs, whose=None)
        case Whose.SUPERVISED | Whose.SUPERVISEE | Whose.REVIEWED | Whose.ROW | Whose.ROWS:
            found = find_supervised(request, reads.whose, actor)
            return Target(
                is_theirs=found.is_theirs,
                whose=next(iter(found.persons), None),
                stream_id=found.stream_id,
                others=found.persons[1:],
                is_of_nobody=found.is_theirs and not found.persons,
            )
        case Whose.EMERGENCY:
            return _emergency_target(request, actor)
        case _:
            assert_never(reads.whose)


def _emergency_target(request: Request, actor: Actor) -> Target:
    """Return what a request lets who asked for it read: asked of its own events, and the clock."""
    services, request_id = parts_of(request).services, stream_of(request)
    whose = services.emergency.opened_for(actor, request_id)
    if whose is None:
        return Target(is_theirs=False, whose=None, stream_id=request_id)
    if SESSION_PART not in request.path_params:
        return Target(is_theirs=True, whose=whose, day=week_of(day_of(request)))
    session_id = session_in(request)
    owner = services.session_owner(actor, session_id)
    return Target(is_theirs=owner == whose, whose=owner, stream_id=session_id)


def week_start_of(session: BrowserSession | TokenSession) -> WeekStart:
    """Return the day on which the weeks that are shown begin; programs are shown Sundays."""
    return session.week_start if isinstance(session, BrowserSession) else WeekStart.SUNDAY
