"""Hours of a practice in memory: what was stated and logged, told back as it came."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from aggregates.bbs.columns import week_start_of
from aggregates.bbs.evaluate import evaluate, rows_for_week
from aggregates.bbs.history import History
from aggregates.bbs.project import project
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.moved_rows import Counted
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision_entry import SupervisionEntry
from aggregates.private import Private
from commands.context import Actor
from commands.handle import Handled
from commands.hours.streams import activity_stream, setting_stream, supervision_stream
from commands.hours.submit_week import Submission
from projections.progress import Progress, WeekJudged
from projections.setup import Setup
from projections.therapist import ActivityRow
from projections.weeks import WeekRow
from web.hours import HoursCommands, HoursRecords, StatementHistories


@dataclass
class FakeHours:
    """One person's setup and activities; `fail` may raise what a test planned."""

    fail: Callable[[str], None]
    setup: Setup = field(default_factory=Setup)
    supervisors: tuple[tuple[UUID, Private], ...] = ()
    activities: dict[UUID, ActivityRow] = field(default_factory=dict[UUID, ActivityRow])
    commands: list[UUID] = field(default_factory=list[UUID])
    history: History | None = None
    rows: tuple[WeekRow, ...] = ()
    fault: Exception | None = None
    submitted: list[tuple[Submission, UUID]] = field(default_factory=list[tuple[Submission, UUID]])

    def records(self) -> HoursRecords:
        """Return the reads."""
        return HoursRecords(
            setup=self._setup,
            weeks=lambda _: self.rows,
            row=lambda _actor, _stream: None,
            history=lambda _: self.history,
            activity=lambda _actor, _stream: None,
            progress=self._progress,
            week=self._week,
            signature=lambda _actor, _stream: None,
            statements=StatementHistories(
                enrolment=lambda _actor, _stream: None,
                setting=lambda _actor, _stream: None,
                supervision=lambda _actor, _stream: None,
            ),
        )

    def _week(self, actor: Actor, day: dt.date) -> WeekJudged | None:
        del actor
        if self.history is None:
            return None
        first_day = week_start_of(self.history.enrolment.week_start, day)
        return WeekJudged(self.history, rows_for_week(self.history, first_day))

    def state_enrolment(
        self, actor: Actor, entry: EnrolmentEntry, command_id: UUID, counted: Collection[Counted]
    ) -> Handled:
        """Take it."""
        del counted
        self._begin("state_enrolment", command_id)
        self.setup = Setup(entry, UUID(int=9), settings=self.setup.settings)
        return Handled(actor.practice_id, UUID(int=9), 1, 0)

    def state_setting(
        self, actor: Actor, stream_id: UUID | None, entry: SettingEntry, command_id: UUID
    ) -> Handled:
        """Take it."""
        self._begin("state_setting", command_id)
        where = stream_id or setting_stream(actor, command_id)
        self.setup.settings[where] = entry
        return Handled(actor.practice_id, where, 1, 0)

    def state_supervision(
        self, actor: Actor, stream_id: UUID | None, entry: SupervisionEntry, command_id: UUID
    ) -> Handled:
        """Take it."""
        self._begin("state_supervision", command_id)
        where = stream_id or supervision_stream(actor, command_id)
        self.setup.supervisions[where] = entry
        return Handled(actor.practice_id, where, 1, 0)

    def log_activity(self, actor: Actor, entry: ActivityEntry, command_id: UUID) -> Handled:
        """Take it; the same command is the same activity."""
        self._begin("log_activity", command_id)
        stream_id = activity_stream(actor, command_id)
        self.activities[stream_id] = ActivityRow(stream_id, 1, entry, len(self.activities))
        return Handled(actor.practice_id, stream_id, 1, 0)

    def of_days(self, days: Sequence[dt.date]) -> tuple[ActivityRow, ...]:
        """Return the activities of these days."""
        rows = self.activities.values()
        return tuple(row for row in rows if row.entry and row.entry.date in days)

    def hours_commands(self) -> HoursCommands:
        """Return the commands; weeks and corrections are tested over a real ledger."""
        return HoursCommands(
            supervisors=lambda _: self.supervisors,
            state_enrolment=self.state_enrolment,
            state_setting=self.state_setting,
            state_supervision=self.state_supervision,
            log_activity=self.log_activity,
            correct_activity=_unexpected,
            delete_activity=_unexpected,
            earlier_act=lambda _actor, _key, _command: None,
            submit_week=self._submit,
            take_back_week=_unexpected,
            return_week=_unexpected,
            statement=_unexpected,
            sign_week=_unexpected,
            give_notice=_unexpected,
        )

    def _setup(self, _actor: Actor) -> Setup:
        known = self.history
        if known is None:
            return self.setup
        return Setup(
            enrolment=known.enrolment,
            settings=dict(known.settings),
            supervisions=dict(known.supervisions),
        )

    def _progress(self, _actor: Actor, as_of: dt.date) -> Progress | None:
        if self.history is None:
            return None
        evaluation = evaluate(self.history, as_of)
        return Progress(evaluation, project(self.history, evaluation, as_of))

    def _submit(self, actor: Actor, submission: Submission, command_id: UUID) -> Handled:
        if self.fault is not None:
            raise self.fault
        self.submitted.append((submission, command_id))
        return Handled(actor.practice_id, UUID(int=99), 1, 0)

    def _begin(self, name: str, command_id: UUID) -> None:
        self.fail(name)
        self.commands.append(command_id)


def _unexpected(*_: object) -> NoReturn:
    raise AssertionError("this is tested over a real ledger")
