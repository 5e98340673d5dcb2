"""The state of a practice at a moment: a fold of its events up to it, and of nothing else."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.access import AccessRefused, OperatorRead, RecordsRead
from aggregates.membership import MemberLeft, MemberRoleChanged
from aggregates.practice import BaaSigned, MemberJoined, PracticeOpened, Role
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import Modality, Participants, SessionEntry
from aggregates.shredding import KeyShredded, ShredOrdered, ShredReason
from aggregates.week import week_of
from ledger.reader import Entry, Shredded
from projections.read_model import tag_of
from projections.replay import Replayed

_SESSION_TAGS: Final = frozenset(
    tag_of(kind) for kind in (SessionLogged, SessionCorrected, SessionDeleted)
)
_DELETED: Final = tag_of(SessionDeleted)
_ACCESS_TAGS: Final = frozenset(tag_of(kind) for kind in (RecordsRead, AccessRefused, OperatorRead))
_ShreddingFact: TypeAlias = ShredOrdered | KeyShredded
_DAY_0: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the practice, by id and role: no name."""

    person_id: UUID
    role: Role
    invited_by: UUID
    joined_at_us: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A document that was signed, by its hash of 32 bytes; where from is not told."""

    document_version: str
    document_sha256: bytes
    signer_id: UUID
    signed_at_us: int


@dataclass(frozen=True, slots=True)
class Said:
    """What is shown of a session; there is no field that could hold a client or a setting."""

    date: dt.date
    start_minute: int
    minutes: int
    modality: Modality
    participants: Participants

    def __repr__(self) -> str:
        return "<Said>"


@dataclass(frozen=True, slots=True)
class SessionThen:
    """A session as its last event left it; `said` is None where its key is destroyed by now."""

    stream_id: UUID
    therapist_id: UUID
    said: Said | None
    is_deleted: bool
    corrections: int
    logged_at_us: int

    @property
    def counts(self) -> bool:
        """Whether it is among the hours."""
        return self.said is not None and not self.is_deleted

    @property
    def week(self) -> dt.date:
        """The Sunday of its week; for what nobody can read any more, of when it was recorded."""
        if self.said is not None:
            return week_of(self.said.date)
        return week_of((_DAY_0 + dt.timedelta(microseconds=self.logged_at_us)).date())


@dataclass(frozen=True, slots=True)
class Destruction:
    """A key whose destruction is ordered, and when it was done: None while it is not."""

    stream_id: UUID
    key_id: UUID
    reason: ShredReason
    ordered_at_us: int
    destroyed_at_us: int | None


@dataclass(frozen=True, slots=True)
class WeekThen:
    """The sessions of a week, by date and start; what cannot be read comes last."""

    first_day: dt.date
    sessions: tuple[SessionThen, ...]

    @property
    def minutes(self) -> int:
        """The minutes that count."""
        return sum(each.said.minutes for each in self.sessions if each.said and each.counts)


@dataclass(frozen=True, slots=True)
class AsOf:
    """A practice after its first `size` events, the last of them recorded at `recorded_at_us`.

    `unreadable` counts the practice's own events whose key is destroyed: whom they took in and
    what they signed is not known any more.
    """

    size: int
    recorded_at_us: int | None
    is_open: bool
    members: tuple[Member, ...]
    signatures: tuple[Signature, ...]
    sessions: tuple[SessionThen, ...]
    destructions: tuple[Destruction, ...]
    unreadable: int

    def weeks(self) -> tuple[WeekThen, ...]:
        """Return the weeks in which there is a session, newest first."""
        ordered = sorted(self.sessions, key=_order)
        weeks = [WeekThen(week, tuple(group)) for week, group in groupby(ordered, _week)]
        return tuple(reversed(weeks))


def fold(events: Iterable[Replayed]) -> AsOf:
    """Return the state that a practice's first events make; they come in log order, from 0 on.

    It depends on these events alone, and on whether their keys are destroyed by now: what was read
    then and is destroyed since cannot be shown again.
    """
    folding = _Folding()
    for event in events:
        folding.take(event)
    return folding.state()


class _Folding:
    """What is known so far; used once, by one fold."""

    def __init__(self) -> None:
        self._size = 0
        self._recorded_at_us: int | None = None
        self._is_open = False
        self._unreadable = 0
        self._members: list[Member] = []
        self._signatures: list[Signature] = []
        self._sessions: dict[UUID, SessionThen] = {}
        self._destructions: dict[UUID, Destruction] = {}

    def state(self) -> AsOf:
        return AsOf(
            size=self._size,
            recorded_at_us=self._recorded_at_us,
            is_open=self._is_open,
            members=tuple(self._members),
            signatures=tuple(self._signatures),
            sessions=tuple(self._sessions.values()),
            destructions=tuple(self._destructions.values()),
            unreadable=self._unreadable,
        )

    def take(self, event: Replayed) -> None:
        entry, fact = event.entry, event.fact
        self._size += 1
        self._recorded_at_us = entry.recorded_at_us
        match fact:
            case ShredOrdered() | KeyShredded():
                self._shred(entry, fact)
            case _ if entry.type in _SESSION_TAGS:
                self._session(event)
            case _ if entry.type in _ACCESS_TAGS:
                pass  # a look changes nothing
            case Shredded():
                self._unreadable += 1
            case _:
                self._practice(event)

    def _practice(self, event: Replayed) -> None:
        at_us = event.entry.recorded_at_us
        match event.fact:
            case PracticeOpened():
                self._is_open = True
            case MemberJoined(person_id=person_id, role=role, invited_by=invited_by):
                self._members.append(Member(person_id, role, invited_by, at_us))
            case MemberRoleChanged(person_id=person_id, after=after):
                self._members = [
                    replace(m, role=after) if m.person_id == person_id else m for m in self._members
                ]
            case MemberLeft(person_id=person_id):
                self._members = [m for m in self._members if m.person_id != person_id]
            case BaaSigned(document_version=version, document_sha256=digest, signer_id=signer_id):
                self._signatures.append(Signature(version, digest, signer_id, at_us))
            case _:
                pass

    def _session(self, event: Replayed) -> None:
        """Follow one session; what is unreadable is known by its type and version alone."""
        entry, fact = event.entry, event.fact
        said = _said(fact.entry) if isinstance(fact, SessionLogged | SessionCorrected) else None
        known = self._sessions.get(entry.stream_id)
        if known is None:
            self._sessions[entry.stream_id] = SessionThen(
                stream_id=entry.stream_id,
                therapist_id=entry.actor_id,
                said=said,
                is_deleted=False,
                corrections=0,
                logged_at_us=entry.recorded_at_us,
            )
            return
        is_deleted = entry.type == _DELETED
        if is_deleted and not isinstance(fact, Shredded):
            said = known.said
        corrections = known.corrections + (not is_deleted)
        self._sessions[entry.stream_id] = replace(
            known, said=said, is_deleted=is_deleted, corrections=corrections
        )

    def _shred(self, entry: Entry, fact: _ShreddingFact) -> None:
        match fact:
            case ShredOrdered(stream_id=stream_id, key_id=key_id, reason=reason):
                self._destructions[key_id] = Destruction(
                    stream_id, key_id, reason, entry.recorded_at_us, None
                )
            case KeyShredded(stream_id=stream_id, key_id=key_id, destroyed_at_us=destroyed_at_us):
                # Never told without an order (aggregates/shredding.py).
                ordered = self._destructions[key_id]
                self._destructions[key_id] = replace(ordered, destroyed_at_us=destroyed_at_us)
                session = self._sessions.get(stream_id)
                if session is not None:
                    self._sessions[stream_id] = replace(session, said=None)


def _said(entry: SessionEntry) -> Said:
    return Said(entry.date, entry.start_minute, entry.minutes, entry.modality, entry.participants)


def _week(session: SessionThen) -> dt.date:
    return session.week


def _order(session: SessionThen) -> tuple[dt.date, bool, dt.date, int, int]:
    said = session.said
    if said is None:
        return session.week, True, dt.date.max, 0, session.logged_at_us
    return session.week, False, said.date, said.start_minute, session.logged_at_us
