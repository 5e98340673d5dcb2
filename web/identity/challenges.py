"""Challenges: for one purpose and one browser, good once and for five minutes."""

import secrets
from enum import StrEnum
from hashlib import sha256
from typing import Final

from web.identity.gate import GateConnection

RANDOM_BYTES: Final = 32
LIFETIME_US: Final = 5 * 60 * 1_000_000
STATEMENT_BYTES: Final = 32
# No member of Purpose, so that `put` and `take` cannot be asked for it.
_SIGNING: Final = "sign-week"

_PUT: Final = """
INSERT INTO gate.challenges (challenge_sha256, purpose, bound_to, expires_at_us)
VALUES (%b, %b, %b, %b)
"""
_OFFER: Final = f"{_PUT.strip()} ON CONFLICT DO NOTHING"
_TAKE: Final = """
DELETE FROM gate.challenges
WHERE challenge_sha256 = %b AND purpose = %b AND bound_to = %b AND expires_at_us > %b
"""
_SWEEP: Final = "DELETE FROM gate.challenges WHERE expires_at_us <= %b"


class Purpose(StrEnum):
    """What a challenge is for; it stands in front of the random bytes.

    A signature's challenge is a bare SHA-256, so nothing that is signed to come in can be shown
    as a signature under a record, nor the other way round.
    """

    ENROL = "enrol"
    SIGN_IN = "sign-in"
    STEP_UP = "step-up"


def prefix_of(purpose: Purpose) -> bytes:
    """Return what each challenge of this purpose begins with."""
    return f"therapist-os/{purpose.value}/v1\n".encode("ascii")


def put(connection: GateConnection, purpose: Purpose, bound_to: bytes, now_us: int) -> bytes:
    """Return a new challenge for whoever holds what `bound_to` is the hash of."""
    challenge = prefix_of(purpose) + secrets.token_bytes(RANDOM_BYTES)
    connection.execute(_SWEEP, (now_us,))
    kept = (sha256(challenge).digest(), purpose.value, bound_to, now_us + LIFETIME_US)
    connection.execute(_PUT, kept)
    return challenge


def take(
    connection: GateConnection, purpose: Purpose, bound_to: bytes, challenge: bytes, now_us: int
) -> bool:
    """Use a challenge up; False for one that was not given, or not for this."""
    if not challenge.startswith(prefix_of(purpose)):
        return False
    asked = (sha256(challenge).digest(), purpose.value, bound_to, now_us)
    return connection.execute(_TAKE, asked).rowcount == 1


def offer(connection: GateConnection, bound_to: bytes, challenge: bytes, now_us: int) -> None:
    """Take down the challenge of a statement that is shown to whoever holds `bound_to`'s token.

    It is the statement's hash and nothing else. The same one offered again is not renewed.
    """
    if len(challenge) != STATEMENT_BYTES:
        raise ValueError("a statement's challenge is its hash")
    connection.execute(_SWEEP, (now_us,))
    kept = (sha256(challenge).digest(), _SIGNING, bound_to, now_us + LIFETIME_US)
    connection.execute(_OFFER, kept)


def accept(connection: GateConnection, bound_to: bytes, challenge: bytes, now_us: int) -> bool:
    """Use the challenge of a statement up; False for one that was not offered here."""
    if len(challenge) != STATEMENT_BYTES:
        return False
    asked = (sha256(challenge).digest(), _SIGNING, bound_to, now_us)
    return connection.execute(_TAKE, asked).rowcount == 1
