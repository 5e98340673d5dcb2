"""Gives a supervisee written notice that hours will not be signed from a day on."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from aggregates.hours.supervision import GiveNotice
from aggregates.private import Private
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.hours.streams import SUPERVISION_RULES
from commands.practice import practice_of_member


@dataclass(frozen=True, slots=True)
class Notice:
    """From which day on, given on which day, and what was written."""

    from_day: dt.date
    today: dt.date
    text: Private


def give_notice(
    context: Context, actor: Actor, supervision_id: UUID, notice: Notice, command_id: UUID
) -> Handled:
    """Give notice as the supervisor of this supervision.

    Raises `Refused` for somebody else's, and for less than a week's notice.
    """
    practice_of_member(context, actor)
    command = GiveNotice(
        supervisor_id=actor.person_id,
        from_day=notice.from_day,
        today=notice.today,
        text=notice.text,
    )
    return handle(context, SUPERVISION_RULES, Order(actor, supervision_id, command_id, command))
