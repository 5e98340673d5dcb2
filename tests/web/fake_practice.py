"""A practice in memory with the real rules, for pages that need something to show."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, Literal
from uuid import UUID

from aggregates.deletion import Deletion
from aggregates.practice import Role
from aggregates.refusal import RefusalCode, Refused
from aggregates.session import (
    SESSION,
    CorrectSession,
    DeleteSession,
    LogSession,
    SessionCommand,
    SessionCorrected,
    SessionDeleted,
    SessionFact,
    SessionLogged,
)
from aggregates.session_entry import SessionEntry
from aggregates.week import week_of
from commands.context import Actor
from commands.handle import Handled
from commands.session import Shown, new_stream
from ledger.audit_files import Served
from ledger.errors import Conflict
from projections import plain_words
from projections.look_back import LookBack, Moment
from projections.proof_status import ProofStatus
from projections.session_history import SessionChange, SessionHistory, differences
from projections.therapist import SessionRow, WeekView
from projections.trail import TrailRow
from tests.projections.histories import OWNER, History
from tests.web.fake_past import OFFICER, looked_back
from web.services import Services

MINUTE_US: Final = 60_000_000


class FixedClock:
    """A clock that tests set: 24 November 2026, 10:00 in California, a Tuesday."""

    def __init__(self) -> None:
        self.us = 1_795_543_200_000_000

    def now_us(self) -> int:
        return self.us


class CountedIds:
    """Ids in order."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> UUID:
        self._count += 1
        return UUID(int=self._count)


class FakePractice:
    """Streams in a dictionary; `fault`, once set, is raised by the next call of that name."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.streams: dict[UUID, list[tuple[int, SessionFact]]] = {}
        self.owners: dict[UUID, UUID] = {}
        self.log: list[TrailRow] = []
        self.handled: dict[UUID, Handled] = {}
        self.shredded: set[UUID] = set()
        self.faults: dict[str, Exception] = {}
        self.baa_signed = True
        self.files = dict[tuple[int | None, str], Served]()
        self.is_caught_up = True
        self.past = History()
        self.statuses = dict[int, ProofStatus]()
        self.roles = {OWNER: Role.OWNER, OFFICER.person_id: Role.COMPLIANCE_OFFICER}
        self.broken: Callable[[], Sequence[str]] = tuple

    def services(self) -> Services:
        """Return the functions the pages call."""
        return Services(
            log_session=self.log_session,
            correct_session=self.correct_session,
            delete_session=self.delete_session,
            week=self.week,
            history=self.history,
            trail=self.trail,
            look_back=self.look_back,
            role=self.role,
            wait=lambda _: self.is_caught_up,
            broken=self._broken,
            root_log_file=lambda path: self.files.get((None, path)),
            practice_log_file=lambda slot, _practice_id, path: self.files.get((slot, path)),
        )

    def log_session(self, actor: Actor, entry: SessionEntry, command_id: UUID) -> Handled:
        command = LogSession(entry=entry, therapist_id=actor.person_id, baa_signed=self.baa_signed)
        return self._handle(
            "log_session", Shown(new_stream(actor, command_id)), command, command_id
        )

    def correct_session(
        self, actor: Actor, shown: Shown, entry: SessionEntry, command_id: UUID
    ) -> Handled:
        command = CorrectSession(
            entry=entry, therapist_id=actor.person_id, baa_signed=self.baa_signed
        )
        return self._handle("correct_session", shown, command, command_id)

    def delete_session(
        self, actor: Actor, shown: Shown, deletion: Deletion, command_id: UUID
    ) -> Handled:
        command = DeleteSession(
            reason=deletion.reason,
            remark=deletion.remark,
            therapist_id=actor.person_id,
            baa_signed=self.baa_signed,
        )
        return self._handle("delete_session", shown, command, command_id)

    def week(self, actor: Actor, first_day: dt.date) -> WeekView:
        self._fail("week")
        rows = [
            SessionRow(stream, len(facts), self._entry(stream), facts[0][0])
            for stream, facts in self.streams.items()
            if self.owners[stream] == actor.person_id and not self._is_deleted(stream)
        ]
        return WeekView(
            first_day,
            tuple(row for row in rows if row.entry is None or week_of(row.entry.date) == first_day),
        )

    def history(self, actor: Actor, stream_id: UUID) -> SessionHistory | None:
        self._fail("history")
        if self.owners.get(stream_id) != actor.person_id:
            return None
        facts = self.streams[stream_id]
        return SessionHistory(
            stream_id=stream_id,
            version=len(facts),
            entry=self._entry(stream_id),
            deleted=self._is_deleted(stream_id),
            shredded=stream_id in self.shredded,
            changes=self._changes(facts),
        )

    def trail(self, actor: Actor, before: int | None, limit: int) -> Sequence[TrailRow]:
        self._fail("trail")
        del actor
        rows = [row for row in reversed(self.log) if before is None or row.position < before]
        return rows[:limit]

    def look_back(self, actor: Actor, moment: Moment) -> LookBack:
        self._fail("look_back")
        if self.roles.get(actor.person_id) is not Role.COMPLIANCE_OFFICER:
            raise Refused(RefusalCode.OFFICER_ONLY)
        return looked_back(self.past, moment, self.statuses)

    def role(self, actor: Actor) -> Role | None:
        self._fail("role")
        return self.roles.get(actor.person_id)

    def _broken(self) -> Sequence[str]:
        return self.broken()

    def _handle(
        self, name: str, shown: Shown, command: SessionCommand, command_id: UUID
    ) -> Handled:
        self._fail(name)
        if command_id in self.handled:
            return self.handled[command_id]
        facts = self.streams.get(shown.stream_id, [])
        if shown.version not in (None, len(facts)):
            raise Conflict("this was changed since it was shown")
        state = SESSION.replay(fact for _, fact in facts)
        new = SESSION.decide(command, state)
        self.owners.setdefault(shown.stream_id, command.therapist_id)
        for fact in new:
            self._append(shown.stream_id, fact)
        version = len(self.streams[shown.stream_id])
        practice = UUID(int=1)
        done = Handled(practice, shown.stream_id, version, len(self.log) - 1)
        self.handled[command_id] = done
        return done

    def _append(self, stream_id: UUID, fact: SessionFact) -> None:
        self.streams.setdefault(stream_id, []).append((self.clock.now_us(), fact))
        sentence = plain_words.describe(fact, reveal=True)
        self.log.append(
            TrailRow(len(self.log), self.clock.now_us(), sentence, stream_id, type(fact).__name__)
        )
        self.clock.us += MINUTE_US

    def _entry(self, stream_id: UUID) -> SessionEntry | None:
        if stream_id in self.shredded:
            return None
        said = [
            fact.entry
            for _, fact in self.streams[stream_id]
            if isinstance(fact, SessionLogged | SessionCorrected)
        ]
        return said[-1]

    def _is_deleted(self, stream_id: UUID) -> bool:
        return isinstance(self.streams[stream_id][-1][1], SessionDeleted)

    def _changes(self, facts: list[tuple[int, SessionFact]]) -> tuple[SessionChange, ...]:
        changes: list[SessionChange] = []
        standing: SessionEntry | None = None
        for version, (moment, fact) in enumerate(facts, 1):
            kind: Literal["logged", "corrected", "deleted"] = "logged"
            changed, reason = (), None
            if isinstance(fact, SessionDeleted):
                kind, reason = "deleted", plain_words.DELETION_REASONS[fact.reason]
            elif standing is not None:
                kind, changed = "corrected", differences(standing, fact.entry)
            if not isinstance(fact, SessionDeleted):
                standing = fact.entry
            changes.append(SessionChange(version, moment, kind, changed, reason))
        return tuple(changes)

    def _fail(self, name: str) -> None:
        fault = self.faults.pop(name, None)
        if fault is not None:
            raise fault
