"""Seals bodies and read-model rows with AES-256-GCM under a record key, and opens them again.

A body is an event's: its leaf carries the key commitment, and opening checks the body's hash, then
the commitment, then decrypts. GCM alone does not commit to its key (one ciphertext can be made that
opens under two), so without the commitment one event could be held with two stories.

A row belongs to a read model, which is thrown away and rebuilt from the events (I7). It proves
nothing, and whoever could craft a row for two keys could as well put another row in its place, so
it carries no commitment. It is bound to its place instead: view, practice, stream and position are
associated data, and a row copied from one place to another does not open.
"""

import hmac
import secrets
from hashlib import sha256
from struct import Struct
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import Malformed, Tampered
from ledger.leaf import Seal

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VIEW_NAME_BYTES_MAX = 63

_COMMITMENT_LABEL = b"therapist-os/key-commitment/v1\n"
_ROW_LABEL = b"therapist-os/row/v1\n"
_ROW_VERSION = b"\x01"
_ROW_HEAD_BYTES = 1 + 16 + NONCE_BYTES
_ROW_PLACE = Struct(">16s16sQ")


def key_commitment(secret: bytes | bytearray, key_id: bytes) -> bytes:
    """Return the 32 bytes that a leaf shows of its key: HMAC-SHA256(secret, label || key_id)."""
    return hmac.digest(secret, _COMMITMENT_LABEL + key_id, "sha256")


class RecordKey(msgspec.Struct, frozen=True):
    """One stream's key, ready for use.

    The 32 secret bytes are inside `cipher` only, which is made once because a reused one is
    faster, may be used by several threads, and wipes its copy when it is freed.
    """

    key_id: UUID
    commitment: bytes
    cipher: AESGCM

    @classmethod
    def of(cls, key_id: UUID, secret: bytes | bytearray) -> "RecordKey":
        """Make the key of `secret`, 32 bytes, which the caller may overwrite afterwards."""
        assert len(secret) == KEY_BYTES, "a record key has 256 bits"
        return cls(key_id, key_commitment(secret, key_id.bytes), AESGCM(secret))


def seal_body(cipher: AESGCM, associated_data: bytes, plaintext: bytes, nonce: bytes) -> bytes:
    """Return ciphertext||tag; a nonce of 12 random bytes is used once under its key."""
    return cipher.encrypt(nonce, plaintext, associated_data)


def open_body(
    key: RecordKey, associated_data: bytes, body: bytes, body_hash: bytes, seal: Seal
) -> bytes:
    """Return the plaintext of a stored body.

    `associated_data` is the leaf's preamble as stored, `body_hash` and `seal` come from the leaf.
    Raises `Tampered` when the body is not the one of the leaf, the key not the one it was sealed
    with, or the preamble not the one it was sealed for.
    """
    if not hmac.compare_digest(sha256(body).digest(), body_hash):
        raise Tampered("a stored body does not match the hash in its leaf")
    committed = key.key_id.bytes + key.commitment
    if not hmac.compare_digest(committed, seal.key_id + seal.key_commitment):
        raise Tampered("a body was not sealed with the key that its leaf commits to")
    return _decrypt(key.cipher, seal.nonce, body, associated_data)


def row_place(view: str, practice_id: UUID, stream_id: UUID, position: int) -> bytes:
    """Return the associated data of a row: where it stands, and nowhere else may be opened."""
    name = view.encode("ascii")
    assert 1 <= len(name) <= VIEW_NAME_BYTES_MAX, "a view has a name PostgreSQL takes"
    place = _ROW_PLACE.pack(practice_id.bytes, stream_id.bytes, position)
    return bytes((len(name),)) + name + place


def seal_row(key: RecordKey, place: bytes, plaintext: bytes) -> bytes:
    """Return version 1 || key id 16 || random nonce 12 || ciphertext||tag for a `row_place`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = _ROW_VERSION + key.key_id.bytes
    return head + nonce + key.cipher.encrypt(nonce, plaintext, _ROW_LABEL + head + place)


def row_key_id(row: bytes) -> bytes:
    """Return the 16 bytes of the id of the key that opens a row.

    As bytes, because a page opens thousands of rows. Raises `Malformed` for what is no row.
    """
    if row[:1] != _ROW_VERSION or len(row) < _ROW_HEAD_BYTES + TAG_BYTES:
        raise Malformed("not a sealed row of version 1")
    return row[1:17]


def open_row(key: RecordKey, place: bytes, row: bytes) -> bytes:
    """Return a row's plaintext.

    Raises `Malformed` for what is no row, `Tampered` for another key's, another place's or a
    changed one.
    """
    if row_key_id(row) != key.key_id.bytes:
        raise Tampered("a row was sealed with another key")
    nonce = row[17:_ROW_HEAD_BYTES]
    return _decrypt(key.cipher, nonce, row[_ROW_HEAD_BYTES:], _ROW_LABEL + row[:17] + place)


def _decrypt(cipher: AESGCM, nonce: bytes, sealed: bytes, associated_data: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, associated_data)
    except (InvalidTag, ValueError) as error:
        raise Tampered("a sealed value, or what it is bound to, was changed") from error
