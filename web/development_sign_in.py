"""Sign-in by a one-time link that the terminal prints: for development, and only there."""

import secrets
from collections.abc import Callable
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
ANEW_INTERVAL_S: Final = 10
_US: Final = 1_000_000


class DevelopmentSignIn:
    """Hands out codes of 256 bits, each good for one sign-in within ten minutes."""

    def __init__(self, settings: WebSettings, clock: Clock, say: Callable[[str], object]) -> None:
        """Refuse to exist outside development; raises SettingsInvalid.

        `say` prints where only whoever runs the service reads it.
        """
        if settings.environment is not Environment.DEVELOPMENT:
            raise SettingsInvalid("one-time links are for ENVIRONMENT=development only")
        self._origin = settings.public_origin
        self._clock = clock
        self._say = say
        self._codes: dict[bytes, tuple[Actor, int]] = {}  # whom it signs in, and until when
        self._said_at_us: dict[Actor, int] = {}

    def link(self, actor: Actor) -> str:
        """Return a link that signs `actor` in.

        The code stands after the #, which browsers send nowhere; the page posts it on a button
        press, so nothing that merely follows links can use it up.
        """
        while len(self._codes) >= CODES_MAX:
            self._codes.pop(next(iter(self._codes)))
        code = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at_us = self._clock.now_us() + LIFETIME_S * _US
        self._codes[_hash(code)] = (actor, expires_at_us)
        return f"{self._origin}/sign-in#{code}"

    def redeem(self, code: str) -> Actor | None:
        """Return whom the code signs in, once; None if it is unknown, used or too old.

        For one that was used or is too old, a new link is said.
        """
        key = _hash(code)
        actor, expires_at_us = self._codes.get(key, (None, 0))
        if actor is None:
            return None
        if self._clock.now_us() < expires_at_us:
            self._codes[key] = (actor, 0)
            return actor
        self._say_anew(actor)
        return None

    def _say_anew(self, actor: Actor) -> None:
        now_us = self._clock.now_us()
        said_at_us = self._said_at_us.get(actor)
        if said_at_us is None or now_us - said_at_us >= ANEW_INTERVAL_S * _US:
            self._said_at_us[actor] = now_us
            self._say(f"A sign-in link was used or too old. A new one: {self.link(actor)}")


def _hash(code: str) -> bytes:
    return sha256(code.encode("utf-8", "surrogateescape")).digest()
