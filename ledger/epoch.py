"""The records of an epoch: a slot leaf for each log, and the root log's record over them all."""

import struct
from dataclasses import dataclass

from ledger.checkpoint import is_origin
from ledger.errors import Malformed
from ledger.merkle import HASH_LENGTH, SIZE_MAX

SLOT_MAGIC = b"therapist-os/s1\n"
RECORD_MAGIC = b"therapist-os/r1\n"
SALT_LENGTH = 16
NO_TIMESTAMP = bytes(HASH_LENGTH)

_SLOT_HEAD = struct.Struct(">16sQB")
_SLOT_TAIL = struct.Struct(">Q32s16s")
_RECORD = struct.Struct(">16sQqQ32s32s")


@dataclass(frozen=True, slots=True)
class SlotLeaf:
    """Leaf `slot` of an epoch's slot tree: how far one log has come, its root, and random salt.

    `size` is at least 1 (an empty log is never published), `root` 32 bytes, `salt` 16. Raises
    `Malformed` when made from anything else.
    """

    slot: int
    origin: str
    size: int
    root: bytes
    salt: bytes

    def __post_init__(self) -> None:
        if not (
            0 <= self.slot <= SIZE_MAX
            and is_origin(self.origin)
            and 1 <= self.size <= SIZE_MAX
            and len(self.root) == HASH_LENGTH
            and len(self.salt) == SALT_LENGTH
        ):
            raise Malformed("not a slot leaf")

    def encode(self) -> bytes:
        """Return the leaf's bytes (docs/format.md)."""
        origin = self.origin.encode()
        head = _SLOT_HEAD.pack(SLOT_MAGIC, self.slot, len(origin))
        return head + origin + _SLOT_TAIL.pack(self.size, self.root, self.salt)


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """A leaf of the root log: when the epoch was, and the root of its slot tree.

    `time_us` is microseconds since 1970 UTC, `slots` the slot tree's size, at least 1,
    `timestamp_hash` the SHA-256 of the latest RFC 3161 token or `NO_TIMESTAMP`. Raises
    `Malformed` when made from anything else.
    """

    epoch: int
    time_us: int
    slots: int
    slots_root: bytes
    timestamp_hash: bytes = NO_TIMESTAMP

    def __post_init__(self) -> None:
        if not (
            0 <= self.epoch <= SIZE_MAX
            and 0 <= self.time_us <= SIZE_MAX
            and 1 <= self.slots <= SIZE_MAX
            and len(self.slots_root) == HASH_LENGTH
            and len(self.timestamp_hash) == HASH_LENGTH
        ):
            raise Malformed("not an epoch record")

    def encode(self) -> bytes:
        """Return the record's bytes (docs/format.md)."""
        return _RECORD.pack(
            RECORD_MAGIC,
            self.epoch,
            self.time_us,
            self.slots,
            self.slots_root,
            self.timestamp_hash,
        )


def decode_slot_leaf(raw: bytes) -> SlotLeaf:
    """Read a slot leaf strictly: it must encode to the same bytes. Raises `Malformed`."""
    try:
        _magic, slot, length = _SLOT_HEAD.unpack_from(raw)
        origin = raw[_SLOT_HEAD.size : _SLOT_HEAD.size + length].decode("ascii")
        leaf = SlotLeaf(slot, origin, *_SLOT_TAIL.unpack_from(raw, _SLOT_HEAD.size + length))
    except (ValueError, struct.error) as error:
        raise Malformed("not a slot leaf") from error
    if leaf.encode() != raw:
        raise Malformed("not a slot leaf")
    return leaf


def decode_epoch_record(raw: bytes) -> EpochRecord:
    """Read an epoch record strictly: it must encode to the same bytes. Raises `Malformed`."""
    try:
        _magic, *fields = _RECORD.unpack(raw)
    except struct.error as error:
        raise Malformed("not an epoch record") from error
    record = EpochRecord(*fields)
    if record.encode() != raw:
        raise Malformed("not an epoch record")
    return record


def practice_origin(ledger_name: str, slot: int) -> str:
    """Return the origin of the log in a slot, `<ledger name>/p/<slot>`. Raises `Malformed`."""
    origin = f"{ledger_name}/p/{slot}"
    if not ledger_name or not 0 <= slot <= SIZE_MAX or not is_origin(origin):
        raise Malformed("not the origin of a log")
    return origin
