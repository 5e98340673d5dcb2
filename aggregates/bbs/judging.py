"""All entries through all tests, in order: what counts, what would once signed, and why not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import sub
from typing import TypeAlias

from aggregates.bbs.bounds import Bounds, Question
from aggregates.bbs.causes import QUESTION_OF, Cause
from aggregates.bbs.claimed import Claimed, ClaimedWeek, claimed_weeks
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column
from aggregates.bbs.contact import averaged
from aggregates.bbs.history import History
from aggregates.bbs.limits import (
    LIFETIME,
    lifetime,
    lifetime_limits,
    old_hours,
    seven_days,
    six_years,
)
from aggregates.bbs.rooms import Kept, Minutes
from aggregates.hours.enrolment_entry import EnrolmentEntry


@dataclass(frozen=True, slots=True)
class WeekReading:
    """What of one week counts in one reading: minutes by its entries."""

    allowed: Minutes
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class Reading:
    """Minutes by entry that count, in one reading of the law, and what was cut on the way."""

    allowed: Minutes  # by the entry itself and the week's supervision
    weekly: Minutes  # of those, within the limits of days and weeks
    minutes: Minutes  # of those, within a lifetime and not too old
    kept: tuple[Kept, ...]

    def part(self, part: slice) -> WeekReading:
        """Return what of it is of some entries."""
        return WeekReading(self.allowed[part], self.minutes[part])

    def cut(self) -> Iterable[tuple[int, Cause, int]]:
        """Yield what limits took: the entry's place, the cause, the minutes."""
        for kept in self.kept:
            for index, losses in kept.cut.items():
                for cause, minutes in losses:
                    yield index, cause, minutes


@dataclass(frozen=True, slots=True)
class JudgedWeek:
    """One week judged: all that is told of it follows from this.

    The readings are those of `Judged`; `weekly` is of the strict one, and `cut` of `strict_all`,
    by the entry's place in the week.
    """

    week: ClaimedWeek
    strict: WeekReading
    generous: WeekReading
    strict_all: WeekReading
    generous_all: WeekReading
    weekly: Minutes
    cut: Sequence[tuple[int, Cause, int]]

    @property
    def pending(self) -> tuple[Minutes, Minutes]:
        """What would count besides, once everything is signed."""
        return (
            list(map(sub, self.strict_all.minutes, self.strict.minutes)),
            list(map(sub, self.generous_all.minutes, self.generous.minutes)),
        )

    def questions(self, index: int) -> frozenset[Question]:
        """Return what makes the two figures of an entry differ."""
        causes = {
            self.week.standings[index].cause,
            self.week.contact.causes.get(index),
            self.week.contact_all.causes.get(index),
        }
        causes |= {cause for place, cause, _ in self.cut if place == index}
        return frozenset(QUESTION_OF[cause] for cause in causes if cause and cause in QUESTION_OF)


@dataclass(frozen=True, slots=True)
class Judged:
    """Every entry judged.

    `strict` and `generous` credit what is signed; `strict_all` and `generous_all` what would count
    if everything were. Each adds to the one before it and takes nothing away.
    """

    enrolment: EnrolmentEntry
    as_of: dt.date
    receipt: dt.date
    claims: Sequence[Claim]
    strict: Reading
    generous: Reading
    strict_all: Reading
    generous_all: Reading
    weeks: Sequence[JudgedWeek]
    under: Mapping[Cause, Sequence[bool]]  # which entries each limit of a lifetime is about


def judge(history: History, as_of: dt.date, known: Claimed | None = None) -> Judged:
    """Judge every entry up to a day; six years are counted from the Board's receipt, if it was.

    `known` is as `claimed_weeks` takes it.
    """
    enrolment = history.enrolment
    licensure_on = enrolment.licensure_on
    receipt = licensure_on if licensure_on is not None and licensure_on <= as_of else as_of
    weeks = claimed_weeks(history, as_of, {} if known is None else known)
    caps = _Caps(enrolment, receipt, weeks)
    strict = caps.strict(None, _flat(week.contact.conservative for week in weeks))
    allowed = averaged(enrolment.track, ((w.claims, w.standings, w.contact) for w in weeks))
    generous = caps.generous(strict, strict.minutes, _flat(allowed))
    strict_all = caps.strict(strict, _flat(week.contact_all.conservative for week in weeks))
    allowed = averaged(enrolment.track, ((w.claims, w.standings, w.contact_all) for w in weeks))
    generous_all = caps.generous(generous, generous.minutes, _flat(allowed))
    readings = strict, generous, strict_all, generous_all
    judged = tuple(_judged_weeks(weeks, *readings))
    return Judged(enrolment, as_of, receipt, caps.claims, *readings, judged, caps.under)


def _flat(of_weeks: Iterable[Iterable[int]]) -> Minutes:
    return list(chain.from_iterable(of_weeks))


def _judged_weeks(
    weeks: Iterable[ClaimedWeek],
    strict: Reading,
    generous: Reading,
    strict_all: Reading,
    generous_all: Reading,
) -> Iterable[JudgedWeek]:
    cut = defaultdict[int, list[tuple[Cause, int]]](list)
    for index, cause, minutes in strict_all.cut():
        cut[index].append((cause, minutes))
    begin = 0
    for week in weeks:
        end = begin + len(week.claims)
        part = slice(begin, end)
        yield JudgedWeek(
            week=week,
            strict=strict.part(part),
            generous=generous.part(part),
            strict_all=strict_all.part(part),
            generous_all=generous_all.part(part),
            weekly=strict.weekly[part],
            cut=[(at - begin, *each) for at in range(begin, end) for each in cut.get(at, ())],
        )
        begin = end


class _Caps:
    """The limits of one person, applied once for each reading."""

    def __init__(
        self, enrolment: EnrolmentEntry, receipt: dt.date, weeks: Sequence[ClaimedWeek]
    ) -> None:
        self.claims = list(chain.from_iterable(week.claims for week in weeks))
        self.under = {
            cause: list(chain.from_iterable(week.under[cause] for week in weeks))
            for cause in LIFETIME
        }
        self._track = enrolment.track
        self._limits = lifetime_limits(enrolment.track, receipt)
        self._old, self._old_generous = (
            old_hours(enrolment, receipt, self.claims, is_generous=each) for each in (False, True)
        )
        self._none = [0] * len(self.claims)

    def strict(self, base: Reading | None, allowed: Minutes) -> Reading:
        """Let hours that are too old use up limits: limits first, then six years."""
        weekly = self._weekly(base, allowed)
        before = base.kept[1].minutes if base else self._none
        limited = lifetime(self._limits, self.under, before, weekly.minutes)
        before = base.minutes if base else self._none
        young = six_years(self._old, before, limited.minutes)
        return Reading(allowed, weekly.minutes, young.minutes, (weekly, limited, young))

    def generous(self, base: Reading, credited: Minutes, allowed: Minutes) -> Reading:
        """Leave out what is too old first, so that it uses up nothing."""
        weekly = self._weekly(base, allowed)
        young = six_years(self._old_generous, credited, weekly.minutes)
        limited = lifetime(self._limits, self.under, credited, young.minutes)
        return Reading(allowed, weekly.minutes, limited.minutes, (weekly, young, limited))

    def _weekly(self, base: Reading | None, allowed: Minutes) -> Kept:
        before = base.weekly if base else self._none
        return seven_days(self._track, self.claims, before, allowed)


# By the entry's place in its week, in order.
Lost: TypeAlias = Mapping[int, Mapping[Cause, Bounds]]


def lost_of(judged: JudgedWeek) -> Lost:
    """Return by entry what does not count even once all is signed, cause by cause."""
    lost = defaultdict[int, dict[Cause, int]](dict)
    week = judged.week
    for index, (claim, standing) in enumerate(zip(week.claims, week.standings, strict=True)):
        if standing.cause is not None:
            lost[index][standing.cause] = claim.minutes - standing.conservative
        cause = week.contact_all.causes.get(index)
        # What was credited without the unsigned entries of its week is not taken away again.
        missing = standing.conservative - judged.weekly[index]
        if cause is not None and missing > 0:
            lost[index][cause] = missing
    for index, cause, minutes in judged.cut:
        lost[index][cause] = lost[index].get(cause, 0) + minutes
    return {index: _bounded(judged, index, lost[index]) for index in sorted(lost)}


def _bounded(judged: JudgedWeek, index: int, causes: Mapping[Cause, int]) -> dict[Cause, Bounds]:
    """Spread what is lost for sure over the causes, in their order; the rest of each is open."""
    lost_for_sure = judged.week.claims[index].minutes - judged.generous_all.minutes[index]
    found: dict[Cause, Bounds] = {}
    for cause, minutes in causes.items():
        sure = min(minutes, lost_for_sure)
        lost_for_sure -= sure
        found[cause] = Bounds(minutes, sure)
        if sure != minutes:
            own = frozenset({QUESTION_OF[cause]}) if cause in QUESTION_OF else None
            found[cause] = Bounds(minutes, sure, own or judged.questions(index))
    return found


def columns_open(claim: Claim) -> frozenset[Column]:
    """Return the columns an entry may stand in besides those it stands in."""
    return claim.placement.open - claim.placement.columns
