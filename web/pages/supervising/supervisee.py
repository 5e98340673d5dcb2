"""One supervisee: their hours by week, setting and column, signatures, and notice in writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.hours.supervision import NOTICE
from aggregates.hours.supervisor_entry import NOTICE_LENGTH_MAX, read_notice
from aggregates.refusal import FieldsRefused, Refused
from commands.hours.notice import Notice as Written
from projections.notices import NoticeGiven
from projections.signing_time import CALIFORNIA
from projections.supervised import SupervisedRow
from projections.weeks_table import RowState
from web import calendar
from web.addresses import person_of
from web.browser_sessions import Notice
from web.errors import PageError
from web.forms import form_id, parse_id, read_form
from web.guard import reading
from web.pages.entries.entry_form import sentences
from web.pages.supervising.supervise import notice_in_words
from web.pages.supervising.supervised_in_words import line_of, name_of
from web.pages.supervising.supervised_plot import PARTS, plots
from web.parts import parts_of
from web.who import session_of

_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeForm:
    """The form of a notice, ready for its template."""

    form_id: UUID
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def first_error(self) -> str | None:
        """The field the cursor goes to."""
        return next((name for name in ("from_day", "text") if name in self.errors), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeInWords:
    """A notice that was given: where, from which day on, when, and what was written."""

    where: str
    from_day: str
    given_on: str
    text: str


async def show(request: Request) -> Response:
    """Answer `GET /supervise/{person_id}`."""
    parts = parts_of(request)
    values = {"supervision": "", "from_day": (parts.today() + NOTICE).isoformat(), "text": ""}
    return await _page(request, NoticeForm(form_id=parts.ids.new(), values=values))


async def give_notice(request: Request) -> Response:
    """Answer `POST /supervise/{person_id}/notice`."""
    session, parts, person_id = session_of(request), parts_of(request), person_of(request)
    typed = await read_form(request)
    form_key = form_id(typed)
    supervision_id = parse_id(typed.get("supervision", ""), "bad-form")
    values = {name: typed.get(name, "")[:NOTICE_LENGTH_MAX] for name in ("from_day", "text")}
    shown = NoticeForm(form_id=form_key, values=values | {"supervision": str(supervision_id)})
    try:
        entry = read_notice(typed)
        written = Written(from_day=entry.from_day, today=parts.today(), text=entry.text)
        handled = await run_in_threadpool(
            parts.services.hours.give_notice, session.actor, supervision_id, written, form_key
        )
    except FieldsRefused as refused:
        return await _page(request, _with(shown, sentences(refused)), status=_UNPROCESSABLE)
    except Refused as refused:
        beside = {refused.field or "from_day": refused.sentence}
        return await _page(request, _with(shown, beside), status=_UNPROCESSABLE)
    is_shown = await run_in_threadpool(parts.services.wait, handled)
    session.notice = Notice("noticed", supervision_id, is_shown)
    return RedirectResponse(f"/supervise/{person_id}", _SEE_OTHER)


def _with(form: NoticeForm, errors: Mapping[str, str]) -> NoticeForm:
    return NoticeForm(form_id=form.form_id, values=form.values, errors=errors)


async def _page(request: Request, form: NoticeForm, *, status: int = 200) -> Response:
    session, parts, person_id = session_of(request), parts_of(request), person_of(request)
    records, today = (await reading(request)).supervised, parts.today()
    rows = await run_in_threadpool(records.weeks, session.actor, person_id)
    if not rows:
        raise PageError("not-found")
    notices = await run_in_threadpool(records.notices, session.actor)
    lines = [line_of(row, today) for row in rows]
    places = _supervisions(rows)
    values: dict[str, object] = {
        "signed_in": "supervise",
        "notice": notice_in_words(session),
        "person_id": person_id,
        "name": name_of(rows[0]),
        "lines": lines,
        "plots": plots(rows, today),
        "parts": PARTS,
        "totals": _totals(rows),
        "warned": sum(bool(each.warnings) for each in lines),
        "late": sum(each.is_late for each in lines),
        "supervisions": places,
        "notices": _notices(notices, dict(places)),
        "form": form,
    }
    return parts.renderer.page(request, "supervisee.html", values, status=status)


def _totals(rows: Sequence[SupervisedRow]) -> list[tuple[str, int, str]]:
    """Return for each state how many weeks there are and what they come to."""
    found: list[tuple[str, int, str]] = []
    for state, words in _STATES.items():
        minutes = [each.shown.minutes.c for each in rows if each.shown and each.state is state]
        if minutes:
            found.append((words, len(minutes), calendar.length(sum(minutes))))
    return found


def _supervisions(rows: Sequence[SupervisedRow]) -> list[tuple[UUID, str]]:
    """Return the supervisions that notice can be given under, by their settings."""
    found: dict[UUID, str] = {}
    for row in rows:
        if row.shown is not None:
            found.setdefault(row.shown.supervision_id, row.shown.printed.setting.reveal())
    return list(found.items())


def _notices(given: Sequence[NoticeGiven], places: Mapping[UUID, str]) -> list[NoticeInWords]:
    """Return the notices under this supervisee's supervisions, and no others."""
    return [
        NoticeInWords(
            where=places[each.supervision_id],
            from_day=calendar.day_with_year(each.from_day),
            given_on=calendar.day_with_year(
                calendar.local_time(each.noticed_at_us, CALIFORNIA).date()
            ),
            text=each.text.reveal(),
        )
        for each in given
        if each.supervision_id in places
    ]


_STATES: Final = {
    RowState.SIGNED: "signed by you",
    RowState.SUBMITTED: "waiting for you",
    RowState.RETURNED: "returned by you",
    RowState.AMENDED: "open again",
}
