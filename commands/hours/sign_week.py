"""Signs a row of the weekly log, or returns it: the acts of its supervisor (I9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.bbs.columns import week_start_of
from aggregates.hours.enrolment import FixWeekStart
from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_content import EntryRef, RowContent, RowKey
from aggregates.hours.week_row import (
    WEEK_ROW,
    Assertion,
    ReturnReason,
    ReturnWeek,
    SignWeek,
    Submitted,
    WeekSigned,
)
from aggregates.hours.week_statement import statement_challenge, week_statement
from aggregates.person import PasskeyRegistered, PasskeyRevoked
from aggregates.private import Private
from aggregates.refusal import Refused
from commands.context import Actor, Context, Latest
from commands.handle import Handled, Order, earlier, facts_of, handle
from commands.hours.streams import (
    ENROLMENT_RULES,
    WEEK_RULES,
    enrolment_stream,
    read_enrolment_of,
)
from commands.hours.submit_week import entry_of
from commands.person import person_stream
from commands.practice import practice_of_member
from ledger.errors import ProofInvalid
from ledger.ids import derived
from ledger.passkey_signature import verify

STATEMENT_US_MAX: Final = 5 * 60 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What a supervisor saw and answered: the statement's time and reference, and the assertion."""

    stream_id: UUID
    at_us: int
    reference: bytes
    assertion: Assertion
    ip_address: Private | None = None


def statement_of(
    context: Context, actor: Actor, stream_id: UUID, at_us: int, reference: bytes
) -> Private:
    """Return the statement of a row that the actor may sign now. Raises `Refused`.

    It is refused when an entry changed since the row was submitted, or counts in another phase.
    """
    content = _submitted_to(context, actor, stream_id)
    return Private(week_statement(actor.practice_id, content, at_us, reference))


def sign_week(context: Context, actor: Actor, signing: Signing, command_id: UUID) -> Handled:
    """Sign a row as its supervisor. Raises `Refused`, and nothing is signed then.

    The assertion is verified against a passkey that is on record in the practice's own log, so that
    whoever has that log can verify it again. The statement is at most five minutes old.
    """
    practice_of_member(context, actor)
    done = earlier(context, actor, signing.stream_id, command_id)
    if done is not None:
        return done
    try:
        return _sign(context, actor, signing, command_id)
    except Refused:
        # Sent twice at once, the first of the two may have signed what the second looks at.
        done = earlier(context, actor, signing.stream_id, command_id)
        if done is None:
            raise
        return done


def _sign(context: Context, actor: Actor, signing: Signing, command_id: UUID) -> Handled:
    content = _submitted_to(context, actor, signing.stream_id)
    _check_time(context, signing.at_us)
    _check_week_start(context, actor, content)
    statement = week_statement(actor.practice_id, content, signing.at_us, signing.reference)
    _check_first(context, actor, signing.stream_id, statement)
    _check_signature(context, actor, signing.assertion, statement)
    command = SignWeek(
        practice_id=actor.practice_id,
        supervisor_id=actor.person_id,
        content=content,
        statement=Private(statement),
        at_us=signing.at_us,
        reference=signing.reference,
        assertion=signing.assertion,
        ip_address=signing.ip_address,
    )
    return handle(context, WEEK_RULES, Order(actor, signing.stream_id, command_id, command))


def return_week(
    context: Context,
    actor: Actor,
    stream_id: UUID,
    returned: tuple[ReturnReason, Private | None],
    command_id: UUID,
) -> Handled:
    """Give a row back unsigned, with a reason and perhaps a remark. Raises `Refused`."""
    practice_of_member(context, actor)
    reason, remark = returned
    command = ReturnWeek(supervisor_id=actor.person_id, reason=reason, remark=remark)
    return handle(context, WEEK_RULES, Order(actor, stream_id, command_id, command))


def _submitted_to(context: Context, actor: Actor, stream_id: UUID) -> RowContent:
    """Return the row while it may be signed: with this supervisor, each entry as it was then."""
    history = context.history(actor.practice_id, stream_id)
    state = WEEK_ROW.replay(facts_of(WEEK_RULES, history))
    if not isinstance(state, Submitted):
        raise Refused(HoursCode.WEEK_NOT_SUBMITTED)
    content = state.content
    if content.supervisor_id != actor.person_id:
        raise Refused(HoursCode.WEEK_NOT_YOURS)
    latest = context.latest(actor.practice_id, [ref.stream_id for ref in content.entries])
    now = tuple(
        EntryRef(stream_id=ref.stream_id, version=found.version, leaf=found.leaf)
        for ref in content.entries
        if (found := latest.get(ref.stream_id)) is not None
    )
    if now != content.entries:
        raise Refused(HoursCode.WEEK_CHANGED)
    _check_phase(context, actor, content.key, latest.values())
    return content


def _check_phase(context: Context, actor: Actor, key: RowKey, entries: Iterable[Latest]) -> None:
    """Refuse a row of the other side of a degree that was restated while the row was submitted."""
    enrolment = read_enrolment_of(context, actor.practice_id, key.person_id).entry
    dates = [entry.date for each in entries if (entry := entry_of(each.fact)) is not None]
    if enrolment is None or any(enrolment.phase_of(day) is not key.phase for day in dates):
        raise Refused(HoursCode.WEEK_CHANGED)


def _check_time(context: Context, at_us: int) -> None:
    if not 0 <= context.clock.now_us() - at_us <= STATEMENT_US_MAX:
        raise Refused(HoursCode.WEEK_CHANGED)


def _check_week_start(context: Context, actor: Actor, content: RowContent) -> None:
    """Let no signed week begin on another day than the others: fix the day first, then compare."""
    person_id = content.key.person_id
    stream_id = enrolment_stream(actor.practice_id, person_id)
    command_id = derived("fix week start", actor.practice_id, person_id)
    handle(context, ENROLMENT_RULES, Order(actor, stream_id, command_id, FixWeekStart()))
    enrolment = read_enrolment_of(context, actor.practice_id, person_id).entry
    first_day = content.key.first_day
    if enrolment is None or week_start_of(enrolment.week_start, first_day) != first_day:
        raise Refused(HoursCode.WEEK_START_OTHER)


def _check_first(context: Context, actor: Actor, stream_id: UUID, statement: str) -> None:
    """Let no statement be signed twice: the row may have been taken back, and submitted as it was.

    Who sent the first answer could send it again, and the signer would not have been asked.
    """
    facts = facts_of(WEEK_RULES, context.history(actor.practice_id, stream_id))
    signed = (fact for fact in facts if isinstance(fact, WeekSigned))
    if any(fact.statement.reveal() == statement for fact in signed):
        raise Refused(HoursCode.WEEK_CHANGED)


def _check_signature(context: Context, actor: Actor, assertion: Assertion, statement: str) -> None:
    """Verify it against a passkey of the actor's that counts. Raises `Refused`."""
    keys: dict[bytes, bytes] = {}
    stream_id = person_stream(actor.practice_id, actor.person_id)
    for recorded in context.history(actor.practice_id, stream_id):
        match recorded.fact:
            case PasskeyRegistered(credential_id=credential_id, public_key=public_key):
                keys[credential_id] = public_key
            case PasskeyRevoked(credential_id=credential_id):
                keys.pop(credential_id, None)
            case _:
                pass
    public_key = keys.get(assertion.credential_id)
    if public_key is None:
        raise Refused(HoursCode.SIGNATURE_INVALID)
    try:
        verify(
            public_key,
            assertion.authenticator_data,
            assertion.client_data,
            assertion.signature,
            statement_challenge(statement),
        )
    except ProofInvalid:
        raise Refused(HoursCode.SIGNATURE_INVALID) from None
