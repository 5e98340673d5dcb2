"""Whole weeks of invented hours, for rules about hundreds and thousands of them."""

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Final
from uuid import UUID

from aggregates.bbs.history import Recorded
from aggregates.hours.activity_entry import ActivityKind
from aggregates.session_entry import Participants
from tests.aggregates.bbs.invented import HOUR, SUPERVISION, activity, session

DAYS: Final = 4


def weeks_of(  # noqa: PLR0913 -- a week has this many sides
    first: dt.date,
    direct: int,
    *,
    contact: int = 2 * HOUR,
    other: int = 0,
    weekly: int = 28 * HOUR,
    participants: Participants = Participants.INDIVIDUAL,
    supervision: UUID = SUPERVISION,
    kind: ActivityKind = ActivityKind.SUPERVISION_INDIVIDUAL,
    numbers: Iterator[int] | None = None,
) -> list[Recorded]:
    """Return weeks with `direct` minutes in all, `weekly` of them in each but the last.

    Every week has `contact` minutes of supervision and `other` minutes of advocacy.
    """
    numbers = count(first.toordinal() * 1000) if numbers is None else numbers
    entries: list[Recorded] = []
    day = first
    while direct > 0:
        minutes = min(direct, weekly)
        direct -= minutes
        for place in range(DAYS):
            part = minutes // DAYS + (minutes % DAYS if place == 0 else 0)
            on = day + dt.timedelta(days=place)
            if part:
                entries.append(
                    session(
                        next(numbers), on, part, participants=participants, supervision=supervision
                    )
                )
        if contact:
            entries.append(activity(next(numbers), day, contact, kind, supervision=supervision))
        if other:
            entries.append(
                activity(next(numbers), day, other, ActivityKind.ADVOCACY, supervision=supervision)
            )
        day += dt.timedelta(days=7)
    return entries


def total_of(entries: list[Recorded]) -> int:
    """Return their minutes."""
    return sum(each.minutes for each in entries)
