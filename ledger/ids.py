"""The one place that makes ids: UUID version 7, RFC 9562 section 5.7 (invariant I12)."""

import secrets
from typing import Protocol
from uuid import UUID

from ledger.clock import Clock

_VERSION_7 = 7 << 76
_VARIANT_RFC = 2 << 62
_RANDOM_A_MASK = 0xFFF << 64
_RANDOM_B_MASK = (1 << 62) - 1
_TIME_MASK = (1 << 48) - 1

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

    def new(self) -> UUID:
        """Return a fresh UUIDv7."""
        milliseconds = (self._clock.now_us() // 1000) & _TIME_MASK
        entropy = int.from_bytes(secrets.token_bytes(10), "big")
        return UUID(
            int=milliseconds << 80
            | _VERSION_7
            | (entropy & _RANDOM_A_MASK)
            | _VARIANT_RFC
            | (entropy & _RANDOM_B_MASK)
        )
