"""What every command works with: the ledger, the clock and ids, and the codec of our facts."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

import msgspec

from aggregates import catalogue
from aggregates.catalogue import SPECS, Fact
from ledger import reader
from ledger.append.request import AppendRequest, NewEvent
from ledger.clock import Clock
from ledger.ids import Ids
from ledger.ledger import Ledger
from ledger.mapper import Codec, Recorded
from ledger.merkle import leaf_hash
from ledger.reader import Shredded


def _encode(fact: object) -> tuple[str, bytes, bool]:
    tag, body = catalogue.encode(cast("Fact", fact))
    return tag, body, not SPECS[tag].sealed


CODEC = Codec(_encode, catalogue.decode)


class Actor(msgspec.Struct, frozen=True):
    """Who acts, and in which practice."""

    practice_id: UUID
    person_id: UUID


class Part(msgspec.Struct, frozen=True):
    """Facts that go behind `version` of a stream: one stream's share of what a command does."""

    stream_id: UUID
    version: int
    facts: Sequence[object]


class Latest(msgspec.Struct, frozen=True):
    """The last event of a stream: its fact or `Shredded`, its version, its leaf hash, whose act."""

    fact: object
    version: int
    leaf: bytes
    actor_id: UUID


class Context(msgspec.Struct, frozen=True):
    """Handed to every command; nothing else is ambient (I12)."""

    ledger: Ledger
    clock: Clock
    ids: Ids

    def history(self, practice_id: UUID, stream_id: UUID) -> list[Recorded]:
        """Return a stream's facts, oldest first, with `Shredded` where a key is gone."""
        return self.ledger.history(practice_id, stream_id, CODEC)

    def latest(self, practice_id: UUID, stream_ids: Sequence[UUID]) -> dict[UUID, Latest]:
        """Return the last event of each of these streams, with one look-up; absent ones are not."""
        with self.ledger.read(practice_id) as connection:
            entries = reader.latest(connection, practice_id, stream_ids)
        bodies = reader.open_entries(entries, self.ledger.keys)
        return {
            entry.stream_id: Latest(
                body if isinstance(body, Shredded) else catalogue.decode(entry.type, body),
                entry.version,
                leaf_hash(entry.leaf),
                entry.actor_id,
            )
            for entry, body in zip(entries, bodies, strict=True)
        }

    def record(self, actor: Actor, command_id: UUID, parts: Sequence[Part]) -> int:
        """Append the parts of one command, all or none; returns the log position of the last.

        Raises `Conflict` when one of the streams has moved on, and what the ledger raises.
        """
        events = [
            Recorded(part.stream_id, part.version + place, fact, self.ids.new())
            for part in parts
            for place, fact in enumerate(part.facts, 1)
        ]
        return self.ledger.record(
            actor.practice_id, events, CODEC, actor_id=actor.person_id, command_id=command_id
        )

    def record_next(self, actor: Actor, stream_id: UUID, command_id: UUID, fact: object) -> int:
        """Append a fact behind whatever its stream holds; returns its log position.

        Without a look at the stream, and never a conflict. Raises what the ledger raises.
        """
        tag, body, is_clear = CODEC.encode(fact)
        event = NewEvent(stream_id, None, command_id, tag, body, is_clear)
        request = AppendRequest(actor.practice_id, command_id, actor.person_id, (event,))
        return self.ledger.append(request).position
