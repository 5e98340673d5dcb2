"""What one judged week gives to all that is told: its rows, what is lost, its part of minimums."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.bounds import Bounds, Question
from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column
from aggregates.bbs.evaluation import Row, Share
from aggregates.bbs.judging import JudgedWeek, WeekReading, columns_open, lost_of
from aggregates.bbs.rooms import Minutes
from aggregates.bbs.rows import rows_of
from aggregates.bbs.rule import HOUR, Check, Does, Rule, Unit
from aggregates.bbs.rules import CATALOGUE
from aggregates.hours.enrolment_entry import Phase, Track
from aggregates.hours.supervision_entry import Licence

Belongs: TypeAlias = Callable[[Claim], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """What a week gives to one minimum, and which entries it is credited for; None if nothing."""

    share: Share | None
    entry_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """All of it; `lost` by cause, the parts in the order of `minimum_rules`."""

    rows: tuple[Row, ...]
    lost: Sequence[tuple[Cause, Claim, Bounds]]
    parts: tuple[Part, ...]


def minimum_rules(track: Track) -> tuple[Rule, ...]:
    """Return the minimums of a track, in the catalogue's order."""
    return tuple(each for each in CATALOGUE if each.does is Does.NEEDS and track in each.citations)


def figures_of(track: Track, judged: JudgedWeek) -> WeekFigures:
    """Return what a week gives."""
    lost, pending = lost_of(judged), judged.pending
    return WeekFigures(
        rows_of(track, judged, lost),
        [
            (cause, judged.week.claims[index], bounds)
            for index, causes in lost.items()
            for cause, bounds in causes.items()
        ],
        tuple(
            _of_hours(judged, pending, rule) if rule.unit is Unit.HOURS else _of_weeks(judged, rule)
            for rule in minimum_rules(track)
        ),
    )


@dataclass(slots=True)
class _Sums:
    """What a week gives to a minimum of hours, to be added to."""

    strict: int = 0
    generous: int = 0
    pending_strict: int = 0
    pending_generous: int = 0
    questions: set[Question] = field(default_factory=set[Question])

    def share(self, first_day: dt.date) -> Share | None:
        """Return it, if it is anything."""
        credited = Bounds(self.strict, self.generous, frozenset(self.questions))
        return _share(first_day, credited, Bounds(self.pending_strict, self.pending_generous))


def _share(first_day: dt.date, credited: Bounds, pending: Bounds) -> Share | None:
    if not (credited.optimistic or pending.conservative or pending.optimistic):
        return None
    return Share(first_day=first_day, credited=credited, pending=pending)


def _of_hours(judged: JudgedWeek, pending: tuple[Minutes, Minutes], rule: Rule) -> Part:
    belongs, has_parts = _HOURS[rule.check], rule.check in _PARTS
    sums, entry_ids = _Sums(), list[UUID]()
    for index, claim in enumerate(judged.week.claims):
        is_sure = belongs(claim)
        if not is_sure and not (has_parts and Column.A1 in columns_open(claim)):
            continue
        strict, generous = judged.strict.minutes[index], judged.generous.minutes[index]
        if is_sure:
            sums.strict += strict
            sums.pending_strict += pending[0][index]
        else:
            sums.questions.add(Question.PSYCHOTHERAPY_OPEN)
        if strict != generous:
            sums.questions |= judged.questions(index)
        sums.generous += generous
        sums.pending_generous += pending[1][index]
        if generous:
            entry_ids.append(claim.entry_id)
    return Part(sums.share(judged.week.first_day), tuple(entry_ids))


def _of_weeks(judged: JudgedWeek, rule: Rule) -> Part:
    """Judge whether the week counts, in each reading; a generous one counts what a strict does."""
    readings = (judged.strict, judged.generous, judged.strict_all, judged.generous_all)
    counts = [any(each.minutes) for each in readings]
    if rule.check is not Check.WEEKS:
        licence = Licence.LCSW if rule.check is Check.LCSW_WEEKS else None
        leasts = zip(readings, (HOUR, 1, HOUR, 1), strict=True)
        alone = [_has_contact(judged, each, licence, least=least) for each, least in leasts]
        counts = [one and other for one, other in zip(counts, alone, strict=True)]
    strict, generous, strict_all, generous_all = counts
    generous |= strict
    strict_all |= strict
    generous_all |= generous | strict_all
    share = _share(
        judged.week.first_day,
        Bounds(int(strict), int(generous)),
        Bounds(strict_all - strict, generous_all - generous),
    )
    return Part(share)


def _has_contact(
    judged: JudgedWeek, reading: WeekReading, licence: Licence | None, *, least: int
) -> bool:
    """Tell whether it had a unit of individual or triadic supervision.

    Contacts count from `least` minutes on. That the supervision itself may be beyond a limit of
    hours does not matter: the week had it.
    """
    contact = sum(
        minutes
        for claim, minutes in zip(judged.week.claims, reading.allowed, strict=True)
        if minutes >= least and claim.is_alone and (licence is None or claim.is_under(licence))
    )
    return contact >= HOUR


_PARTS: Final = frozenset({Check.RELATIONAL, Check.PSYCHOTHERAPY})
_HOURS: Final[Mapping[Check | None, Belongs]] = {
    Check.TOTAL: lambda _: True,
    Check.AFTER_DEGREE: lambda claim: claim.phase is Phase.AFTER_DEGREE,
    Check.DIRECT: lambda claim: claim.is_direct,
    Check.RELATIONAL: lambda claim: Column.A1 in claim.placement.columns,
    Check.PSYCHOTHERAPY: lambda claim: Column.A1 in claim.placement.columns,
    Check.LCSW_HOURS: lambda claim: claim.is_under(Licence.LCSW),
}
