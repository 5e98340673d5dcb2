"""Between facts and stored events: one of the two files that know the eventsourcing library."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from ledger.reader import Shredded

Encode = Callable[[object], tuple[str, bytes, bool]]
Decode = Callable[[str, bytes], object]


@dataclass(frozen=True)
class Recorded:
    """A fact at its version of a stream, or `Shredded` where its key is gone.

    `recorded_at_us`, `actor_id` and `position` are known once it is stored; `event_id` is given
    by whoever makes it.
    """

    originator_id: UUID
    originator_version: int
    fact: object
    event_id: UUID
    recorded_at_us: int = 0
    actor_id: UUID = UUID(int=0)
    position: int = -1


@dataclass(frozen=True)
class PlainEvent(StoredEvent):
    """A stored event outside the database: `state` is in the clear, in this process only.

    `is_clear` means that it is stored in the clear as well: no personal data, by construction.
    `shredded` stands in for a state that nobody can open any more.
    """

    event_id: UUID
    is_clear: bool = False
    recorded_at_us: int = 0
    actor_id: UUID = UUID(int=0)
    position: int = -1
    shredded: Shredded | None = None


class FactMapper(Mapper[UUID]):
    """Maps facts to stored events by the codec of whoever owns the facts.

    `encode` gives tag, bytes and whether the type is stored in the clear; `decode` is its inverse.
    """

    def __init__(self, encode: Encode, decode: Decode) -> None:
        super().__init__(JSONTranscoder())
        self._encode = encode
        self._decode = decode

    def to_stored_event(self, domain_event: object) -> StoredEvent:
        """Return the event as the recorder takes it."""
        assert isinstance(domain_event, Recorded)
        tag, state, is_clear = self._encode(domain_event.fact)
        return PlainEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=tag,
            state=state,
            event_id=domain_event.event_id,
            is_clear=is_clear,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Return the fact with its circumstances; `Shredded` stays `Shredded`."""
        assert isinstance(stored_event, PlainEvent)
        assert isinstance(stored_event.originator_id, UUID)
        shredded = stored_event.shredded
        return Recorded(
            originator_id=stored_event.originator_id,
            originator_version=stored_event.originator_version,
            fact=shredded or self._decode(stored_event.topic, stored_event.state),
            event_id=stored_event.event_id,
            recorded_at_us=stored_event.recorded_at_us,
            actor_id=stored_event.actor_id,
            position=stored_event.position,
        )
