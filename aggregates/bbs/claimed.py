"""The weeks of a history, each prepared by itself: its claims, how each stands, its supervision."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aggregates.bbs.authority import Standing, standing_of
from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim, claim_of
from aggregates.bbs.columns import week_start_of
from aggregates.bbs.contact import Contact, judge_contact
from aggregates.bbs.history import History, Recorded
from aggregates.bbs.limits import LIFETIME


@dataclass(frozen=True, slots=True)
class ClaimedWeek:
    """One week, its entries by day and then by id: however they were logged.

    `under` says of each lifetime limit which entries it is about. What stands here follows from the
    week's entries and what the person stated, and from nothing in another week.
    """

    first_day: dt.date
    claims: tuple[Claim, ...]
    standings: tuple[Standing, ...]
    contact: Contact  # of what is signed
    contact_all: Contact
    under: Mapping[Cause, tuple[bool, ...]]


# By the week's first day: what it was prepared from, and what came of it.
Claimed: TypeAlias = dict[dt.date, tuple[Sequence[Recorded], ClaimedWeek]]


def claimed_weeks(history: History, as_of: dt.date, known: Claimed) -> list[ClaimedWeek]:
    """Return the weeks up to a day that have entries, in order.

    Weeks in `known` that are made of the very same entries are used again, others are put there:
    it must be of the same person, statements and day.
    """
    found: list[ClaimedWeek] = []
    for first_day, told in sorted(_by_week(history, as_of).items()):
        earlier = known.get(first_day)
        if earlier is None or earlier[0] != told:
            earlier = known[first_day] = told, _week(history, as_of, first_day, told)
        found.append(earlier[1])
    return found


def _by_week(history: History, as_of: dt.date) -> dict[dt.date, list[Recorded]]:
    weeks: dict[dt.date, list[Recorded]] = {}
    by_day: dict[dt.date, list[Recorded]] = {}
    for each in history.entries:
        day = each.entry.date
        entries = by_day.get(day)
        if entries is None:
            first_day = week_start_of(history.enrolment.week_start, day)
            entries = by_day[day] = weeks.setdefault(first_day, []) if day <= as_of else []
        entries.append(each)
    return weeks


def _week(
    history: History, as_of: dt.date, first_day: dt.date, told: Iterable[Recorded]
) -> ClaimedWeek:
    ordered = sorted(told, key=lambda each: (each.day, each.entry_id.int))
    claims = tuple(claim_of(history, each, first_day) for each in ordered)
    standings = tuple(standing_of(claim, history.enrolment, as_of) for claim in claims)
    track = history.enrolment.track
    signed = [index for index, claim in enumerate(claims) if claim.is_signed]
    return ClaimedWeek(
        first_day,
        claims,
        standings,
        judge_contact(track, claims, standings, signed),
        judge_contact(track, claims, standings, range(len(claims))),
        {cause: tuple(map(belongs, claims)) for cause, belongs in LIFETIME.items()},
    )
