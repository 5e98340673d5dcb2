"""What is sent to sign a week: its statement's time and reference, and the passkey's answer."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.requests import Request

from aggregates.hours.supervisor_entry import REMARK_LENGTH_MAX
from aggregates.hours.week_row import ReturnReason
from aggregates.hours.week_statement import REFERENCE_BYTES, statement_challenge
from aggregates.refusal import Refused
from commands.handle import Handled
from commands.hours.sign_week import STATEMENT_US_MAX, Signing
from ledger.ids import derived
from projections.supervised import SupervisedRow
from web.client_address import client_address
from web.errors import PageError
from web.forms import form_version
from web.identity.entering import identity_of
from web.pages.supervising.supervised_in_words import Line
from web.parts import parts_of
from web.who import bound_session, session_of

EXPIRED: Final = (
    "More than five minutes have passed since this was shown, so nothing is signed."
    " Below it stands anew: only its time and reference are others. Please sign that."
)
BUSY: Final = (
    "The ledger could not be reached, so this may not be signed."
    " Below is how it stands; if it still waits for you, please sign it again."
)
RETURN_WORDS: Final[Mapping[ReturnReason, str]] = {
    ReturnReason.HOURS_DIFFER: "The hours differ from what I know",
    ReturnReason.SUPERVISION_MISSING: "Supervision is missing",
    ReturnReason.WRONG_SETTING: "It is for another setting",
    ReturnReason.NOT_MY_SUPERVISION: "I did not supervise it",
    ReturnReason.OTHER: "Another reason",
}
_TIME: Final = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_REFERENCE: Final = re.compile(rf"[0-9a-f]{{{2 * REFERENCE_BYTES}}}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page said of a statement: of which row as it was, when, under which reference."""

    stream_id: UUID
    version: int
    at_us: int
    reference: bytes

    @property
    def command_id(self) -> UUID:
        """The id of the one command that signs what was shown."""
        version, reference = UUID(int=self.version), UUID(bytes=self.reference)
        return derived("sign week", self.stream_id, version, reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One week, ready for its template; `statement` is None where it cannot be signed: `why_not`.

    `options` are what the browser asks a passkey with, None where the signer has none.
    """

    line: Line
    shown: Shown
    statement: str | None = None
    options: str | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnForm:
    """The form that gives a week back, ready for its template."""

    form_id: UUID
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    reasons: tuple[tuple[str, str], ...] = tuple(
        (choice.value, words) for choice, words in RETURN_WORDS.items()
    )

    @property
    def first_error(self) -> str | None:
        """The field the cursor goes to."""
        return next((name for name in ("reason", "remark") if name in self.errors), None)


def typed_return(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, to be shown again."""
    return {name: typed.get(name, "")[:REMARK_LENGTH_MAX] for name in ("reason", "remark")}


def new_reference() -> bytes:
    """Return what no other statement bears."""
    return secrets.token_bytes(REFERENCE_BYTES)


def offer(request: Request, rows: Sequence[tuple[SupervisedRow, Line]]) -> list[Stated]:
    """State each row as of now, and take down the challenges that this session may answer.

    On a worker thread. Raises PageError too-many.
    """
    found = [_state(request, row, line) for row, line in rows]
    texts = [each.statement for each in found if each.statement is not None]
    person_id = session_of(request).actor.person_id
    identity = parts_of(request).identity
    if not texts or identity is None or not identity.passkeys.of_person(person_id):
        return found
    challenges = [statement_challenge(text) for text in texts]
    options = identity.signing.offer(person_id, bound_session(request), challenges)
    if options is None:
        raise PageError("too-many")
    given = iter(options)
    return [each if each.statement is None else _with(each, next(given)) for each in found]


def read_stated(form: Mapping[str, str], stream_id: UUID) -> Shown:
    """Return which statement was answered. Raises PageError bad-form."""
    at_us, reference = form.get("at_us", ""), form.get("reference", "")
    if not _TIME.fullmatch(at_us) or not _REFERENCE.fullmatch(reference):
        raise PageError("bad-form")
    return Shown(
        stream_id=stream_id,
        version=form_version(form),
        at_us=int(at_us),
        reference=bytes.fromhex(reference),
    )


def is_expired(request: Request, shown: Shown) -> bool:
    """Tell whether what was shown is too old to be signed."""
    return parts_of(request).clock.now_us() - shown.at_us > STATEMENT_US_MAX


def sign_stated(request: Request, shown: Shown, answer: str) -> Handled | None:
    """Sign what was shown, stated again here; None when that was done before. Raises Refused.

    On a worker thread.
    """
    services, actor = parts_of(request).services, session_of(request).actor
    try:
        statement = services.hours.statement(actor, shown.stream_id, shown.at_us, shown.reference)
        assertion = identity_of(request).signing.check(
            actor.person_id,
            bound_session(request),
            statement_challenge(statement.reveal()),
            answer,
        )
        signing = Signing(
            stream_id=shown.stream_id,
            at_us=shown.at_us,
            reference=shown.reference,
            assertion=assertion,
            ip_address=client_address(request),
        )
        return services.hours.sign_week(actor, signing, shown.command_id)
    except Refused:
        # Sent twice, the first one used the challenge up.
        if services.was_handled(actor, shown.command_id):
            return None
        raise


def _state(request: Request, row: SupervisedRow, line: Line) -> Stated:
    parts = parts_of(request)
    shown = Shown(
        stream_id=row.stream_id,
        version=row.version,
        at_us=parts.clock.now_us(),
        reference=new_reference(),
    )
    state = parts.services.hours.statement
    try:
        text = state(session_of(request).actor, row.stream_id, shown.at_us, shown.reference)
    except Refused as refused:
        return Stated(line=line, shown=shown, why_not=refused.sentence)
    return Stated(line=line, shown=shown, statement=text.reveal())


def _with(stated: Stated, options: str) -> Stated:
    return Stated(line=stated.line, shown=stated.shown, statement=stated.statement, options=options)
