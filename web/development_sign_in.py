"""Sign-in by a one-time link that the terminal prints: for development, and only there."""

import secrets
from hashlib import sha256
from typing import Final

from commands.context import Actor
from ledger.clock import Clock
from ledger.errors import SettingsInvalid
from ledger.postgres.settings import Environment
from web.settings import WebSettings

TOKEN_BYTES: Final = 32
LIFETIME_S: Final = 10 * 60
CODES_MAX: Final = 100
_US: Final = 1_000_000


class DevelopmentSignIn:
    """Hands out codes of 256 bits, each good for one sign-in within ten minutes."""

    def __init__(self, settings: WebSettings, clock: Clock) -> None:
        """Refuse to exist outside development; raises SettingsInvalid."""
        if settings.environment is not Environment.DEVELOPMENT:
            raise SettingsInvalid("one-time links are for ENVIRONMENT=development only")
        self._origin = settings.public_origin
        self._clock = clock
        self._actors: dict[bytes, tuple[Actor, int]] = {}

    def link(self, actor: Actor) -> str:
        """Return a link that signs `actor` in.

        The code stands after the #, which browsers send nowhere; the page posts it on a button
        press, so nothing that merely follows links can use it up.
        """
        while len(self._actors) >= CODES_MAX:
            self._actors.pop(next(iter(self._actors)))
        code = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at_us = self._clock.now_us() + LIFETIME_S * _US
        self._actors[_hash(code)] = (actor, expires_at_us)
        return f"{self._origin}/sign-in#{code}"

    def redeem(self, code: str) -> Actor | None:
        """Return whom the code signs in, and forget it; None if unknown, used or too old."""
        actor, expires_at_us = self._actors.pop(_hash(code), (None, 0))
        return actor if self._clock.now_us() < expires_at_us else None


def _hash(code: str) -> bytes:
    return sha256(code.encode("utf-8", "surrogateescape")).digest()
