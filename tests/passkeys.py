"""Passkeys in software of each kind that may sign, and assertions of any kind with them."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from aggregates.hours.week_row import Assertion

ORIGIN: Final = "https://app.example:8443"
HOST: Final = "app.example"
PRESENT_AND_VERIFIED: Final = 0x05
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True)
class SoftwareKey:
    """A key pair: its public half in COSE form, and how it signs."""

    cose: bytes
    sign: Callable[[bytes], bytes]

    def client_data(self, challenge: bytes, said: Mapping[str, object] = NOTHING) -> bytes:
        """Return what a browser says it was asked, changed by `said`."""
        told: dict[str, object] = {
            "type": "webauthn.get",
            "challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "origin": ORIGIN,
            "crossOrigin": False,
        }
        return msgspec.json.encode(told | dict(said))

    def assertion(
        self,
        challenge: bytes,
        credential_id: bytes = b"\x07" * 32,
        flags: int = PRESENT_AND_VERIFIED,
        host: str = HOST,
        said: Mapping[str, object] = NOTHING,
    ) -> Assertion:
        """Return what an authenticator answers."""
        client_data = self.client_data(challenge, said)
        authenticator_data = sha256(host.encode()).digest() + bytes([flags]) + bytes(4)
        signed = authenticator_data + sha256(client_data).digest()
        return Assertion(
            credential_id=credential_id,
            authenticator_data=authenticator_data,
            client_data=client_data,
            signature=self.sign(signed),
        )


@cache
def es256(number: int = 1) -> SoftwareKey:
    """A key on P-256, the usual one."""
    key = ec.derive_private_key(number, ec.SECP256R1())
    at = key.public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")}
    return SoftwareKey(cbor2.dumps(cose), lambda raw: key.sign(raw, ec.ECDSA(SHA256())))


@cache
def eddsa(number: int = 1) -> SoftwareKey:
    """A key on Ed25519."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    cose = {1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()}
    return SoftwareKey(cbor2.dumps(cose), key.sign)


@cache
def rs256(bits: int = 2048, exponent: int = 65537) -> SoftwareKey:
    """An RSA key, as some computers without a newer chip have it."""
    key = rsa.generate_private_key(exponent, bits)
    numbers = key.public_key().public_numbers()
    length = (numbers.e.bit_length() + 7) // 8
    cose = {1: 3, 3: -257, -1: numbers.n.to_bytes(bits // 8, "big")}
    cose[-2] = numbers.e.to_bytes(length, "big")
    return SoftwareKey(cbor2.dumps(cose), lambda raw: key.sign(raw, padding.PKCS1v15(), SHA256()))


KINDS: Final = {"ES256": es256, "EdDSA": eddsa, "RS256": rs256}
