"""A supervisor with a passkey in software, who signs whatever statement is put before them."""

from base64 import urlsafe_b64decode
from uuid import UUID, uuid4

import cbor2
import msgspec

from aggregates.hours.week_row import Assertion
from aggregates.hours.week_statement import statement_challenge
from aggregates.person import Passkey, RegisterPasskey, RevokePasskey
from commands.context import Actor, Context
from commands.person import record_person
from tests.web.identity.authenticator import Authenticator, b64


class Signer:
    """One person's passkey, on record in their practice."""

    def __init__(self, context: Context, actor: Actor) -> None:
        self._context = context
        self.actor = actor
        self.authenticator = Authenticator()
        passkey = Passkey(
            credential_id=self.authenticator.credential_id,
            public_key=cose_key(self.authenticator),
            aaguid=UUID(int=0),
            may_be_synced=False,
            is_synced=False,
        )
        register = RegisterPasskey(person_id=actor.person_id, passkey=passkey)
        record_person(context, actor, actor.person_id, register, uuid4())

    def sign(self, statement: str) -> Assertion:
        """Answer the challenge of a statement."""
        return self.answer(statement_challenge(statement))

    def answer(self, challenge: bytes, **client_data: object) -> Assertion:
        """Answer any challenge, and say anything of the page that asked."""
        options = msgspec.json.encode({"challenge": b64(challenge)}).decode()
        told = msgspec.json.decode(self.authenticator.get(options, **client_data))["response"]
        return Assertion(
            credential_id=self.authenticator.credential_id,
            authenticator_data=_raw(told["authenticatorData"]),
            client_data=_raw(told["clientDataJSON"]),
            signature=_raw(told["signature"]),
        )

    def revoke(self) -> None:
        """Let the passkey count no more."""
        revoke = RevokePasskey(
            person_id=self.actor.person_id, credential_id=self.authenticator.credential_id
        )
        record_person(self._context, self.actor, self.actor.person_id, revoke, uuid4())


def cose_key(authenticator: Authenticator) -> bytes:
    """Return the public key as an authenticator spells it (RFC 9052)."""
    numbers = authenticator.key.public_key().public_numbers()
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
