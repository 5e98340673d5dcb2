"""Signing in: asking for a link, using it, or a passkey; and signing out."""

from contextlib import suppress
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.email_address import read_email
from aggregates.person import SignOut
from aggregates.private import Private
from aggregates.refusal import Refused
from commands.context import Actor
from ledger.errors import LedgerError
from ledger.ids import NIL
from web import who
from web.assurance import Assurance
from web.browser_sessions import Terms
from web.client_address import address_of
from web.errors import PageError
from web.forms import read_form
from web.identity.agents import agent_of
from web.identity.ceremony import PasskeyRefused
from web.identity.challenges import Purpose
from web.identity.entering import enter, enter_practice, identity_of
from web.identity.links import NotRedeemed
from web.identity.mail import Letter, Mail
from web.identity.tokens import hash_of, new_token
from web.pages.account.passkeys import ask_to_check
from web.parts import parts_of

_SEE_OTHER: Final = 303
_FORBIDDEN: Final = 403
_UNPROCESSABLE: Final = 422
EMAIL_SHOWN_MAX: Final = 254


async def show(request: Request) -> Response:
    """Answer `GET /sign-in`; changes nothing, so that a scanner of links does no harm."""
    return _page(request)


async def ask(request: Request) -> Response:
    """Answer `POST /sign-in/link`: the same for every address, also in the time it takes."""
    form, identity = await read_form(request), identity_of(request)
    typed = form.get("email", "")
    try:
        email = read_email(typed)
    except Refused as refused:
        shown = typed[:EMAIL_SHOWN_MAX]
        return _page(request, trouble=refused.sentence, email=shown, status=_UNPROCESSABLE)
    asked = await run_in_threadpool(identity.links.ask, email, address_of(request))
    if asked is None:
        raise PageError("too-many")
    parts = parts_of(request)
    link = Private(f"{parts.settings.public_origin}/sign-in#{asked.token}")
    identity.outbox.put(Mail(email, Letter.SIGN_IN, link) if asked.is_known else None)
    code = f"{asked.compare_code[:3]} {asked.compare_code[3:]}"
    response = parts.renderer.page(request, "mail_sent.html", {"compare_code": code})
    who.set_browser(response, asked.browser)
    return response


async def redeem(request: Request) -> Response:
    """Answer `POST /sign-in`: a code is used up here, right or wrong, and only here."""
    form, parts = await read_form(request), parts_of(request)
    code = form.get("code", "").strip()
    actor = parts.sign_in.redeem(code) if parts.sign_in else None
    if actor is not None:
        return await _enter_development(request, actor)
    if parts.identity is None:
        return _page(request, is_refused=True)
    compare = form.get("compare", "").replace(" ", "")
    links, browser = parts.identity.links, who.browser_of(request)
    person_id = await run_in_threadpool(links.redeem, code, browser, compare)
    match person_id:
        case NotRedeemed.INVALID:
            return _page(request, is_refused=True)
        case NotRedeemed():
            values: dict[str, object] = {
                "code": code,
                "is_wrong": person_id is NotRedeemed.WRONG_CODE,
            }
            status = _FORBIDDEN if values["is_wrong"] else 200
            return parts.renderer.page(request, "compare.html", values, status=status)
        case _:
            response = RedirectResponse("/passkeys/new", _SEE_OTHER)
            terms = Terms(agent=agent_of(request))
            await who.sign_in(request, response, Actor(NIL, person_id), Assurance.ENROLMENT, terms)
            return response


async def challenge(request: Request) -> Response:
    """Answer `POST /sign-in/challenge`: the options for the browser, as JSON."""
    # The name may be that of a link that was asked for: it stays.
    browser = who.browser_of(request) or new_token()
    response = await ask_to_check(request, Purpose.SIGN_IN, hash_of(browser), None)
    who.set_browser(response, browser)
    return response


async def with_passkey(request: Request) -> Response:
    """Answer `POST /sign-in/passkey`."""
    form, identity = await read_form(request), identity_of(request)
    browser = who.browser_of(request)
    if browser is None:
        raise PageError("passkey-refused")
    bound_to, answer = hash_of(browser), form.get("answer", "")
    try:
        checked = await run_in_threadpool(
            identity.passkeys.check, Purpose.SIGN_IN, bound_to, answer, None
        )
    except PasskeyRefused:
        raise PageError("passkey-refused") from None
    return await enter(request, checked.person_id, checked.credential_id)


async def leave(request: Request) -> Response:
    """Answer `POST /sign-out`; the session ends even where the log cannot be told.

    The browser is cleared also where its session had ended before.
    """
    parts, token = parts_of(request), who.token_of(request)
    session = await run_in_threadpool(parts.sessions.find, token) if token else None
    response = RedirectResponse("/sign-in", _SEE_OTHER)
    await who.sign_out(request, response)
    if parts.identity is not None and session is not None and session.has_practice:
        told = SignOut(session_id=session.session_id, address=Private(address_of(request)))
        record, actor = parts.identity.registry.person, session.actor
        with suppress(LedgerError):
            await run_in_threadpool(record, actor, actor.person_id, told)
    return response


async def _enter_development(request: Request, actor: Actor) -> Response:
    """Enter by a link of the terminal: fully, or only as a link by mail does where so set."""
    parts = parts_of(request)
    terms = Terms(agent=agent_of(request))
    if parts.settings.development_passkeys:
        response = RedirectResponse("/passkeys/new", _SEE_OTHER)
        person = Actor(NIL, actor.person_id)
        await who.sign_in(request, response, person, Assurance.ENROLMENT, terms)
        return response
    if parts.identity is not None:
        return await enter_practice(request, actor, terms)
    response = RedirectResponse("/", _SEE_OTHER)
    await who.sign_in(request, response, actor, Assurance.PASSKEY, terms)
    return response


def _page(
    request: Request,
    *,
    is_refused: bool = False,
    trouble: str | None = None,
    email: str = "",
    status: int = 200,
) -> Response:
    parts = parts_of(request)
    values: dict[str, object] = {
        "has_mail": parts.identity is not None,
        "in_development": parts.sign_in is not None,
        "refused": is_refused,
        "trouble": trouble,
        "email": email,
    }
    status = _FORBIDDEN if is_refused else status
    return parts.renderer.page(request, "sign_in.html", values, status=status)
