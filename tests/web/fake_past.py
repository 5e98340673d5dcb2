"""A past in memory, looked back at as the ledger's is; what is proven of it, tests say."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from commands.context import Actor
from ledger.event_proof import EventProof, SealedBy
from ledger.event_times import EventTimes
from ledger.tiles import Tile
from projections.as_of import fold
from projections.look_back import AROUND, PARTS, LookBack, Moment, step_of
from projections.proof_status import BodyState, ProofStatus
from tests.projections.histories import History

OFFICER: Final = Actor(UUID(int=1), UUID(int=3))
PROVEN: Final = ProofStatus(
    EventProof(
        position=0,
        leaf_hash=bytes(range(32)),
        tile=Tile(0, 0, 9),
        sealed=SealedBy(4, 1_795_543_200_000_000, 7),
        faults=(),
    ),
    BodyState.SEALED,
)


def looked_back(past: History, moment: Moment, statuses: Mapping[int, ProofStatus]) -> LookBack:
    """Return the state at a moment, from the events up to it."""
    events = past.events()
    kept = [
        event
        for event in events
        if (moment.position is None or event.entry.position <= moment.position)
        and (moment.until_us is None or event.entry.recorded_at_us <= moment.until_us)
    ]
    position = len(kept) - 1
    around = events[max(position - AROUND, 0) : max(position, 0) + AROUND + 1]
    steps = (step_of(each, statuses.get(each.entry.position, PROVEN)) for each in around)
    first, last = (event.entry.recorded_at_us for event in (events[0], events[-1]))
    counts = [0] * PARTS
    times = EventTimes(first, last, tuple(counts))
    for event in events:
        counts[times.part_of(event.entry.recorded_at_us)] += 1
    times = EventTimes(first, last, tuple(counts))
    return LookBack(position, len(events), fold(kept), tuple(steps), times)
