"""Seals short texts that belong to no stream, and indexes them, under keys from the root key."""

import hashlib
import hmac
import secrets
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import Tampered
from ledger.sealing import NONCE_BYTES

TEXT_BYTES_MAX: Final = 255
_PADDED_BYTES: Final = 256


class Deriving(Protocol):
    """A root key that gives other keys, each for one purpose."""

    def derive(self, purpose: bytes) -> bytes:
        """Return the 32 bytes that belong to this purpose and to no other."""
        ...


class SealedTexts:
    """One kind of text, such as addresses: found by a keyed hash, read with a key of its own.

    The hash is deterministic, so that a text can be found; without the root key nobody can try
    texts against it. What is sealed is bound to its owner and tells nothing of its length.
    """

    def __init__(self, root: Deriving, kind: str) -> None:
        self._index_key = root.derive(f"therapist-os/{kind}/index/v1".encode("ascii"))
        self._cipher = AESGCM(root.derive(f"therapist-os/{kind}/seal/v1".encode("ascii")))

    def index(self, text: str) -> bytes:
        """Return the HMAC-SHA256 under which this text is found."""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).digest()

    def seal(self, owner_id: UUID, text: str) -> bytes:
        """Return nonce 12 || ciphertext of 256 bytes || tag 16; the text has at most 255 bytes."""
        raw = text.encode()
        if len(raw) > TEXT_BYTES_MAX:
            raise ValueError("a text to be sealed has at most 255 bytes")
        nonce = secrets.token_bytes(NONCE_BYTES)
        padded = bytes([len(raw)]) + raw.ljust(_PADDED_BYTES - 1, b"\0")
        return nonce + self._cipher.encrypt(nonce, padded, owner_id.bytes)

    def open(self, owner_id: UUID, sealed: bytes) -> str:
        """Return the text; raises `Tampered` when it was changed, or sealed for somebody else."""
        nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            padded = self._cipher.decrypt(nonce, box, owner_id.bytes)
        except (InvalidTag, ValueError):
            raise Tampered("a sealed text, or whom it belongs to, was changed") from None
        return padded[1 : 1 + padded[0]].decode()
