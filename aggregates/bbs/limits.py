"""How much of what may count does: seven days, a week's supervision, lifetime limits, six years."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, TypeVar

from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column
from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_for, rule_of
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track
from aggregates.hours.supervision_entry import Licence
from aggregates.week import WEEK_DAYS

Minutes: TypeAlias = list[int]
Belongs: TypeAlias = Callable[[Claim], bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """Minutes by entry after a limit, and what was cut by which cause."""

    minutes: Minutes
    cut: Mapping[int, Sequence[tuple[Cause, int]]]


def seven_days(
    track: Track, claims: Sequence[Claim], base: Sequence[int], supply: Sequence[int]
) -> Kept:
    """Credit up to `supply` on top of `base`, in order: 40 hours in seven days, 6 h a week.

    What `base` has is left as it is, so a later call never takes away what an earlier one gave.
    """
    return _extend(_WeekRoom(track, claims), claims, base, supply)


@dataclass(frozen=True, slots=True)
class LifetimeLimit:
    """A limit of a lifetime and what it is about."""

    cause: Cause
    minutes: int
    belongs: Belongs


def lifetime_limits(track: Track, receipt: dt.date) -> tuple[LifetimeLimit, ...]:
    """Return the limits a track has for an application received on a day, in order."""
    return tuple(
        LifetimeLimit(cause, rule.minutes, belongs)
        for cause, belongs in _LIFETIME
        if (rule := rule_for(cause.check, track)) is not None and rule.holds_on(receipt)
    )


def members_of(limits: Sequence[LifetimeLimit], claims: Sequence[Claim]) -> list[tuple[int, ...]]:
    """Return for each entry the places of the limits it belongs to."""
    return [
        tuple(place for place, limit in enumerate(limits) if limit.belongs(claim))
        for claim in claims
    ]


def lifetime(
    limits: Sequence[LifetimeLimit],
    members: Sequence[Sequence[int]],
    base: Sequence[int],
    supply: Sequence[int],
) -> Kept:
    """Credit up to `supply` on top of `base`, in order, until a limit of a lifetime is used up.

    `members` tells for each entry the places of the limits it belongs to.
    """
    return _extend(_LifetimeRoom(limits), members, base, supply)


def six_years(
    enrolment: EnrolmentEntry,
    receipt: dt.date,
    claims: Sequence[Claim],
    base: Sequence[int],
    supply: Sequence[int],
) -> Kept:
    """Take away what is too old, but for clinical hours of the practicum up to their limit."""
    years = rule_of(Check.SIX_YEARS, enrolment.track).count
    oldest = years_before(receipt, years).toordinal()
    exempt = rule_for(Check.SIX_YEARS_EXEMPT, enrolment.track)
    old = [index for index, claim in enumerate(claims) if claim.ordinal < oldest]
    room = (exempt.minutes if exempt else 0) - sum(base[index] for index in old)
    kept, cut = (
        [max(pair) for pair in zip(base, supply, strict=True)],
        dict[int, list[tuple[Cause, int]]](),
    )
    for index in old:
        wanted = supply[index] - base[index]
        if wanted <= 0:
            continue
        is_exempt = exempt is not None and is_practicum(claims[index], enrolment)
        given = max(0, min(wanted, room)) if is_exempt else 0
        room -= given
        kept[index] = base[index] + given
        if given < wanted:
            cut[index] = [(Cause.SIX_YEARS, wanted - given)]
    return Kept(kept, cut)


def years_before(day: dt.date, years: int) -> dt.date:
    """Return the same day some years ago; for 29 February that is 1 March where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 3, 1)


def is_practicum(claim: Claim, enrolment: EnrolmentEntry) -> bool:
    """Tell whether an entry is clinical work in practicum."""
    is_trainee = claim.phase is Phase.BEFORE_DEGREE
    return is_trainee and claim.is_direct and any(s.has(claim.day) for s in enrolment.practicum)


def belongs_to(check: Check | None) -> Belongs:
    """Return what a limit of a lifetime is about. Raises StopIteration for another."""
    return next(belongs for cause, belongs in _LIFETIME if cause.check is check)


Asking_contra = TypeVar("Asking_contra", contravariant=True)


class _Room(Protocol[Asking_contra]):
    """What is left of some limits."""

    def use(self, asking: Asking_contra, minutes: int, /) -> None:
        """Take minutes that are credited already."""
        ...

    def ask(self, asking: Asking_contra, wanted: int, /) -> Iterable[tuple[Cause, int]]:
        """Return what each limit cuts off minutes that are wanted, one after the other."""
        ...


def _extend(
    room: _Room[Asking_contra],
    asking: Sequence[Asking_contra],
    base: Sequence[int],
    supply: Sequence[int],
) -> Kept:
    for each, minutes in zip(asking, base, strict=True):
        if minutes:
            room.use(each, minutes)
    kept, cut = list(base), dict[int, list[tuple[Cause, int]]]()
    for index, (each, minutes) in enumerate(zip(asking, supply, strict=True)):
        wanted = minutes - kept[index]
        if wanted <= 0:
            continue
        losses = [loss for loss in room.ask(each, wanted) if loss[1]]
        given = wanted - sum(lost for _, lost in losses)
        if given:
            room.use(each, given)
            kept[index] += given
        if losses:
            cut[index] = losses
    return Kept(kept, cut)


class _WeekRoom:
    """Minutes in every seven consecutive days, and of supervision in each week."""

    def __init__(self, track: Track, claims: Sequence[Claim]) -> None:
        self._forty = rule_of(Check.SEVEN_DAYS, track).minutes
        self._six = rule_of(Check.SIX_HOURS, track).minutes
        self._supervision = defaultdict[dt.date, int](int)
        # Windows by their first day: six days before the first entry there is one that has it.
        self._first = claims[0].ordinal - WEEK_DAYS + 1 if claims else 0
        last = claims[-1].ordinal if claims else 0
        self._windows = [0] * (last - self._first + 1)

    def use(self, claim: Claim, minutes: int) -> None:
        end = claim.ordinal - self._first + 1
        for place in range(end - WEEK_DAYS, end):
            self._windows[place] += minutes
        if claim.is_supervision:
            self._supervision[claim.first_day] += minutes

    def ask(self, claim: Claim, wanted: int) -> Iterable[tuple[Cause, int]]:
        end = claim.ordinal - self._first + 1
        fullest = max(self._windows[end - WEEK_DAYS : end])
        left = wanted
        if claim.is_supervision:
            left = max(0, min(left, self._six - self._supervision[claim.first_day]))
            yield Cause.SIX_HOURS, wanted - left
        yield Cause.SEVEN_DAYS, left - max(0, min(left, self._forty - fullest))


class _LifetimeRoom:
    """Minutes that are left of each limit of a lifetime."""

    def __init__(self, limits: Sequence[LifetimeLimit]) -> None:
        self._causes = [limit.cause for limit in limits]
        self._left = [limit.minutes for limit in limits]

    def use(self, places: Sequence[int], minutes: int) -> None:
        for place in places:
            self._left[place] -= minutes

    def ask(self, places: Sequence[int], wanted: int) -> Iterable[tuple[Cause, int]]:
        for place in places:
            given = max(0, min(wanted, self._left[place]))
            yield self._causes[place], wanted - given
            wanted = given


def _is_before_degree(claim: Claim) -> bool:
    return claim.phase is Phase.BEFORE_DEGREE


_LIFETIME: Final[tuple[tuple[Cause, Belongs], ...]] = (
    (
        Cause.BEFORE_DEGREE_CONTACT,
        lambda claim: _is_before_degree(claim) and (claim.is_direct or claim.is_supervision),
    ),
    (Cause.BEFORE_DEGREE, _is_before_degree),
    (Cause.NON_CLINICAL, lambda claim: Column.B in claim.placement.columns),
    (Cause.LEP, lambda claim: claim.is_under(Licence.LEP)),
)
