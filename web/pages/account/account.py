"""Your sessions and passkeys: what is open, what opens it, and how to end either."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.membership import Role
from aggregates.person import PersonCommand, RevokePasskey, RevokeSession
from aggregates.private import Private
from commands.context import Actor
from web import calendar, who
from web.access import is_fresh
from web.browser_sessions import BrowserSession
from web.client_address import address_of
from web.errors import PageError
from web.forms import parse_id, read_form
from web.guard import role_of
from web.identity.agents import AGENT_WORDS
from web.identity.entering import identity_of
from web.identity.passkeys import Registered
from web.identity.session_store import KeptSession
from web.parts import Parts, parts_of

_SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One open session."""

    session_id: UUID
    browser: str
    opened: str
    seen: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """One passkey; nobody names them, so that no name is kept."""

    key: str
    number: int
    registered: str
    used: str | None
    is_synced: bool
    is_this: bool


async def show(request: Request) -> Response:
    """Answer `GET /account`."""
    session, parts = who.session_of(request), parts_of(request)
    identity, person_id = identity_of(request), session.actor.person_id
    sessions = await run_in_threadpool(parts.sessions.of_person, person_id)
    registered = await run_in_threadpool(identity.passkeys.of_person, person_id)
    recovery = await run_in_threadpool(identity.recovery.of_person, person_id)
    words = _in_words(parts)
    values: dict[str, object] = {
        "signed_in": "account" if session.has_practice else None,
        "is_owner": role_of(request) is Role.OWNER,
        "is_stepped_up": is_fresh(session, parts.clock.now_us()),
        "sessions": [_session_line(each, session, words) for each in sessions],
        "passkeys": [
            _passkey_line(place, each, session, words) for place, each in enumerate(registered, 1)
        ],
        "codes_left": await run_in_threadpool(identity.recovery.codes_left, person_id),
        "recovery": recovery,
        "opens": words(recovery.opens_at_us) if recovery and recovery.opens_at_us else None,
    }
    return parts.renderer.page(request, "account.html", values)


async def revoke_session(request: Request) -> Response:
    """Answer `POST /account/revoke-session`: ends one session, at once."""
    session = who.session_of(request)
    form = await read_form(request)
    await _revoke(request, session, [parse_id(form.get("session_id", ""), "bad-form")])
    return _back()


async def revoke_others(request: Request) -> Response:
    """Answer `POST /account/revoke-others`: ends all sessions but this one."""
    session, parts = who.session_of(request), parts_of(request)
    found = await run_in_threadpool(parts.sessions.of_person, session.actor.person_id)
    others = [each.session_id for each in found if each.session_id != session.session_id]
    await _revoke(request, session, others)
    return _back()


async def revoke_passkey(request: Request) -> Response:
    """Answer `POST /account/revoke-passkey`: it counts no more, and what it opened is closed."""
    session, parts = who.session_of(request), parts_of(request)
    form, identity = await read_form(request), identity_of(request)
    person_id, credential_id = session.actor.person_id, _credential(form.get("passkey", ""))
    if not await run_in_threadpool(identity.passkeys.revoke, person_id, credential_id):
        raise PageError("last-passkey")
    command = RevokePasskey(person_id=person_id, credential_id=credential_id)
    await run_in_threadpool(_tell_everywhere, request, person_id, command)
    found = await run_in_threadpool(parts.sessions.of_person, person_id)
    opened = [each.session_id for each in found if each.credential_id == credential_id]
    await _revoke(request, session, opened)
    return _back()


async def new_codes(request: Request) -> Response:
    """Answer `POST /account/recovery-codes`: ten new ones, and those before are worth nothing."""
    session = who.session_of(request)
    recovery = identity_of(request).recovery
    codes = await run_in_threadpool(recovery.new_codes, session.actor.person_id)
    values: dict[str, object] = {"codes": [code.reveal() for code in codes]}
    return parts_of(request).renderer.page(request, "recovery_codes.html", values)


async def stop_recovery(request: Request) -> Response:
    """Answer `POST /account/stop-recovery`: whoever has a passkey needs none."""
    session = who.session_of(request)
    await run_in_threadpool(identity_of(request).recovery.stop, session.actor.person_id)
    return _back()


async def _revoke(request: Request, session: BrowserSession, session_ids: list[UUID]) -> None:
    parts, person_id = parts_of(request), session.actor.person_id
    ended = await run_in_threadpool(parts.sessions.revoke, person_id, session_ids)
    if not session.has_practice:
        return
    record, address = identity_of(request).registry.person, Private(address_of(request))
    for session_id in ended:
        told = RevokeSession(session_id=session_id, address=address)
        await run_in_threadpool(record, session.actor, person_id, told)


def _tell_everywhere(request: Request, person_id: UUID, command: PersonCommand) -> None:
    registry = identity_of(request).registry
    for standing in registry.standings(person_id):
        registry.person(Actor(standing.practice_id, person_id), person_id, command)


def _back() -> Response:
    return RedirectResponse("/account", _SEE_OTHER)


def _in_words(parts: Parts) -> Callable[[int], str]:
    zone = parts.settings.time_zone

    def words(at_us: int) -> str:
        moment = calendar.local_time(at_us, zone)
        is_today = moment.date() == parts.today()
        day = "today" if is_today else calendar.day_with_year(moment.date())
        return f"{day}, {calendar.clock(moment)}"

    return words


def _session_line(
    kept: KeptSession, session: BrowserSession, words: Callable[[int], str]
) -> SessionLine:
    return SessionLine(
        kept.session_id,
        AGENT_WORDS[kept.agent],
        words(kept.opened_at_us),
        words(kept.seen_at_us),
        kept.session_id == session.session_id,
    )


def _passkey_line(
    place: int, registered: Registered, session: BrowserSession, words: Callable[[int], str]
) -> PasskeyLine:
    passkey = registered.passkey
    return PasskeyLine(
        base64.urlsafe_b64encode(passkey.credential_id).decode(),
        place,
        words(registered.registered_at_us),
        words(registered.used_at_us) if registered.used_at_us else None,
        passkey.is_synced,
        passkey.credential_id == session.credential_id,
    )


def _credential(text: str) -> bytes:
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise PageError("bad-form") from None
