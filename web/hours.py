"""What the pages about hours need from the rest: reads that the guard opens, and commands."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from aggregates.bbs.history import History
from aggregates.deletion import Deletion
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.moved_rows import Counted
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision_entry import SupervisionEntry
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import ReturnReason, WeekSigned
from aggregates.private import Private
from commands.context import Actor, Context
from commands.handle import Handled
from commands.hours.activities import correct_activity, delete_activity, log_activity
from commands.hours.notice import Notice, give_notice
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.sign_week import Signing, return_week, sign_week, statement_of
from commands.hours.submit_week import Submission, earlier_act, submit_week, take_back_week
from commands.membership import supervisors_of
from commands.session import Shown
from projections.activity_history import ActivityHistory, activity_history
from projections.progress import Progress, Progresses, WeekJudged
from projections.setup import Setup, setup
from projections.setup_history import (
    EnrolmentHistory,
    SettingHistory,
    SupervisionHistory,
    enrolment_history,
    setting_history,
    supervision_history,
)
from projections.week_signature import week_signature
from projections.weeks import WeekRow, week_row, weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementHistories:
    """How what a person stated came to be, by its stream; None for what is not theirs."""

    enrolment: Callable[[Actor, UUID], EnrolmentHistory | None]
    setting: Callable[[Actor, UUID], SettingHistory | None]
    supervision: Callable[[Actor, UUID], SupervisionHistory | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursRecords:
    """The functions that read a person's own; a page gets them from the guard, as all records.

    `row` and `activity` return None for what is not theirs; `history`, `progress` and `week`, by
    any of its days, while they have stated no enrolment. `signature` is the one that holds of a
    row, by its stream.
    """

    setup: Callable[[Actor], Setup]
    weeks: Callable[[Actor], Sequence[WeekRow]]
    row: Callable[[Actor, UUID], WeekRow | None]
    history: Callable[[Actor], History | None]
    activity: Callable[[Actor, UUID], ActivityHistory | None]
    progress: Callable[[Actor, dt.date], Progress | None]
    week: Callable[[Actor, dt.date], WeekJudged | None]
    signature: Callable[[Actor, UUID], WeekSigned | None]
    statements: StatementHistories


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursCommands:
    """The functions that change hours; they raise as those of `Services` do.

    `supervisors` are the members who may be named as one. `statement` returns what a supervisor
    would sign of a row at a time, under a reference.
    """

    supervisors: Callable[[Actor], Sequence[tuple[UUID, Private]]]
    state_enrolment: Callable[[Actor, EnrolmentEntry, UUID, Collection[Counted]], Handled]
    state_setting: Callable[[Actor, UUID | None, SettingEntry, UUID], Handled]
    state_supervision: Callable[[Actor, UUID | None, SupervisionEntry, UUID], Handled]
    log_activity: Callable[[Actor, ActivityEntry, UUID], Handled]
    correct_activity: Callable[[Actor, Shown, ActivityEntry, UUID], Handled]
    delete_activity: Callable[[Actor, Shown, Deletion, UUID], Handled]
    earlier_act: Callable[[Actor, RowKey, UUID], Handled | None]
    submit_week: Callable[[Actor, Submission, UUID], Handled]
    take_back_week: Callable[[Actor, RowKey, UUID], Handled]
    return_week: Callable[[Actor, UUID, tuple[ReturnReason, Private | None], UUID], Handled]
    statement: Callable[[Actor, UUID, int, bytes], Private]
    sign_week: Callable[[Actor, Signing, UUID], Handled]
    give_notice: Callable[[Actor, UUID, Notice, UUID], Handled]


def hours_records(context: Context) -> HoursRecords:
    """Return the reads over this context."""
    ledger = context.ledger
    progresses = Progresses(ledger, context.clock)
    return HoursRecords(
        setup=lambda actor: setup(ledger, actor.practice_id, actor.person_id),
        weeks=lambda actor: weeks(ledger, actor.practice_id, actor.person_id),
        row=lambda actor, stream: week_row(ledger, actor.practice_id, actor.person_id, stream),
        history=lambda actor: progresses.history(actor.practice_id, actor.person_id),
        activity=lambda actor, stream: activity_history(
            ledger, actor.practice_id, actor.person_id, stream
        ),
        progress=lambda actor, day: progresses.of(actor.practice_id, actor.person_id, day),
        week=lambda actor, day: progresses.week(actor.practice_id, actor.person_id, day),
        signature=lambda actor, stream: week_signature(
            ledger, actor.practice_id, actor.person_id, stream
        ),
        statements=StatementHistories(
            enrolment=lambda actor, stream: enrolment_history(
                ledger, actor.practice_id, actor.person_id, stream
            ),
            setting=lambda actor, stream: setting_history(
                ledger, actor.practice_id, actor.person_id, stream
            ),
            supervision=lambda actor, stream: supervision_history(
                ledger, actor.practice_id, actor.person_id, stream
            ),
        ),
    )


def hours_commands(context: Context) -> HoursCommands:
    """Return the commands over this context."""
    return HoursCommands(
        supervisors=partial(supervisors_of, context),
        state_enrolment=partial(state_enrolment, context),
        state_setting=partial(state_setting, context),
        state_supervision=partial(state_supervision, context),
        log_activity=partial(log_activity, context),
        correct_activity=partial(correct_activity, context),
        delete_activity=partial(delete_activity, context),
        earlier_act=partial(earlier_act, context),
        submit_week=partial(submit_week, context),
        take_back_week=partial(take_back_week, context),
        return_week=partial(return_week, context),
        statement=partial(statement_of, context),
        sign_week=partial(sign_week, context),
        give_notice=partial(give_notice, context),
    )
