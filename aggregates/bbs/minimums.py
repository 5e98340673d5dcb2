"""The minimums of a track: how many minutes and weeks are reached, week by week."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.bbs.bounds import QUESTIONS_NONE, Bounds, Question, total
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column
from aggregates.bbs.evaluation import Share, Status, Verdict
from aggregates.bbs.judging import Judged, Reading, columns_open
from aggregates.bbs.rule import HOUR, Check, Does, Rule, Unit
from aggregates.bbs.rules import CATALOGUE
from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.supervision_entry import Licence

Belongs: TypeAlias = Callable[[Claim], bool]

REACHED: Final = "This minimum is reached."
REACHED_IF_OPEN_COUNTS: Final = "This minimum is reached only if what is open counts."
REACHED_ONCE_SIGNED: Final = "This minimum is reached once all logs are signed."
NOT_REACHED: Final = "This minimum is not reached yet."


def minimums(judged: Judged) -> tuple[Verdict, ...]:
    """Return a verdict for each minimum of the track, in the catalogue's order."""
    track = judged.enrolment.track
    rules = [each for each in CATALOGUE if each.does is Does.NEEDS and track in each.citations]
    return tuple(
        _of_hours(judged, r) if r.unit is Unit.HOURS else _of_weeks(judged, r) for r in rules
    )


@dataclass(slots=True)
class _Week:
    """What a week gives to a minimum of hours, to be added to."""

    strict: int = 0
    generous: int = 0
    pending_strict: int = 0
    pending_generous: int = 0
    questions: set[Question] = field(default_factory=set[Question])


def _of_hours(judged: Judged, rule: Rule) -> Verdict:
    belongs = _HOURS[rule.check]
    has_parts = rule.check in (Check.RELATIONAL, Check.PSYCHOTHERAPY)
    weeks = defaultdict[dt.date, _Week](_Week)
    entry_ids: list[UUID] = []
    for index, claim in enumerate(judged.claims):
        is_sure = belongs(claim)
        if is_sure or (has_parts and Column.A1 in columns_open(claim)):
            _add(judged, index, weeks[claim.first_day], is_sure=is_sure)
            if judged.generous.minutes[index]:
                entry_ids.append(claim.entry_id)
    credited = {
        first_day: Bounds(week.strict, week.generous, frozenset(week.questions))
        for first_day, week in weeks.items()
    }
    pending = {
        first_day: Bounds(week.pending_strict, week.pending_generous)
        for first_day, week in weeks.items()
    }
    return _verdict(judged, rule, rule.minutes, (credited, pending), tuple(entry_ids))


def _add(judged: Judged, index: int, week: _Week, *, is_sure: bool) -> None:
    strict, generous = judged.strict.minutes[index], judged.generous.minutes[index]
    if is_sure:
        week.strict += strict
        week.pending_strict += judged.pending[0][index]
    else:
        week.questions.add(Question.PSYCHOTHERAPY_OPEN)
    if strict != generous:
        week.questions |= judged.questions(index)
    week.generous += generous
    week.pending_generous += judged.pending[1][index]


def _of_weeks(judged: Judged, rule: Rule) -> Verdict:
    licence = Licence.LCSW if rule.check is Check.LCSW_WEEKS else None
    now = (judged.strict, judged.generous)
    later = (judged.strict_all, judged.generous_all)
    if rule.check is Check.WEEKS:
        counted = [_weeks_credited(judged, reading) for reading in (*now, *later)]
    else:
        counted = [
            _weeks_alone(judged, reading, licence, step=step)
            for reading, step in zip((*now, *later), (HOUR, 1, HOUR, 1), strict=True)
        ]
    strict, generous, strict_all, generous_all = counted
    generous |= strict
    strict_all |= strict
    generous_all |= generous | strict_all
    credited = _as_shares(strict, generous)
    pending = _as_shares(strict_all - strict, generous_all - generous)
    return _verdict(judged, rule, rule.count, (credited, pending), ())


def _weeks_credited(judged: Judged, reading: Reading) -> set[dt.date]:
    pairs = zip(judged.claims, reading.minutes, strict=True)
    return {claim.first_day for claim, minutes in pairs if minutes}


def _weeks_alone(
    judged: Judged, reading: Reading, licence: Licence | None, *, step: int
) -> set[dt.date]:
    """Return the weeks that count and had a unit of individual or triadic supervision.

    Contacts count by whole steps of minutes. That the supervision itself may be beyond a limit of
    hours does not matter: the week had it.
    """
    contact = defaultdict[dt.date, int](int)
    for claim, minutes in zip(judged.claims, reading.allowed, strict=True):
        if minutes and claim.is_alone and (licence is None or claim.is_under(licence)):
            contact[claim.first_day] += minutes // step * step
    counted = _weeks_credited(judged, reading)
    return {first_day for first_day, minutes in contact.items() if minutes >= HOUR} & counted


def _as_shares(strict: set[dt.date], generous: set[dt.date]) -> dict[dt.date, Bounds]:
    return {
        first_day: Bounds(int(first_day in strict), int(first_day in generous))
        for first_day in strict | generous
    }


def _verdict(
    judged: Judged,
    rule: Rule,
    threshold: int,
    weeks: tuple[Mapping[dt.date, Bounds], Mapping[dt.date, Bounds]],
    entry_ids: tuple[UUID, ...],
) -> Verdict:
    shares = tuple(_shares(*weeks))
    value = total(share.credited for share in shares)
    pending = total(share.pending for share in shares)
    if not value.is_open:
        value = Bounds(value.conservative, value.optimistic, QUESTIONS_NONE)
    return Verdict(
        rule_id=rule.id,
        citation=rule.citations[judged.enrolment.track],
        status=Status.MET if value.conservative >= threshold else Status.OPEN,
        unit=rule.unit,
        sentence=_sentence(value, pending, threshold),
        threshold=threshold,
        value=value,
        pending=pending,
        shares=shares,
        weeks=tuple(share.first_day for share in shares if share.credited.optimistic),
        entry_ids=entry_ids,
    )


def _shares(
    credited: Mapping[dt.date, Bounds], pending: Mapping[dt.date, Bounds]
) -> Iterable[Share]:
    for first_day in sorted(credited.keys() | pending.keys()):
        now = credited.get(first_day, Bounds())
        later = pending.get(first_day, Bounds())
        if any((now.optimistic, later.conservative, later.optimistic)):
            yield Share(first_day=first_day, credited=now, pending=later)


def _sentence(value: Bounds, pending: Bounds, threshold: int) -> str:
    if value.conservative >= threshold:
        return REACHED
    if value.conservative + pending.conservative >= threshold:
        return REACHED_ONCE_SIGNED
    return REACHED_IF_OPEN_COUNTS if value.optimistic >= threshold else NOT_REACHED


_HOURS: Final[Mapping[Check | None, Belongs]] = {
    Check.TOTAL: lambda _: True,
    Check.AFTER_DEGREE: lambda claim: claim.phase is Phase.AFTER_DEGREE,
    Check.DIRECT: lambda claim: claim.is_direct,
    Check.RELATIONAL: lambda claim: Column.A1 in claim.placement.columns,
    Check.PSYCHOTHERAPY: lambda claim: Column.A1 in claim.placement.columns,
    Check.LCSW_HOURS: lambda claim: claim.is_under(Licence.LCSW),
}
