"""Stands before every page: finds who asks, decides by the table, writes the look down (I8)."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, assert_never
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.access import ReadRecords, RefuseAccess, RefusedFor
from aggregates.hours.enrolment_entry import WeekStart
from aggregates.practice import Role
from aggregates.week import week_of
from commands.context import Actor
from commands.practice import Standing
from ledger.errors import LedgerError
from web.access import Reads, Row, Verdict, Whose, decide
from web.addresses import day_of, stream_of
from web.bearer import TokenSession, find_token, forget_tokens
from web.browser_sessions import BrowserSession
from web.client_address import client_address
from web.emergency_addresses import SESSION_PART, session_in
from web.errors import PageError
from web.news import news_of
from web.parts import Parts, parts_of
from web.render import NEWS_KEY, ROLE_KEY
from web.services import Records
from web.who import SESSION_KEY, token_of

Endpoint = Callable[[Request], Awaitable[Response]]
_KEY: Final = "web.admitted"
_ROLE_REFUSED: Final = frozenset({Verdict.ROLE, Verdict.OFFICER, Verdict.OWNER})


@dataclass(slots=True)
class Admitted:
    """Who was let in to what: `look` is None where no records are shown.

    `standing` may be None where nobody has to be a member.
    """

    session: BrowserSession | TokenSession
    standing: Standing | None
    look: ReadRecords | None
    is_written: bool = False


def guarded(row: Row, endpoint: Endpoint) -> Endpoint:
    """Return the endpoint as it may be reached: by whom the row lets, after the look is on record.

    Raises PageError for a refusal, and what the ledger raises when it takes no event: then the
    endpoint is not called. HEAD is a look like GET, and so is one that ends in an error.
    """

    async def admit_and_answer(request: Request) -> Response:
        if not row.is_public:
            admitted = await run_in_threadpool(_admit, request, row)
            request.scope[_KEY] = admitted
            if isinstance(admitted.session, BrowserSession):
                request.scope[SESSION_KEY] = admitted.session
            if admitted.standing is not None:
                request.scope[ROLE_KEY] = admitted.standing.role.value
        return await endpoint(request)

    return admit_and_answer


async def reading(request: Request) -> Records:
    """Return the way to records, which is only open once this look is on record.

    Raises what the ledger raises when it takes no event.
    """
    return await run_in_threadpool(records_of, request)


def records_of(request: Request) -> Records:
    """Return the same, on a worker thread."""
    admitted = _admitted(request)
    if not admitted.is_written:
        _write(request, admitted)
    return parts_of(request).services.records


def whose_of(request: Request) -> UUID:
    """Return whose records this page is let to, which is not who asks under emergency access."""
    look = _admitted(request).look
    assert look is not None, "the table says that this page shows no records"
    assert look.whose is not None, "the table says that this page is of one person's records"
    return look.whose


def program_of(request: Request) -> TokenSession:
    """Return the program that asks, where the table lets programs in."""
    session = _admitted(request).session
    assert isinstance(session, TokenSession), "the table says that this is for programs"
    return session


def standing_of(request: Request) -> Standing:
    """Return how the person stands in their practice, on a page for members."""
    standing = _admitted(request).standing
    assert standing is not None, "the table says that this page is for members"
    return standing


def role_of(request: Request) -> Role | None:
    """Return the person's role, None where they are in no practice (any more)."""
    standing = _admitted(request).standing
    return standing.role if standing else None


def _admitted(request: Request) -> Admitted:
    admitted = request.scope[_KEY]
    assert isinstance(admitted, Admitted)
    return admitted


def _admit(request: Request, row: Row) -> Admitted:
    """Find, decide and write; on a worker thread, for all of it may wait for the database."""
    parts = parts_of(request)
    session = find_token(request) if row.tokens else _browser_session(parts, request)
    standing = _standing(parts, session, row) if session else None
    verdict = decide(row, session, standing, parts.clock.now_us())
    if session is None or verdict is not Verdict.ALLOWED:
        if session is not None and standing is not None and verdict in _ROLE_REFUSED:
            _refuse_role(request, row.reads, session, standing)
        if isinstance(session, TokenSession) and verdict is Verdict.NOT_A_MEMBER:
            forget_tokens(request, session.actor)
            verdict = Verdict.TOKEN
        raise PageError(verdict.value)
    if standing is not None:
        request.scope[NEWS_KEY] = news_of(parts, session.actor)
    admitted = Admitted(session, standing, None)
    if row.reads is not None and standing is not None:
        admitted.look = _look(request, row.reads, session, standing)
        if not row.reads.is_answer_only:
            _write(request, admitted)
    return admitted


def _browser_session(parts: Parts, request: Request) -> BrowserSession | None:
    token = token_of(request)
    return parts.sessions.find(token) if token else None


def _standing(parts: Parts, session: BrowserSession | TokenSession, row: Row) -> Standing | None:
    """Return it where it decides; elsewhere it only says which pages are offered, if it can."""
    if not session.has_practice:
        return None
    try:
        return parts.services.standing(session.actor)
    except LedgerError:
        if row.roles:
            raise
        return None


def _write(request: Request, admitted: Admitted) -> None:
    assert admitted.look is not None, "the table says that this page shows no records"
    parts_of(request).services.record_access(admitted.session.actor, admitted.look)
    admitted.is_written = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What an address names: whose record, and which."""

    is_theirs: bool
    whose: UUID | None
    stream_id: UUID | None = None
    day: dt.date | None = None


def _target(request: Request, reads: Reads, session: BrowserSession | TokenSession) -> _Target:
    """Find it out. Raises PageError not-found for an address that names nothing at all."""
    services, actor = parts_of(request).services, session.actor
    person_id = actor.person_id
    match reads.whose:
        case Whose.OWN:
            has_day = "day" in request.path_params
            day = week_of(day_of(request), _week_start(session)) if has_day else None
            return _Target(is_theirs=True, whose=person_id, day=day)
        case Whose.SESSION:
            stream_id = stream_of(request)
            whose = services.session_owner(actor, stream_id)
            return _Target(is_theirs=whose == person_id, whose=whose, stream_id=stream_id)
        case Whose.SLOT:
            is_theirs = services.slot(actor) == request.path_params["slot"]
            return _Target(is_theirs=is_theirs, whose=None)
        case Whose.PRACTICE:
            return _Target(is_theirs=True, whose=None)
        case Whose.EMERGENCY:
            return _emergency_target(request, actor)
        case _:
            assert_never(reads.whose)


def _emergency_target(request: Request, actor: Actor) -> _Target:
    """Return what a request lets who asked for it read: asked of its own events, and the clock."""
    services, request_id = parts_of(request).services, stream_of(request)
    whose = services.emergency.opened_for(actor, request_id)
    if whose is None:
        return _Target(is_theirs=False, whose=None, stream_id=request_id)
    if SESSION_PART not in request.path_params:
        return _Target(is_theirs=True, whose=whose, day=week_of(day_of(request)))
    session_id = session_in(request)
    owner = services.session_owner(actor, session_id)
    return _Target(is_theirs=owner == whose, whose=owner, stream_id=session_id)


def _look(
    request: Request, reads: Reads, session: BrowserSession | TokenSession, standing: Standing
) -> ReadRecords:
    """Return what is to be written. Raises PageError not-found for what is not theirs.

    A record that is not there takes the same way as one of somebody else, up to the event.
    """
    actor, address = session.actor, client_address(request)
    target = _target(request, reads, session)
    if not target.is_theirs:
        refused = RefuseAccess(
            reader_id=actor.person_id,
            role=standing.role,
            kind=reads.kind,
            whose=target.whose,
            stream_id=target.stream_id,
            reason=RefusedFor.NOT_THEIRS,
            ip_address=address,
            token_id=_token_id(session),
        )
        parts_of(request).services.record_access(actor, refused)
        raise PageError("not-found")
    return ReadRecords(
        reader_id=actor.person_id,
        role=standing.role,
        kind=reads.kind,
        whose=target.whose,
        stream_id=target.stream_id,
        day=target.day,
        purpose=reads.purpose,
        ip_address=address,
        token_id=_token_id(session),
    )


def _week_start(session: BrowserSession | TokenSession) -> WeekStart:
    """Return the day on which the weeks that are shown begin; programs are shown Sundays."""
    return session.week_start if isinstance(session, BrowserSession) else WeekStart.SUNDAY


def _token_id(session: BrowserSession | TokenSession) -> UUID | None:
    return session.token.token_id if isinstance(session, TokenSession) else None


def _refuse_role(
    request: Request,
    reads: Reads | None,
    session: BrowserSession | TokenSession,
    standing: Standing,
) -> None:
    """Write down that somebody asked for what is for another role; whose, was not looked up."""
    if reads is None:
        return
    refused = RefuseAccess(
        reader_id=session.actor.person_id,
        role=standing.role,
        kind=reads.kind,
        whose=None,
        reason=RefusedFor.ROLE,
        ip_address=client_address(request),
        token_id=_token_id(session),
    )
    parts_of(request).services.record_access(session.actor, refused)
