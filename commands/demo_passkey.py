"""A passkey in software for a demo's supervisors, which is there only while the demo is prepared.

Nobody is shown anything here and nobody verifies themself: what it signs is as invented as the rest
of the demo (docs/adr/0029). It signs for no one else, and its key is stored nowhere.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Final, TypeAlias

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from aggregates.hours.week_row import Assertion
from aggregates.hours.week_statement import statement_challenge
from aggregates.person import (
    DEMO_AUTHENTICATOR,
    Passkey,
    PasskeyRegistered,
    PasskeyRevoked,
    RegisterPasskey,
    RevokePasskey,
)
from commands.context import Actor, Context
from commands.demo_people import DEMO_SUPERVISORS
from commands.person import person_stream, record_person

# Shown to whoever looks at the log, where it stands in the clear.
LABEL: Final = b"Demo passkey, its key was thrown away: "
HOST: Final = "demo.invalid"  # no page ever has it (RFC 2606)
NUMBER_BYTES: Final = 16

_KEY_BYTES: Final = 40  # 64 bits more than the order has, so that no key is likelier (FIPS 186-5)
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PRESENT_AND_VERIFIED: Final = b"\x05"
_NO_COUNT: Final = bytes(4)

Randomness: TypeAlias = Callable[[int], bytes]
Passkeys: TypeAlias = Mapping[Actor, "DemoPasskey"]


class DemoPasskey:
    """The passkey of one of the demo's supervisors; the key is in this object and nowhere else."""

    def __init__(self, supervisor: Actor, randomness: Randomness) -> None:
        """Raise ValueError for anybody but the demo's supervisors."""
        if supervisor not in DEMO_SUPERVISORS.values():
            raise ValueError("only the demo's supervisors have a passkey in software")
        number = int.from_bytes(randomness(_KEY_BYTES)) % (_ORDER - 1) + 1
        self._key = ec.derive_private_key(number, ec.SECP256R1())
        self._credential_id = LABEL + randomness(NUMBER_BYTES).hex().encode()

    @property
    def passkey(self) -> Passkey:
        """What is registered of it."""
        at = self._key.public_key().public_numbers()
        point = b"\x21\x58\x20" + at.x.to_bytes(32) + b"\x22\x58\x20" + at.y.to_bytes(32)
        return Passkey(
            credential_id=self._credential_id,
            public_key=b"\xa5\x01\x02\x03\x26\x20\x01" + point,  # ES256 in COSE (RFC 9052)
            aaguid=DEMO_AUTHENTICATOR,
            may_be_synced=False,
            is_synced=False,
        )

    def sign(self, statement: str) -> Assertion:
        """Answer the challenge of a statement as an authenticator would."""
        challenge = urlsafe_b64encode(statement_challenge(statement)).rstrip(b"=").decode()
        told = {
            "type": "webauthn.get",
            "challenge": challenge,
            "origin": f"https://{HOST}",
            "crossOrigin": False,
        }
        client_data = msgspec.json.encode(told)
        authenticator_data = sha256(HOST.encode()).digest() + _PRESENT_AND_VERIFIED + _NO_COUNT
        message = authenticator_data + sha256(client_data).digest()
        return Assertion(
            credential_id=self._credential_id,
            authenticator_data=authenticator_data,
            client_data=client_data,
            signature=self._key.sign(message, ec.ECDSA(SHA256())),
        )


@contextmanager
def demo_passkeys(context: Context, randomness: Randomness) -> Generator[Passkeys]:
    """Lend a new passkey for each supervisor of the demo, and revoke it when all went well.

    One that is left of a demo that was interrupted is revoked with it: its key is gone.
    """
    passkeys = {each: DemoPasskey(each, randomness) for each in DEMO_SUPERVISORS.values()}
    for supervisor, made in passkeys.items():
        register = RegisterPasskey(person_id=supervisor.person_id, passkey=made.passkey)
        record_person(context, supervisor, supervisor.person_id, register, context.ids.new())
    yield passkeys
    for supervisor in passkeys:
        for credential_id in counting(context, supervisor):
            revoke = RevokePasskey(person_id=supervisor.person_id, credential_id=credential_id)
            record_person(context, supervisor, supervisor.person_id, revoke, context.ids.new())


def counting(context: Context, supervisor: Actor) -> list[bytes]:
    """Return the ids of the demo's passkeys that count for a supervisor."""
    stream_id = person_stream(supervisor.practice_id, supervisor.person_id)
    found: list[bytes] = []
    for recorded in context.history(supervisor.practice_id, stream_id):
        match recorded.fact:
            case PasskeyRegistered(credential_id=credential_id, aaguid=aaguid):
                found += [credential_id] if aaguid == DEMO_AUTHENTICATOR else []
            case PasskeyRevoked(credential_id=credential_id):
                found = [each for each in found if each != credential_id]
            case _:
                pass
    return found
