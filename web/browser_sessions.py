"""Who is signed in: sessions found by a cookie of which only the hash is kept."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Literal
from uuid import UUID

from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment_entry import WeekStart
from aggregates.person import Agent
from aggregates.session_entry import SessionEntry
from commands.context import Actor
from ledger.clock import Clock
from ledger.ids import NIL, Ids
from projections.setup import Setup
from web.access import NEVER_STEPPED_UP
from web.assurance import Assurance
from web.identity.session_store import KeptSession, SessionStore
from web.identity.tokens import hash_of, new_token

IDLE_S_MAX: Final = 15 * 60
AGE_S_MAX: Final = 12 * 60 * 60
RECOVERED_S_MAX: Final = 10 * 60
SWEEP_S: Final = 60
SESSIONS_MAX: Final = 10_000
# Not every request writes: what is kept may lag this much, and a session end that much early
# after a restart, never late.
TOUCH_S: Final = 30
_US: Final = 1_000_000

NoticeKind = Literal["logged", "corrected", "deleted", "copied", "stated"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the next page tells once: what was done, to which stream, and if it shows already."""

    kind: NoticeKind
    stream_id: UUID
    shown: bool
    count: int = 1


@dataclass(slots=True, weakref_slot=True)
class BrowserSession:
    """One signed-in browser; notice, setup, last entries and `told` are in this process only.

    `stepped_up_at_us` is when the last passkey check was, or when a recovery was proven.
    `actor.practice_id` is NIL until a practice is chosen.
    """

    session_id: UUID
    actor: Actor
    assurance: Assurance
    opened_at_us: int
    seen_at_us: int
    stepped_up_at_us: int
    ends_at_us: int
    credential_id: bytes | None = None
    notice: Notice | None = None
    last_entry: SessionEntry | None = None
    told: str | None = None
    last_activity: ActivityEntry | None = None
    setup: Setup | None = None

    @property
    def week_start(self) -> WeekStart:
        """The day their weeks begin on, as far as it was seen in this browser's session."""
        enrolment = self.setup.enrolment if self.setup else None
        return enrolment.week_start if enrolment else WeekStart.SUNDAY

    @property
    def purpose(self) -> None:
        """A browser's session has none: it is no token."""

    @property
    def has_practice(self) -> bool:
        """Whether a practice is chosen."""
        return self.actor.practice_id != NIL

    def take_notice(self) -> Notice | None:
        """Return the notice for the next page, once."""
        notice, self.notice = self.notice, None
        return notice

    def take_told(self) -> str | None:
        """Return a fixed sentence for the next page of the weekly log, once."""
        told, self.told = self.told, None
        return told

    def has_recovered(self, now_us: int) -> bool:
        """Tell whether a recovery was proven just now, in a session that a link opened."""
        since_us = now_us - self.stepped_up_at_us
        return self.assurance is Assurance.ENROLMENT and 0 <= since_us < RECOVERED_S_MAX * _US


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a session is opened; what is None follows from the moment of opening."""

    agent: Agent = Agent.OTHER
    credential_id: bytes | None = None
    session_id: UUID | None = None
    ends_at_us: int | None = None
    checked_at_us: int | None = None


class BrowserSessions:
    """Opens, finds and closes sessions; keeps SHA-256 of each token, never the token.

    All may block and raise `Unavailable`; any thread may call. `_lock` guards what is remembered.
    """

    def __init__(self, clock: Clock, ids: Ids, store: SessionStore) -> None:
        self._clock = clock
        self._ids = ids
        self._store = store
        self._lock = Lock()
        self._remembered: OrderedDict[bytes, BrowserSession] = OrderedDict()
        self._swept_at_us = clock.now_us()

    def open(
        self, actor: Actor, assurance: Assurance = Assurance.ENROLMENT, terms: Terms | None = None
    ) -> str:
        """Return the token of a new session: 256 random bits, for the cookie only."""
        terms, now_us = terms or Terms(), self._clock.now_us()
        end_us = now_us + AGE_S_MAX * _US
        is_checked = assurance is Assurance.PASSKEY
        checked_at_us = now_us if terms.checked_at_us is None else terms.checked_at_us
        session = KeptSession(
            session_id=terms.session_id or self._ids.new(),
            person_id=actor.person_id,
            practice_id=None if actor.practice_id == NIL else actor.practice_id,
            credential_id=terms.credential_id,
            assurance=assurance,
            agent=terms.agent,
            opened_at_us=now_us,
            seen_at_us=now_us,
            stepped_up_at_us=checked_at_us if is_checked else NEVER_STEPPED_UP,
            ends_at_us=end_us if terms.ends_at_us is None else min(end_us, terms.ends_at_us),
        )
        token = new_token()
        self._store.insert(hash_of(token), session)
        self._remember(hash_of(token), session, now_us)
        return token

    def find(self, token: str) -> BrowserSession | None:
        """Return the session unless it has ended, and start its idle time anew."""
        key, now_us = hash_of(token), self._clock.now_us()
        kept = self._store.find(key)
        if kept is None:
            self._forget(key)
            return None
        with self._lock:
            known = self._remembered.get(key)
            seen_at_us = max(kept.seen_at_us, known.seen_at_us if known else 0)
        if now_us - seen_at_us >= IDLE_S_MAX * _US or now_us >= kept.ends_at_us:
            self.close(token)
            return None
        if now_us - kept.seen_at_us >= TOUCH_S * _US:
            self._store.touch(key, now_us)
        return self._remember(key, kept, now_us)

    def step_up(self, token: str) -> str | None:
        """Return the session's new token after a passkey check; the old one is worth nothing."""
        new, now_us = new_token(), self._clock.now_us()
        if not self._store.move(hash_of(token), hash_of(new), now_us):
            return None
        with self._lock:
            known = self._remembered.pop(hash_of(token), None)
            if known is not None:
                known.stepped_up_at_us = now_us
                self._remembered[hash_of(new)] = known
        return new

    def close(self, token: str) -> None:
        """End the session, if there is one."""
        self._store.end(hash_of(token), self._clock.now_us())
        self._forget(hash_of(token))

    def of_person(self, person_id: UUID) -> list[KeptSession]:
        """Return a person's sessions that go on, the latest seen first."""
        now_us = self._clock.now_us()
        found = self._store.of_person(person_id, now_us)
        return [each for each in found if now_us - each.seen_at_us < (IDLE_S_MAX + TOUCH_S) * _US]

    def revoke(self, person_id: UUID, session_ids: Sequence[UUID]) -> list[UUID]:
        """End these sessions of a person, wherever they are; returns those that were going on."""
        return self._store.end_some(person_id, session_ids, self._clock.now_us())

    def _remember(self, key: bytes, kept: KeptSession, now_us: int) -> BrowserSession:
        actor = Actor(kept.practice_id or NIL, kept.person_id)
        with self._lock:
            self._drop_ended(now_us)
            known = self._remembered.pop(key, None)
            if known is None:
                known = BrowserSession(
                    session_id=kept.session_id,
                    actor=actor,
                    assurance=kept.assurance,
                    opened_at_us=kept.opened_at_us,
                    seen_at_us=now_us,
                    stepped_up_at_us=kept.stepped_up_at_us,
                    ends_at_us=kept.ends_at_us,
                    credential_id=kept.credential_id,
                )
            known.seen_at_us = max(known.seen_at_us, now_us)
            known.stepped_up_at_us = kept.stepped_up_at_us
            self._remembered[key] = known
            while len(self._remembered) > SESSIONS_MAX:
                self._remembered.popitem(last=False)
        return known

    def _forget(self, key: bytes) -> None:
        with self._lock:
            self._remembered.pop(key, None)

    def _drop_ended(self, now_us: int) -> None:
        if now_us - self._swept_at_us < SWEEP_S * _US:
            return
        self._swept_at_us = now_us
        idle_us = IDLE_S_MAX * _US
        ended = [k for k, s in self._remembered.items() if now_us - s.seen_at_us >= idle_us]
        for key in ended:
            del self._remembered[key]
