"""The room that limits leave, filled in order: days, weeks, and what is left of a lifetime."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol, TypeAlias, TypeVar

from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_of
from aggregates.hours.enrolment_entry import Track
from aggregates.week import WEEK_DAYS

Minutes: TypeAlias = list[int]


@dataclass(frozen=True, slots=True)
class Kept:
    """Minutes by entry after a limit, and what was cut by which cause."""

    minutes: Minutes
    cut: Mapping[int, Sequence[tuple[Cause, int]]]


@dataclass(frozen=True, slots=True)
class LifetimeLimit:
    """A limit of a lifetime and what it is about."""

    cause: Cause
    minutes: int


Asking_contra = TypeVar("Asking_contra", contravariant=True)


class Room(Protocol[Asking_contra]):
    """What is left of some limits."""

    def use(self, asking: Asking_contra, minutes: int, /) -> None:
        """Take minutes that are credited already."""
        ...

    def ask(self, asking: Asking_contra, wanted: int, /) -> Iterable[tuple[Cause, int]]:
        """Return what each limit cuts off minutes that are wanted, one after the other."""
        ...


def fill(
    room: Room[Asking_contra],
    tight: Sequence[tuple[int, Asking_contra]],
    base: Sequence[int],
    wanted: Sequence[int],
) -> Kept:
    """Cut what is wanted to the room there is; only the entries in `tight` can lose any."""
    kept, cut = list(wanted), dict[int, list[tuple[Cause, int]]]()
    for index, each in tight:
        if base[index]:
            room.use(each, base[index])
    for index, each in tight:
        more = wanted[index] - base[index]
        if not more:
            continue
        losses = [loss for loss in room.ask(each, more) if loss[1]]
        if losses:
            more -= sum(lost for _, lost in losses)
            kept[index] = base[index] + more
            cut[index] = losses
        if more:
            room.use(each, more)
    return Kept(kept, cut)


class WeekRoom:
    """Minutes in every seven consecutive days, and of supervision in each week.

    Made for what is wanted in all, it knows from the start which days and weeks are too small.
    """

    def __init__(self, track: Track, claims: Sequence[Claim], wanted: Sequence[int]) -> None:
        self._forty = rule_of(Check.SEVEN_DAYS, track).minutes
        self._six = rule_of(Check.SIX_HOURS, track).minutes
        # Windows by their first day: six days before the first entry there is one that has it.
        self._first = claims[0].ordinal - WEEK_DAYS + 1 if claims else 0
        last = claims[-1].ordinal if claims else 0
        days = [0] * (last - self._first + 1)
        weeks = defaultdict[dt.date, int](int)
        for claim, minutes in zip(claims, wanted, strict=True):
            days[claim.ordinal - self._first] += minutes
            if claim.is_supervision:
                weeks[claim.first_day] += minutes
        self._short_weeks = {each for each, minutes in weeks.items() if minutes > self._six}
        self._short_days = _days_within(_windows(days), self._forty)
        self._windows = [0] * len(days)
        self._supervision = defaultdict[dt.date, int](int)

    @property
    def is_short(self) -> bool:
        """Whether anything has to be cut."""
        return bool(self._short_days or self._short_weeks)

    def may_cut(self, claim: Claim) -> bool:
        """Tell whether an entry stands in days or a week that are too small."""
        return claim.ordinal - self._first in self._short_days or (
            claim.is_supervision and claim.first_day in self._short_weeks
        )

    def use(self, claim: Claim, minutes: int) -> None:
        """Take minutes that are credited."""
        end = claim.ordinal - self._first + 1
        for place in range(end - WEEK_DAYS, end):
            self._windows[place] += minutes
        if claim.is_supervision:
            self._supervision[claim.first_day] += minutes

    def ask(self, claim: Claim, wanted: int) -> Iterable[tuple[Cause, int]]:
        """Return what each limit cuts off minutes that are wanted, one after the other."""
        end = claim.ordinal - self._first + 1
        fullest = max(self._windows[end - WEEK_DAYS : end])
        left = wanted
        if claim.is_supervision:
            left = max(0, min(left, self._six - self._supervision[claim.first_day]))
            yield Cause.SIX_HOURS, wanted - left
        yield Cause.SEVEN_DAYS, left - max(0, min(left, self._forty - fullest))


def fullest_days(claims: Sequence[Claim], minutes: Sequence[int]) -> int:
    """Return the most that stands in seven consecutive days."""
    if not claims:
        return 0
    first = claims[0].ordinal
    days = [0] * (claims[-1].ordinal - first + 1)
    for claim, each in zip(claims, minutes, strict=True):
        days[claim.ordinal - first] += each
    return max(_windows(days))


def _windows(days: Sequence[int]) -> list[int]:
    """Return the sums of the seven days from each day on; fewer at the end."""
    sums = [0, *accumulate(days)]
    last = len(days)
    return [sums[min(day + WEEK_DAYS, last)] - sums[day] for day in range(last)]


def _days_within(windows: Sequence[int], limit: int) -> set[int]:
    """Return the days that stand in a window which is too full."""
    return {
        day
        for first, minutes in enumerate(windows)
        if minutes > limit
        for day in range(first, first + WEEK_DAYS)
    }


class LifetimeRoom:
    """Minutes that are left of each limit of a lifetime; an entry says which it is under."""

    def __init__(self, limits: Sequence[LifetimeLimit]) -> None:
        self._causes = [limit.cause for limit in limits]
        self._left = [limit.minutes for limit in limits]

    def use(self, under: Sequence[bool], minutes: int) -> None:
        """Take minutes that are credited."""
        for place, is_under in enumerate(under):
            if is_under:
                self._left[place] -= minutes

    def ask(self, under: Sequence[bool], wanted: int) -> Iterable[tuple[Cause, int]]:
        """Return what each limit cuts off minutes that are wanted, one after the other."""
        for place, is_under in enumerate(under):
            if is_under:
                given = max(0, min(wanted, self._left[place]))
                yield self._causes[place], wanted - given
                wanted = given
