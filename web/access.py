"""Who may do what: one table with a row for each route, and the one function that decides."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from aggregates.access import Purpose, RecordKind
from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from commands.practice import Standing
from web.access_hours import HOURS_ROWS
from web.access_rows import (
    GUARDIANS,
    MEMBERS,
    OFFICERS,
    OWNERS,
    Reads,
    Row,
    Whose,
    own_row,
)
from web.assurance import Assurance

STEP_UP_US_MAX: Final = 5 * 60 * 1_000_000
NEVER_STEPPED_UP: Final = 0

_RANK: Final = {Assurance.NONE: 0, Assurance.ENROLMENT: 1, Assurance.PASSKEY: 2}


class Verdict(StrEnum):
    """What was decided; all but ALLOWED are codes of the answers in web/errors.py."""

    ALLOWED = "allowed"
    SIGN_IN = "sign-in-needed"
    NOT_A_MEMBER = "practice-unknown"
    PASSKEY = "passkey-needed"
    PRACTICE = "practice-needed"
    ROLE = "role-needed"
    OFFICER = "officer-only"
    OWNER = "owner-only"
    STEP_UP = "step-up-needed"
    BAA = "baa-not-signed"
    TOKEN = "token-needed"  # noqa: S105 -- a code
    PURPOSE = "purpose-needed"


_FOR_ONE_ROLE: Final[Mapping[frozenset[Role], Verdict]] = MappingProxyType(
    {OFFICERS: Verdict.OFFICER, OWNERS: Verdict.OWNER}
)


class Session(Protocol):
    """What is asked of a signed-in browser's session, or of a token: only that has a purpose."""

    @property
    def assurance(self) -> Assurance: ...
    @property
    def stepped_up_at_us(self) -> int: ...
    @property
    def has_practice(self) -> bool: ...
    @property
    def purpose(self) -> TokenPurpose | None: ...


def decide(row: Row, session: Session | None, standing: Standing | None, now_us: int) -> Verdict:
    """Return whether a request may go on; `standing` is None for who is no member (any more)."""
    if row.is_public:
        return Verdict.ALLOWED
    if session is None or session.assurance is Assurance.NONE:
        return Verdict.TOKEN if row.tokens else Verdict.SIGN_IN
    # A cookie opens nothing that is for programs, and a token no page.
    if session.purpose not in (row.tokens or {None}):
        return Verdict.PURPOSE
    if _RANK[session.assurance] < _RANK[row.assurance]:
        return Verdict.PASSKEY
    refused = _refuse_by_role(row, session, standing) if row.roles else None
    return refused or _decide_for_role(row, session, standing, now_us)


def _refuse_by_role(row: Row, session: Session, standing: Standing | None) -> Verdict | None:
    if not session.has_practice:
        return Verdict.PRACTICE
    if standing is None:
        return Verdict.NOT_A_MEMBER
    return None if standing.role in row.roles else role_verdict(row)


def role_verdict(row: Row) -> Verdict:
    """Return what members of other roles hear."""
    return _FOR_ONE_ROLE.get(row.roles, Verdict.ROLE)


def _decide_for_role(row: Row, session: Session, standing: Standing | None, now_us: int) -> Verdict:
    has_passkey = session.assurance is Assurance.PASSKEY
    if row.step_up and has_passkey and not is_fresh(session, now_us):
        return Verdict.STEP_UP
    if row.baa and (standing is None or not standing.baa_signed):
        return Verdict.BAA
    return Verdict.ALLOWED


def is_fresh(session: Session, now_us: int) -> bool:
    """Tell whether the last passkey check was in the last five minutes, and not in the future."""
    since_us = now_us - session.stepped_up_at_us
    return session.assurance is Assurance.PASSKEY and 0 <= since_us < STEP_UP_US_MAX


_OWN: Final = Purpose.OWN_RECORD
_WEEK: Final = Reads(RecordKind.WEEK, Whose.OWN, _OWN)
_WEEK_IF_SHOWN: Final = Reads(RecordKind.WEEK, Whose.OWN, _OWN, is_answer_only=True)
_SESSION: Final = Reads(RecordKind.SESSION, Whose.SESSION, _OWN)
_SESSION_IF_SHOWN: Final = Reads(RecordKind.SESSION, Whose.SESSION, _OWN, is_answer_only=True)
_TRAIL: Final = Reads(RecordKind.TRAIL, Whose.OWN, _OWN)
_REPLAY: Final = Reads(RecordKind.REPLAY, Whose.PRACTICE, Purpose.COMPLIANCE_REVIEW)
_ACCESSES: Final = Reads(RecordKind.ACCESSES, Whose.PRACTICE, Purpose.COMPLIANCE_REVIEW)
_EMERGENCIES: Final = Reads(RecordKind.EMERGENCIES, Whose.PRACTICE, Purpose.EMERGENCY)
_EMERGENCIES_IF_SHOWN: Final = replace(_EMERGENCIES, is_answer_only=True)
_EMERGENCY_WEEK: Final = Reads(RecordKind.WEEK, Whose.EMERGENCY, Purpose.EMERGENCY)
_EMERGENCY_SESSION: Final = Reads(RecordKind.SESSION, Whose.EMERGENCY, Purpose.EMERGENCY)
_HOLDS: Final = Reads(RecordKind.HOLDS, Whose.PRACTICE, Purpose.COMPLIANCE_REVIEW)
_HOLDS_IF_SHOWN: Final = replace(_HOLDS, is_answer_only=True)
_LOG_FILES: Final = Reads(RecordKind.LOG_FILES, Whose.SLOT, Purpose.VERIFICATION)

_ENROLMENT: Final = Assurance.ENROLMENT
_PASSKEY: Final = Assurance.PASSKEY
# Why nothing is written; what is an event is one of the person or the practice already.
_KEYS: Final = "random bytes to sign, and ids of one's own passkeys"
_REGISTERS: Final = "registers a passkey, which is an event; shows no record"
_ACCOUNT: Final = "one's own sessions, passkeys and codes; no record"
_REVOKES: Final = "revokes what is one's own, which is an event; shows no record"
_PRACTICES: Final = "names of practices one is in or invited to; no record"
_MEMBERS_SHOWN: Final = "who is in the practice, for who lets them in; no record"
_EMERGENCY_STEP: Final = "a step of emergency access, which is an event; shows no record"
_MEMBERS_CHANGED: Final = "changes who is in, which is an event; shows no record"


def _public(method: str, path: str, why_none: str) -> Row:
    return Row(method=method, path=path, why_none=why_none)


def _signed_in(
    method: str, path: str, least: Assurance, why_none: str, *, step_up: bool = False
) -> Row:
    return Row(method=method, path=path, assurance=least, step_up=step_up, why_none=why_none)


def _owner(method: str, path: str, why_none: str) -> Row:
    return Row(
        method=method,
        path=path,
        roles=OWNERS,
        assurance=Assurance.PASSKEY,
        step_up=method != "GET",
        why_none=why_none,
    )


def _for(roles: frozenset[Role], path: str, reads: Reads | None, why_none: str = "") -> Row:
    return Row(
        method="GET",
        path=path,
        roles=roles,
        assurance=Assurance.PASSKEY,
        reads=reads,
        why_none=why_none,
    )


def _post(
    roles: frozenset[Role], path: str, reads: Reads | None, why: str = "", *, step_up: bool = False
) -> Row:
    return replace(_for(roles, path, reads, why), method="POST", step_up=step_up)


def _token_given(path: str) -> Row:
    why_none = "lets a program in, which is an event; shows no record"
    return Row(
        method="POST",
        path=path,
        roles=MEMBERS,
        assurance=Assurance.PASSKEY,
        step_up=True,
        why_none=why_none,
    )


ROWS: Final = (
    _for(MEMBERS, "/", None, "leads elsewhere and shows nothing"),
    own_row("GET", "/week/{day}", _WEEK),
    own_row("POST", "/week/{day}", _WEEK_IF_SHOWN),
    own_row("GET", "/session/{stream_id}", _SESSION),
    own_row("POST", "/session/{stream_id}", _SESSION_IF_SHOWN),
    own_row("GET", "/session/{stream_id}/delete", _SESSION, step_up=True),
    own_row("POST", "/session/{stream_id}/delete", _SESSION_IF_SHOWN, step_up=True),
    *HOURS_ROWS,
    _for(MEMBERS, "/trail", _TRAIL),
    _for(OFFICERS, "/replay", _REPLAY),
    _for(OFFICERS, "/access", _ACCESSES),
    _for(GUARDIANS, "/emergency", _EMERGENCIES),
    _post(GUARDIANS, "/emergency/ask", _EMERGENCIES_IF_SHOWN, step_up=True),
    _post(GUARDIANS, "/emergency/approve", None, _EMERGENCY_STEP, step_up=True),
    _post(GUARDIANS, "/emergency/decline", None, _EMERGENCY_STEP),
    _post(GUARDIANS, "/emergency/begin", None, _EMERGENCY_STEP, step_up=True),
    _post(GUARDIANS, "/emergency/end", None, _EMERGENCY_STEP),
    _for(GUARDIANS, "/emergency/{stream_id}/week/{day}", _EMERGENCY_WEEK),
    _for(GUARDIANS, "/emergency/{stream_id}/session/{session_id}", _EMERGENCY_SESSION),
    _for(OFFICERS, "/holds", _HOLDS),
    _post(OFFICERS, "/holds/place", _HOLDS_IF_SHOWN, step_up=True),
    _post(OFFICERS, "/holds/lift", None, "lifts a hold, which is an event", step_up=True),
    _public("GET", "/sign-in", "shows nothing of anybody"),
    _public("POST", "/sign-in", "signs in; shows nothing of anybody"),
    _public("POST", "/sign-in/link", "sends a letter; says the same whoever is meant"),
    _public("POST", "/sign-in/challenge", "random bytes to sign; names nobody"),
    _public("POST", "/sign-in/passkey", "signs in, which is an event; shows nothing of anybody"),
    _public("POST", "/sign-out", "signs out, which is an event; shows nothing"),
    _signed_in("POST", "/passkeys/challenge", _ENROLMENT, _KEYS, step_up=True),
    _signed_in("GET", "/passkeys/new", _ENROLMENT, "shows no record", step_up=True),
    _signed_in("POST", "/passkeys/new", _ENROLMENT, _REGISTERS, step_up=True),
    _signed_in("GET", "/step-up", _PASSKEY, "shows no record"),
    _signed_in("POST", "/step-up/challenge", _PASSKEY, _KEYS),
    _signed_in("POST", "/step-up", _PASSKEY, "checks a passkey; shows no record"),
    _signed_in("GET", "/account", _PASSKEY, _ACCOUNT),
    _signed_in("POST", "/account/revoke-session", _PASSKEY, _REVOKES),
    _signed_in("POST", "/account/revoke-others", _PASSKEY, _REVOKES),
    _signed_in("POST", "/account/revoke-passkey", _PASSKEY, _REVOKES, step_up=True),
    _signed_in("POST", "/account/recovery-codes", _PASSKEY, _ACCOUNT, step_up=True),
    _signed_in("POST", "/account/stop-recovery", _PASSKEY, _ACCOUNT),
    _signed_in("GET", "/account/tokens", _PASSKEY, _ACCOUNT),
    _token_given("/account/tokens"),
    _signed_in("POST", "/account/tokens/revoke", _PASSKEY, _REVOKES, step_up=True),
    _signed_in("GET", "/practices", _PASSKEY, _PRACTICES),
    _signed_in("POST", "/practices", _PASSKEY, "enters, which is an event; shows no record"),
    _signed_in("POST", "/practices/accept", _PASSKEY, "joins, which is an event; no record"),
    _signed_in("GET", "/recover", _ENROLMENT, _PRACTICES),
    _signed_in("POST", "/recover", _ENROLMENT, "takes a recovery code; shows no record"),
    _signed_in("POST", "/recover/ask", _ENROLMENT, "asks owners; shows no record"),
    _signed_in("POST", "/recover/use", _ENROLMENT, "uses an approval; shows no record"),
    _owner("GET", "/members", _MEMBERS_SHOWN),
    _owner("POST", "/members/invite", _MEMBERS_CHANGED),
    _owner("POST", "/members/role", _MEMBERS_CHANGED),
    _owner("POST", "/members/remove", _MEMBERS_CHANGED),
    _owner("POST", "/members/recovery", _MEMBERS_CHANGED),
    _for(MEMBERS, "/audit/p/{slot:int}/{path:path}", _LOG_FILES),
    _public("GET", "/audit/{path:path}", "the root log is public and names nobody"),
    _public("GET", "/healthz", "names parts of the service"),
    _public("GET", "/readyz", "says whether pages can be served"),
    _public("GET", "/.well-known/security.txt", "says where to report a weakness"),
    _public("GET", "/static/{fingerprint}/{name}", "style, scripts and pictures, public"),
)
ROW_OF: Final[Mapping[tuple[str, str], Row]] = MappingProxyType(
    {(row.method, row.path): row for row in ROWS}
)
