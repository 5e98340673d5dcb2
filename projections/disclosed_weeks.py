"""The signed weeks that a bundle discloses, in the order of the log, and how many it does not."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from aggregates.hours.week_content import RowContent
from aggregates.hours.week_row import WeekAmended, WeekReturned, WeekSigned, WeekSubmitted
from ledger import reader
from ledger.bundle.log_files import Days
from ledger.bundle.openable import openable
from ledger.bundle.stream_ends import stream_ends
from ledger.ledger import Ledger
from ledger.reader import Entry
from ledger.sealing import RecordKey
from projections.disclosed import Disclosed
from projections.opening import Opened, open_one

EVENTS_PER_READ: Final = 1_000
_TAGS: Final = frozenset(
    str(kind.__struct_config__.tag)
    for kind in (WeekSubmitted, WeekReturned, WeekSigned, WeekAmended)
)
_OPENING: Final = {str(kind.__struct_config__.tag) for kind in (WeekSubmitted, WeekAmended)}
_SIGNED: Final = str(WeekSigned.__struct_config__.tag)


class SignatureState(StrEnum):
    """What a signature is worth."""

    SIGNED = "signed"
    SIGNED_AGAIN = "signed-again"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class SignedWeek:
    """A row as it was signed: when, under which reference, at which position of the log."""

    content: RowContent
    state: SignatureState
    at_us: int
    reference: bytes
    position: int


@dataclass(frozen=True, slots=True)
class SignedWeeks:
    """What a bundle shows of weekly logs.

    `left_out` counts signatures of days that were not asked for, or that answer a row of such a
    day; `closed` rows whose key is not disclosed, `shredded` rows whose key is destroyed.
    """

    weeks: Sequence[SignedWeek] = ()
    left_out: int = 0
    closed: int = 0
    shredded: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which practice, how far, what of it is open, which keys are gone, and which days."""

    practice_id: UUID
    size: int
    opened: Disclosed
    gone: AbstractSet[UUID]
    days: Days | None


def signed_weeks(ledger: Ledger, asked: Asked) -> SignedWeeks:
    """Return every signature that a bundle discloses: what `verify.py` finds in it, found here.

    Raises `Tampered` for what is not as the log says.
    """
    with ledger.read(asked.practice_id) as connection:
        rows = openable(connection, asked.practice_id, asked.size, _TAGS)
        keys = asked.opened.keys
        closed = {row.key_id for row in rows} - keys.keys()
        positions = [at for row in rows if row.key_id in keys for at in row.positions]
        found = list(_found(connection, asked, positions))
        weeks = [week for week in found if week is not None]
        entries = {ref.stream_id for week in weeks for ref in week.content.entries}
        ends = stream_ends(connection, asked.practice_id, asked.size, entries)
    return SignedWeeks(
        weeks=sorted((_judged(week, ends) for week in weeks), key=lambda week: week.position),
        left_out=len(found) - len(weeks),
        closed=len(closed - asked.gone),
        shredded=len(closed & asked.gone),
    )


def _judged(week: SignedWeek, ends: Mapping[UUID, int]) -> SignedWeek:
    is_same = all(ends.get(ref.stream_id) == ref.version for ref in week.content.entries)
    return week if is_same else replace(week, state=SignatureState.VOID)


def _found(
    connection: Connection[TupleRow], asked: Asked, positions: Sequence[int]
) -> Iterator[SignedWeek | None]:
    """Yield every signature in these rows, None for one that is left out."""
    entries: list[Entry] = []
    for start in range(0, len(positions), EVENTS_PER_READ):
        part = positions[start : start + EVENTS_PER_READ]
        entries += reader.at_positions(connection, asked.practice_id, part)
    entries.sort(key=lambda entry: (entry.stream_id, entry.version))
    known = {key.bytes: RecordKey.of(key, secret) for key, secret in asked.opened.keys.items()}
    for _, row in groupby(entries, key=lambda entry: entry.stream_id):
        yield from _signatures(row, known, asked.days)


def _signatures(
    row: Iterator[Entry], known: Mapping[bytes, RecordKey], days: Days | None
) -> Iterator[SignedWeek | None]:
    """Follow one row, whose newest signature counts until it is submitted or opened again."""
    submitted: RowContent | None = None
    last: SignedWeek | None = None
    state = SignatureState.SIGNED
    for entry in row:
        is_shown = days is None or days.hold(entry.recorded_at_us)
        opened = open_one(entry, known) if is_shown else None
        fact = opened.fact if isinstance(opened, Opened) else None
        answered, submitted = submitted, fact.content if isinstance(fact, WeekSubmitted) else None
        if last and entry.type in _OPENING:
            yield replace(last, state=SignatureState.VOID)
            last = None
        if entry.type == _SIGNED:
            if isinstance(fact, WeekSigned) and answered is not None:
                last = SignedWeek(answered, state, fact.at_us, fact.reference, entry.position)
            else:
                yield None
            state = SignatureState.SIGNED_AGAIN
    if last:
        yield last
