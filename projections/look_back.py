"""Looking back at a practice: its state at a moment, and the events around it with their proofs."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ledger import reader
from ledger.event_times import EventTimes, event_times
from ledger.ids import NIL
from ledger.note import VerifierKey
from ledger.reader import Shredded
from projections.as_of import AsOf, fold
from projections.opening import open_facts
from projections.plain_words import describe, describe_shredded
from projections.proof_status import ProofStatus, ProofStatuses
from projections.replay import Replayed, replay
from projections.source import Source

AROUND: Final = 4
PARTS: Final = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: after the event at a position, or at the end of a time; with neither, now."""

    position: int | None = None
    until_us: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An event in words that name no client, and its proof."""

    position: int
    recorded_at_us: int
    sentence: str
    type: str
    stream_id: UUID
    version: int
    event_id: UUID
    status: ProofStatus


@dataclass(frozen=True, slots=True)
class LookBack:
    """What was after the last event of a moment, `position`; -1 before the first.

    `size` is how many events there are now, `steps` are those around the moment, in order.
    """

    position: int
    size: int
    state: AsOf
    steps: tuple[Step, ...]
    times: EventTimes | None


def look_back(
    source: Source, practice_id: UUID, moment: Moment, signer: VerifierKey | None
) -> LookBack:
    """Return a practice as it was; `signer` is its ledger's key, None before anything was signed.

    The state is replayed from the events up to the moment; nothing that was kept of them is read.
    """
    state = fold(replay(source, practice_id, until_us=moment.until_us, until=moment.position))
    position = state.size - 1
    around = range(max(position - AROUND, 0), max(position, 0) + AROUND + 1)
    with source.read(practice_id) as connection:
        size = reader.size(connection, practice_id)
        entries = reader.at_positions(connection, practice_id, around)
        events = list(map(Replayed, entries, open_facts(entries, source.keys)))
        statuses = ProofStatuses(source.keys, connection, practice_id, signer).of(events)
        times = event_times(connection, practice_id, size, PARTS)
    steps = tuple(map(step_of, events, statuses))
    return LookBack(position, size, state, steps, times)


def in_words(event: Replayed) -> str:
    """Return what happened, without anybody's name and without client identity."""
    entry = event.entry
    by = "The system" if entry.actor_id == NIL else member(entry.actor_id)
    if isinstance(event.fact, Shredded):
        return describe_shredded(entry.type, by=by)
    return describe(event.fact, reveal=False, by=by)


def member(person_id: UUID) -> str:
    """Return how a person is told apart from others without a name."""
    return f"Member {person_id.hex[-8:]}"


def step_of(event: Replayed, status: ProofStatus) -> Step:
    """Return an event as it is shown."""
    entry = event.entry
    return Step(
        position=entry.position,
        recorded_at_us=entry.recorded_at_us,
        sentence=in_words(event),
        type=entry.type,
        stream_id=entry.stream_id,
        version=entry.version,
        event_id=entry.event_id,
        status=status,
    )
