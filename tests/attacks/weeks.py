"""A history with a signed week, and what of it an operator or the signer can tell otherwise."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from msgspec.structs import replace

from aggregates.catalogue import Fact, encode
from aggregates.facts import ClearFact
from aggregates.hours.week_content import EntryRef, RowContent
from aggregates.hours.week_row import (
    AmendCause,
    Assertion,
    ReturnReason,
    WeekAmended,
    WeekReturned,
    WeekSigned,
    WeekSubmitted,
)
from aggregates.hours.week_statement import statement_challenge, week_statement
from aggregates.person import PasskeyRegistered, PasskeyRevoked
from aggregates.private import Private
from tests.aggregates.hours_examples import PERSON, ROW, SUPERVISOR
from tests.attacks.forge import MINUTE_US, PRACTICE, START_US, Event, Lie, Told, events, forged
from tests.attacks.root_logs import Bundle
from tests.passkeys import SoftwareKey, es256

F = TypeVar("F")
KEYS: Final = 50  # the stream of the supervisor
WEEK: Final = 60
ENTRIES: Final = (2, 3)
CREDENTIAL: Final = b"\x07" * 32
REFERENCE: Final = bytes(range(16))
USUAL: Final = es256()
DISCLOSED: Final = Lie(disclosed=(WEEK,))


@dataclass(frozen=True)
class WeekLie:
    """What of a signed week is told otherwise than it is; by default nothing.

    `content` changes the row before it is submitted and signed, `shown` the statement before the
    passkey signs it, `submitted` and `signed` the facts after it has. `left_out` names events that
    are not told; `signed_us` is when the signature is recorded; `earlier` stand before all of it,
    `before` and `after` around the signature.
    """

    key: SoftwareKey = USUAL
    answer: Callable[[bytes], Assertion] | None = None
    registered: Callable[[PasskeyRegistered], PasskeyRegistered] = lambda fact: fact
    content: Callable[[RowContent], RowContent] = lambda row: row
    submitted: Callable[[WeekSubmitted], WeekSubmitted] = lambda fact: fact
    shown: Callable[[str], str] = lambda text: text
    signed: Callable[[WeekSigned], WeekSigned] = lambda fact: fact
    at_us: int | None = None
    signed_us: int | None = None
    actor: UUID = SUPERVISOR
    left_out: tuple[str, ...] = ()
    earlier: tuple[Event, ...] = ()
    before: tuple[Event, ...] = ()
    after: tuple[Event, ...] = ()


HONEST: Final = WeekLie()


def event(stream: int, fact: Fact, actor: UUID = SUPERVISOR) -> Event:
    """Return the event of a fact."""
    tag, body = encode(fact)
    is_clear = isinstance(fact, ClearFact)
    return Event(stream, body, tag.encode(), is_clear=is_clear, actor=actor.bytes)


REVOKED: Final = event(KEYS, PasskeyRevoked(person_id=SUPERVISOR, credential_id=CREDENTIAL))
AMENDED: Final = event(
    WEEK, WeekAmended(cause=AmendCause.TAKEN_BACK, stream_id=None, was_signed=True), PERSON
)
RETURNED: Final = event(
    WEEK, WeekReturned(supervisor_id=SUPERVISOR, reason=ReturnReason.OTHER, remark=None)
)


def register(key: SoftwareKey) -> PasskeyRegistered:
    """Return the fact of the supervisor's passkey."""
    return PasskeyRegistered(
        person_id=SUPERVISOR,
        credential_id=CREDENTIAL,
        public_key=key.cose,
        aaguid=UUID(int=0),
        may_be_synced=False,
        is_synced=False,
    )


def told_week(lie: WeekLie = HONEST) -> Told:
    """Write the honest eight events, a passkey, a week submitted and signed, and what follows."""
    log = Told()
    for each in (*events(), *lie.earlier):
        is_entry = each.stream in ENTRIES and each.actor == bytes(16)
        log.tell(dataclasses.replace(each, actor=PERSON.bytes) if is_entry else each)
    submitted = WeekSubmitted(content=lie.content(row_of(log)), warnings=("SUP-MIN",))
    at_us = START_US + (len(log.leaves) + 2) * MINUTE_US if lie.at_us is None else lie.at_us
    signed = lie.signed(sign(submitted, at_us, lie))
    middle = {
        "registered": event(KEYS, lie.registered(register(lie.key))),
        "submitted": event(WEEK, lie.submitted(submitted), PERSON),
    }
    told = [each for name, each in middle.items() if name not in lie.left_out]
    last = dataclasses.replace(event(WEEK, signed, lie.actor), time_us=lie.signed_us)
    after = lie.after if "signed" in lie.left_out else (last, *lie.after)
    for each in (*told, *lie.before, *after):
        log.tell(each)
    return log


def row_of(log: Told) -> RowContent:
    """Return the row over two sessions as they stand."""
    ends = [(UUID(int=stream), *log.ends[stream]) for stream in ENTRIES]
    refs = (EntryRef(stream_id=name, version=version, leaf=leaf) for name, version, leaf in ends)
    return replace(ROW, entries=tuple(refs))


def sign(submitted: WeekSubmitted, at_us: int, lie: WeekLie) -> WeekSigned:
    """Return the signature of the supervisor's passkey under what is shown of this row."""
    content = submitted.content
    text = lie.shown(week_statement(UUID(bytes=PRACTICE), content, at_us, REFERENCE))
    challenge = statement_challenge(text)
    usual = lie.key.assertion(challenge, CREDENTIAL)
    return WeekSigned(
        supervisor_id=SUPERVISOR,
        entries_sha256=content.entries_sha256,
        statement=Private(text),
        at_us=at_us,
        reference=REFERENCE,
        assertion=lie.answer(challenge) if lie.answer else usual,
        ip_address=None,
    )


def honest_facts(lie: WeekLie = HONEST) -> tuple[WeekSubmitted, WeekSigned]:
    """Return the row as it was submitted, and its signature."""
    submitted, signed = list[WeekSubmitted](), list[WeekSigned]()
    told_week(
        dataclasses.replace(
            lie,
            submitted=partial(_kept, submitted),
            signed=partial(_kept, signed),
        )
    )
    return submitted[0], signed[0]


def _kept(place: list[F], fact: F) -> F:
    place.append(fact)
    return fact


def again(stream: int = WEEK, lie: WeekLie = HONEST) -> tuple[Event, Event]:
    """Return how the same row is submitted and signed once more after all of this."""
    log = told_week(lie)
    submitted = WeekSubmitted(content=row_of(log), warnings=())
    at_us = START_US + (len(log.leaves) + 1) * MINUTE_US
    return event(stream, submitted, PERSON), event(stream, sign(submitted, at_us, lie))


def bundle(lie: WeekLie = HONEST, rest: Lie = DISCLOSED) -> Bundle:
    """Build the bundle of this history, with the week's key disclosed."""
    return forged(told_week(lie), rest)
