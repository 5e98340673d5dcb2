"""What the vault knows of a key: the key itself, or the evidence that it was destroyed."""

from typing import TypeAlias
from uuid import UUID

import msgspec

from ledger.sealing import RecordKey


class Destroyed(msgspec.Struct, frozen=True):
    """A key that is gone for good: when, and the SHA-256 of the wrapped bytes that were there."""

    key_id: UUID
    key_epoch: int
    wrapped_sha256: bytes
    destroyed_at_us: int


Known: TypeAlias = RecordKey | Destroyed


class Found(msgspec.Struct, frozen=True):
    """A key of the vault with the stream it belongs to."""

    practice_id: UUID
    stream_id: UUID
    key: Known
