"""Knows a command of a program again: the same key with the same body, or with another one."""

from enum import Enum
from hashlib import sha256
from typing import Final
from uuid import UUID

from ledger.clock import Clock
from web.identity.accounts import Accounts
from web.identity.gate import Gate

KEPT_US: Final = 24 * 60 * 60 * 1_000_000

_PUT: Final = """
INSERT INTO gate.api_commands (command_id, sent_hmac, expires_at_us) VALUES (%b, %b, %b)
ON CONFLICT (command_id) DO NOTHING RETURNING true
"""
_FIND: Final = "SELECT sent_hmac FROM gate.api_commands WHERE command_id = %b"
_SWEEP: Final = "DELETE FROM gate.api_commands WHERE expires_at_us <= %b"


class Sent(Enum):
    """What is known of a command."""

    NEW = "new"
    AGAIN = "again"
    OTHERWISE = "otherwise"  # with another body, or to another address


class ApiCommands:
    """Remembers a day long what was sent under which command id; may raise `Unavailable`."""

    def __init__(self, gate: Gate, accounts: Accounts, clock: Clock) -> None:
        self._gate = gate
        self._accounts = accounts
        self._clock = clock

    def note(self, command_id: UUID, sent: bytes) -> Sent:
        """Remember what was sent, or compare it with what was sent before.

        Of several at once one is new.
        """
        now_us = self._clock.now_us()
        digest = sha256(command_id.bytes + sent).digest()
        mac = self._accounts.bucket("api command", digest)
        with self._gate.transaction() as connection:
            connection.execute(_SWEEP, (now_us,))
            kept = (command_id, mac, now_us + KEPT_US)
            if connection.execute(_PUT, kept).fetchone() is not None:
                return Sent.NEW
            row = connection.execute(_FIND, (command_id,), binary=True).fetchone()
        # Swept between the two statements by somebody else: as if it had never been.
        return Sent.AGAIN if row is None or row[0] == mac else Sent.OTHERWISE
