"""Legal holds, for compliance officers: what is kept, since when and why; placed and lifted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.guarding_forms import REMARK_LENGTH_MAX, read_hold_form
from aggregates.refusal import FieldsRefused, Refused
from commands.holds import HoldWish
from projections.emergencies import Person
from projections.emergency_words import HOLD_REASONS, why_in_words
from projections.holds import HoldOn
from web import calendar
from web.forms import form_id, parse_id, read_form
from web.guard import reading
from web.parts import parts_of
from web.who import who

HERE: Final = "/holds"
FIELDS: Final = ("whose", "stream_id", "reason", "remark")
REASON_CHOICES: Final = tuple(
    (reason.value, words[0].upper() + words[1:]) for reason, words in HOLD_REASONS.items()
)
_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold in words."""

    hold_id: UUID
    what: str
    why: str
    since: str

    def __repr__(self) -> str:
        return "<HoldLine>"


async def show(request: Request) -> Response:
    """Answer `GET /holds`."""
    return await _page(request)


async def place(request: Request) -> Response:
    """Answer `POST /holds/place`."""
    form, parts = await read_form(request), parts_of(request)
    key = form_id(form)
    try:
        read = read_hold_form(form)
        wish = HoldWish(
            whose=read.whose, stream_id=read.stream_id, reason=read.reason, remark=read.remark
        )
        await run_in_threadpool(parts.services.emergency.place_hold, who(request), wish, key)
    except FieldsRefused as refused:
        errors = {e.field: e.sentence for e in refused.errors if e.field is not None}
        return await _page(request, errors, form)
    except Refused as refused:
        return await _page(request, {refused.field or "whose": refused.sentence}, form)
    return RedirectResponse(HERE, _SEE_OTHER)


async def lift(request: Request) -> Response:
    """Answer `POST /holds/lift`."""
    hold_id = parse_id((await read_form(request)).get("hold_id", ""), "bad-form")
    lift_one = parts_of(request).services.emergency.lift_hold
    await run_in_threadpool(lift_one, who(request), hold_id)
    return RedirectResponse(HERE, _SEE_OTHER)


async def _page(
    request: Request,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    actor, parts, records = who(request), parts_of(request), await reading(request)
    typed = typed or {}
    found = await run_in_threadpool(records.holds, actor)
    people = await run_in_threadpool(records.people, actor)
    values: dict[str, object] = {
        "signed_in": "holds",
        "form_id": parts.ids.new(),
        "errors": errors or {},
        "typed": {name: typed.get(name, "")[:REMARK_LENGTH_MAX] for name in FIELDS},
        "holds": _lines(found, people, parts.settings.time_zone),
        "members": [(str(each.person_id), each.name.reveal()) for each in people if each.role],
        "reasons": REASON_CHOICES,
    }
    status = _UNPROCESSABLE if errors else 200
    return parts.renderer.page(request, "holds.html", values, status=status)


def _lines(found: Sequence[HoldOn], people: Sequence[Person], zone: dt.tzinfo) -> list[HoldLine]:
    names = {each.person_id: each.name.reveal() for each in people}
    return [
        HoldLine(
            each.fact.hold_id,
            _what(each, names),
            why_in_words(HOLD_REASONS[each.fact.reason], each.fact.remark),
            calendar.day_and_time(each.placed_at_us, zone),
        )
        for each in found
    ]


def _what(hold: HoldOn, names: Mapping[UUID, str]) -> str:
    whose = hold.fact.whose
    if whose is None:
        return f"The record {hold.fact.stream_id}"
    return f"All records of {names.get(whose, 'a former member')}"
