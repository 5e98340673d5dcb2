"""Cosignatures of checkpoints by witnesses (C2SP tlog-cosignature), with Ed25519."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import Malformed, ProofInvalid
from ledger.note import (
    KEY_LENGTH,
    SIGNATURES_MAX,
    VERIFIER_KEY_LENGTH_MAX,
    Note,
    Signature,
    decode,
    is_key_name,
)

TIME_LENGTH: Final = 8
VALUE_LENGTH: Final = TIME_LENGTH + 64
TIME_S_MAX: Final = (1 << 63) - 1
_COSIGNATURE: Final = b"\x04"
_KEY_ID_LENGTH: Final = 4


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's name and its Ed25519 public key of 32 bytes, under which it cosigns."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> int:
        """The first four bytes of SHA-256 over name, newline, type 4 and key."""
        hashed = sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public_key).digest()
        return int.from_bytes(hashed[:_KEY_ID_LENGTH], "big")

    def encode(self) -> str:
        """Return the key as a vkey. Raises `Malformed` for what no vkey may hold."""
        if not is_key_name(self.name) or len(self.public_key) != KEY_LENGTH:
            raise Malformed("not a witness's key")
        return f"{self.name}+{self.key_id:08x}+{b64encode(_COSIGNATURE + self.public_key).decode()}"

    def verify(self, text: str, signature: Signature) -> int:
        """Return when this witness says it cosigned this text: seconds since 1970 UTC.

        Raises `ProofInvalid` when it is not this witness's cosignature of exactly this text.
        """
        time_s = int.from_bytes(signature.value[:TIME_LENGTH], "big")
        is_ours = (signature.key_name, signature.key_id) == (self.name, self.key_id)
        if not is_ours or len(signature.value) != VALUE_LENGTH or time_s > TIME_S_MAX:
            raise ProofInvalid("not a cosignature of this witness")
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(signature.value[TIME_LENGTH:], _message(text, time_s))
        except (InvalidSignature, ValueError):
            raise ProofInvalid("not a cosignature of this witness") from None
        return time_s


def decode_witness_key(vkey: str) -> WitnessKey:
    """Read a witness's vkey strictly. Raises `Malformed`, always the same error."""
    if len(vkey) > VERIFIER_KEY_LENGTH_MAX:
        raise Malformed("not a witness's key")
    try:
        name, _key_id, encoded = vkey.split("+", 2)
        key = WitnessKey(name, b64decode(encoded, validate=True)[len(_COSIGNATURE) :])
        again = key.encode()
    except (ValueError, Malformed) as error:
        raise Malformed("not a witness's key") from error
    if again != vkey:
        raise Malformed("not a witness's key")
    return key


class CosigningKey:
    """A witness's name and private key; shows nothing of the latter."""

    __slots__ = ("_private_key", "witness_key")

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key's 32-byte seed (RFC 8032 section 5.1.5). Raises `Malformed`."""
        if not is_key_name(name) or len(seed) != KEY_LENGTH:
            raise Malformed("not a witness's key")
        self._private_key = Ed25519PrivateKey.from_private_bytes(seed)
        self.witness_key = WitnessKey(name, self._private_key.public_key().public_bytes_raw())

    def cosign(self, text: str, time_s: int) -> Signature:
        """Return the cosignature of a checkpoint's text at a time in seconds since 1970 UTC."""
        signed = self._private_key.sign(_message(text, time_s))
        value = time_s.to_bytes(TIME_LENGTH, "big") + signed
        return Signature(self.witness_key.name, self.witness_key.key_id, value)


def decode_lines(text: str, raw: bytes) -> tuple[Signature, ...]:
    """Read the signature lines that a witness answered for a checkpoint. Raises `Malformed`."""
    return decode(text.encode() + b"\n" + raw).signatures


def cosigned(note: Note, cosignatures: Sequence[Signature]) -> Note:
    """Return the note with these lines below its own. Raises `Malformed` for too many."""
    if len(note.signatures) + len(cosignatures) > SIGNATURES_MAX:
        raise Malformed("too many signatures for a note")
    return Note(note.text, (*note.signatures, *cosignatures))


def _message(text: str, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()
