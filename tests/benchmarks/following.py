"""Part (c): events a read model follows in a second, ours against the library's projection."""

from collections.abc import Callable
from time import perf_counter
from typing import Final
from uuid import UUID

from ledger import reader
from ledger.keys.records import RecordKeys
from ledger.postgres.connect import Role
from projections import definitions
from projections.pulling import Puller
from projections.read_model import live
from projections.therapist import THERAPIST
from tests.benchmarks import library_projection, ours
from tests.benchmarks.outcome import Part, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.place import CARELESS, FAST, OpenLedger, Place

PART: Final = "follow"
OURS, OURS_COLD = "ours, keys at hand", "ours, every key from the vault"
LIBRARY, LIBRARY_CARELESS = "library", "library, not waiting for the disk"
LEAST_OF_LIBRARY: Final = 20.0

_Run = Callable[[], float]

# As the follower's own connection is set.
_NO_DISK_WAIT = "SET synchronous_commit = off"


def measure(place: Place, pace: Pace) -> Part:
    """Let both follow sessions that are one event each, with a row each in the read model."""
    opened = place.ledger()
    practice_id = ours.new_practice(opened)
    with bar(f"{PART}, filling", pace.followed_events) as tell:
        ours.fill(opened, practice_id, pace.followed_events, tell, stream_events=1)
    place.settle(opened.database)
    library_run, careless_run = (
        library_projection.prepared(place.database(disk), pace.library_events)
        for disk in (FAST, CARELESS)
    )
    runs: dict[str, _Run] = {
        OURS: lambda: _follow(opened, practice_id, _primed_keys(opened, practice_id)),
        OURS_COLD: lambda: _follow(opened, practice_id, opened.new_keys()),
        LIBRARY: library_run,
        LIBRARY_CARELESS: careless_run,
    }
    measured: dict[str, list[float]] = {name: [] for name in runs}
    with bar(PART, pace.rounds * len(runs)) as tell:
        for _ in range(pace.rounds):
            for name, run in runs.items():
                measured[name].append(run())
                tell(1)
    setting = f"{pace.followed_events:,} sessions"
    rates = rates_of(PART, setting, measured)
    ratios = [
        ratio(rates, setting, OURS, LIBRARY, LEAST_OF_LIBRARY),
        ratio(rates, setting, OURS_COLD, LIBRARY),
        ratio(rates, setting, OURS, LIBRARY_CARELESS),
    ]
    return Part(rates, ratios, [])


def _follow(opened: OpenLedger, practice_id: UUID, keys: RecordKeys) -> float:
    """Fill an empty table up to the log's end, and return events a second."""
    place = live(THERAPIST)
    with opened.database.connect(Role.PROJECTOR) as connection:
        connection.execute(_NO_DISK_WAIT)
        definitions.create(connection, place)
        size = reader.size(connection, practice_id)
        puller = Puller(connection, keys, place)
        began_at = perf_counter()
        puller.pull()
        return size / (perf_counter() - began_at)


def _primed_keys(opened: OpenLedger, practice_id: UUID) -> RecordKeys:
    """Return keys as they are in the process that has just appended the events."""
    keys = opened.new_keys()
    with opened.database.connect(Role.PROJECTOR) as connection:
        after = -1
        while page := reader.page(
            connection, practice_id, after=after, limit=reader.PAGE_EVENTS_MAX
        ):
            after = page[-1].position
            keys.get_many(practice_id, [each for entry in page if (each := entry.key_id)])
    return keys
