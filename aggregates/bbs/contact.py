"""Whether a week at a setting had the supervision it needs, and which of its hours count."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.authority import Standing
from aggregates.bbs.bounds import Bounds, Question
from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.rule import HOUR, Check
from aggregates.bbs.rules import rule_for
from aggregates.hours.enrolment_entry import Phase, Track

# A minute of a group is half a minute of a unit, so that units are counted in halves of minutes.
HALVES: Final = 2
UNIT: Final = HALVES * HOUR

WeekAt: TypeAlias = tuple[dt.date, UUID | None]


@dataclass(slots=True)
class SettingWeek:
    """One week at one setting: its supervision and its direct hours, in the claims that count.

    Supervision is in halves of minutes: in the strict reading contacts that one has alone count by
    whole hours, in the other by the minute.
    """

    claims: list[int] = field(default_factory=list[int])
    strict: int = 0
    generous: int = 0
    before: int = 0
    after: int = 0
    needs_contact: bool = False

    @property
    def units(self) -> Bounds:
        """Units of supervision, in minutes of them."""
        open_questions = {Question.FRACTIONS} if self.strict != self.generous else set[Question]()
        return Bounds(self.strict // HALVES, self.generous // HALVES, frozenset(open_questions))


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of one track; `each_unit` is None where no trainee's hours count."""

    over_ten: int
    each_unit: int | None

    @classmethod
    def of(cls, track: Track) -> "Limits":
        """Take them from the rules."""
        over_ten, ratio = rule_for(Check.OVER_TEN, track), rule_for(Check.TRAINEE_RATIO, track)
        assert over_ten is not None
        return cls(over_ten.minutes, ratio.minutes if ratio else None)

    def required(self, week: SettingWeek) -> int:
        """Return the supervision that a week needs, in halves of minutes."""
        if not week.needs_contact:
            return 0
        required = UNIT
        if self.is_over_ten(week):
            required = 2 * UNIT
        if self.each_unit is not None:
            required = max(required, -(-week.before * UNIT // self.each_unit))
        return required

    def is_over_ten(self, week: SettingWeek) -> bool:
        """Tell whether an associate's week needs a second unit."""
        return week.after > 0 and week.before + week.after > self.over_ten

    def is_under_ratio(self, week: SettingWeek, halves: int) -> bool:
        """Tell whether a trainee's week has too little for its direct hours."""
        return self.each_unit is not None and halves * self.each_unit < week.before * UNIT


@dataclass(frozen=True, slots=True)
class Contact:
    """What is left after the test; `causes` says why minutes are not in the strict figure."""

    conservative: list[int]
    optimistic: list[int]
    causes: dict[int, Cause]
    weeks: Mapping[WeekAt, SettingWeek]


def judge_contact(
    track: Track, claims: Sequence[Claim], standings: Sequence[Standing], chosen: Iterable[int]
) -> Contact:
    """Judge each week at each setting by the claims that are chosen; the others are left out."""
    limits = Limits.of(track)
    weeks = _gather(claims, standings, chosen)
    contact = Contact([0] * len(claims), [0] * len(claims), {}, weeks)
    for week in weeks.values():
        _judge_week(limits, week, claims, standings, contact)
    if limits.each_unit is not None:
        _average(limits.each_unit, claims, standings, contact)
    return contact


def _gather(
    claims: Sequence[Claim], standings: Sequence[Standing], chosen: Iterable[int]
) -> dict[WeekAt, SettingWeek]:
    weeks: defaultdict[WeekAt, SettingWeek] = defaultdict(SettingWeek)
    for index in chosen:
        claim, standing = claims[index], standings[index]
        if not standing.optimistic:
            continue
        week = weeks[claim.first_day, claim.setting_id]
        week.claims.append(index)
        week.needs_contact |= not claim.is_workshop
        if claim.is_alone:
            week.strict += standing.conservative // HOUR * UNIT
            week.generous += standing.optimistic * HALVES
        elif claim.is_supervision:
            week.strict += standing.conservative
            week.generous += standing.optimistic
        elif claim.is_direct and claim.phase is Phase.BEFORE_DEGREE:
            week.before += standing.optimistic
        elif claim.is_direct:
            week.after += standing.optimistic
    return weeks


def _judge_week(
    limits: Limits,
    week: SettingWeek,
    claims: Sequence[Claim],
    standings: Sequence[Standing],
    contact: Contact,
) -> None:
    ten = limits.over_ten
    for index in week.claims:
        claim, standing = claims[index], standings[index]
        cause = None if claim.is_workshop else _strictly(limits, week, claim)
        if cause is None:
            contact.conservative[index] = standing.conservative
        elif standing.conservative:
            contact.causes[index] = cause
        kept = _generously(limits, week, claim, standing, ten)
        if claim.is_direct and claim.phase is Phase.AFTER_DEGREE:
            ten -= kept
        contact.optimistic[index] = max(contact.conservative[index], kept)


def _strictly(limits: Limits, week: SettingWeek, claim: Claim) -> Cause | None:
    """Return why an entry does not count in the strict reading: its whole week does not."""
    if week.strict < UNIT:
        return Cause.NO_CONTACT
    if claim.phase is Phase.AFTER_DEGREE:
        is_short = limits.is_over_ten(week) and week.strict < 2 * UNIT
        return Cause.OVER_TEN if is_short else None
    return Cause.TRAINEE_RATIO if limits.is_under_ratio(week, week.strict) else None


def _generously(
    limits: Limits, week: SettingWeek, claim: Claim, standing: Standing, ten: int
) -> int:
    """Return the minutes that count in the generous reading, but for what averaging brings."""
    if claim.is_workshop:
        return standing.optimistic
    if week.generous < UNIT:
        return 0
    if not claim.is_direct:
        return standing.optimistic
    if claim.phase is Phase.BEFORE_DEGREE:
        return 0 if limits.is_under_ratio(week, week.generous) else standing.optimistic
    is_short = limits.is_over_ten(week) and week.generous < 2 * UNIT
    return min(standing.optimistic, ten) if is_short else standing.optimistic


def _average(
    each_unit: int, claims: Sequence[Claim], standings: Sequence[Standing], contact: Contact
) -> None:
    """Let a trainee's stay at a setting bring what its other weeks have to spare, in order."""
    spare = defaultdict[UUID | None, int](int)
    for (_, setting_id), week in contact.weeks.items():
        has_enough = week.generous * each_unit >= week.before * UNIT
        spare[setting_id] += week.generous * each_unit // UNIT - has_enough * week.before
    for (_, setting_id), week in contact.weeks.items():
        if week.generous < UNIT or week.generous * each_unit >= week.before * UNIT:
            continue
        for index in week.claims:
            claim = claims[index]
            if claim.is_direct and claim.phase is Phase.BEFORE_DEGREE:
                kept = max(0, min(standings[index].optimistic, spare[setting_id]))
                spare[setting_id] -= kept
                contact.optimistic[index] = max(contact.optimistic[index], kept)
