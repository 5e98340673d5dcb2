"""The event leaf, version 1: the bytes that are hashed, chained and proven (docs/format.md)."""

import struct
from hashlib import sha256
from struct import Struct

import msgspec

from ledger.errors import Malformed

MAGIC = b"therapist-os/e1\n"
TYPE_LENGTH_MAX = 127
BODY_LENGTH_MAX = 1 << 20
NO_PREVIOUS = bytes(32)

_FIXED = Struct(">16s16s16sQ32s16sq16sB")
_SEAL = Struct(">16s32s12s")
_TAIL = Struct(">I32s")
_CLEAR, _SEALED = b"\x00", b"\x01"
_TIME_MAX = (1 << 63) - 1


class Seal(msgspec.Struct, frozen=True, gc=False):
    """What a sealed body was sealed with: `key_id` 16 bytes, `key_commitment` 32, `nonce` 12."""

    key_id: bytes
    key_commitment: bytes
    nonce: bytes


class Preamble(msgspec.Struct, frozen=True):
    """All of a leaf that comes before the body's length: the associated data of a sealed body.

    Ids are 16 bytes, `previous` is the 32-byte leaf hash of the stream's previous event (zeros at
    version 1), `recorded_at_us` microseconds since 1970 UTC, `actor_id` zeros for the system,
    `type` printable ASCII; `seal` is None for a clear body.
    """

    practice_id: bytes
    stream_id: bytes
    version: int
    previous: bytes
    event_id: bytes
    recorded_at_us: int
    actor_id: bytes
    type: bytes
    seal: Seal | None

    def encode(self, seal: Seal | None = None) -> bytes:
        """Return the bytes of these fields in leaf order, with `seal` where one is given."""
        fixed = _FIXED.pack(
            MAGIC,
            self.practice_id,
            self.stream_id,
            self.version,
            self.previous,
            self.event_id,
            self.recorded_at_us,
            self.actor_id,
            len(self.type),
        )
        seal = seal or self.seal
        if seal is None:
            return fixed + self.type + _CLEAR
        sealed = _SEAL.pack(seal.key_id, seal.key_commitment, seal.nonce)
        return fixed + self.type + _SEALED + sealed


class Leaf(msgspec.Struct, frozen=True):
    """One event's leaf; `body_hash` is the SHA-256 of the stored body."""

    preamble: Preamble
    body_length: int
    body_hash: bytes


def finish(preamble: bytes, body: bytes) -> bytes:
    """Return the whole leaf: an encoded preamble, then the stored body's length and hash."""
    return preamble + _TAIL.pack(len(body), sha256(body).digest())


def encode(leaf: Leaf) -> bytes:
    """Return the leaf's bytes."""
    return leaf.preamble.encode() + _TAIL.pack(leaf.body_length, leaf.body_hash)


def decode(raw: bytes) -> Leaf:
    """Read a leaf strictly: what it decodes to must encode to the same bytes.

    Raises `Malformed` for anything else, always the same error.
    """
    try:
        leaf = _decode(raw)
    except (IndexError, ValueError, struct.error) as error:
        raise Malformed("not an event leaf of version 1") from error
    if not _is_valid(leaf) or encode(leaf) != raw:
        raise Malformed("not an event leaf of version 1")
    return leaf


def _decode(raw: bytes) -> Leaf:
    magic, practice, stream, version, previous, event, time_us, actor, length = _FIXED.unpack_from(
        raw
    )
    if magic != MAGIC:
        raise ValueError
    cursor = _FIXED.size + length
    tag = raw[_FIXED.size : cursor]
    mode = raw[cursor : cursor + 1]
    cursor += 1
    seal = None
    if mode == _SEALED:
        seal = Seal(*_SEAL.unpack_from(raw, cursor))
        cursor += _SEAL.size
    elif mode != _CLEAR:
        raise ValueError
    body_length, body_hash = _TAIL.unpack_from(raw, cursor)
    preamble = Preamble(practice, stream, version, previous, event, time_us, actor, tag, seal)
    return Leaf(preamble, body_length, body_hash)


def _is_valid(leaf: Leaf) -> bool:
    preamble = leaf.preamble
    return (
        preamble.version >= 1
        and 0 <= preamble.recorded_at_us <= _TIME_MAX
        and is_tag(preamble.type)
        and (preamble.version == 1) == (preamble.previous == NO_PREVIOUS)
        and leaf.body_length <= BODY_LENGTH_MAX
    )


def is_tag(tag: bytes) -> bool:
    """Tell whether the bytes may name an event type: 1 to 127 bytes, ASCII 0x21 to 0x7e."""
    return 1 <= len(tag) <= TYPE_LENGTH_MAX and all(0x21 <= byte <= 0x7E for byte in tag)  # noqa: PLR2004 -- printable ASCII
