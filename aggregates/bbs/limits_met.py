"""Verdicts on limits and on what voids hours: how much counts, and what does not because of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import Final

from aggregates.bbs.bounds import ZERO, Bounds, total
from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.evaluation import Gap, Status, Verdict
from aggregates.bbs.figures import WeekFigures
from aggregates.bbs.judging import Judged
from aggregates.bbs.limits import LIFETIME, old_hours
from aggregates.bbs.rooms import Minutes, fullest_days
from aggregates.bbs.rule import Check, Does, Rule, Unit
from aggregates.bbs.rules import CATALOGUE

WITHIN: Final = "Nothing is above this limit."
ABOVE: Final = "More is recorded than counts; what is above the limit stays recorded."
KEPT: Final = "No hours are lost by this rule."
LOST: Final = "Some hours do not count; the weeks say which, and what to do."
NOTHING_MISSING: Final = "Nothing is missing."
SOMETHING_MISSING: Final = "Something is missing or came late; the list of gaps says what to do."
UNSURE: Final = "The law leaves this open; confirm it with the Board."
EXPLAINS: Final = "This is how other rules count."
NOT_IN_FORCE: Final = "This rule was not in force on the day that counts."

_LIFETIME: Final[Mapping[Check | None, Cause]] = {cause.check: cause for cause in LIFETIME}
_PAPERS: Final = frozenset(
    {
        Check.SIX_SUPERVISEES,
        Check.OVERSIGHT,
        Check.AGREEMENT,
        Check.SCHOOL_SITE,
        Check.PAY_PROOF,
        Check.VOLUNTEER_LETTER,
    }
)


def other_verdicts(
    judged: Judged, figures: Iterable[WeekFigures], gaps: Sequence[Gap]
) -> tuple[Verdict, ...]:
    """Return a verdict for each rule that is judged and is no minimum, in the catalogue's order."""
    track = judged.enrolment.track
    lost = defaultdict[Check, list[tuple[Claim, Bounds]]](list)
    for week in figures:
        for cause, claim, bounds in week.lost:
            lost[cause.check].append((claim, bounds))
    return tuple(
        _verdict(judged, rule, lost[rule.check], gaps)
        for rule in CATALOGUE
        if rule.check is not None and rule.does is not Does.NEEDS and track in rule.citations
    )


def _verdict(
    judged: Judged, rule: Rule, lost: Sequence[tuple[Claim, Bounds]], gaps: Sequence[Gap]
) -> Verdict:
    missing = any(gap.rule_id == rule.id for gap in gaps)
    status, sentence = _standing(rule, judged.receipt, has_lost=bool(lost), is_missing=missing)
    return Verdict(
        rule_id=rule.id,
        citation=rule.citations[judged.enrolment.track],
        status=status,
        unit=rule.unit,
        sentence=sentence,
        threshold=rule.minutes if rule.unit is Unit.HOURS and rule.threshold else rule.threshold,
        value=_value(judged, rule),
        over_cap=total(bounds for _, bounds in lost),
        weeks=tuple(sorted({claim.first_day for claim, _ in lost})),
        entry_ids=tuple(claim.entry_id for claim, _ in lost),
    )


def _standing(
    rule: Rule, receipt: dt.date, *, has_lost: bool, is_missing: bool
) -> tuple[Status, str]:
    if rule.does is Does.CAPS:
        return _capped(has_lost) if rule.holds_on(receipt) else _NOT_APPLICABLE
    if has_lost and rule.confidence.is_sure:
        return Status.WARNING, LOST
    if is_missing:
        return Status.WARNING, SOMETHING_MISSING
    if not rule.confidence.is_sure:
        return Status.WARNING, UNSURE
    return Status.MET, _untouched(rule)


_NOT_APPLICABLE: Final = (Status.NOT_APPLICABLE, NOT_IN_FORCE)


def _capped(has_lost: bool) -> tuple[Status, str]:  # noqa: FBT001 -- a value, not a switch
    return (Status.OVER_CAP, ABOVE) if has_lost else (Status.MET, WITHIN)


def _untouched(rule: Rule) -> str:
    if rule.does is Does.VOIDS:
        return KEPT
    return NOTHING_MISSING if rule.check in _PAPERS else EXPLAINS


def _value(judged: Judged, rule: Rule) -> Bounds:
    """Return what is credited under a limit: in all, or in its fullest days or week."""
    if rule.does is not Does.CAPS:
        return ZERO
    return Bounds(
        _credited(judged, rule, judged.strict.minutes, is_generous=False),
        _credited(judged, rule, judged.generous.minutes, is_generous=True),
    )


def _credited(judged: Judged, rule: Rule, minutes: Minutes, *, is_generous: bool) -> int:
    match rule.check:
        case Check.SEVEN_DAYS:
            return fullest_days(judged.claims, minutes)
        case Check.SIX_HOURS:
            return _fullest_week(judged.claims, minutes)
        case Check.SIX_YEARS_EXEMPT:
            return _exempted(judged, minutes, is_generous=is_generous)
        case check:
            return sum(compress(minutes, judged.under[_LIFETIME[check]]))


def _fullest_week(claims: Sequence[Claim], minutes: Minutes) -> int:
    weeks = defaultdict[dt.date, int](int)
    for claim, each in zip(claims, minutes, strict=True):
        if claim.is_supervision:
            weeks[claim.first_day] += each
    return max(weeks.values(), default=0)


def _exempted(judged: Judged, minutes: Minutes, *, is_generous: bool) -> int:
    old = old_hours(judged.enrolment, judged.receipt, judged.claims, is_generous=is_generous)
    return sum(minutes[index] for index in old.exempt)
