"""The members of a practice, for its owners: invite, change a role, remove, approve a recovery."""

from collections.abc import Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.person import ApproveRecovery
from aggregates.private import Private
from aggregates.refusal import FieldsRefused, Refused
from web import who
from web.access import is_fresh
from web.browser_sessions import BrowserSession
from web.errors import PageError
from web.forms import form_id, parse_id, read_form
from web.identity import member_acts
from web.identity.entering import identity_of
from web.identity.mail import Letter, Mail
from web.identity.member_acts import Acting
from web.pages.account.members_in_words import members_in_words
from web.parts import parts_of

_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422
TYPED_MAX: Final = 254


async def show(request: Request) -> Response:
    """Answer `GET /members`, for owners."""
    return await _page(request, who.session_of(request))


async def invite(request: Request) -> Response:
    """Answer `POST /members/invite`: on record first, then a letter without any name."""
    session = who.session_of(request)
    form = await read_form(request)
    acting = Acting(request, session.actor)
    try:
        await run_in_threadpool(member_acts.invite, acting, form, form_id(form))
    except FieldsRefused as refused:
        errors = {e.field: e.sentence for e in refused.errors if e.field is not None}
        return await _page(request, session, errors, form)
    except Refused as refused:
        return await _page(request, session, {refused.field or "email": refused.sentence}, form)
    return _back()


async def change_role(request: Request) -> Response:
    """Answer `POST /members/role`; open sessions end, so that the old role is gone at once."""
    session = who.session_of(request)
    form = await read_form(request)
    person_id = parse_id(form.get("person_id", ""), "bad-form")
    acting = Acting(request, session.actor)
    try:
        await run_in_threadpool(member_acts.change_role, acting, person_id, form, form_id(form))
    except Refused as refused:
        return await _page(request, session, {f"member-{person_id}": refused.sentence})
    return _back()


async def remove(request: Request) -> Response:
    """Answer `POST /members/remove`: their sessions in this practice end at once."""
    session = who.session_of(request)
    form = await read_form(request)
    person_id = parse_id(form.get("person_id", ""), "bad-form")
    acting = Acting(request, session.actor)
    try:
        await run_in_threadpool(member_acts.remove, acting, person_id, form_id(form))
    except Refused as refused:
        return await _page(request, session, {f"member-{person_id}": refused.sentence})
    return _back()


async def approve_recovery(request: Request) -> Response:
    """Answer `POST /members/recovery`: on record, a letter to the person, and a day's delay."""
    session = who.session_of(request)
    form, identity = await read_form(request), identity_of(request)
    actor, person_id = session.actor, parse_id(form.get("person_id", ""), "bad-form")
    members = await run_in_threadpool(identity.registry.members, actor)
    if person_id not in {each.person_id for each in members.members}:
        raise PageError("not-found")
    if person_id == actor.person_id:
        raise PageError("not-found")
    approved = await run_in_threadpool(identity.recovery.approve, person_id, actor.practice_id)
    if approved is not None:
        opens_at_us, address = approved
        told = ApproveRecovery(
            person_id=person_id, approved_by=actor.person_id, opens_at_us=opens_at_us
        )
        await run_in_threadpool(identity.registry.person, actor, person_id, told)
        link = Private(f"{parts_of(request).settings.public_origin}/sign-in")
        identity.outbox.put(Mail(address, Letter.RECOVERY, link))
    return _back()


def _back() -> Response:
    return RedirectResponse("/members", _SEE_OTHER)


async def _page(
    request: Request,
    session: BrowserSession,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    parts, identity = parts_of(request), identity_of(request)
    actor, typed = session.actor, typed or {}
    members = await run_in_threadpool(identity.registry.members, actor)
    asked = await run_in_threadpool(identity.recovery.of_practice, actor.practice_id)
    values: dict[str, object] = {
        "signed_in": "members",
        "is_stepped_up": is_fresh(session, parts.clock.now_us()),
        "form_id": parts.ids.new(),
        "errors": errors or {},
        "typed": {name: typed.get(name, "")[:TYPED_MAX] for name in ("email", "role", "until")},
        "page": members_in_words(members, asked, actor.person_id, parts.settings.time_zone),
    }
    status = _UNPROCESSABLE if errors else 200
    return parts.renderer.page(request, "members.html", values, status=status)
