"""The root key: a port with two verbs, and its embedded driver, a file only this user may read."""

import secrets
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from ledger.errors import KeyFileUnsafe, Tampered
from ledger.keys.files import private_folder, read_private, wipe, write_once
from ledger.sealing import KEY_BYTES, NONCE_BYTES

KEYS_FOLDER: Final = "keys"
ROOT_FILE: Final = "root.key"
_DERIVING: Final = b"therapist-os/root-key/deriving/v1"


class RootKey(Protocol):
    """Wraps other keys and never leaves its place; `context` is authenticated, not secret."""

    def wrap(self, context: bytes, secret: bytes | bytearray) -> bytes:
        """Return the secret, wrapped for this context."""
        ...

    def unwrap(self, context: bytes, wrapped: bytes | bytearray) -> bytearray:
        """Return the secret; raises `Tampered` when it was wrapped otherwise or changed since."""
        ...


class FileRootKey:
    """The embedded driver: AES-256-GCM under 32 random bytes in DATA_DIR/keys/root.key.

    Whoever can read this user's files has the root key: for one machine, not for a cluster.
    """

    def __init__(self, secret: bytearray) -> None:
        self._cipher = AESGCM(secret)
        # What is derived from this says nothing of the secret, nor of what the cipher wrapped.
        self._deriving = HKDF(SHA256(), KEY_BYTES, None, _DERIVING).derive(bytes(secret))

    @classmethod
    def open(cls, data_dir: Path) -> "FileRootKey":
        """Read the root key, made at the first start.

        Raises `KeyFileUnsafe` when others could read it, or when it is gone although keys that it
        wrapped are there.
        """
        folder = data_dir / KEYS_FOLDER
        private_folder(folder)
        path = folder / ROOT_FILE
        secret = read_private(path)
        if secret is None:
            if not any(folder.glob("*/*.key")):
                write_once(path, secrets.token_bytes(KEY_BYTES))
            # Also when another process was first, and has wrapped a key since our first look.
            secret = read_private(path)
        if secret is None:
            raise KeyFileUnsafe("keys/root.key is gone: restore it, nothing opens without it")
        if len(secret) != KEY_BYTES:
            raise KeyFileUnsafe("keys/root.key is not 32 bytes long: restore it")
        root = cls(secret)
        wipe(secret)
        return root

    def wrap(self, context: bytes, secret: bytes | bytearray) -> bytes:
        """Return nonce 12 || ciphertext||tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, context)

    def unwrap(self, context: bytes, wrapped: bytes | bytearray) -> bytearray:
        """Return the secret; raises `Tampered`."""
        return unwrap(self._cipher, context, wrapped)

    def derive(self, purpose: bytes) -> bytes:
        """Return the key of one purpose: HKDF-SHA256 (RFC 5869), the same each time."""
        return HKDFExpand(SHA256(), KEY_BYTES, purpose).derive(self._deriving)


def unwrap(cipher: AESGCM, context: bytes, wrapped: bytes | bytearray) -> bytearray:
    """Open nonce 12 || ciphertext||tag of a 32-byte key into memory that can be overwritten."""
    secret = bytearray(KEY_BYTES)
    try:
        cipher.decrypt_into(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context, secret)
    except (InvalidTag, ValueError) as error:
        raise Tampered("a wrapped key, or what it is bound to, was changed") from error
    return secret
