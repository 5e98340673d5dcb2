"""The members of a practice, for its owners: invite, change a role, remove, approve a recovery."""

import datetime as dt
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.email_address import read_email
from aggregates.form import FormReading, present, read_choice
from aggregates.membership import (
    ChangeRole,
    InviteMember,
    MembershipCommand,
    RemoveMember,
    Role,
)
from aggregates.person import ApproveRecovery, RevokeSession
from aggregates.private import Private
from aggregates.refusal import FieldsRefused, RefusalCode, Refused
from commands.context import Actor
from web import who
from web.access import is_fresh
from web.browser_sessions import BrowserSession
from web.client_address import address_of
from web.errors import PageError
from web.forms import form_id, parse_id, read_form
from web.identity.entering import identity_of
from web.identity.mail import Letter, Mail
from web.pages.members_in_words import members_in_words
from web.parts import Parts, parts_of

_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422
_US: Final = 1_000_000
TYPED_MAX: Final = 254


async def show(request: Request) -> Response:
    """Answer `GET /members`, for owners."""
    return await _page(request, who.session_of(request))


async def invite(request: Request) -> Response:
    """Answer `POST /members/invite`: on record first, then a letter without any name."""
    session = who.session_of(request)
    form = await read_form(request)
    identity, parts = identity_of(request), parts_of(request)
    try:
        email, role, ends_at_us = _read_invitation(form, parts)
        now_us = parts.clock.now_us()
        fresh_id = parts.ids.new()
        person_id = await run_in_threadpool(identity.accounts.open, email, fresh_id, now_us)
        command = InviteMember(
            person_id=person_id,
            role=role,
            invited_by=session.actor.person_id,
            at_us=now_us,
            ends_at_us=ends_at_us,
        )
        await _change(request, session, command, form_id(form))
    except FieldsRefused as refused:
        errors = {e.field: e.sentence for e in refused.errors if e.field is not None}
        return await _page(request, session, errors, form)
    except Refused as refused:
        return await _page(request, session, {refused.field or "email": refused.sentence}, form)
    link = Private(f"{parts.settings.public_origin}/sign-in")
    identity.outbox.put(Mail(email, Letter.INVITATION, link))
    return _back()


async def change_role(request: Request) -> Response:
    """Answer `POST /members/role`; open sessions end, so that the old role is gone at once."""
    session = who.session_of(request)
    form, parts = await read_form(request), parts_of(request)
    person_id = parse_id(form.get("person_id", ""), "bad-form")
    try:
        role = read_choice(form.get("role", ""), Role, RefusalCode.ROLE_UNKNOWN)
        command = ChangeRole(
            person_id=person_id,
            role=role,
            changed_by=session.actor.person_id,
            at_us=parts.clock.now_us(),
            ends_at_us=_end_of(form.get("until", ""), parts),
        )
        await _change(request, session, command, form_id(form))
    except Refused as refused:
        return await _page(request, session, {f"member-{person_id}": refused.sentence})
    if person_id != session.actor.person_id:
        await run_in_threadpool(_end_sessions, request, session.actor, person_id)
    return _back()


async def remove(request: Request) -> Response:
    """Answer `POST /members/remove`: their sessions in this practice end at once."""
    session = who.session_of(request)
    form = await read_form(request)
    person_id = parse_id(form.get("person_id", ""), "bad-form")
    command = RemoveMember(person_id=person_id, removed_by=session.actor.person_id)
    try:
        await _change(request, session, command, form_id(form))
    except Refused as refused:
        return await _page(request, session, {f"member-{person_id}": refused.sentence})
    await run_in_threadpool(_end_sessions, request, session.actor, person_id)
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


async def _change(
    request: Request, session: BrowserSession, command: MembershipCommand, command_id: UUID
) -> None:
    registry = identity_of(request).registry
    handled = await run_in_threadpool(registry.membership, session.actor, command, command_id)
    await run_in_threadpool(registry.wait, handled)


def _end_sessions(request: Request, actor: Actor, person_id: UUID) -> None:
    parts, record = parts_of(request), identity_of(request).registry.person
    found = parts.sessions.of_person(person_id)
    here = [each.session_id for each in found if each.practice_id == actor.practice_id]
    address = Private(address_of(request))
    for session_id in parts.sessions.revoke(person_id, here):
        record(actor, person_id, RevokeSession(session_id=session_id, address=address))


def _read_invitation(form: Mapping[str, str], parts: Parts) -> tuple[Private, Role, int | None]:
    reading = FormReading(form)
    email = reading.read("email", read_email)
    role = reading.read("role", lambda text: read_choice(text, Role, RefusalCode.ROLE_UNKNOWN))
    ends_at_us = reading.read("until", lambda text: _end_of(text, parts))
    reading.finish()
    return present(email), present(role), ends_at_us


def _end_of(text: str, parts: Parts) -> int | None:
    """Return the end of the day that was typed, where the practice is; None for none."""
    if not text:
        return None
    try:
        after = dt.date.fromisoformat(text) + dt.timedelta(days=1)
    except (ValueError, OverflowError):
        raise Refused(RefusalCode.AUDITOR_END_INVALID, field="until") from None
    midnight = dt.datetime.combine(after, dt.time(), parts.settings.time_zone)
    return int(midnight.timestamp()) * _US


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
