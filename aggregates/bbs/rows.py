"""The rows of one week of the logs and what is lost in each; the totals over many rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from aggregates.bbs.bounds import ZERO, Bounds, ColumnBounds
from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column, Columns, columns_in_all
from aggregates.bbs.contact import HALVES, Limits, SettingWeek
from aggregates.bbs.evaluation import Finding, Row, Totals
from aggregates.bbs.history import Signature
from aggregates.bbs.judging import JudgedWeek, Lost, columns_open
from aggregates.bbs.rooms import Minutes
from aggregates.bbs.rules import rule_of
from aggregates.hours.enrolment_entry import Phase, Track

_Key: TypeAlias = tuple[UUID | None, Phase]


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

    def add(self, judged: JudgedWeek, pending: tuple[Minutes, Minutes], index: int) -> None:
        claim = judged.week.claims[index]
        columns, may_be = claim.placement.columns, columns_open(claim)
        self.claims.append(index)
        self.recorded.add(columns, claim.minutes)
        if not columns:
            self.recorded.nowhere += claim.minutes
        elif Column.A1 in may_be:
            self.recorded.a1_open += claim.minutes
        strict, generous = judged.strict.minutes[index], judged.generous.minutes[index]
        self._count(self.credited, claim, strict, generous)
        self._count(self.pending, claim, pending[0][index], pending[1][index])

    def _count(self, sums: tuple[_Sums, _Sums], claim: Claim, strict: int, generous: int) -> None:
        if strict or generous:
            sums[0].add(claim.placement.columns, strict)
            sums[1].add(claim.placement.columns, generous)
            sums[1].add(columns_open(claim), generous)


def rows_of(track: Track, judged: JudgedWeek, lost: Lost) -> tuple[Row, ...]:
    """Return a row for each supervision and phase of a week, in that order."""
    gathered, pending = defaultdict[_Key, _Gathered](_Gathered), judged.pending
    for index, claim in enumerate(judged.week.claims):
        gathered[claim.supervision_id, claim.phase].add(judged, pending, index)
    limits = Limits.of(track)
    return tuple(
        _row(track, judged, limits, gathered[key], lost) for key in sorted(gathered, key=_order)
    )


def totals_of(rows: Sequence[Row]) -> Totals:
    """Return the sums of all rows."""
    return Totals(
        recorded=columns_in_all(row.recorded for row in rows),
        creditable=_in_all([row.credited for row in rows]),
        pending=_in_all([row.pending for row in rows]),
    )


def _in_all(each: Sequence[ColumnBounds]) -> ColumnBounds:
    return ColumnBounds(
        columns_in_all(bounds.conservative for bounds in each),
        columns_in_all(bounds.optimistic for bounds in each),
    )


def _order(key: _Key) -> tuple[int, str]:
    return key[0].int if key[0] else -1, key[1].value


def _row(track: Track, judged: JudgedWeek, limits: Limits, gathered: _Gathered, lost: Lost) -> Row:
    claims = [judged.week.claims[index] for index in gathered.claims]
    first = claims[0]
    contact = judged.week.contact_all.settings.get(first.setting_id, SettingWeek())
    return Row(
        first_day=judged.week.first_day,
        supervision_id=first.supervision_id,
        phase=first.phase,
        recorded=gathered.recorded.columns(),
        credited=_both(gathered.credited),
        pending=_both(gathered.pending),
        units=contact.units,
        units_required=-(-limits.required(contact) // HALVES),
        findings=_findings(track, judged.week.claims, gathered.claims, lost),
        signature=_signature(claims),
    )


def _signature(claims: Sequence[Claim]) -> Signature:
    """Return how far a row is signed: all of it alike, or not at all."""
    found = {claim.signature for claim in claims}
    return found.pop() if len(found) == 1 else Signature.NONE


def _both(sums: tuple[_Sums, _Sums]) -> ColumnBounds:
    return ColumnBounds(sums[0].columns(), sums[1].columns())


def _findings(
    track: Track,
    claims: Sequence[Claim],
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
