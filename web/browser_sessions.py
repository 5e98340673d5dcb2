"""Who is signed in: sessions in this process's memory, found by a cookie that is stored nowhere."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Final, Literal
from uuid import UUID

from aggregates.session_entry import SessionEntry
from commands.context import Actor
from ledger.clock import Clock
from web.access import NEVER_STEPPED_UP
from web.assurance import Assurance

TOKEN_BYTES: Final = 32
IDLE_S_MAX: Final = 15 * 60
AGE_S_MAX: Final = 12 * 60 * 60
SWEEP_S: Final = 60
SESSIONS_MAX: Final = 10_000
_US: Final = 1_000_000

NoticeKind = Literal["logged", "corrected", "deleted"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the next page tells once: what was done, to which session, and if it shows already."""

    kind: NoticeKind
    stream_id: UUID
    shown: bool


@dataclass(slots=True, weakref_slot=True)
class BrowserSession:
    """One signed-in browser.

    `stepped_up_at_us` is when the last passkey check was. Its notice and last entry only the event
    loop's thread touches.
    """

    actor: Actor
    opened_at_us: int
    seen_at_us: int
    assurance: Assurance = Assurance.ENROLMENT
    stepped_up_at_us: int = NEVER_STEPPED_UP
    notice: Notice | None = None
    last_entry: SessionEntry | None = None

    def take_notice(self) -> Notice | None:
        """Return the notice for the next page, once."""
        notice, self.notice = self.notice, None
        return notice


class BrowserSessions:
    """Opens, finds and closes sessions; keeps SHA-256 of each token, never the token.

    Any thread may call; `_lock` guards all of it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[bytes, BrowserSession] = {}
        self._swept_at_us = clock.now_us()
        self._lock = Lock()

    def open(self, actor: Actor, assurance: Assurance = Assurance.ENROLMENT) -> str:
        """Return the token of a new session: 256 random bits, for the cookie only.

        Who signs in with a passkey has just passed a check of it.
        """
        now_us = self._clock.now_us()
        checked_at_us = now_us if assurance is Assurance.PASSKEY else NEVER_STEPPED_UP
        session = BrowserSession(
            actor, now_us, now_us, assurance=assurance, stepped_up_at_us=checked_at_us
        )
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._lock:
            if now_us - self._swept_at_us >= SWEEP_S * _US:
                self._drop_ended(now_us)
            while len(self._sessions) >= SESSIONS_MAX:
                self._sessions.pop(next(iter(self._sessions)))
            self._sessions[_hash(token)] = session
        return token

    def find(self, token: str) -> BrowserSession | None:
        """Return the session unless it has ended, and start its idle time anew."""
        key = _hash(token)
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                return None
            now_us = self._clock.now_us()
            if _has_ended(session, now_us):
                del self._sessions[key]
                return None
            session.seen_at_us = now_us
            return session

    def close(self, token: str) -> None:
        """End the session, if there is one."""
        with self._lock:
            self._sessions.pop(_hash(token), None)

    def _drop_ended(self, now_us: int) -> None:
        ended = [key for key, session in self._sessions.items() if _has_ended(session, now_us)]
        for key in ended:
            del self._sessions[key]
        self._swept_at_us = now_us


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def _has_ended(session: BrowserSession, now_us: int) -> bool:
    idle_us = now_us - session.seen_at_us
    age_us = now_us - session.opened_at_us
    return idle_us >= IDLE_S_MAX * _US or age_us >= AGE_S_MAX * _US
