"""The legal holds that are on, and since when: read from their stream."""

from dataclasses import dataclass
from uuid import UUID

from aggregates.holds import HOLDS, HoldFact, HoldPlaced
from ledger import reader
from ledger.ids import derived
from projections.opening import open_facts
from projections.source import Source


@dataclass(frozen=True, slots=True)
class HoldOn:
    """A hold, and when it was placed (microseconds since 1970 UTC)."""

    placed_at_us: int
    fact: HoldPlaced


def holds_on(source: Source, practice_id: UUID) -> tuple[HoldOn, ...]:
    """Return the holds that are on, oldest first; none can be told once their key is gone."""
    with source.read(practice_id) as connection:
        entries = reader.stream(connection, practice_id, derived("holds", practice_id))
    facts = open_facts(entries, source.keys)
    told = [f for f in facts if isinstance(f, HoldFact)]
    on = HOLDS.replay(told).on
    return tuple(
        HoldOn(entry.recorded_at_us, fact)
        for entry, fact in zip(entries, facts, strict=True)
        if isinstance(fact, HoldPlaced) and on.get(fact.hold_id) == fact
    )
