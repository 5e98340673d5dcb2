"""What the pages of supervisors need from the rest: reads of their own role, and whose they are."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.context import Actor, Context
from ledger.reader import Keys
from projections import supervised
from projections.notices import NoticeGiven, notices
from projections.supervised import SupervisedRow, SupervisorSource
from projections.weeks import row_owner


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisedRecords:
    """The functions that read what a supervisor was handed; a page gets them from the guard.

    They run in the database role that can read nothing else. `row` returns None for what was not
    handed to them.
    """

    inbox: Callable[[Actor], Sequence[SupervisedRow]]
    latest: Callable[[Actor], Sequence[SupervisedRow]]
    since: Callable[[Actor, dt.date], Sequence[SupervisedRow]]
    weeks: Callable[[Actor, UUID], Sequence[SupervisedRow]]
    row: Callable[[Actor, UUID], SupervisedRow | None]
    notices: Callable[[Actor], Sequence[NoticeGiven]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervising:
    """What the guard asks before it decides.

    `supervisees` and `supervisee_of` answer for whose rows the actor was handed, `row_owner` whose
    row it is, handed to whomever.
    """

    supervisees: Callable[[Actor], Sequence[UUID]]
    supervisee_of: Callable[[Actor, UUID], UUID | None]
    row_owner: Callable[[Actor, UUID], UUID | None]


def supervised_records(context: Context) -> SupervisedRecords:
    """Return the reads over this context; the role's connections are opened with the first."""
    keys = context.ledger.keys

    def asked(actor: Actor) -> tuple[SupervisorSource, Keys, UUID, UUID]:
        return context.ledger.supervisors, keys, actor.practice_id, actor.person_id

    return SupervisedRecords(
        inbox=lambda actor: supervised.inbox(*asked(actor)),
        latest=lambda actor: supervised.latest(*asked(actor)),
        since=lambda actor, day: supervised.since(*asked(actor), day),
        weeks=lambda actor, person: supervised.supervisee_weeks(*asked(actor), person),
        row=lambda actor, stream: supervised.row(*asked(actor), stream),
        notices=lambda actor: notices(*asked(actor)),
    )


def supervising(context: Context) -> Supervising:
    """Return the questions over this context."""
    ledger = context.ledger

    def asked(actor: Actor) -> tuple[SupervisorSource, UUID, UUID]:
        return ledger.supervisors, actor.practice_id, actor.person_id

    return Supervising(
        supervisees=lambda actor: supervised.supervisees(*asked(actor)),
        supervisee_of=lambda actor, stream: supervised.supervisee_of(*asked(actor), stream),
        row_owner=lambda actor, stream: row_owner(ledger, actor.practice_id, stream),
    )
