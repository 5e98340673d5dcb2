"""A person's keys to the practice: passkeys registered and revoked, sign-ins and their ends."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates.api_token import (
    ApiTokenCreated,
    ApiTokenRevoked,
    CreateApiToken,
    RevokeApiToken,
    token_facts,
)
from aggregates.decider import Decider
from aggregates.facts import ClearFact, SealedFact
from aggregates.private import Private

CREDENTIAL_BYTES_MAX: Final = 1023
PUBLIC_KEY_BYTES_MAX: Final = 2048
# The model that a demo's passkeys in software are of; no authenticator that people have says so.
DEMO_AUTHENTICATOR: Final = UUID(bytes=b"demo passkey key")


class Agent(StrEnum):
    """What kind of browser it was: all that is kept of what a browser says of itself."""

    CHROME = "chrome"
    EDGE = "edge"
    FIREFOX = "firefox"
    SAFARI = "safari"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey as it was registered; the key is in COSE form (RFC 9052).

    ValueError for sizes no authenticator gives: they were checked where it came in.
    """

    credential_id: bytes
    public_key: bytes
    aaguid: UUID
    may_be_synced: bool
    is_synced: bool

    def __post_init__(self) -> None:
        if not 1 <= len(self.credential_id) <= CREDENTIAL_BYTES_MAX:
            raise ValueError("a credential id has 1 to 1023 bytes")
        if not 1 <= len(self.public_key) <= PUBLIC_KEY_BYTES_MAX:
            raise ValueError("a public key has 1 to 2048 bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPasskey:
    """A passkey counts from here on."""

    person_id: UUID
    passkey: Passkey


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePasskey:
    """A passkey counts no more."""

    person_id: UUID
    credential_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A person comes in; `passkeys` are all that count, so that the log has each of them.

    `credential_id` is None for a link of the development environment.
    """

    person_id: UUID
    session_id: UUID
    credential_id: bytes | None
    agent: Agent
    address: Private
    passkeys: tuple[Passkey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    """A person goes."""

    session_id: UUID
    address: Private


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSession:
    """A person, or who removes them from the practice, ends a session somewhere else."""

    session_id: UUID
    address: Private


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRecovery:
    """An owner vouches for a person who lost all passkeys; they may enrol one from `opens` on."""

    person_id: UUID
    approved_by: UUID
    opens_at_us: int


PersonCommand: TypeAlias = (
    RegisterPasskey
    | RevokePasskey
    | SignIn
    | SignOut
    | RevokeSession
    | ApproveRecovery
    | CreateApiToken
    | RevokeApiToken
)


class PasskeyRegistered(ClearFact, frozen=True, kw_only=True, tag="passkey-registered.v1"):
    """A passkey of a person: what it signs can be checked with this key from here on."""

    person_id: UUID
    credential_id: bytes
    public_key: bytes
    aaguid: UUID
    may_be_synced: bool
    is_synced: bool


class PasskeyRevoked(ClearFact, frozen=True, kw_only=True, tag="passkey-revoked.v1"):
    """A passkey of a person counts no more: what it signs after this is void."""

    person_id: UUID
    credential_id: bytes


class SignedIn(SealedFact, frozen=True, kw_only=True, tag="signed-in.v1"):
    """A person came in, with which passkey, from where and with what kind of browser."""

    person_id: UUID
    session_id: UUID
    credential_id: bytes | None
    agent: Agent
    address: Private


class SignedOut(SealedFact, frozen=True, kw_only=True, tag="signed-out.v1"):
    """A person ended their session."""

    session_id: UUID
    address: Private


class SessionRevoked(SealedFact, frozen=True, kw_only=True, tag="session-revoked.v1"):
    """A session was ended from another one."""

    session_id: UUID
    address: Private


class RecoveryApproved(ClearFact, frozen=True, kw_only=True, tag="recovery-approved.v1"):
    """An owner vouched for a person who lost all passkeys; it opens after a delay."""

    person_id: UUID
    approved_by: UUID
    opens_at_us: int


PersonFact: TypeAlias = (
    PasskeyRegistered
    | PasskeyRevoked
    | SignedIn
    | SignedOut
    | SessionRevoked
    | RecoveryApproved
    | ApiTokenCreated
    | ApiTokenRevoked
)


@dataclass(frozen=True, slots=True)
class Person:
    """The passkeys that count, those that did, and the tokens that were not taken back."""

    passkeys: frozenset[bytes] = frozenset()
    revoked: frozenset[bytes] = frozenset()
    tokens: frozenset[UUID] = frozenset()


def decide(command: PersonCommand, state: Person) -> tuple[PersonFact, ...]:
    """Return what happens; nothing for a passkey or token that stands in the log as it is to.

    Raises `Refused` for a token without an end in time.
    """
    match command:
        case RegisterPasskey(person_id=person_id, passkey=passkey):
            return _registered(person_id, (passkey,), state)
        case RevokePasskey(person_id=person_id, credential_id=credential_id):
            return _revoked(person_id, state.passkeys & {credential_id})
        case SignIn():
            return _sign_in(command, state)
        case SignOut() | RevokeSession() | ApproveRecovery():
            return (_told(command),)
        case CreateApiToken() | RevokeApiToken():
            return token_facts(command, state.tokens)
        case _:
            assert_never(command)


def _told(command: SignOut | RevokeSession | ApproveRecovery) -> PersonFact:
    match command:
        case SignOut(session_id=session_id, address=address):
            return SignedOut(session_id=session_id, address=address)
        case RevokeSession(session_id=session_id, address=address):
            return SessionRevoked(session_id=session_id, address=address)
        case ApproveRecovery(person_id=person_id, approved_by=owner, opens_at_us=opens_at_us):
            return RecoveryApproved(person_id=person_id, approved_by=owner, opens_at_us=opens_at_us)
        case _:
            assert_never(command)


def evolve(state: Person, fact: PersonFact) -> Person:
    """Follow what happened."""
    match fact:
        case PasskeyRegistered(credential_id=credential_id):
            return replace(state, passkeys=state.passkeys | {credential_id})
        case PasskeyRevoked(credential_id=credential_id):
            gone = frozenset((credential_id,))
            return replace(state, passkeys=state.passkeys - gone, revoked=state.revoked | gone)
        case ApiTokenCreated(token_id=token_id):
            return replace(state, tokens=state.tokens | {token_id})
        case ApiTokenRevoked(token_id=token_id):
            return replace(state, tokens=state.tokens - {token_id})
        case SignedIn() | SignedOut() | SessionRevoked() | RecoveryApproved():
            return state
        case _:
            assert_never(fact)


def _registered(
    person_id: UUID, passkeys: tuple[Passkey, ...], state: Person
) -> tuple[PersonFact, ...]:
    return tuple(
        PasskeyRegistered(
            person_id=person_id,
            credential_id=each.credential_id,
            public_key=each.public_key,
            aaguid=each.aaguid,
            may_be_synced=each.may_be_synced,
            is_synced=each.is_synced,
        )
        for each in passkeys
        if each.credential_id not in state.passkeys | state.revoked
    )


def _revoked(person_id: UUID, credential_ids: frozenset[bytes]) -> tuple[PersonFact, ...]:
    return tuple(
        PasskeyRevoked(person_id=person_id, credential_id=each) for each in sorted(credential_ids)
    )


def _sign_in(command: SignIn, state: Person) -> tuple[PersonFact, ...]:
    """Bring the log up to what counts, first: a crash may have come between the two."""
    counting = {each.credential_id for each in command.passkeys}
    revoked = _revoked(command.person_id, state.passkeys - counting)
    signed_in = SignedIn(
        person_id=command.person_id,
        session_id=command.session_id,
        credential_id=command.credential_id,
        agent=command.agent,
        address=command.address,
    )
    return (*_registered(command.person_id, command.passkeys, state), *revoked, signed_in)


PERSON: Decider[PersonCommand, Person, PersonFact] = Decider(
    initial=Person(), decide=decide, evolve=evolve
)
