"""Checks what a passkey signed, from its public key and the challenge (WebAuthn 3, section 7.2)."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from ledger.errors import Malformed, ProofInvalid

CHALLENGE_BYTES: Final = 32
AUTHENTICATOR_DATA_BYTES_MAX: Final = 1024
CLIENT_DATA_BYTES_MAX: Final = 2048
# Two parsers of JSON agree on what is this flat; the auditors' verifier has another one than we.
CLIENT_DATA_NESTED_MAX: Final = 8

_HEAD_BYTES: Final = 37  # hash of the host (32), flags (1), sign count (4)
_FLAGS_AT: Final = 32
_PRESENT_AND_VERIFIED: Final = 0x05
_ORIGIN: Final = re.compile(r"https://([a-z0-9.-]+)(?::[0-9]{1,5})?", re.ASCII)
_TYPE: Final = "webauthn.get"

# A COSE key (RFC 9052) in the one order and length that CTAP2 gives each integer and map, so that
# its parser is its spelling: key type, algorithm, curve or modulus, and nothing optional.
_ES256: Final = re.compile(
    rb"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20(.{32})\x22\x58\x20(.{32})", re.DOTALL
)
_EDDSA: Final = re.compile(rb"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20(.{32})", re.DOTALL)
_RS256: Final = re.compile(
    rb"\xa4\x01\x03\x03\x39\x01\x00\x20\x59(..)(.{256,512})\x21\x43\x01\x00\x01", re.DOTALL
)
_EXPONENT: Final = 65537

PublicKey = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey


def read_key(cose_key: bytes) -> PublicKey:
    """Return the key of ES256, EdDSA or RS256. Raises `Malformed` for any other."""
    try:
        if found := _ES256.fullmatch(cose_key):
            point = b"\x04" + found[1] + found[2]
            return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        if found := _EDDSA.fullmatch(cose_key):
            return Ed25519PublicKey.from_public_bytes(found[1])
        found = _RS256.fullmatch(cose_key)
        if found and int.from_bytes(found[1], "big") == len(found[2]) and found[2][0]:
            modulus = int.from_bytes(found[2], "big")
            return RSAPublicNumbers(_EXPONENT, modulus).public_key()
    except ValueError:
        pass
    raise Malformed("not a passkey's public key")


def verify(
    cose_key: bytes,
    authenticator_data: bytes,
    client_data: bytes,
    signature: bytes,
    expected_challenge: bytes,
) -> None:
    """Check one assertion with user verification. Raises `ProofInvalid`, always the same.

    The page's origin is known to the caller alone; here it must be HTTPS, of the host that the
    authenticator signed for. `expected_challenge` is a hash: what is signed to come in is longer.
    """
    if len(expected_challenge) != CHALLENGE_BYTES:
        raise ValueError("a statement's challenge is its hash")
    host = _host(client_data, expected_challenge)
    _check_authenticator(authenticator_data, host)
    try:
        _check_signature(
            read_key(cose_key), signature, authenticator_data + sha256(client_data).digest()
        )
    except (InvalidSignature, Malformed, ValueError):
        raise _invalid() from None


def _host(client_data: bytes, challenge: bytes) -> str:
    """Return whose page asked for this challenge. Raises `ProofInvalid`."""
    nested = client_data.count(b"{") + client_data.count(b"[")
    if len(client_data) > CLIENT_DATA_BYTES_MAX or nested > CLIENT_DATA_NESTED_MAX:
        raise _invalid()
    try:
        told = msgspec.json.decode(client_data.decode(), type=dict[str, object])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _invalid() from None
    asked = urlsafe_b64encode(challenge).rstrip(b"=").decode()
    is_ours = told.get("type") == _TYPE and told.get("challenge") == asked
    is_top = told.get("crossOrigin", False) is False and "topOrigin" not in told
    origin = told.get("origin")
    found = _ORIGIN.fullmatch(origin) if isinstance(origin, str) else None
    if not (is_ours and is_top and found):
        raise _invalid()
    return found[1]


def _check_authenticator(authenticator_data: bytes, host: str) -> None:
    if not _HEAD_BYTES <= len(authenticator_data) <= AUTHENTICATOR_DATA_BYTES_MAX:
        raise _invalid()
    flags = authenticator_data[_FLAGS_AT]
    is_verified = flags & _PRESENT_AND_VERIFIED == _PRESENT_AND_VERIFIED
    if authenticator_data[:_FLAGS_AT] != sha256(host.encode()).digest() or not is_verified:
        raise _invalid()


def _check_signature(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Check it as the key's kind does. Raises `InvalidSignature`."""
    if isinstance(key, EllipticCurvePublicKey):
        key.verify(signature, message, ECDSA(SHA256()))
    elif isinstance(key, RSAPublicKey):
        key.verify(signature, message, PKCS1v15(), SHA256())
    else:
        key.verify(signature, message)


def _invalid() -> ProofInvalid:
    return ProofInvalid("not what this passkey signed on this page")
