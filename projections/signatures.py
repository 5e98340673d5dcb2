"""Whether an entry's signature holds: as long as its row is exactly what was signed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from aggregates.bbs.history import History, Signature
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase
from aggregates.hours.week_content import RowKey
from aggregates.week import week_of
from projections.therapist import LiveEntry
from projections.weeks import WeekRow
from projections.weeks_table import RowState

# Which entries, at which versions.
Versions: TypeAlias = Mapping[UUID, int]
_Place: TypeAlias = tuple[UUID, dt.date, Phase]
# A row of the weekly log; without a supervision it is none of the Board's form.
Place: TypeAlias = tuple[dt.date, UUID | None, Phase]


def signatures(
    enrolment: EnrolmentEntry, live: Iterable[LiveEntry], rows: Sequence[WeekRow]
) -> dict[UUID, Signature]:
    """Return the signature of each live entry that has one, by its stream.

    A row holds while its entries are exactly the live ones of its week, supervision and phase, each
    at the version it had. Once it does not, or stands returned or amended, what was signed of it is
    void: the entries that belong to it now, and those that it named and that stand in no other row
    that holds.
    """
    groups: defaultdict[_Place, dict[UUID, int]] = defaultdict(dict)
    for each in live:
        place = place_of(enrolment, each)
        if place is not None:
            groups[place][each.stream_id] = each.version
    found: dict[UUID, Signature] = {}
    holding: dict[UUID, Signature] = {}
    is_live = {stream_id for group in groups.values() for stream_id in group}
    for row in rows:
        if row.content is None:
            continue
        group = groups.get(_place(row.content.key), {})
        named = {ref.stream_id: ref.version for ref in row.content.entries}
        signature = _signature(row, holds=named == group)
        if signature in (Signature.SIGNED, Signature.SUBMITTED):
            holding |= dict.fromkeys(group, signature)
        elif signature is Signature.VOID:
            found |= dict.fromkeys((named.keys() & is_live) | group.keys(), signature)
    return found | holding


def place_of(enrolment: EnrolmentEntry, live: LiveEntry) -> _Place | None:
    """Return in which row an entry stands, None while it is under no supervision."""
    entry = live.entry
    if entry.supervision_id is None:
        return None
    first_day = week_of(entry.date, enrolment.week_start)
    return entry.supervision_id, first_day, enrolment.phase_of(entry.date)


def _place(key: RowKey) -> _Place:
    return key.supervision_id, key.first_day, key.phase


def _signature(row: WeekRow, *, holds: bool) -> Signature:
    if holds and row.state is RowState.SIGNED:
        return Signature.SIGNED
    if holds and row.state is RowState.SUBMITTED:
        return Signature.SUBMITTED
    return Signature.VOID if row.was_signed else Signature.NONE


def row_signatures(history: History) -> dict[Place, Signature]:
    """Return how far each row that something is logged in is signed: all of it, or not at all."""
    found: dict[Place, Signature] = {}
    for each in history.entries:
        place = (
            week_of(each.day, history.enrolment.week_start),
            each.entry.supervision_id,
            history.enrolment.phase_of(each.day),
        )
        if found.setdefault(place, each.signature) is not each.signature:
            found[place] = Signature.NONE
    return found
