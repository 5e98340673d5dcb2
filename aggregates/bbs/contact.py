"""Whether a week at a setting had the supervision it needs, and which of its hours count."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
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


@dataclass(slots=True)
class SettingWeek:
    """One week at one setting: its supervision and its direct hours, in the claims that count.

    Supervision is in halves of minutes: in the strict reading a contact that one has alone counts
    from an hour on, in the other from a minute on.
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
    """What is left of one week after the test, by place in it; `settings` are its own weeks.

    `causes` says why minutes are not in the strict figure.
    """

    conservative: tuple[int, ...]
    optimistic: tuple[int, ...]  # but for what averaging brings
    causes: Mapping[int, Cause]
    settings: Mapping[UUID | None, SettingWeek]


def judge_contact(
    track: Track, claims: Sequence[Claim], standings: Sequence[Standing], chosen: Iterable[int]
) -> Contact:
    """Judge one week, each setting by the claims that are chosen; the others are left out."""
    limits = Limits.of(track)
    settings = _gather(claims, standings, chosen)
    sums = _Sums([0] * len(claims), [0] * len(claims), {})
    for week in settings.values():
        _judge_week(limits, week, claims, standings, sums)
    return Contact(tuple(sums.conservative), tuple(sums.optimistic), sums.causes, settings)


@dataclass(frozen=True, slots=True)
class _Sums:
    """A contact, to be filled in."""

    conservative: list[int]
    optimistic: list[int]
    causes: dict[int, Cause]


def _gather(
    claims: Sequence[Claim], standings: Sequence[Standing], chosen: Iterable[int]
) -> dict[UUID | None, SettingWeek]:
    settings: defaultdict[UUID | None, SettingWeek] = defaultdict(SettingWeek)
    for index in chosen:
        claim, standing = claims[index], standings[index]
        if not standing.optimistic:
            continue
        week = settings[claim.setting_id]
        week.claims.append(index)
        week.needs_contact |= not claim.is_workshop
        if claim.is_alone:
            week.strict += standing.conservative * HALVES if standing.conservative >= HOUR else 0
            week.generous += standing.optimistic * HALVES
        elif claim.is_supervision:
            week.strict += standing.conservative
            week.generous += standing.optimistic
        elif claim.is_direct and claim.phase is Phase.BEFORE_DEGREE:
            week.before += standing.optimistic
        elif claim.is_direct:
            week.after += standing.optimistic
    return settings


def _judge_week(
    limits: Limits,
    week: SettingWeek,
    claims: Sequence[Claim],
    standings: Sequence[Standing],
    sums: _Sums,
) -> None:
    ten = limits.over_ten
    for index in week.claims:
        claim, standing = claims[index], standings[index]
        cause = None if claim.is_workshop else _strictly(limits, week, claim)
        if cause is None:
            sums.conservative[index] = standing.conservative
        elif standing.conservative:
            sums.causes[index] = cause
        kept = _generously(limits, week, claim, standing, ten)
        if claim.is_direct and claim.phase is Phase.AFTER_DEGREE:
            ten -= kept
        sums.optimistic[index] = max(sums.conservative[index], kept)


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


def averaged(
    track: Track, weeks: Iterable[tuple[Sequence[Claim], Sequence[Standing], Contact]]
) -> list[Sequence[int]]:
    """Return the generous minutes of each week, all of them, in their order.

    A trainee's stay at a setting brings what its other weeks have to spare, in order.
    """
    each_unit, told = Limits.of(track).each_unit, list(weeks)
    found: list[Sequence[int]] = [contact.optimistic for _, _, contact in told]
    if each_unit is None or not any(
        week.before for _, _, contact in told for week in contact.settings.values()
    ):
        return found
    spare = _spare(each_unit, (contact for _, _, contact in told))
    for place, (claims, standings, contact) in enumerate(told):
        short = [
            (index, setting_id)
            for setting_id, week in contact.settings.items()
            if week.generous >= UNIT and week.generous * each_unit < week.before * UNIT
            for index in week.claims
            if claims[index].is_direct and claims[index].phase is Phase.BEFORE_DEGREE
        ]
        optimistic = list(found[place])
        for index, setting_id in short:
            kept = max(0, min(standings[index].optimistic, spare[setting_id]))
            spare[setting_id] -= kept
            optimistic[index] = max(optimistic[index], kept)
        found[place] = optimistic
    return found


def _spare(each_unit: int, contacts: Iterable[Contact]) -> defaultdict[UUID | None, int]:
    """Return how many direct minutes more each setting has the supervision for."""
    spare = defaultdict[UUID | None, int](int)
    for contact in contacts:
        for setting_id, week in contact.settings.items():
            has_enough = week.generous * each_unit >= week.before * UNIT
            spare[setting_id] += week.generous * each_unit // UNIT - has_enough * week.before
    return spare
