"""The one place that makes ids: UUID version 7, RFC 9562 section 5.7 (invariant I12)."""

from hashlib import sha256
from typing import Protocol
from uuid import UUID

from ledger.clock import Clock
from ledger.entropy import Entropy

_VERSION_7 = 7 << 76
_VERSION_8 = 8 << 76
_VERSION_MASK = 0xF << 76
_VARIANT_RFC = 2 << 62
_VARIANT_MASK = 3 << 62
_RANDOM_A_MASK = 0xFFF << 64
_RANDOM_B_MASK = (1 << 62) - 1
_TIME_MASK = (1 << 48) - 1
_RANDOM_BYTES = 10

NIL = UUID(int=0)


class Ids(Protocol):
    """Makes ids; handed in as an argument so that tests can predict them."""

    def new(self) -> UUID:
        """Return an id that was never given before."""
        ...


class RandomIds:
    """UUIDv7: 48 bits of milliseconds, 74 random bits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entropy = Entropy(_RANDOM_BYTES)

    def new(self) -> UUID:
        """Return a fresh UUIDv7."""
        milliseconds = (self._clock.now_us() // 1000) & _TIME_MASK
        entropy = int.from_bytes(self._entropy.piece(), "big")
        return UUID(
            int=milliseconds << 80
            | _VERSION_7
            | (entropy & _RANDOM_A_MASK)
            | _VARIANT_RFC
            | (entropy & _RANDOM_B_MASK)
        )


def derived(purpose: str, *parts: UUID) -> UUID:
    """Return the id that follows from these ids: UUIDv8 (RFC 9562 section 5.8) over SHA-256.

    The same parts give the same id, and nobody who chooses one part can aim at another's id.
    """
    digest = sha256(purpose.encode("ascii") + b"\n" + b"".join(part.bytes for part in parts))
    value = int.from_bytes(digest.digest()[:16], "big")
    return UUID(int=value & ~_VERSION_MASK & ~_VARIANT_MASK | _VERSION_8 | _VARIANT_RFC)


def shredding_stream(practice_id: UUID) -> UUID:
    """Return the stream that tells of a practice's destroyed keys."""
    return derived("shredding", practice_id)
