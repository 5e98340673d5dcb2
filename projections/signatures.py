"""Whether an entry's signature holds: as long as its row is exactly what was signed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from aggregates.bbs.history import Signature
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase
from aggregates.hours.week_content import RowKey
from aggregates.week import week_of
from projections.therapist import LiveEntry
from projections.weeks import WeekRow
from projections.weeks_table import RowState

# Which row of the weekly log; without a supervision it is none of the Board's form.
Place: TypeAlias = tuple[dt.date, UUID | None, Phase]


@dataclass(frozen=True, slots=True)
class RowStanding:
    """A row as far as signatures go; `key` is None once it is shredded.

    `named` is which entries were submitted last, at which versions, by their ids' integers: those
    hash in C, and there are thousands.
    """

    version: int
    key: RowKey | None
    state: RowState
    was_signed: bool
    named: Mapping[int, int]

    @property
    def place(self) -> Place | None:
        """Which row it is."""
        return self.key and (self.key.first_day, self.key.supervision_id, self.key.phase)


def row_standing(row: WeekRow) -> RowStanding:
    """Return what of a row says how far it is signed."""
    content = row.content
    return RowStanding(
        row.version,
        None if content is None else content.key,
        row.state,
        row.was_signed,
        {} if content is None else {ref.stream_id.int: ref.version for ref in content.entries},
    )


def signatures(
    enrolment: EnrolmentEntry, live: Iterable[LiveEntry], rows: Iterable[RowStanding]
) -> dict[int, Signature]:
    """Return the signature of each live entry that has one, by the integer of its stream's id.

    A row holds while its entries are exactly the live ones of its week, supervision and phase, each
    at the version it had. Once it does not, or stands returned or amended, what was signed of it is
    void: the entries that belong to it now, and those that it named and that stand in no other row
    that holds.
    """
    groups = _groups(enrolment, live)
    found: dict[int, Signature] = {}
    holding: dict[int, Signature] = {}
    is_live = {stream_id for group in groups.values() for stream_id in group}
    for row in rows:
        if row.place is None:
            continue
        group = groups.get(row.place, {})
        signature = _signature(row, holds=row.named == group)
        if signature in (Signature.SIGNED, Signature.SUBMITTED):
            holding |= dict.fromkeys(group, signature)
        elif signature is Signature.VOID:
            found |= dict.fromkeys((row.named.keys() & is_live) | group.keys(), signature)
    return found | holding


def _groups(
    enrolment: EnrolmentEntry, live: Iterable[LiveEntry]
) -> Mapping[Place, Mapping[int, int]]:
    """Return the entries of each row with their versions; those under no supervision are left out.

    Days are looked up once: there are many entries, and few days.
    """
    days: dict[dt.date, tuple[dt.date, Phase]] = {}
    groups: defaultdict[Place, dict[int, int]] = defaultdict(dict)
    for each in live:
        day, supervision_id = each.entry.date, each.entry.supervision_id
        if supervision_id is None:
            continue
        known = days.get(day)
        if known is None:
            known = days[day] = week_of(day, enrolment.week_start), enrolment.phase_of(day)
        groups[known[0], supervision_id, known[1]][each.stream_id.int] = each.version
    return groups


def _signature(row: RowStanding, *, holds: bool) -> Signature:
    if holds and row.state is RowState.SIGNED:
        return Signature.SIGNED
    if holds and row.state is RowState.SUBMITTED:
        return Signature.SUBMITTED
    return Signature.VOID if row.was_signed else Signature.NONE
