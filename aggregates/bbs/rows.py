"""The rows of the weekly logs, what is lost in each, and the totals over all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from aggregates.bbs.bounds import ZERO, Bounds, ColumnBounds
from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column, Columns
from aggregates.bbs.contact import HALVES, Limits, SettingWeek
from aggregates.bbs.evaluation import Finding, Row, Totals
from aggregates.bbs.judging import Judged, Lost, columns_open
from aggregates.bbs.rules import rule_of
from aggregates.hours.enrolment_entry import Phase, Track

RowKey: TypeAlias = tuple[dt.date, UUID | None, Phase]


@dataclass(slots=True)
class _Sums:
    """Minutes by column, to be added to."""

    by_column: dict[Column, int] = field(default_factory=lambda: dict.fromkeys(Column, 0))
    a1_open: int = 0
    nowhere: int = 0

    def add(self, columns: Iterable[Column], minutes: int) -> None:
        for column in columns:
            self.by_column[column] += minutes

    def columns(self) -> Columns:
        a, a1, b, b1, b2 = (self.by_column[column] for column in Column)
        return Columns(a, a1, b, b1, b2, self.a1_open, self.nowhere)


@dataclass(slots=True)
class _Gathered:
    """What one row adds up to, in both readings."""

    claims: list[int] = field(default_factory=list[int])
    recorded: _Sums = field(default_factory=_Sums)
    credited: tuple[_Sums, _Sums] = field(default_factory=lambda: (_Sums(), _Sums()))
    pending: tuple[_Sums, _Sums] = field(default_factory=lambda: (_Sums(), _Sums()))

    def add(self, judged: Judged, index: int) -> None:
        claim = judged.claims[index]
        columns, may_be = claim.placement.columns, columns_open(claim)
        self.claims.append(index)
        self.recorded.add(columns, claim.minutes)
        if not columns:
            self.recorded.nowhere += claim.minutes
        elif Column.A1 in may_be:
            self.recorded.a1_open += claim.minutes
        strict, generous = judged.strict.minutes[index], judged.generous.minutes[index]
        self._count(self.credited, claim, strict, generous)
        self._count(self.pending, claim, judged.pending[0][index], judged.pending[1][index])

    def _count(self, sums: tuple[_Sums, _Sums], claim: Claim, strict: int, generous: int) -> None:
        if strict or generous:
            sums[0].add(claim.placement.columns, strict)
            sums[1].add(claim.placement.columns, generous)
            sums[1].add(columns_open(claim), generous)


def rows_of(judged: Judged, lost: Lost, week: dt.date | None = None) -> tuple[Row, ...]:
    """Return a row for each week, or one week, and supervision and phase, in that order."""
    gathered = defaultdict[RowKey, _Gathered](_Gathered)
    for index, claim in enumerate(judged.claims):
        if week is not None and claim.first_day != week:
            continue
        gathered[claim.first_day, claim.supervision_id, claim.phase].add(judged, index)
    limits = Limits.of(judged.enrolment.track)
    return tuple(
        _row(judged, limits, key, gathered[key], lost) for key in sorted(gathered, key=_order)
    )


def totals_of(rows: Iterable[Row]) -> Totals:
    """Return the sums of all rows."""
    nothing = ColumnBounds(Columns(), Columns())
    recorded, credited, pending = Columns(), nothing, nothing
    for row in rows:
        recorded += row.recorded
        credited += row.credited
        pending += row.pending
    return Totals(recorded=recorded, creditable=credited, pending=pending)


def _order(key: RowKey) -> tuple[dt.date, int, str]:
    return key[0], key[1].int if key[1] else -1, key[2].value


def _row(
    judged: Judged,
    limits: Limits,
    key: RowKey,
    gathered: _Gathered,
    lost: Lost,
) -> Row:
    first_day, supervision_id, phase = key
    first = judged.claims[gathered.claims[0]]
    week = judged.contact_all.weeks.get((first_day, first.setting_id), SettingWeek())
    return Row(
        first_day=first_day,
        supervision_id=supervision_id,
        phase=phase,
        recorded=gathered.recorded.columns(),
        credited=_both(gathered.credited),
        pending=_both(gathered.pending),
        units=week.units,
        units_required=-(-limits.required(week) // HALVES),
        findings=_findings(judged.enrolment.track, judged.claims, gathered.claims, lost),
    )


def _both(sums: tuple[_Sums, _Sums]) -> ColumnBounds:
    return ColumnBounds(sums[0].columns(), sums[1].columns())


def _findings(
    track: Track,
    claims: list[Claim],
    indices: Iterable[int],
    lost: Lost,
) -> tuple[Finding, ...]:
    """Put together what is lost for one cause, in the order of the tests."""
    minutes = defaultdict[Cause, Bounds](lambda: ZERO)
    entries = defaultdict[Cause, list[Claim]](list)
    for index in indices:
        for cause, bounds in lost.get(index, {}).items():
            minutes[cause] += bounds
            entries[cause].append(claims[index])
    found: list[Finding] = []
    for cause in Cause:
        if cause not in entries:
            continue
        rule, first = rule_of(cause.check, track), entries[cause][0]
        finding = Finding(
            rule_id=rule.id,
            citation=rule.citations[track],
            first_day=first.first_day,
            supervision_id=first.supervision_id,
            minutes=minutes[cause],
            sentence=cause.sentence,
            entry_ids=tuple(claim.entry_id for claim in entries[cause]),
        )
        found.append(finding)
    return tuple(found)
