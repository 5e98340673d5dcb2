"""Every fact can be told in plain English, and told without anything personal."""

import datetime as dt
from uuid import UUID

import msgspec
import pytest

from aggregates.access import AccessRefused, Purpose, RecordKind, RecordsRead, RefusedFor
from aggregates.api_token import ApiTokenCreated, ApiTokenRevoked, TokenPurpose
from aggregates.catalogue import FACT_TYPES, SPECS, Fact
from aggregates.deletion import DeletionReason
from aggregates.membership import MemberInvited, MemberLeft, MemberRoleChanged
from aggregates.operator_log import OperatorLogOpened
from aggregates.person import (
    Agent,
    PasskeyRegistered,
    PasskeyRevoked,
    RecoveryApproved,
    SessionRevoked,
    SignedIn,
    SignedOut,
)
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed, PracticeOpened, Role
from aggregates.private import Private
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.shredding import KeyShredded, ShredOrdered, ShredReason
from projections import plain_words
from projections.plain_words import describe, describe_shredded
from tests.aggregates import hours_examples
from tests.aggregates.fact_examples import EXAMPLES
from tests.projections.world import entry

CANARY = "Xylophone"
NIL = UUID(int=0)
SAID = entry(alias=CANARY)


def with_canary(fact: Fact) -> Fact:
    """Return the fact with every private text replaced."""
    said = msgspec.to_builtins(fact, enc_hook=_canary, builtin_types=(UUID, bytes, dt.date))
    return msgspec.convert(said, type(fact), dec_hook=_private)


def _canary(value: object) -> str:
    assert isinstance(value, Private)
    return CANARY


def _private(kind: type, text: object) -> Private:
    assert kind is Private
    assert isinstance(text, str)
    return Private(text)


GUARDING = (
    *("emergency-asked", "emergency-approved", "emergency-declined", "emergency-told"),
    *("emergency-begun", "emergency-ended", "emergency-ended-by-time", "operator-read"),
    *("hold-placed", "hold-lifted", "settings-changed", "operator-acted"),
)
EVERY_FACT: list[Fact] = [
    OperatorLogOpened(),
    PracticeOpened(),
    PracticeNamed(name=Private(CANARY)),
    MemberJoined(person_id=NIL, role=Role.OWNER, name=Private(CANARY), invited_by=NIL),
    BaaSigned(
        document_sha256=bytes(32),
        document_version="2026-01",
        signer_id=NIL,
        ip_address=Private(CANARY),
    ),
    MemberInvited(person_id=NIL, role=Role.SUPERVISOR, invited_by=NIL, expires_at_us=0),
    MemberRoleChanged(person_id=NIL, before=Role.OWNER, after=Role.AUDITOR, changed_by=NIL),
    MemberLeft(person_id=NIL, before=Role.OWNER, removed_by=NIL, was_member=True),
    PasskeyRegistered(
        person_id=NIL,
        credential_id=b"\1",
        public_key=b"\2",
        aaguid=NIL,
        may_be_synced=True,
        is_synced=True,
    ),
    PasskeyRevoked(person_id=NIL, credential_id=b"\1"),
    SignedIn(
        person_id=NIL,
        session_id=NIL,
        credential_id=b"\1",
        agent=Agent.OTHER,
        address=Private(CANARY),
    ),
    SignedOut(session_id=NIL, address=Private(CANARY)),
    SessionRevoked(session_id=NIL, address=Private(CANARY)),
    RecoveryApproved(person_id=NIL, approved_by=NIL, opens_at_us=0),
    ApiTokenCreated(person_id=NIL, token_id=NIL, purpose=TokenPurpose.MEMBERS, expires_at_us=0),
    ApiTokenRevoked(person_id=NIL, token_id=NIL),
    SessionLogged(therapist_id=NIL, entry=SAID),
    SessionCorrected(entry=SAID),
    SessionDeleted(reason=DeletionReason.OTHER, remark=Private(CANARY)),
    ShredOrdered(stream_id=NIL, key_id=NIL, reason=ShredReason.RETENTION_ELAPSED),
    KeyShredded(
        stream_id=NIL, key_id=NIL, wrapped_sha256=bytes(32), key_epoch=1, destroyed_at_us=0
    ),
    RecordsRead(
        reader_id=NIL,
        role=Role.OWNER,
        kind=RecordKind.WEEK,
        whose=NIL,
        stream_id=None,
        day=dt.date(2026, 11, 1),
        purpose=Purpose.OWN_RECORD,
        ip_address=Private(CANARY),
    ),
    AccessRefused(
        reader_id=NIL,
        role=Role.OWNER,
        kind=RecordKind.SESSION,
        whose=None,
        stream_id=NIL,
        reason=RefusedFor.NOT_THEIRS,
        ip_address=Private(CANARY),
    ),
    *(with_canary(fact) for fact in hours_examples.EXAMPLES.values()),
    *(with_canary(EXAMPLES[name]) for name in GUARDING),
]


def test_the_list_above_is_every_fact_there_is() -> None:
    assert {type(fact) for fact in EVERY_FACT} == set(FACT_TYPES)


@pytest.mark.parametrize("fact", EVERY_FACT, ids=lambda fact: type(fact).__name__)
def test_without_reveal_nothing_personal_is_said(fact: Fact) -> None:
    told = describe(fact, reveal=False)
    assert CANARY not in told
    assert SAID.setting.reveal() not in told
    assert "private" not in told


@pytest.mark.parametrize("fact", EVERY_FACT, ids=lambda fact: type(fact).__name__)
def test_an_address_is_never_said(fact: Fact) -> None:
    is_told = (BaaSigned, SignedIn, SignedOut, SessionRevoked, RecordsRead, AccessRefused)
    if isinstance(fact, is_told):
        assert CANARY not in describe(fact, reveal=True)


@pytest.mark.parametrize("tag", [spec.tag for spec in SPECS.values() if spec.sealed])
def test_every_sealed_fact_can_be_told_of_once_it_is_shredded(tag: str) -> None:
    assert "did something" not in describe_shredded(tag)


def test_a_session_is_told_in_one_line() -> None:
    fact = SessionLogged(therapist_id=NIL, entry=entry(day=3, minute=545, alias="J.D."))
    assert describe(fact, reveal=False, by="Somebody") == (
        "Somebody logged a session on Wed 23 Sep 2026, 9:05 am, 50 min, in person, individual"
    )
    assert "J.D." in describe(fact, reveal=True)


@pytest.mark.parametrize(
    ("minute", "words"),
    [(0, "12:00 am"), (59, "12:59 am"), (719, "11:59 am"), (720, "12:00 pm"), (1439, "11:59 pm")],
)
def test_a_time_of_day_is_said_on_the_twelve_hour_clock(minute: int, words: str) -> None:
    assert plain_words.say_minute(minute) == words


def test_a_day_is_said_in_english() -> None:
    assert plain_words.say_day(dt.date(2026, 11, 3)) == "Tue 3 Nov 2026"
