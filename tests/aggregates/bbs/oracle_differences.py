"""Where an evaluation and the oracle differ, in words that a failing test can show."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aggregates.bbs.columns import Columns
from aggregates.bbs.evaluate import evaluate
from aggregates.bbs.evaluation import Evaluation, Status, Verdict
from aggregates.bbs.history import History
from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_of
from aggregates.hours.enrolment_entry import Phase, Track
from tests.aggregates.bbs.oracle import Figures, Key, Opinion, Sums, opinion

HOURS_NEEDED: Final = {
    Track.LMFT: {
        Check.TOTAL: 3000,
        Check.AFTER_DEGREE: 1700,
        Check.DIRECT: 1750,
        Check.RELATIONAL: 500,
    },
    Track.LPCC: {Check.TOTAL: 3000, Check.DIRECT: 1750},
    Track.LCSW: {
        Check.TOTAL: 3000,
        Check.DIRECT: 2000,
        Check.PSYCHOTHERAPY: 750,
        Check.LCSW_HOURS: 1700,
    },
}
WEEKS_NEEDED: Final = {Check.WEEKS: 104, Check.ALONE_WEEKS: 52, Check.LCSW_WEEKS: 13}
COLUMNS: Final = ("a", "a1", "b", "b1", "b2", "nowhere")
Difference = tuple[str, Any, Any]  # of what, the oracle's figure, the evaluation's


def differences(history: History, as_of: dt.date) -> list[Difference]:
    """Return every figure on which the two do not agree."""
    found, held = evaluate(history, as_of), opinion(history, as_of)
    pairs = [
        *_rows(found, held),
        *_contact(history, found, held),
        *_minutes(found, held),
        *_weeks(found, held),
    ]
    return [(name, mine, its) for name, mine, its in pairs if mine != its]


def _rows(found: Evaluation, held: Opinion) -> Iterator[Difference]:
    rows = {(r.first_day, r.supervision_id, r.phase is Phase.BEFORE_DEGREE): r for r in found.rows}
    yield "rows", set(held.recorded.rows), set(rows)
    for key, row in rows.items():
        if key not in held.recorded.rows:
            continue
        name = f"{key[0]} {key[1]} {'before' if key[2] else 'after'}"
        yield f"{name} recorded", _told(held.recorded.rows[key]), _printed(row.recorded)
        credited, pending = row.credited, row.pending
        yield f"{name} strict", _told(held.strict.rows[key]), _printed(credited.conservative)
        yield f"{name} generous", _told(held.generous.rows[key]), _printed(credited.optimistic)
        strictly = _added(held.strict_all, held.strict, key)
        generously = _added(held.generous_all, held.generous, key)
        yield f"{name} strict, pending", strictly, _printed(pending.conservative)
        yield f"{name} generous, pending", generously, _printed(pending.optimistic)


def _contact(history: History, found: Evaluation, held: Opinion) -> Iterator[Difference]:
    for row in found.rows:
        supervision = history.supervisions.get(row.supervision_id) if row.supervision_id else None
        place = row.first_day, supervision.setting_id if supervision else None
        strict, required = held.strict_all.contact.get(place, (0, 0))
        generous, _ = held.generous_all.contact.get(place, (0, 0))
        its = row.units.conservative, row.units.optimistic, row.units_required
        yield f"{place[0]} {place[1]} units", (strict, generous, required), its


def _minutes(found: Evaluation, held: Opinion) -> Iterator[Difference]:
    for check, strict in held.strict.minutes.items():
        rule = rule_of(check, found.track)
        verdict = found.verdict(rule.id)
        generous = held.generous.minutes[check]
        yield rule.id, (strict, generous), (verdict.value.conservative, verdict.value.optimistic)
        waiting = (
            held.strict_all.minutes[check] - strict,
            held.generous_all.minutes[check] - generous,
        )
        its = verdict.pending.conservative, verdict.pending.optimistic
        yield f"{rule.id} pending", waiting, its
        needed = HOURS_NEEDED[found.track][check] * 60
        yield f"{rule.id} status", (needed, strict >= needed), _status(verdict)


def _weeks(found: Evaluation, held: Opinion) -> Iterator[Difference]:
    """Compare weeks; once all is signed, the generous figure has the weeks of every reading."""
    for check, strict in held.strict.weeks.items():
        rule = rule_of(check, found.track)
        verdict = found.verdict(rule.id)
        generous = held.generous.weeks[check] | strict
        strict_all = held.strict_all.weeks[check] | strict
        generous_all = held.generous_all.weeks[check] | generous | strict_all
        its = verdict.value.conservative, verdict.value.optimistic
        yield rule.id, (len(strict), len(generous)), its
        waiting = len(strict_all - strict), len(generous_all - generous)
        its = verdict.pending.conservative, verdict.pending.optimistic
        yield f"{rule.id} pending", waiting, its
        needed = WEEKS_NEEDED[check]
        yield f"{rule.id} status", (needed, len(strict) >= needed), _status(verdict)


def _status(verdict: Verdict) -> tuple[int | None, bool]:
    return verdict.threshold, verdict.status is Status.MET


def _told(sums: Sums) -> Mapping[str, int]:
    return {name: minutes for name, minutes in sums.items() if minutes}


def _added(later: Figures, now: Figures, key: Key) -> Mapping[str, int]:
    more, some = later.rows[key], now.rows[key]
    return {name: more[name] - some[name] for name in COLUMNS if more[name] != some[name]}


def _printed(columns: Columns) -> Mapping[str, int]:
    minutes = {name: getattr(columns, name) for name in COLUMNS}
    return {name: each for name, each in minutes.items() if each}
