"""The minimums of a track: how many minutes and weeks are reached, week by week."""

from collections.abc import Sequence
from typing import Final

from aggregates.bbs.bounds import QUESTIONS_NONE, Bounds, total
from aggregates.bbs.evaluation import Status, Verdict
from aggregates.bbs.figures import Part, WeekFigures, minimum_rules
from aggregates.bbs.rule import Rule, Unit
from aggregates.hours.enrolment_entry import Track

REACHED: Final = "This minimum is reached."
REACHED_IF_OPEN_COUNTS: Final = "This minimum is reached only if what is open counts."
REACHED_ONCE_SIGNED: Final = "This minimum is reached once all logs are signed."
NOT_REACHED: Final = "This minimum is not reached yet."


def minimums(track: Track, figures: Sequence[WeekFigures]) -> tuple[Verdict, ...]:
    """Return a verdict for each minimum of the track, in the catalogue's order."""
    return tuple(
        _verdict(track, rule, [week.parts[place] for week in figures])
        for place, rule in enumerate(minimum_rules(track))
    )


def _verdict(track: Track, rule: Rule, parts: Sequence[Part]) -> Verdict:
    threshold = rule.minutes if rule.unit is Unit.HOURS else rule.count
    shares = tuple(part.share for part in parts if part.share is not None)
    value = total(share.credited for share in shares)
    pending = total(share.pending for share in shares)
    if not value.is_open:
        value = Bounds(value.conservative, value.optimistic, QUESTIONS_NONE)
    return Verdict(
        rule_id=rule.id,
        citation=rule.citations[track],
        status=Status.MET if value.conservative >= threshold else Status.OPEN,
        unit=rule.unit,
        sentence=_sentence(value, pending, threshold),
        threshold=threshold,
        value=value,
        pending=pending,
        shares=shares,
        weeks=tuple(share.first_day for share in shares if share.credited.optimistic),
        entry_ids=tuple(entry_id for part in parts for entry_id in part.entry_ids),
    )


def _sentence(value: Bounds, pending: Bounds, threshold: int) -> str:
    if value.conservative >= threshold:
        return REACHED
    if value.conservative + pending.conservative >= threshold:
        return REACHED_ONCE_SIGNED
    return REACHED_IF_OPEN_COUNTS if value.optimistic >= threshold else NOT_REACHED
