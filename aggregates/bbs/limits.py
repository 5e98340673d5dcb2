"""How much of what may count does: seven days, a week's supervision, lifetime limits, six years."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final, TypeAlias

from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column
from aggregates.bbs.rooms import Kept, LifetimeLimit, LifetimeRoom, Minutes, WeekRoom, fill
from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_for, rule_of
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track
from aggregates.hours.supervision_entry import Licence

Belongs: TypeAlias = Callable[[Claim], bool]


def seven_days(
    track: Track, claims: Sequence[Claim], base: Sequence[int], supply: Sequence[int]
) -> Kept:
    """Credit up to `supply` on top of `base`, in order: 40 hours in seven days, 6 h a week.

    What `base` has is left as it is, so a later call never takes away what an earlier one gave.
    """
    wanted = _wanted(base, supply)
    if wanted == base:
        return Kept(wanted, {})
    room = WeekRoom(track, claims, wanted)
    if not room.is_short:
        return Kept(wanted, {})
    # Days and weeks in which all that is wanted fits cut nothing, whatever else stands in them.
    tight = [index for index, claim in enumerate(claims) if room.may_cut(claim)]
    return fill(room, [(index, claims[index]) for index in tight], base, wanted)


def lifetime_limits(track: Track, receipt: dt.date) -> tuple[LifetimeLimit, ...]:
    """Return the limits a track has for an application received on a day, in order."""
    return tuple(
        LifetimeLimit(cause, rule.minutes)
        for cause in LIFETIME
        if (rule := rule_for(cause.check, track)) is not None and rule.holds_on(receipt)
    )


def lifetime(
    limits: Sequence[LifetimeLimit],
    under: Mapping[Cause, Sequence[bool]],
    base: Sequence[int],
    supply: Sequence[int],
) -> Kept:
    """Credit up to `supply` on top of `base`, in order, until a limit of a lifetime is used up.

    `under` says of each limit which entries it is about.
    """
    wanted = _wanted(base, supply)
    if wanted == base:
        return Kept(wanted, {})
    short = [each for each in limits if sum(compress(wanted, under[each.cause])) > each.minutes]
    if not short:
        return Kept(wanted, {})
    of_each = enumerate(zip(*(under[each.cause] for each in short), strict=True))
    tight = [(index, limits_of) for index, limits_of in of_each if any(limits_of)]
    return fill(LifetimeRoom(short), tight, base, wanted)


@dataclass(frozen=True, slots=True)
class OldHours:
    """How many entries are too old, by day the first, and which of them are exempt so far."""

    entries: int
    exempt: frozenset[int]
    exempt_minutes: int


def old_hours(
    enrolment: EnrolmentEntry, receipt: dt.date, claims: Sequence[Claim], *, is_generous: bool
) -> OldHours:
    """Return what is too old on the day of a receipt; `claims` are by day.

    Exempt are clinical hours of the practicum. Where none is stated, the generous reading takes a
    trainee's clinical hours for such.
    """
    years = rule_of(Check.SIX_YEARS, enrolment.track).count
    oldest = years_before(receipt, years).toordinal()
    rule = rule_for(Check.SIX_YEARS_EXEMPT, enrolment.track)
    entries = bisect_left(claims, oldest, key=lambda claim: claim.ordinal)
    exempt = (
        index
        for index in range(entries if rule else 0)
        if is_practicum(claims[index], enrolment, is_generous=is_generous)
    )
    return OldHours(entries, frozenset(exempt), rule.minutes if rule else 0)


def six_years(old: OldHours, base: Sequence[int], supply: Sequence[int]) -> Kept:
    """Take away what is too old, but for what is exempt, up to its limit."""
    room = old.exempt_minutes - sum(base[: old.entries])
    kept, cut = _wanted(base, supply), dict[int, list[tuple[Cause, int]]]()
    for index in range(old.entries):
        wanted = supply[index] - base[index]
        if wanted <= 0:
            continue
        given = max(0, min(wanted, room)) if index in old.exempt else 0
        room -= given
        kept[index] = base[index] + given
        if given < wanted:
            cut[index] = [(Cause.SIX_YEARS, wanted - given)]
    return Kept(kept, cut)


def _wanted(base: Sequence[int], supply: Sequence[int]) -> Minutes:
    if base == supply:  # most often, and told much faster than entry by entry
        return list(supply)
    return [max(least, most) for least, most in zip(base, supply, strict=True)]


def years_before(day: dt.date, years: int) -> dt.date:
    """Return the same day some years ago; for 29 February that is 1 March where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 3, 1)


def is_practicum(claim: Claim, enrolment: EnrolmentEntry, *, is_generous: bool) -> bool:
    """Tell whether an entry is clinical work in practicum."""
    if claim.phase is not Phase.BEFORE_DEGREE or not claim.is_direct:
        return False
    if not enrolment.practicum:
        return is_generous
    return any(span.has(claim.day) for span in enrolment.practicum)


def _is_before_degree(claim: Claim) -> bool:
    return claim.phase is Phase.BEFORE_DEGREE


def _is_contact_before_degree(claim: Claim) -> bool:
    return _is_before_degree(claim) and (claim.is_direct or claim.is_supervision)


# What each limit of a lifetime is about, in the order in which they are tested.
LIFETIME: Final[Mapping[Cause, Belongs]] = {
    Cause.BEFORE_DEGREE_CONTACT: _is_contact_before_degree,
    Cause.BEFORE_DEGREE: _is_before_degree,
    Cause.NON_CLINICAL: lambda claim: Column.B in claim.placement.columns,
    Cause.LEP: lambda claim: claim.is_under(Licence.LEP),
}
