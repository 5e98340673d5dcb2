"""Part (a): events appended in a second, ours against the library's and against bare inserts."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ledger.postgres.connect import Database
from tests.benchmarks import library, ours, raw
from tests.benchmarks.clients import WARM_UP_S, Step, in_turn
from tests.benchmarks.outcome import Part, Rates, Ratio, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.place import FAST, SLOW, OpenLedger, Place

PART: Final = "append"
OURS, APART, LIBRARY, RAW = "ours", "ours, a practice each", "library", "raw inserts"
LEAST_OF_LIBRARY: Final = {1: 1.2, 32: 8.0}
LEAST_OF_RAW: Final = {32: 0.8}


@dataclass(frozen=True)
class _Contest:
    opened: OpenLedger
    others: Database
    practice_ids: list[UUID]

    @contextmanager
    def clients(self, number: int) -> Generator[dict[str, list[Step]]]:
        """Give this many clients of each contestant."""
        with ExitStack() as stack:
            yield {
                OURS: ours.clients(self.opened, self.practice_ids[:1] * number),
                APART: ours.clients(self.opened, self.practice_ids[:number]),
                LIBRARY: stack.enter_context(library.clients(self.others, number)),
                RAW: stack.enter_context(raw.clients(self.others, number)),
            }


def measure(place: Place, pace: Pace) -> Part:
    """Measure at each number of clients, on the disk as it is and on one made slower."""
    rates: list[Rates] = []
    ratios: list[Ratio] = []
    for disk in (FAST, SLOW):
        contest = _contest(place, disk, max(pace.clients))
        for number in pace.clients:
            setting = f"{number} client{'s' * (number > 1)}{', commit_delay=2000' * (disk == SLOW)}"
            with contest.clients(number) as contestants:
                seconds = len(contestants) * (WARM_UP_S + pace.rounds * pace.round_s)
                with bar(f"{PART}, {setting}", seconds) as tell:
                    measured = in_turn(contestants, pace.rounds, pace.round_s, tell)
            rates += rates_of(PART, setting, measured)
            ratios += _ratios(rates, setting, number, is_asked=disk == FAST)
    return Part(rates, ratios, [])


def _contest(place: Place, disk: str, clients_max: int) -> _Contest:
    opened = place.ledger(disk=disk)
    others = place.database(disk)
    raw.make_table(others)
    practice_ids = [ours.new_practice(opened) for _ in range(clients_max)]
    return _Contest(opened, others, practice_ids)


def _ratios(rates: list[Rates], setting: str, clients: int, *, is_asked: bool) -> list[Ratio]:
    of_library = LEAST_OF_LIBRARY.get(clients) if is_asked else None
    of_raw = LEAST_OF_RAW.get(clients) if is_asked else None
    return [
        ratio(rates, setting, OURS, LIBRARY, of_library),
        ratio(rates, setting, OURS, RAW, of_raw),
        ratio(rates, setting, APART, LIBRARY),
        ratio(rates, setting, APART, RAW),
    ]
