"""Recovery of who lost all passkeys: one of ten codes, or an owner's approval and a day's delay."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.private import Private
from ledger.clock import Clock
from web.identity import rates
from web.identity.accounts import Accounts
from web.identity.gate import Gate, GateConnection

CODES: Final = 10
DELAY_US: Final = 24 * 60 * 60 * 1_000_000
OPEN_US: Final = 7 * DELAY_US
_GROUPS: Final = 4
_GROUP: Final = 4
_SALT_BYTES: Final = 16
# Letters and digits that nobody mistakes for each other on paper: 80 bits in 16 of them.
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

_FORGET: Final = "DELETE FROM gate.recovery_codes WHERE person_id = %b"
_PUT: Final = """
INSERT INTO gate.recovery_codes (person_id, place, salt, hash) VALUES (%b, %b, %b, %b)
"""
_CODE: Final = """
SELECT salt, hash FROM gate.recovery_codes
WHERE person_id = %b AND place = %b AND used_at_us IS NULL
"""
_USE: Final = """
UPDATE gate.recovery_codes SET used_at_us = %b
WHERE person_id = %b AND place = %b AND used_at_us IS NULL
"""
_LEFT: Final = """
SELECT count(*) FROM gate.recovery_codes WHERE person_id = %b AND used_at_us IS NULL
"""
# Asking again leaves what an owner has approved as it is.
_ASK: Final = """
INSERT INTO gate.recoveries AS r (person_id, practice_id, asked_at_us, expires_at_us)
VALUES (%b, %b, %b, %b)
ON CONFLICT (person_id) DO UPDATE SET
    practice_id = excluded.practice_id, asked_at_us = excluded.asked_at_us, opens_at_us = NULL,
    expires_at_us = excluded.expires_at_us
WHERE r.opens_at_us IS NULL OR r.expires_at_us <= excluded.asked_at_us
"""
_APPROVE: Final = """
UPDATE gate.recoveries SET opens_at_us = %b, expires_at_us = %b
WHERE person_id = %b AND practice_id = %b AND opens_at_us IS NULL AND expires_at_us > %b
"""
_STOP: Final = "DELETE FROM gate.recoveries WHERE person_id = %b"
_TAKE: Final = """
DELETE FROM gate.recoveries
WHERE person_id = %b AND opens_at_us <= %b AND expires_at_us > %b
"""
_ONE: Final = """
SELECT person_id, practice_id, asked_at_us, opens_at_us FROM gate.recoveries
WHERE person_id = %b AND expires_at_us > %b
"""
_ASKED: Final = """
SELECT person_id, practice_id, asked_at_us, opens_at_us FROM gate.recoveries
WHERE practice_id = %b AND expires_at_us > %b ORDER BY asked_at_us
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A recovery that a person asked of a practice; `opens_at_us` is None until it is approved."""

    person_id: UUID
    practice_id: UUID
    asked_at_us: int
    opens_at_us: int | None


class Recovery:
    """Keeps recovery codes as slow hashes, and what was asked of owners."""

    def __init__(self, gate: Gate, accounts: Accounts, clock: Clock) -> None:
        self._gate = gate
        self._accounts = accounts
        self._clock = clock

    def new_codes(self, person_id: UUID) -> list[Private]:
        """Return ten fresh codes, to be shown once; those before them are worth nothing."""
        codes = [_new_code(place) for place in range(CODES)]
        rows: list[tuple[UUID, int, bytes, bytes]] = []
        for place, code in enumerate(codes, 1):
            salt = secrets.token_bytes(_SALT_BYTES)
            rows.append((person_id, place, salt, _slow_hash(_plain(code), salt)))
        with self._gate.transaction() as connection:
            connection.execute(_FORGET, (person_id,))
            connection.cursor().executemany(_PUT, rows)
        return [Private(code) for code in codes]

    def codes_left(self, person_id: UUID) -> int:
        """Return how many codes were not used."""
        with self._gate.transaction() as connection:
            row = connection.execute(_LEFT, (person_id,)).fetchone()
        return 0 if row is None else row[0]

    def use_code(self, person_id: UUID, typed: str) -> bool | None:
        """Use a code up; False for a wrong one, None when too many were tried."""
        code = _plain(typed)
        place = int(code[0]) + 1 if code[:1].isdecimal() and code.isascii() else 1
        with self._gate.transaction() as connection:
            if not self._may_try(connection, person_id):
                return None
            row = connection.execute(_CODE, (person_id, place)).fetchone()
        salt, expected = row or (bytes(_SALT_BYTES), bytes(32))
        # Hashed outside of a transaction, and also where there is nothing to compare with.
        if not hmac.compare_digest(_slow_hash(code, salt), expected) or row is None:
            return False
        with self._gate.transaction() as connection:
            used = connection.execute(_USE, (self._clock.now_us(), person_id, place))
            return used.rowcount == 1

    def ask(self, person_id: UUID, practice_id: UUID) -> bool:
        """Ask an owner of the practice; False when too often."""
        now_us = self._clock.now_us()
        with self._gate.transaction() as connection:
            if not self._may_try(connection, person_id):
                return False
            connection.execute(_ASK, (person_id, practice_id, now_us, now_us + OPEN_US))
        return True

    def approve(self, person_id: UUID, practice_id: UUID) -> tuple[int, Private] | None:
        """Approve what was asked: when it opens, and whom to tell. None when nothing was."""
        now_us = self._clock.now_us()
        opens_at_us = now_us + DELAY_US
        with self._gate.transaction() as connection:
            times = (opens_at_us, opens_at_us + OPEN_US)
            asked = (*times, person_id, practice_id, now_us)
            if connection.execute(_APPROVE, asked).rowcount != 1:
                return None
            address = self._accounts.address_of(connection, person_id)
        assert address is not None
        return opens_at_us, address

    def stop(self, person_id: UUID) -> None:
        """Forget what was asked, approved or not."""
        with self._gate.transaction() as connection:
            connection.execute(_STOP, (person_id,))

    def take(self, person_id: UUID) -> bool:
        """Use an approved recovery up, once its delay is over."""
        now_us = self._clock.now_us()
        with self._gate.transaction() as connection:
            return connection.execute(_TAKE, (person_id, now_us, now_us)).rowcount == 1

    def of_person(self, person_id: UUID) -> Asked | None:
        """Return what a person asked for, None for nothing that goes on."""
        with self._gate.transaction() as connection:
            row = connection.execute(_ONE, (person_id, self._clock.now_us())).fetchone()
        return None if row is None else Asked(*row)

    def of_practice(self, practice_id: UUID) -> list[Asked]:
        """Return what was asked of a practice's owners."""
        with self._gate.transaction() as connection:
            rows = connection.execute(_ASKED, (practice_id, self._clock.now_us())).fetchall()
        return [Asked(*row) for row in rows]

    def _may_try(self, connection: GateConnection, person_id: UUID) -> bool:
        bucket = self._accounts.bucket("recoveries by account", person_id.bytes)
        now_us = self._clock.now_us()
        return rates.take(connection, bucket, rates.RECOVERIES_BY_ACCOUNT, now_us)


def _new_code(place: int) -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return f"{place}-" + "-".join(groups)


def _plain(code: str) -> str:
    return code.upper().replace("-", "").replace(" ", "")[: 1 + _GROUPS * _GROUP]


def _slow_hash(code: str, salt: bytes) -> bytes:
    raw = code.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=salt, n=1 << 14, r=8, p=1, dklen=32)
