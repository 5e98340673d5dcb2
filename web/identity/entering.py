"""Lets a person whose passkey was checked into a practice, and puts that on record first."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.person import SignIn
from aggregates.private import Private
from commands.context import Actor
from commands.membership import Standing
from ledger.ids import NIL
from web.assurance import Assurance
from web.browser_sessions import BrowserSession, Terms
from web.client_address import address_of
from web.errors import PageError
from web.identity.agents import agent_of
from web.identity.identity import Identity
from web.parts import parts_of
from web.who import sign_in

_SEE_OTHER: Final = 303


def identity_of(request: Request) -> Identity:
    """Return the parts of sign-in. Raises PageError not-found where there are none."""
    identity = parts_of(request).identity
    if identity is None:
        raise PageError("not-found")
    return identity


async def enter(request: Request, person_id: UUID, credential_id: bytes) -> Response:
    """Answer a passkey check that was passed: into the one practice there is, or to a choice."""
    standings = await run_in_threadpool(identity_of(request).registry.standings, person_id)
    terms = Terms(agent=agent_of(request), credential_id=credential_id)
    if len(standings) == 1 and standings[0].role is not None:
        actor = Actor(standings[0].practice_id, person_id)
        return await enter_practice(request, actor, terms, standings[0].ends_at_us)
    response = RedirectResponse("/practices", _SEE_OTHER)
    await sign_in(request, response, Actor(NIL, person_id), Assurance.PASSKEY, terms)
    return response


async def choose(request: Request, session: BrowserSession, standing: Standing) -> Response:
    """Answer the choice of a practice: a new session in it, no longer and no surer than before."""
    terms = Terms(
        agent=agent_of(request),
        credential_id=session.credential_id,
        ends_at_us=session.ends_at_us,
        checked_at_us=session.stepped_up_at_us,
    )
    actor = Actor(standing.practice_id, session.actor.person_id)
    return await enter_practice(request, actor, terms, standing.ends_at_us)


async def enter_practice(
    request: Request, actor: Actor, terms: Terms, term_ends_at_us: int | None = None
) -> Response:
    """Open a session in a practice; that somebody comes in is in its log before they are."""
    identity, parts = identity_of(request), parts_of(request)
    session_id = parts.ids.new()
    registered = await run_in_threadpool(identity.passkeys.of_person, actor.person_id)
    told = SignIn(
        person_id=actor.person_id,
        session_id=session_id,
        credential_id=terms.credential_id,
        agent=terms.agent,
        address=Private(address_of(request)),
        passkeys=tuple(each.passkey for each in registered),
    )
    await run_in_threadpool(identity.registry.person, actor, actor.person_id, told)
    ends = [each for each in (terms.ends_at_us, term_ends_at_us) if each is not None]
    opened = replace(terms, session_id=session_id, ends_at_us=min(ends, default=None))
    response = RedirectResponse("/", _SEE_OTHER)
    await sign_in(request, response, actor, Assurance.PASSKEY, opened)
    # Whoever was removed meanwhile had no session yet that could be ended.
    if await run_in_threadpool(parts.services.standing, actor) is None:
        await run_in_threadpool(parts.sessions.revoke, actor.person_id, [session_id])
        raise PageError("sign-in-needed")
    return response
