"""Accounts: a person's id and their e-mail address, sealed, found by a keyed hash of it."""

import ipaddress
from typing import Final
from uuid import UUID

from aggregates.private import Private
from ledger.keys.texts import SealedTexts
from web.identity.gate import Gate, GateConnection

KIND: Final = "gate-address"
_NETWORK_BITS: Final = {4: 32, 6: 64}

_OPEN: Final = """
INSERT INTO gate.accounts (person_id, email_index, email_sealed, created_at_us)
VALUES (%b, %b, %b, %b) ON CONFLICT (email_index) DO NOTHING
"""
_BY_INDEX: Final = "SELECT person_id FROM gate.accounts WHERE email_index = %b"
_SEALED: Final = "SELECT email_sealed FROM gate.accounts WHERE person_id = %b"


class Accounts:
    """Opens accounts and knows their addresses."""

    def __init__(self, gate: Gate, texts: SealedTexts) -> None:
        self._gate = gate
        self._texts = texts

    def index(self, email: Private) -> bytes:
        """Return under what an address is found."""
        return self._texts.index("email " + email.reveal())

    def bucket(self, purpose: str, part: bytes | str) -> bytes:
        """Return the name of a rate bucket, from which nobody can tell whose it is."""
        text = part.hex() if isinstance(part, bytes) else part
        return self._texts.index(f"rate {purpose} {text}")

    def open(self, email: Private, person_id: UUID, now_us: int) -> UUID:
        """Return whose address this is: the person's who has it, else this person's from now on."""
        index = self.index(email)
        sealed = self._texts.seal(person_id, email.reveal())
        with self._gate.transaction() as connection:
            connection.execute(_OPEN, (person_id, index, sealed, now_us))
            row = connection.execute(_BY_INDEX, (index,)).fetchone()
        assert row is not None
        return row[0]

    def address_of(self, connection: GateConnection, person_id: UUID) -> Private | None:
        """Return a person's address; raises `Tampered` when it was changed."""
        row = connection.execute(_SEALED, (person_id,)).fetchone()
        return None if row is None else Private(self._texts.open(person_id, row[0]))

    def find_address(self, person_id: UUID | None) -> Private | None:
        """Return where to write to a person, None for who has no account. Raises `Unavailable`."""
        if person_id is None:
            return None
        with self._gate.transaction() as connection:
            return self.address_of(connection, person_id)


def network_of(address: str) -> str:
    """Return what counts as one place: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "nowhere"  # one bucket for all of them: closed sooner, never open
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    network = ipaddress.ip_network((parsed, _NETWORK_BITS[parsed.version]), strict=False)
    return str(network)
