"""What the pages of emergency access show: requests, their stage and what can be done, in words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.emergency import CONCERNED, EmergencyAsked, EmergencyReason, Stage
from aggregates.guarding_forms import MINUTES_CHOICES
from aggregates.practice import Role
from projections.access_words import READER_ROLES
from projections.emergencies import Person, Request
from projections.emergency_words import EMERGENCY_REASONS, describe_emergency, why_in_words
from web import calendar

REASON_CHOICES: Final = tuple(
    (reason.value, words[0].upper() + words[1:]) for reason, words in EMERGENCY_REASONS.items()
)
_STAGES: Final[Mapping[Stage, str]] = {
    Stage.NONE: "",
    Stage.ASKED: "Waits for the answer of a second person",
    Stage.APPROVED: "Approved; the person has still to be told",
    Stage.TOLD: "Approved, and the person was told; not begun yet",
    Stage.BEGUN: "Open",
    Stage.DECLINED: "Declined",
    Stage.ENDED: "Ended",
}
_TIME_OVER: Final = "Its time is over"


@dataclass(frozen=True, slots=True)
class RequestInWords:
    """A request as owners and officers see it, with what the viewer may do."""

    stream_id: UUID
    whose: str
    asked_by: str
    why: str
    minutes: int
    stage: str
    until: str | None
    is_over: bool
    steps: tuple[tuple[str, str], ...]
    can_answer: bool
    can_begin: bool
    can_read: bool
    can_end: bool

    def __repr__(self) -> str:
        return "<RequestInWords>"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the page: their id and role, the time, and where they are."""

    person_id: UUID
    role: Role
    now_us: int
    zone: dt.tzinfo


def requests_in_words(
    found: Sequence[Request], people: Sequence[Person], viewer: Viewer
) -> list[RequestInWords]:
    """Return the requests, newest first."""
    names = {each.person_id: each.name.reveal() for each in people}
    return [_in_words(each, each.state.asked, names, viewer) for each in found if each.state.asked]


def choices_of(people: Sequence[Person], viewer_id: UUID) -> list[tuple[str, str]]:
    """Return whose records may be asked for: members who log sessions, but oneself."""
    return [
        (str(each.person_id), each.name.reveal())
        for each in people
        if each.role in CONCERNED and each.person_id != viewer_id
    ]


def minutes_choices() -> list[tuple[str, str]]:
    """Return how long it may be asked for."""
    return [(str(minutes), f"{minutes} minutes") for minutes in MINUTES_CHOICES]


def news_in_words(found: Sequence[Request], now_us: int, zone: dt.tzinfo) -> list[str]:
    """Return what a person reads on each of their pages: that somebody may read, why, how long.

    By what name is in their trail, whose look is on record.
    """
    told: list[str] = []
    for each in found:
        asked, ends_at_us = each.state.asked, each.state.ends_at_us
        if asked is None:
            continue
        who, why = READER_ROLES[asked.role], EMERGENCY_REASONS[asked.reason]
        if each.state.is_over(now_us):
            told.append(f"{who} had emergency access to your records: {why}. It is over.")
        elif ends_at_us is None:
            told.append(f"{who} may read your records for {asked.minutes} minutes: {why}.")
        else:
            until = _clock(ends_at_us, zone)
            told.append(f"{who} may read your records until {until}: {why}.")
    return told


def why_asked(asked: EmergencyAsked) -> str:
    """Return the reason and the remark."""
    return why_in_words(EMERGENCY_REASONS[EmergencyReason(asked.reason)], asked.remark)


def _in_words(
    request: Request, asked: EmergencyAsked | None, names: Mapping[UUID, str], viewer: Viewer
) -> RequestInWords:
    assert asked is not None
    state, me = request.state, viewer.person_id
    is_over = state.is_over(viewer.now_us)
    is_begun = state.stage is Stage.BEGUN
    is_mine = asked.asked_by == me
    ran_out = is_over and state.stage not in {Stage.DECLINED, Stage.ENDED}
    return RequestInWords(
        stream_id=request.stream_id,
        whose=names.get(asked.whose, "A former member"),
        asked_by=_who(asked, names),
        why=why_asked(asked),
        minutes=asked.minutes,
        stage=_TIME_OVER if ran_out else _STAGES[state.stage],
        until=_clock(state.ends_at_us, viewer.zone) if state.ends_at_us and not is_over else None,
        is_over=is_over,
        steps=_steps(request, names, viewer),
        can_answer=not is_over
        and state.stage is Stage.ASKED
        and me
        not in {
            asked.asked_by,
            asked.whose,
        },
        can_begin=not is_over and is_mine and state.stage in {Stage.APPROVED, Stage.TOLD},
        can_read=state.lets_read(me, viewer.now_us),
        can_end=not is_over
        and (is_mine or state.approved_by == me or viewer.role is Role.OWNER)
        and (is_begun or is_mine or state.stage is not Stage.ASKED),
    )


def _steps(
    request: Request, names: Mapping[UUID, str], viewer: Viewer
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            calendar.day_and_time(step.recorded_at_us, viewer.zone),
            describe_emergency(step.fact, by=names.get(step.actor_id, "The service"), reveal=True),
        )
        for step in request.steps
    )


def _who(asked: EmergencyAsked, names: Mapping[UUID, str]) -> str:
    role = READER_ROLES[asked.role]
    name = names.get(asked.asked_by)
    return role if name is None else f"{name}, {role[0].lower()}{role[1:]},"


def _clock(at_us: int, zone: dt.tzinfo) -> str:
    return calendar.clock(calendar.local_time(at_us, zone))
