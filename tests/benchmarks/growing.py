"""Part (d): does appending slow down as the ledger grows."""

from time import perf_counter
from typing import Final

from tests.benchmarks import ours
from tests.benchmarks.clients import WARM_UP_S, Step, in_turn
from tests.benchmarks.outcome import Part, Ratio, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.place import Place

PART: Final = "growth"
CLIENTS: Final = 32
LEAST_OF_SMALLEST: Final = 0.9


def measure(place: Place, pace: Pace) -> Part:
    """Fill ledgers of several sizes first, then append to all of them in turn."""
    contestants: dict[str, list[Step]] = {}
    notes: list[str] = []
    for size in pace.sizes:
        opened = place.ledger()
        practice_id = ours.new_practice(opened)
        began_at = perf_counter()
        with bar(f"{PART}, filling {size:,}", size) as tell:
            ours.fill(opened, practice_id, size, tell)
        took_s = perf_counter() - began_at
        notes.append(f"filling a ledger with {size:,} events took {took_s:.1f} s")
        place.settle(opened.database)
        contestants[_stored(size)] = ours.clients(opened, [practice_id] * CLIENTS)
    rounds = 2 * pace.rounds
    with bar(PART, len(contestants) * (WARM_UP_S + rounds * pace.round_s)) as tell:
        measured = in_turn(contestants, rounds, pace.round_s, tell)
    setting = f"{CLIENTS} clients"
    rates = rates_of(PART, setting, measured)
    smallest, *larger = map(_stored, pace.sizes)
    ratios: list[Ratio] = [
        ratio(rates, setting, each, smallest, LEAST_OF_SMALLEST if each == larger[-1] else None)
        for each in larger
    ]
    return Part(rates, ratios, notes)


def _stored(size: int) -> str:
    return f"{size:,} events stored"
