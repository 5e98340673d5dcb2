"""Passkeys: registered, checked and revoked; the gate's own list of which count."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.person import Passkey
from ledger.clock import Clock
from web.identity import challenges, rates
from web.identity.accounts import Accounts, network_of
from web.identity.ceremony import (
    AuthenticationCredential,
    NewPasskey,
    PasskeyRefused,
    RelyingParty,
    challenge_of,
    creation_options,
    read_assertion,
    read_creation,
    request_options,
    verify_assertion,
    verify_creation,
)
from web.identity.challenges import Purpose
from web.identity.gate import Gate, GateConnection

PASSKEYS_MAX: Final = 20

_COLUMNS: Final = "credential_id, public_key, aaguid, may_be_synced, is_synced"
_ACTIVE: Final = f"""
SELECT {_COLUMNS}, registered_at_us, used_at_us FROM gate.passkeys
WHERE person_id = %b AND revoked_at_us IS NULL ORDER BY registered_at_us, credential_id
"""  # noqa: S608 -- fixed names
_ONE: Final = f"""
SELECT {_COLUMNS}, person_id FROM gate.passkeys
WHERE credential_id = %b AND revoked_at_us IS NULL
"""  # noqa: S608 -- fixed names
_PUT: Final = """
INSERT INTO gate.passkeys (credential_id, person_id, public_key, sign_count, aaguid,
                           may_be_synced, is_synced, registered_at_us)
VALUES (%b, %b, %b, %b, %b, %b, %b, %b) ON CONFLICT DO NOTHING
"""
# A count that does not grow means a copy; authenticators that do not count say 0 for ever.
_USED: Final = """
UPDATE gate.passkeys SET sign_count = %(count)b, may_be_synced = %(may)b, is_synced = %(is)b,
       used_at_us = %(now)b
WHERE credential_id = %(id)b AND revoked_at_us IS NULL
  AND (sign_count < %(count)b OR (sign_count = 0 AND %(count)b = 0))
"""
_REVOKE: Final = """
UPDATE gate.passkeys SET revoked_at_us = %b
WHERE person_id = %b AND credential_id = ANY (%b::bytea[]) AND revoked_at_us IS NULL
"""


@dataclass(frozen=True, slots=True)
class Registered:
    """A passkey that counts, and when it was registered and last used."""

    passkey: Passkey
    registered_at_us: int
    used_at_us: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """Who passed a check, and with which passkey and its key."""

    person_id: UUID
    credential_id: bytes
    public_key: bytes


class Passkeys:
    """Asks for passkeys and judges the answers."""

    def __init__(self, gate: Gate, accounts: Accounts, clock: Clock, party: RelyingParty) -> None:
        self._gate = gate
        self._accounts = accounts
        self._clock = clock
        self._party = party

    def ask_to_create(self, person_id: UUID, bound_to: bytes) -> str:
        """Return the options to make a passkey, for the browser that holds the session."""
        with self._gate.transaction() as connection:
            known = [each.passkey.credential_id for each in _active(connection, person_id)]
            now_us = self._clock.now_us()
            challenge = challenges.put(connection, Purpose.ENROL, bound_to, now_us)
        return creation_options(self._party, person_id, challenge, known)

    def ask_to_check(
        self, purpose: Purpose, bound_to: bytes, person_id: UUID | None, address: str
    ) -> str | None:
        """Return the options to check a passkey; None when too many were asked for."""
        now_us = self._clock.now_us()
        bucket = self._accounts.bucket("checks by address", network_of(address))
        with self._gate.transaction() as connection:
            if not rates.take(connection, bucket, rates.CHECKS_BY_ADDRESS, now_us):
                return None
            allowed = [] if person_id is None else _active(connection, person_id)
            challenge = challenges.put(connection, purpose, bound_to, now_us)
        ids = [each.passkey.credential_id for each in allowed]
        return request_options(self._party, challenge, ids)

    def register(
        self, person_id: UUID, bound_to: bytes, answer_text: str, *, only_first: bool
    ) -> Passkey:
        """Return the passkey that counts from now on. Raises `PasskeyRefused`.

        With `only_first` it is refused when the person has one that counts: a link alone is not
        enough then.
        """
        answer = read_creation(answer_text)
        challenge = challenge_of(answer)
        self._take(Purpose.ENROL, bound_to, challenge)
        new = verify_creation(self._party, answer, challenge)
        now_us = self._clock.now_us()
        with self._gate.transaction() as connection:
            if not self._hold(connection, person_id):
                raise PasskeyRefused
            active = len(_active(connection, person_id))
            if active >= (1 if only_first else PASSKEYS_MAX):
                raise PasskeyRefused
            if not _put(connection, person_id, new, now_us):
                raise PasskeyRefused
        return new.passkey

    def check(
        self, purpose: Purpose, bound_to: bytes, answer_text: str, person_id: UUID | None
    ) -> Checked:
        """Return who passed; `person_id` is who it has to be. Raises `PasskeyRefused`."""
        answer = read_assertion(answer_text)
        challenge = challenge_of(answer)
        self._take(purpose, bound_to, challenge)
        return self.judge(answer, challenge, person_id)

    def judge(
        self, answer: AuthenticationCredential, challenge: bytes, person_id: UUID | None
    ) -> Checked:
        """Return who answered a challenge that is used up. Raises `PasskeyRefused`.

        The passkey counts from now on as used as often as it says; a copy of it does not pass.
        """
        passkey, owner_id = self._known(answer.raw_id)
        said = answer.response.user_handle
        if person_id not in (None, owner_id) or said not in (None, owner_id.bytes):
            raise PasskeyRefused
        shown = verify_assertion(self._party, answer, challenge, passkey)
        used = {
            "count": shown.sign_count,
            "may": shown.may_be_synced,
            "is": shown.is_synced,
            "now": self._clock.now_us(),
            "id": passkey.credential_id,
        }
        with self._gate.transaction() as connection:
            if connection.execute(_USED, used).rowcount != 1:
                raise PasskeyRefused
        return Checked(owner_id, passkey.credential_id, passkey.public_key)

    def of_person(self, person_id: UUID) -> list[Registered]:
        """Return the passkeys that count, the first registered first."""
        with self._gate.transaction() as connection:
            return _active(connection, person_id)

    def revoke(self, person_id: UUID, credential_id: bytes) -> bool:
        """Revoke a passkey, but not the last; False when it does not count or is the last."""
        with self._gate.transaction() as connection:
            if not self._hold(connection, person_id):
                return False
            ids = [each.passkey.credential_id for each in _active(connection, person_id)]
            if credential_id not in ids or len(ids) == 1:
                return False
            asked = (self._clock.now_us(), person_id, [credential_id])
            return connection.execute(_REVOKE, asked).rowcount == 1

    def _hold(self, connection: GateConnection, person_id: UUID) -> bool:
        """Let one change of a person's passkeys come after the other; False for far too many.

        The bucket's row stays locked until the transaction ends.
        """
        bucket = self._accounts.bucket("passkeys by account", str(person_id))
        return rates.take(connection, bucket, rates.CHANGES_BY_ACCOUNT, self._clock.now_us())

    def _take(self, purpose: Purpose, bound_to: bytes, challenge: bytes) -> None:
        # In a transaction of its own: a challenge is used up whatever becomes of the answer.
        with self._gate.transaction() as connection:
            now_us = self._clock.now_us()
            if not challenges.take(connection, purpose, bound_to, challenge, now_us):
                raise PasskeyRefused

    def _known(self, credential_id: bytes) -> tuple[Passkey, UUID]:
        with self._gate.transaction() as connection:
            row = connection.execute(_ONE, (credential_id,), binary=True).fetchone()
        if row is None:
            raise PasskeyRefused
        return _passkey(row[:5]), row[5]


def _active(connection: GateConnection, person_id: UUID) -> list[Registered]:
    rows = connection.execute(_ACTIVE, (person_id,), binary=True).fetchall()
    return [Registered(_passkey(row[:5]), row[5], row[6]) for row in rows]


def _passkey(row: tuple[bytes, bytes, UUID, bool, bool]) -> Passkey:
    credential_id, public_key, aaguid, may_be_synced, is_synced = row
    return Passkey(
        credential_id=credential_id,
        public_key=public_key,
        aaguid=aaguid,
        may_be_synced=may_be_synced,
        is_synced=is_synced,
    )


def _put(connection: GateConnection, person_id: UUID, new: NewPasskey, now_us: int) -> bool:
    passkey = new.passkey
    row = (
        passkey.credential_id,
        person_id,
        passkey.public_key,
        new.sign_count,
        passkey.aaguid,
        passkey.may_be_synced,
        passkey.is_synced,
        now_us,
    )
    return connection.execute(_PUT, row).rowcount == 1
