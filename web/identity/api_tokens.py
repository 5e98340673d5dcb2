"""Tokens of programs: 256 random bits behind a known beginning, kept as a hash, for one purpose."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final
from uuid import UUID

from aggregates.api_token import TokenPurpose
from ledger.clock import Clock
from web.identity import rates
from web.identity.accounts import Accounts, network_of
from web.identity.gate import Gate
from web.identity.tokens import hash_of, new_token

# So that whoever finds one in a file, or searches for them, knows what it is and takes it back.
PREFIX: Final = "therapist_os_"
TOKENS_MAX: Final = 20
LISTED_US: Final = 24 * 60 * 60 * 1_000_000
TOUCH_US: Final = 60 * 1_000_000
_SPELLING: Final = re.compile(f"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)

_COLUMNS: Final = (
    "token_id, person_id, practice_id, purpose, created_at_us, expires_at_us, used_at_us"
)
_INSERT: Final = """
INSERT INTO gate.api_tokens (token_sha256, token_id, person_id, practice_id, purpose,
                             created_at_us, expires_at_us)
VALUES (%b, %b, %b, %b, %b, %b, %b)
"""
_FIND: Final = f"""
SELECT {_COLUMNS} FROM gate.api_tokens
WHERE token_sha256 = %b AND revoked_at_us IS NULL AND expires_at_us > %b
"""  # noqa: S608 -- fixed names
_TOUCH: Final = "UPDATE gate.api_tokens SET used_at_us = %b WHERE token_sha256 = %b"
_OF_PERSON: Final = f"""
SELECT {_COLUMNS} FROM gate.api_tokens
WHERE person_id = %b AND revoked_at_us IS NULL AND expires_at_us > %b
ORDER BY created_at_us DESC, token_id
"""  # noqa: S608 -- fixed names
_REVOKE: Final = f"""
UPDATE gate.api_tokens SET revoked_at_us = coalesce(revoked_at_us, %b)
WHERE person_id = %b AND (token_id = %b OR practice_id = %b)
RETURNING {_COLUMNS}
"""  # noqa: S608 -- fixed names
_SWEEP: Final = "DELETE FROM gate.api_tokens WHERE expires_at_us <= %b"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token as it is kept: whom a program acts for, where, what for, and until when."""

    token_id: UUID
    person_id: UUID
    practice_id: UUID
    purpose: TokenPurpose
    created_at_us: int
    expires_at_us: int
    used_at_us: int | None = None


class NotAdmitted(Enum):
    """Why a token lets nobody in."""

    UNKNOWN = "unknown"  # never given, taken back, or too old
    TOO_MANY = "too-many"  # asked with it, or with wrong ones from this place


class ApiTokens:
    """Gives tokens out, knows them again, and takes them back; all may raise `Unavailable`."""

    def __init__(self, gate: Gate, accounts: Accounts, clock: Clock) -> None:
        self._gate = gate
        self._accounts = accounts
        self._clock = clock

    def create(self, token: ApiToken) -> str:
        """Return what the program is to send, to be shown once."""
        text = PREFIX + new_token()
        kept = (
            *(hash_of(text), token.token_id, token.person_id, token.practice_id),
            *(token.purpose.value, token.created_at_us, token.expires_at_us),
        )
        with self._gate.transaction() as connection:
            connection.execute(_SWEEP, (token.created_at_us - LISTED_US,))
            connection.execute(_INSERT, kept)
        return text

    def admit(self, text: str, address: str) -> ApiToken | NotAdmitted:
        """Return the token that this is, counting the call against it, or a wrong one's place."""
        now_us, key = self._clock.now_us(), hash_of(text)
        is_one = _SPELLING.fullmatch(text) is not None
        with self._gate.transaction() as connection:
            found = connection.execute(_FIND, (key, now_us), binary=True) if is_one else None
            row = found.fetchone() if found else None
            if row is None:
                place = self._accounts.bucket("wrong tokens by address", network_of(address))
                may = rates.take(connection, place, rates.WRONG_TOKENS_BY_ADDRESS, now_us)
                return NotAdmitted.UNKNOWN if may else NotAdmitted.TOO_MANY
            token = _token(row)
            bucket = self._accounts.bucket("calls by token", token.token_id.bytes)
            if not rates.take(connection, bucket, rates.CALLS_BY_TOKEN, now_us):
                return NotAdmitted.TOO_MANY
            if now_us - (token.used_at_us or 0) >= TOUCH_US:
                connection.execute(_TOUCH, (now_us, key))
        return token

    def of_person(self, person_id: UUID) -> list[ApiToken]:
        """Return a person's tokens that count, the newest first."""
        with self._gate.transaction() as connection:
            asked = (person_id, self._clock.now_us())
            rows = connection.execute(_OF_PERSON, asked, binary=True).fetchall()
        return [_token(row) for row in rows]

    def revoke(self, person_id: UUID, token_id: UUID) -> list[ApiToken]:
        """Take one of a person's tokens back, which is then to be told.

        Also when it was taken back before: that may not have been told yet.
        """
        return self._revoke(person_id, token_id, None)

    def revoke_in(self, person_id: UUID, practice_id: UUID) -> list[ApiToken]:
        """Take all of a person's tokens for a practice back, likewise."""
        return self._revoke(person_id, None, practice_id)

    def _revoke(
        self, person_id: UUID, token_id: UUID | None, practice_id: UUID | None
    ) -> list[ApiToken]:
        asked = (self._clock.now_us(), person_id, token_id, practice_id)
        with self._gate.transaction() as connection:
            rows = connection.execute(_REVOKE, asked, binary=True).fetchall()
        return [_token(row) for row in rows]


_Row = tuple[UUID, UUID, UUID, str, int, int, int | None]


def _token(row: _Row) -> ApiToken:
    token_id, person_id, practice_id, purpose, created_at_us, expires_at_us, used_at_us = row
    return ApiToken(
        token_id=token_id,
        person_id=person_id,
        practice_id=practice_id,
        purpose=TokenPurpose(purpose),
        created_at_us=created_at_us,
        expires_at_us=expires_at_us,
        used_at_us=used_at_us,
    )
