"""An authenticator in software that does as it is told, also what a good one never would."""

import base64
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "https://localhost:8443"
HOST = "localhost"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def challenge_in(options: str) -> bytes:
    """Return the challenge that a page was given."""
    text = msgspec.json.decode(options)["challenge"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey; what it says of itself and of the page may be set to anything."""

    origin: str = ORIGIN
    host: str = HOST
    flags: int = UP | UV
    count: int = 0
    cross_origin: bool = False
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    user_handle: bytes | None = None

    def create(self, options: str, **client_data: object) -> str:
        """Answer a request to make a passkey."""
        self.user_handle = base64.urlsafe_b64decode(
            msgspec.json.decode(options)["user"]["id"] + "=="
        )
        client = self._client("webauthn.create", options, client_data)
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id
        data = self._data(self.flags | AT) + attested + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._json({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def get(self, options: str, **client_data: object) -> str:
        """Answer a request to check the passkey; the count goes up unless it is kept at zero."""
        client = self._client("webauthn.get", options, client_data)
        data = self._data(self.flags)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
        }
        if self.user_handle is not None:
            response["userHandle"] = b64(self.user_handle)
        return self._json(response)

    def person(self) -> UUID:
        """Return whose passkey it is."""
        assert self.user_handle is not None
        return UUID(bytes=self.user_handle)

    def _client(self, kind: str, options: str, changed: dict[str, object]) -> bytes:
        said: dict[str, object] = {
            "type": kind,
            "challenge": b64(challenge_in(options)),
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return msgspec.json.encode(said | changed)

    def _data(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _json(self, response: dict[str, str]) -> str:
        answer = {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }
        return msgspec.json.encode(answer).decode()
