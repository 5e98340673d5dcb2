"""The setup: what a person stated of their hours, what is missing, and what to do next."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.week_statement import LICENCES
from aggregates.private import Private
from projections.setup import Setup
from projections.setup_words import EMPLOYMENTS, KINDS
from web import calendar
from web.browser_sessions import Notice
from web.guard import reading
from web.pages.saying import NOT_SHOWN_YET
from web.pages.setup.setup_steps import steps
from web.parts import parts_of
from web.who import session_of

_TRACKS: Final = {
    Track.LMFT: "Marriage and family therapist (LMFT)",
    Track.LPCC: "Professional clinical counselor (LPCC)",
    Track.LCSW: "Clinical social worker (LCSW)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One statement in short: what it is of, what matters of it, where to change it."""

    title: str
    lines: tuple[str, ...]
    path: str


async def show(request: Request) -> Response:
    """Answer `GET /setup`."""
    session, parts = session_of(request), parts_of(request)
    records = await reading(request)
    setup = await run_in_threadpool(records.hours.setup, session.actor)
    values: dict[str, object] = {
        "signed_in": "setup",
        "notice": _notice_in_words(session.take_notice()),
        "steps": steps(setup, parts.today()),
        "enrolment": _enrolment(setup),
        "settings": _settings(setup),
        "supervisions": _supervisions(setup),
        "gone": len(setup.shredded),
    }
    return parts.renderer.page(request, "setup.html", values)


def _notice_in_words(notice: Notice | None) -> str | None:
    if notice is None or notice.kind != "stated":
        return None
    return "Saved." if notice.shown else NOT_SHOWN_YET


def _enrolment(setup: Setup) -> Card | None:
    entry = setup.enrolment
    if entry is None:
        return None
    begin = f"Weeks begin on {entry.week_start.value.capitalize()}"
    fixed = ", for good: a week is signed" if setup.is_week_start_fixed else ""
    lines = (begin + fixed, _degree(entry), _registration(entry))
    return Card(title=_TRACKS[entry.track], lines=lines, path="/setup/enrolment")


def _degree(entry: EnrolmentEntry) -> str:
    return f"Degree awarded {_day(entry.degree_on)}" if entry.degree_on else "No degree yet"


def _registration(entry: EnrolmentEntry) -> str:
    first = _number(entry.registration, entry.registered_on, entry.registered_until)
    second = _number(
        entry.second_registration, entry.second_registered_on, entry.second_registered_until
    )
    if not second:
        return f"Registered: {first}" if first else "Not registered yet"
    return f"Registered: {first}; then {second}" if first else f"Registered anew: {second}"


def _number(number: Private | None, since: dt.date | None, until: dt.date | None) -> str:
    if since is None:
        return ""
    named = f"{number.reveal()}, " if number else ""
    return f"{named}since {_day(since)}" + (f" until {_day(until)}" if until else "")


def _settings(setup: Setup) -> tuple[Card, ...]:
    return tuple(
        Card(
            title=entry.name.reveal(),
            lines=(f"{KINDS[entry.kind]} \N{MIDDLE DOT} {EMPLOYMENTS[entry.employment]}",),
            path=f"/setup/settings/{stream_id}",
        )
        for stream_id, entry in setup.settings.items()
    )


def _supervisions(setup: Setup) -> tuple[Card, ...]:
    cards: list[Card] = []
    for stream_id, entry in setup.supervisions.items():
        setting = setup.settings.get(entry.setting_id)
        end = f" until {_day(entry.ends_on)}" if entry.ends_on else ""
        licence = f"{LICENCES[entry.licence]} {entry.licence_number.reveal()}"
        lines = [
            f"{licence}, at {setting.name.reveal()}" if setting else licence,
            f"Since {_day(entry.starts_on)}{end}",
        ]
        if stream_id in setup.notices:
            noticed = _day(setup.notices[stream_id])
            lines.append(f"Gave notice: hours from {noticed} on will not be signed")
        path = f"/setup/supervisions/{stream_id}"
        cards.append(Card(title=entry.supervisor_name.reveal(), lines=tuple(lines), path=path))
    return tuple(cards)


def _day(day: dt.date) -> str:
    return calendar.day_in_short(day)
