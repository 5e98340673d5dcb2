"""An evaluation as lines of text, and as plain values that any codec can write."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec

from aggregates.bbs.bounds import Bounds, once_signed
from aggregates.bbs.columns import Column, Columns
from aggregates.bbs.evaluation import Evaluation, Gap, Status, Verdict
from aggregates.bbs.rule import HOUR, Does, Unit
from aggregates.bbs.rules import RULES

ADVICE = "Nothing here is legal advice."


def lines_of(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the evaluation for a terminal: totals, minimums, limits, warnings, gaps."""
    about = f"Track {evaluation.track.value}, as of {evaluation.as_of}"
    return (
        f"{about}, rules of {evaluation.rule_set}. {ADVICE}",
        "",
        "Hours",
        *_totals(evaluation),
        "",
        "Minimums",
        *_verdicts(evaluation, Does.NEEDS),
        "",
        "Limits",
        *_verdicts(evaluation, Does.CAPS),
        "",
        "Warnings",
        *_warnings(evaluation),
        "",
        "Missing or late",
        *(_gap(gap) for gap in evaluation.gaps),
        *(("  nothing",) if not evaluation.gaps else ()),
    )


def plain_of(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as dicts, lists, texts and numbers, always in the same order."""
    plain: dict[str, Any] = msgspec.to_builtins(evaluation, order="deterministic")
    for verdict in plain["requirements"]:
        verdict["title"] = RULES[verdict["rule_id"]].title
    return plain | {"advice": ADVICE}


def hours_text(minutes: int) -> str:
    """Return minutes as hours and minutes: `1,234 h 05 min`."""
    hours, rest = divmod(minutes, HOUR)
    return f"{hours:,} h {rest:02} min" if rest else f"{hours:,} h"


def amount_text(bounds: Bounds, unit: Unit) -> str:
    """Return one figure, or both where the law leaves something open."""
    if not bounds.is_open:
        return _amount(bounds.conservative, unit)
    return f"{_amount(bounds.conservative, unit)} to {_amount(bounds.optimistic, unit)}"


def _amount(value: int, unit: Unit) -> str:
    return hours_text(value) if unit is Unit.HOURS else f"{value:,} {unit.value}".rstrip()


def _totals(evaluation: Evaluation) -> Iterable[str]:
    totals = evaluation.totals
    for name in (*(column.value for column in Column), "C"):
        recorded = _column(totals.recorded, name)
        credited = Bounds(
            _column(totals.creditable.conservative, name),
            _column(totals.creditable.optimistic, name),
        )
        pending = Bounds(
            _column(totals.pending.conservative, name), _column(totals.pending.optimistic, name)
        )
        yield (
            f"  {name:3} recorded {hours_text(recorded)},"
            f" counted {amount_text(credited, Unit.HOURS)},"
            f" once signed {amount_text(once_signed(credited, pending), Unit.HOURS)}"
        )


def _column(columns: Columns, name: str) -> int:
    minutes: int = getattr(columns, name.lower())
    return minutes


def _verdicts(evaluation: Evaluation, does: Does) -> Iterable[str]:
    for verdict in evaluation.requirements:
        if RULES[verdict.rule_id].does is does:
            yield _verdict(verdict)
            yield from (f"      {question}" for question in _questions(verdict))


def _verdict(verdict: Verdict) -> str:
    value = amount_text(verdict.value, verdict.unit)
    threshold = _amount(verdict.threshold or 0, verdict.unit)
    title = RULES[verdict.rule_id].title
    return (
        f"  {verdict.status.value:8} {verdict.rule_id:12} {title}: {value} of {threshold}"
        f" ({verdict.citation}). {verdict.sentence}"
    )


def _questions(verdict: Verdict) -> list[str]:
    return sorted(question.sentence for question in verdict.value.questions)


def _warnings(evaluation: Evaluation) -> Iterable[str]:
    for verdict in evaluation.requirements:
        if verdict.status is Status.WARNING:
            lost = amount_text(
                Bounds(verdict.over_cap.optimistic, verdict.over_cap.conservative), Unit.HOURS
            )
            takes = f", {lost} lost" if verdict.over_cap.conservative else ""
            title = RULES[verdict.rule_id].title
            yield f"  {verdict.rule_id:12} {title} ({verdict.citation}){takes}. {verdict.sentence}"


def _gap(gap: Gap) -> str:
    due = f", due {_day(gap.due)}" if gap.due else ""
    return f"  {gap.rule_id:12} ({gap.citation}{due}) {gap.sentence}"


def _day(day: dt.date) -> str:
    return day.isoformat()
