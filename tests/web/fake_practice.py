"""A practice in memory with the real rules, for pages that need something to show."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, Literal
from uuid import UUID

from aggregates.access import AccessCommand, ReadAsOperator
from aggregates.deletion import Deletion
from aggregates.practice import Role
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
from commands.context import Actor
from commands.handle import Handled
from commands.practice import Standing
from commands.session import Shown, new_stream
from ledger.audit_files import Served
from ledger.errors import Conflict
from projections import plain_words
from projections.hours_words import DELETION_REASONS
from projections.look_back import LookBack, Moment
from projections.proof_status import ProofStatus
from projections.session_history import SessionChange, SessionHistory, differences
from projections.therapist import SessionRow, WeekView
from projections.trail_days import Accesses, DayCount, Span
from projections.trail_rows import Asked, TrailRow
from tests.projections.histories import OWNER, History
from tests.web import fake_supervised
from tests.web.fake_hours import FakeHours
from tests.web.fake_past import OFFICER, looked_back
from web import calendar
from web.emergency import EmergencyServices
from web.services import Records, Services


def _never(*_asked: object) -> Handled:
    raise AssertionError("no emergency in memory: those tests have a real ledger")


NO_EMERGENCIES: Final = EmergencyServices(
    ask=_never,
    approve=_never,
    decline=_never,
    tell=_never,
    begin=_never,
    end=_never,
    whose=lambda _actor, _stream: None,
    note_expiry=_never,
    opened_for=lambda _actor, _stream: None,
    news=lambda _actor: (),
    place_hold=_never,
    lift_hold=_never,
)
MINUTE_US: Final = 60_000_000
THERAPIST_ID: Final = UUID(int=2)
COLLEAGUE_ID: Final = UUID(int=4)


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
        self.roles = {
            THERAPIST_ID: Role.THERAPIST,
            COLLEAGUE_ID: Role.THERAPIST,
            OWNER: Role.OWNER,
            OFFICER.person_id: Role.COMPLIANCE_OFFICER,
        }
        self.hours = FakeHours(self._fail)
        self.looks = list[AccessCommand]()
        self.days = list[DayCount]()
        self.accessed = list[Accesses]()
        self.slot = 7
        self.broken: Callable[[], Sequence[str]] = tuple

    def services(self) -> Services:
        """Return the functions the pages call."""
        records = Records(
            week=self.week,
            history=self.history,
            trail=self.trail,
            trail_days=lambda _actor, span: [each for each in self.days if _is_in(each.day, span)],
            look_back=self.look_back,
            accesses=lambda _actor, span: [e for e in self.accessed if _is_in(e.day, span)],
            practice_log_file=lambda _actor, slot, path: self.files.get((slot, path)),
            hours=self.hours.records(),
            supervised=fake_supervised.nothing_supervised(),
            reviews=fake_supervised.nothing_reviewed(),
            requests=lambda _actor: (),
            people=lambda _actor: (),
            holds=lambda _actor: (),
        )
        return Services(
            records=records,
            emergency=NO_EMERGENCIES,
            record_access=self.record_access,
            standing=self.standing,
            session_owner=lambda _, stream_id: self.owners.get(stream_id),
            slot=lambda _: self.slot,
            supervising=fake_supervised.nobody_supervised(),
            logs_hours=lambda _actor, _person: False,
            log_session=self.log_session,
            correct_session=self.correct_session,
            delete_session=self.delete_session,
            hours=self.hours.hours_commands(),
            was_handled=lambda _, command_id: command_id in self.handled,
            wait=lambda _: self.is_caught_up,
            broken=self._broken,
            root_log_file=lambda path: self.files.get((None, path)),
        )

    def record_access(self, actor: Actor, command: AccessCommand) -> None:
        self._fail("record_access", keep=True)
        assert not isinstance(command, ReadAsOperator), "the front has no operator"
        assert actor.person_id == command.reader_id
        self.looks.append(command)

    def standing(self, actor: Actor) -> Standing | None:
        self._fail("standing")
        role = self.roles.get(actor.person_id)
        return Standing(role, self.baa_signed) if role else None

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
        days = calendar.days_of_week(first_day)
        return WeekView(
            first_day,
            tuple(row for row in rows if row.entry is None or row.entry.date in days),
            self.hours.of_days(days),
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

    def trail(self, actor: Actor, asked: Asked) -> Sequence[TrailRow]:
        self._fail("trail")
        del actor
        before = asked.before
        rows = [row for row in reversed(self.log) if before is None or row.position < before]
        return rows[: asked.limit]

    def look_back(self, actor: Actor, moment: Moment) -> LookBack:
        self._fail("look_back")
        del actor
        return looked_back(self.past, moment, self.statuses)

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
                kind, reason = "deleted", DELETION_REASONS[fact.reason]
            elif standing is not None:
                kind, changed = "corrected", differences(standing, fact.entry)
            if not isinstance(fact, SessionDeleted):
                standing = fact.entry
            changes.append(SessionChange(version, moment, kind, changed, reason))
        return tuple(changes)

    def _fail(self, name: str, *, keep: bool = False) -> None:
        """Raise the planned fault, once unless it is to be kept."""
        fault = self.faults.get(name) if keep else self.faults.pop(name, None)
        if fault is not None:
            raise fault


def _is_in(day: dt.date, span: Span) -> bool:
    return span.first <= day < span.end
