"""Access for programs: the tokens a person gave, a new one shown once, and taking one back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregates.api_token import TOKEN_DAYS_MAX, CreateApiToken, RevokeApiToken, TokenPurpose
from aggregates.form import FormReading, present, read_choice
from aggregates.membership import Role
from aggregates.refusal import FieldsRefused, RefusalCode, Refused
from commands.context import Actor
from web import calendar
from web.access import is_fresh
from web.access_rows import LOGGERS, OFFICERS, OWNERS, SUPERVISORS
from web.forms import parse_id, read_form
from web.guard import role_of
from web.identity.api_tokens import TOKENS_MAX, ApiToken
from web.identity.entering import identity_of
from web.parts import Parts, parts_of
from web.who import session_of, who

_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422
_DAY_US: Final = 86_400_000_000
DAYS_USUAL: Final = "30"
PURPOSE_WORDS: Final[Mapping[TokenPurpose, str]] = {
    TokenPurpose.READ_OWN: "Read my records",
    TokenPurpose.LOG_SESSIONS: "Read my records, log and correct sessions and activities",
    TokenPurpose.DELETE_SESSIONS: (
        "Read my records, log, correct and delete sessions and activities"
    ),
    TokenPurpose.SUBMIT_WEEKS: (
        "Read my records, log and correct sessions and activities, submit weeks, take them back"
    ),
    TokenPurpose.SUPERVISE: "Read the weeks that were handed to me to sign",
    TokenPurpose.MEMBERS: "See, invite, change and remove members",
    TokenPurpose.COMPLIANCE_REVIEW: "Look back at the whole practice",
}
_ROLES: Final[Mapping[TokenPurpose, frozenset[Role]]] = {
    TokenPurpose.READ_OWN: frozenset(Role),
    TokenPurpose.LOG_SESSIONS: LOGGERS,
    TokenPurpose.DELETE_SESSIONS: LOGGERS,
    TokenPurpose.SUBMIT_WEEKS: LOGGERS,
    TokenPurpose.SUPERVISE: SUPERVISORS,
    TokenPurpose.MEMBERS: OWNERS,
    TokenPurpose.COMPLIANCE_REVIEW: OFFICERS,
}


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token that counts; nobody names them, so that no name is kept."""

    token_id: str
    purpose: str
    created: str
    used: str | None
    expires: str
    is_here: bool


async def show(request: Request) -> Response:
    """Answer `GET /account/tokens`."""
    return await _page(request)


async def create(request: Request) -> Response:
    """Answer `POST /account/tokens`: on record first; the token is shown once."""
    form, actor = await read_form(request), who(request)
    try:
        purpose, days = _read(form, role_of(request))
        text, end_us = await run_in_threadpool(_create, request, actor, purpose, days)
    except FieldsRefused as refused:
        errors = {e.field: e.sentence for e in refused.errors if e.field is not None}
        return await _page(request, errors, form)
    except Refused as refused:
        return await _page(request, {refused.field or "purpose": refused.sentence}, form)
    values: dict[str, object] = {
        "token": text,
        "ends": _words(end_us, parts_of(request)),
        "purpose": PURPOSE_WORDS[purpose],
    }
    return parts_of(request).renderer.page(request, "token_new.html", values)


async def revoke(request: Request) -> Response:
    """Answer `POST /account/tokens/revoke`: it counts no more from here on."""
    form = await read_form(request)
    token_id = parse_id(form.get("token_id", ""), "bad-form")
    await run_in_threadpool(_revoke, request, who(request), token_id)
    return RedirectResponse("/account/tokens", _SEE_OTHER)


def purposes_for(role: Role | None) -> list[TokenPurpose]:
    """Return what a program of a member may be for: nothing the member may not do."""
    return [each for each in TokenPurpose if role in _ROLES[each]]


def _create(request: Request, actor: Actor, purpose: TokenPurpose, days: int) -> tuple[str, int]:
    """Return what is shown once, and when it ends."""
    identity, parts = identity_of(request), parts_of(request)
    if len(identity.api_tokens.of_person(actor.person_id)) >= TOKENS_MAX:
        raise Refused(RefusalCode.TOKENS_FULL, field="purpose")
    now_us, token_id = parts.clock.now_us(), parts.ids.new()
    token = ApiToken(
        token_id=token_id,
        person_id=actor.person_id,
        practice_id=actor.practice_id,
        purpose=purpose,
        created_at_us=now_us,
        expires_at_us=_end_us(request, actor, now_us + days * _DAY_US),
    )
    told = CreateApiToken(
        person_id=actor.person_id,
        token_id=token_id,
        purpose=purpose,
        at_us=now_us,
        expires_at_us=token.expires_at_us,
    )
    identity.registry.person(actor, actor.person_id, told)
    return identity.api_tokens.create(token), token.expires_at_us


def _end_us(request: Request, actor: Actor, wanted_us: int) -> int:
    """Return when it ends: with the membership, where that is sooner."""
    standing = identity_of(request).registry.standing(actor)
    if standing is None or standing.ends_at_us is None:
        return wanted_us
    return min(wanted_us, standing.ends_at_us)


def _revoke(request: Request, actor: Actor, token_id: UUID) -> None:
    identity = identity_of(request)
    for token in identity.api_tokens.revoke(actor.person_id, token_id):
        told = RevokeApiToken(person_id=actor.person_id, token_id=token.token_id)
        there = Actor(token.practice_id, actor.person_id)
        identity.registry.person(there, actor.person_id, told)


def _read(form: Mapping[str, str], role: Role | None) -> tuple[TokenPurpose, int]:
    reading = FormReading(form)
    purpose = reading.read("purpose", lambda text: _purpose(text, role))
    days = reading.read("days", _days)
    reading.finish()
    return present(purpose), present(days)


def _purpose(text: str, role: Role | None) -> TokenPurpose:
    purpose = read_choice(text, TokenPurpose, RefusalCode.TOKEN_PURPOSE_UNKNOWN)
    if purpose not in purposes_for(role):
        raise Refused(RefusalCode.TOKEN_PURPOSE_UNKNOWN)
    return purpose


def _days(text: str) -> int:
    is_figure = text.isascii() and text.isdigit() and len(text) <= len(str(TOKEN_DAYS_MAX))
    if not (is_figure and 1 <= int(text) <= TOKEN_DAYS_MAX):
        raise Refused(RefusalCode.TOKEN_DAYS_INVALID)
    return int(text)


async def _page(
    request: Request,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    session, parts, typed = session_of(request), parts_of(request), typed or {}
    found = await run_in_threadpool(
        identity_of(request).api_tokens.of_person, session.actor.person_id
    )
    values: dict[str, object] = {
        "signed_in": "account",
        "is_stepped_up": is_fresh(session, parts.clock.now_us()),
        "tokens": [_line(each, session.actor, parts) for each in found],
        "purposes": [(each, PURPOSE_WORDS[each]) for each in purposes_for(role_of(request))],
        "days_max": TOKEN_DAYS_MAX,
        "errors": errors or {},
        "typed": {
            "purpose": typed.get("purpose", "")[:80],
            "days": typed.get("days", DAYS_USUAL)[:3],
        },
    }
    status = _UNPROCESSABLE if errors else 200
    return parts.renderer.page(request, "tokens.html", values, status=status)


def _line(token: ApiToken, actor: Actor, parts: Parts) -> TokenLine:
    return TokenLine(
        str(token.token_id),
        PURPOSE_WORDS[token.purpose],
        _words(token.created_at_us, parts),
        _words(token.used_at_us, parts) if token.used_at_us else None,
        _words(token.expires_at_us, parts),
        token.practice_id == actor.practice_id,
    )


def _words(at_us: int, parts: Parts) -> str:
    moment = calendar.local_time(at_us, parts.settings.time_zone)
    return f"{calendar.day_with_year(moment.date())}, {calendar.clock(moment)}"
