"""Hours of a practice in memory: by default nothing stated, nothing logged, nothing to sign."""

import datetime as dt
from dataclasses import replace
from typing import NoReturn
from uuid import UUID

from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.history import History
from aggregates.bbs.project import project
from commands.context import Actor
from commands.handle import Handled
from commands.hours.submit_week import Submission
from projections.progress import Progress
from projections.setup import Setup
from projections.weeks import WeekRow
from web.hours import HoursCommands, HoursRecords


class FakeHours:
    """What one person stated, logged and submitted; `fault`, once set, is raised by submitting."""

    def __init__(self) -> None:
        self.history: History | None = None
        self.rows: tuple[WeekRow, ...] = ()
        self.fault: Exception | None = None
        self.submitted = list[tuple[Submission, UUID]]()

    def records(self) -> HoursRecords:
        """Return the reads over it."""
        return replace(
            no_hours(),
            setup=self._setup,
            weeks=self._weeks,
            history=self._history,
            progress=self._progress,
        )

    def commands(self) -> HoursCommands:
        """Return the commands over it: submitting is all there is."""
        return replace(no_hours_commands(), submit_week=self._submit)

    def _weeks(self, _actor: Actor) -> tuple[WeekRow, ...]:
        return self.rows

    def _history(self, _actor: Actor) -> History | None:
        return self.history

    def _setup(self, _actor: Actor) -> Setup:
        known = self.history
        if known is None:
            return Setup()
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


def no_hours() -> HoursRecords:
    """Return reads that find nothing."""
    return HoursRecords(
        setup=lambda _: Setup(),
        weeks=lambda _: (),
        row=lambda _actor, _stream: None,
        history=lambda _: None,
        progress=lambda _actor, _day: None,
        signature=lambda _actor, _stream: None,
    )


def no_hours_commands() -> HoursCommands:
    """Return commands that no test of other pages should come to."""
    return HoursCommands(
        supervisors=lambda _: (),
        state_enrolment=_unexpected,
        state_setting=_unexpected,
        state_supervision=_unexpected,
        log_activity=_unexpected,
        correct_activity=_unexpected,
        delete_activity=_unexpected,
        submit_week=_unexpected,
        take_back_week=_unexpected,
        return_week=_unexpected,
        statement=_unexpected,
        sign_week=_unexpected,
        give_notice=_unexpected,
    )


def _unexpected(*_: object) -> NoReturn:
    raise AssertionError("hours are tested over a real ledger")
