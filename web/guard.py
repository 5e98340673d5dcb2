"""Stands before every page: finds who asks, decides by the table, writes the look down (I8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregates.access import ReadRecords, RefuseAccess, RefusedFor
from aggregates.practice import Role
from commands.practice import Standing
from ledger.errors import LedgerError
from web.access import Reads, Row, Verdict, decide
from web.bearer import TokenSession, find_token, forget_tokens
from web.browser_sessions import BrowserSession
from web.client_address import client_address
from web.errors import PageError
from web.news import news_of
from web.parts import Parts, parts_of
from web.render import NEWS_KEY, ROLE_KEY
from web.services import Records
from web.target import target_of
from web.who import SESSION_KEY, token_of

Endpoint = Callable[[Request], Awaitable[Response]]
_KEY: Final = "web.admitted"
_ROLE_REFUSED: Final = frozenset({Verdict.ROLE, Verdict.OFFICER, Verdict.OWNER})


@dataclass(slots=True)
class Admitted:
    """Who was let in to what: `look` is None where no records are shown, `others` go with it.

    `standing` may be None where nobody has to be a member.
    """

    session: BrowserSession | TokenSession
    standing: Standing | None
    look: ReadRecords | None
    is_written: bool = False
    others: tuple[ReadRecords, ...] = ()


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


def shown_persons(request: Request) -> frozenset[UUID]:
    """Return whose records this look is of: what has come of others since may not be shown."""
    admitted = _admitted(request)
    looks = (admitted.look, *admitted.others)
    return frozenset(each.whose for each in looks if each is not None and each.whose is not None)


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
    if standing is not None and isinstance(session, BrowserSession):
        request.scope[NEWS_KEY] = news_of(parts, session.actor)
    admitted = Admitted(session, standing, None)
    if row.reads is not None and standing is not None:
        looks = _looks(request, row.reads, session, standing)
        admitted.look, admitted.others = (looks[0] if looks else None), looks[1:]
        # Somebody of whom there is nothing to see yet: there is nobody to tell.
        admitted.is_written = not looks
        if not admitted.is_written and not row.reads.is_answer_only:
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
    for look in (admitted.look, *admitted.others):
        parts_of(request).services.record_access(admitted.session.actor, look)
    admitted.is_written = True


def _looks(
    request: Request, reads: Reads, session: BrowserSession | TokenSession, standing: Standing
) -> tuple[ReadRecords, ...]:
    """Return what is to be written, a look a person. Raises PageError not-found for others'.

    A record that is not there takes the same way as one of somebody else, up to the event.
    """
    actor, address = session.actor, client_address(request)
    target = target_of(request, reads, session)
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
    look = ReadRecords(
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
    if target.is_of_nobody:
        return ()
    return (look, *(replace(look, whose=each) for each in target.others))


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
