"""A token with which a program acts for a person: what it is for, given and taken back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never
from uuid import UUID

from aggregates.facts import ClearFact
from aggregates.refusal import RefusalCode, Refused

TOKEN_DAYS_MAX: Final = 90
TOKEN_US_MAX: Final = TOKEN_DAYS_MAX * 86_400_000_000


class TokenPurpose(StrEnum):
    """What a token is for; what takes a fresh passkey check on a page has a purpose naming it."""

    READ_OWN = "read-own"
    LOG_SESSIONS = "log-sessions"
    DELETE_SESSIONS = "delete-sessions"
    SUBMIT_WEEKS = "submit-weeks"
    SUPERVISE = "supervise"
    MEMBERS = "members"
    COMPLIANCE_REVIEW = "compliance-review"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateApiToken:
    """A person lets a program act for them, for one purpose and a time."""

    person_id: UUID
    token_id: UUID
    purpose: TokenPurpose
    at_us: int
    expires_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiToken:
    """A token counts no more."""

    person_id: UUID
    token_id: UUID


class ApiTokenCreated(ClearFact, frozen=True, kw_only=True, tag="api-token-created.v1"):
    """A program may act for a person from here on, as far as the purpose goes."""

    person_id: UUID
    token_id: UUID
    purpose: TokenPurpose
    expires_at_us: int


class ApiTokenRevoked(ClearFact, frozen=True, kw_only=True, tag="api-token-revoked.v1"):
    """What is done with the token after this was done by nobody we let in."""

    person_id: UUID
    token_id: UUID


def token_facts(
    command: CreateApiToken | RevokeApiToken, tokens: frozenset[UUID]
) -> tuple[ApiTokenCreated | ApiTokenRevoked, ...]:
    """Return what happens; `tokens` are those that were not taken back.

    Raises `Refused` for an end that is not within TOKEN_DAYS_MAX days.
    """
    match command:
        case CreateApiToken(at_us=at_us, expires_at_us=expires_at_us):
            if not at_us < expires_at_us <= at_us + TOKEN_US_MAX:
                raise Refused(RefusalCode.TOKEN_DAYS_INVALID, field="days")
            return (
                ApiTokenCreated(
                    person_id=command.person_id,
                    token_id=command.token_id,
                    purpose=command.purpose,
                    expires_at_us=expires_at_us,
                ),
            )
        case RevokeApiToken(person_id=person_id, token_id=token_id) if token_id in tokens:
            return (ApiTokenRevoked(person_id=person_id, token_id=token_id),)
        case RevokeApiToken():
            return ()
        case _:
            assert_never(command)
