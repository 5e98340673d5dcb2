"""Between facts and stored events: one of the two files that know the eventsourcing library."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from ledger.ids import NIL
from ledger.reader import Shredded


class Codec(msgspec.Struct, frozen=True):
    """How whoever owns the facts turns them into bytes and back.

    `encode` gives tag, body, and whether the type is stored in the clear; `decode` is its inverse.
    """

    encode: Callable[[object], tuple[str, bytes, bool]]
    decode: Callable[[str, bytes], object]


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
    actor_id: UUID = NIL
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
    actor_id: UUID = NIL
    position: int = -1
    shredded: Shredded | None = None


class FactMapper(Mapper[UUID]):
    """Maps facts to stored events by the codec of whoever owns the facts."""

    def __init__(self, codec: Codec) -> None:
        super().__init__(JSONTranscoder())
        self._codec = codec

    def to_stored_event(self, domain_event: object) -> StoredEvent:
        """Return the event as the recorder takes it."""
        assert isinstance(domain_event, Recorded)
        tag, state, is_clear = self._codec.encode(domain_event.fact)
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
            fact=shredded or self._codec.decode(stored_event.topic, stored_event.state),
            event_id=stored_event.event_id,
            recorded_at_us=stored_event.recorded_at_us,
            actor_id=stored_event.actor_id,
            position=stored_event.position,
        )
