"""Weeks to sign: what a supervisor was handed, what became of it, and where else they supervise."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from projections.plain_words import ROLES
from projections.supervised import SupervisedRow
from projections.weeks_table import RowState
from web import calendar
from web.addresses import SITTING_MAX
from web.browser_sessions import BrowserSession, Notice
from web.guard import reading, shown_persons
from web.pages.supervising.supervised_in_words import Line, in_order, line_of, name_of, six_in_words
from web.parts import parts_of
from web.who import session_of

RECENT_WEEKS: Final = 12
NOTICES: Final = {
    "signed": "Signed. It stands in the ledger from now on, over exactly what you were shown.",
    "returned": "Returned. Your supervisee sees your reason and can submit the week again.",
    "noticed": "Your notice is on record, and your supervisee sees it.",
}
_NOT_SHOWN_YET: Final = " This page may show it in a moment; please reload it then."


@dataclass(frozen=True, slots=True)
class Supervisee:
    """One of them: `waiting` is how many of their weeks are to be signed."""

    person_id: UUID
    name: str
    latest: str
    waiting: int


async def show(request: Request) -> Response:
    """Answer `GET /supervise`."""
    session, parts = session_of(request), parts_of(request)
    records, actor, today = (await reading(request)).supervised, session.actor, parts.today()
    since = today - RECENT_WEEKS * calendar.WEEK
    told = shown_persons(request)
    waiting, recent, latest = (
        [row for row in rows if row.person_id in told]
        for rows in (
            await run_in_threadpool(records.inbox, actor),
            await run_in_threadpool(records.since, actor, since),
            await run_in_threadpool(records.latest, actor),
        )
    )
    lines = in_order(line_of(row, today) for row in waiting)
    six, is_over_six, six_citation = six_in_words(recent, today)
    values: dict[str, object] = {
        "signed_in": "supervise",
        "notice": notice_in_words(session),
        "lines": lines,
        "late": sum(each.is_late for each in lines),
        "sitting_max": SITTING_MAX,
        "returned": _of(recent, (RowState.RETURNED, RowState.AMENDED), today),
        "signed": _of(recent, (RowState.SIGNED,), today),
        "recent_weeks": RECENT_WEEKS,
        "supervisees": _supervisees(latest, waiting),
        "six": six,
        "is_over_six": is_over_six,
        "six_citation": six_citation,
        "elsewhere": await _elsewhere(request, session),
    }
    return parts.renderer.page(request, "supervise.html", values)


def notice_in_words(session: BrowserSession) -> str | None:
    """Return what was done last, once."""
    notice: Notice | None = session.take_notice()
    if notice is None or notice.kind not in NOTICES:
        return None
    return NOTICES[notice.kind] + ("" if notice.shown else _NOT_SHOWN_YET)


def _of(rows: Iterable[SupervisedRow], states: Sequence[RowState], today: dt.date) -> list[Line]:
    return [line_of(row, today) for row in rows if row.state in states]


def _supervisees(
    latest: Iterable[SupervisedRow], waiting: Sequence[SupervisedRow]
) -> list[Supervisee]:
    found = [
        Supervisee(
            row.person_id,
            name_of(row),
            calendar.week_in_words(row.first_day),
            sum(each.person_id == row.person_id for each in waiting),
        )
        for row in latest
    ]
    return sorted(found, key=lambda each: (each.name, each.person_id))


async def _elsewhere(request: Request, session: BrowserSession) -> list[tuple[UUID, str, str]]:
    """Return the other practices that the person is in; nothing of what waits there."""
    identity = parts_of(request).identity
    if identity is None:
        return []
    found = await run_in_threadpool(identity.registry.standings, session.actor.person_id)
    return [
        (each.practice_id, each.name.reveal(), ROLES[each.role])
        for each in found
        if each.role is not None and each.practice_id != session.actor.practice_id
    ]
