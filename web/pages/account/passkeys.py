"""Challenges for passkeys, and the page on which a passkey is created."""

from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.person import Passkey, RegisterPasskey, RevokePasskey
from commands.context import Actor
from web import who
from web.assurance import Assurance
from web.browser_sessions import BrowserSession
from web.client_address import address_of
from web.errors import PageError
from web.forms import read_form
from web.identity.ceremony import PasskeyRefused
from web.identity.challenges import Purpose
from web.identity.entering import enter, identity_of
from web.parts import parts_of

_SEE_OTHER: Final = 303
JSON: Final = "application/json"


async def challenge(request: Request) -> Response:
    """Answer `POST /passkeys/challenge`: the options to create one, as JSON."""
    session = who.session_of(request)
    await _confirm_may_enrol(request, session)
    create, bound_to = identity_of(request).passkeys.ask_to_create, who.bound_session(request)
    options = await run_in_threadpool(create, session.actor.person_id, bound_to)
    return Response(options, media_type=JSON)


async def ask_to_check(
    request: Request, purpose: Purpose, bound_to: bytes, person_id: UUID | None
) -> Response:
    """Answer with the options to check a passkey. Raises PageError too-many."""
    ask, address = identity_of(request).passkeys.ask_to_check, address_of(request)
    options = await run_in_threadpool(ask, purpose, bound_to, person_id, address)
    if options is None:
        raise PageError("too-many")
    return Response(options, media_type=JSON)


async def show(request: Request) -> Response:
    """Answer `GET /passkeys/new`: creates one, or says what is needed first."""
    session = who.session_of(request)
    person_id = session.actor.person_id
    registered = await run_in_threadpool(identity_of(request).passkeys.of_person, person_id)
    has_recovered = session.has_recovered(parts_of(request).clock.now_us())
    values: dict[str, object] = {
        "is_first": not registered,
        "is_blocked": bool(registered)
        and session.assurance is Assurance.ENROLMENT
        and not has_recovered,
        "has_recovered": has_recovered,
    }
    if session.assurance is Assurance.PASSKEY:
        values["signed_in"] = "account"
    return parts_of(request).renderer.page(request, "passkey_new.html", values)


async def register(request: Request) -> Response:
    """Answer `POST /passkeys/new`: the passkey counts from now on, in every practice's log."""
    session = who.session_of(request)
    form, identity = await read_form(request), identity_of(request)
    has_recovered = await _confirm_may_enrol(request, session)
    person_id, bound_to = session.actor.person_id, who.bound_session(request)
    is_link = session.assurance is Assurance.ENROLMENT
    before = await run_in_threadpool(identity.passkeys.of_person, person_id)
    try:
        passkey = await run_in_threadpool(
            lambda: identity.passkeys.register(
                person_id,
                bound_to,
                form.get("answer", ""),
                only_first=is_link and not has_recovered,
            )
        )
    except PasskeyRefused:
        raise PageError("passkey-refused") from None
    if not is_link:
        await run_in_threadpool(_tell, request, person_id, passkey, [])
        return RedirectResponse("/account", _SEE_OTHER)
    lost = [each.passkey.credential_id for each in before]
    await run_in_threadpool(_replace, request, person_id, lost)
    await run_in_threadpool(_tell, request, person_id, passkey, lost)
    return await _first_entry(request, person_id, passkey)


async def _first_entry(request: Request, person_id: UUID, passkey: Passkey) -> Response:
    """Answer with the recovery codes, shown once; the person is signed in from here on."""
    identity = identity_of(request)
    codes = await run_in_threadpool(identity.recovery.new_codes, person_id)
    entered = await enter(request, person_id, passkey.credential_id)
    values: dict[str, object] = {"codes": [code.reveal() for code in codes]}
    page = parts_of(request).renderer.page(request, "recovery_codes.html", values)
    page.raw_headers += [pair for pair in entered.raw_headers if pair[0] == b"set-cookie"]
    return page


async def _confirm_may_enrol(request: Request, session: BrowserSession) -> bool:
    """Let pass: a first passkey by link, any after a recovery, another one by passkey.

    Returns whether it is after a recovery. Raises PageError passkey-needed.
    """
    if session.assurance is Assurance.PASSKEY:
        return False
    if session.has_recovered(parts_of(request).clock.now_us()):
        return True
    passkeys = identity_of(request).passkeys
    if await run_in_threadpool(passkeys.of_person, session.actor.person_id):
        raise PageError("passkey-needed")
    return False


def _replace(request: Request, person_id: UUID, lost: list[bytes]) -> None:
    """Revoke what was lost, and end every session that may be open with it."""
    parts, identity = parts_of(request), identity_of(request)
    identity.recovery.stop(person_id)
    for credential_id in lost:
        identity.passkeys.revoke(person_id, credential_id)
    open_elsewhere = [each.session_id for each in parts.sessions.of_person(person_id)]
    own = who.session_of(request).session_id
    parts.sessions.revoke(person_id, [each for each in open_elsewhere if each != own])


def _tell(request: Request, person_id: UUID, passkey: Passkey, lost: list[bytes]) -> None:
    """Tell every practice that the person is in, or invited to."""
    registry = identity_of(request).registry
    for standing in registry.standings(person_id):
        actor = Actor(standing.practice_id, person_id)
        registry.person(actor, person_id, RegisterPasskey(person_id=person_id, passkey=passkey))
        for credential_id in lost:
            revoked = RevokePasskey(person_id=person_id, credential_id=credential_id)
            registry.person(actor, person_id, revoked)
