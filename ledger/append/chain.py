"""Puts requests behind the head of their log: seals, numbers, chains and hashes, without I/O."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from uuid import UUID

import msgspec

from ledger import leaf as leaves
from ledger.append.request import Appended, AppendRequest, NewEvent, Ticket
from ledger.clock import Clock
from ledger.entropy import Entropy
from ledger.errors import LedgerError, Tampered
from ledger.merkle import Frontier
from ledger.sealing import NONCE_BYTES, RecordKey, seal_body

_NONCES = Entropy(NONCE_BYTES)


class Sources(msgspec.Struct, frozen=True):
    """What the writer takes from outside.

    `key_of` gives the record key of a practice's stream, from memory or the vault; `refresh_keys`
    makes sure that no key destroyed until now is given. `key_generation` tells how far that is
    known, where the keys are in the same database: then the append itself compares it, which saves
    a round trip.
    """

    clock: Clock
    key_of: Callable[[UUID, UUID], RecordKey]
    refresh_keys: Callable[[], object]
    key_generation: Callable[[], int] | None = None


class Tip(msgspec.Struct, frozen=True):
    """The last event of a stream: its version and its 32-byte leaf hash."""

    version: int
    leaf_hash: bytes


NO_TIP = Tip(0, leaves.NO_PREVIOUS)


class Head:
    """Where a practice's log ends, as this process knows it."""

    __slots__ = ("frontier", "recorded_at_us")

    def __init__(self, frontier: Frontier, recorded_at_us: int) -> None:
        self.frontier = frontier
        self.recorded_at_us = recorded_at_us

    @classmethod
    def empty(cls) -> "Head":
        """Return the head of a log that is not there yet."""
        return cls(Frontier(), 0)

    @classmethod
    def stored(cls, size: int, root: bytes, frontier: bytes, recorded_at_us: int) -> "Head":
        """Read a stored head; raises `Tampered` when its frontier does not make its root."""
        edge = Frontier.decode(size, frontier)
        if edge.root() != root:
            raise Tampered("a stored head does not match its own frontier; run fsck")
        return cls(edge, recorded_at_us)

    @property
    def size(self) -> int:
        """Return the number of events in the log."""
        return self.frontier.size


class Link:
    """The part of a batch that belongs to one practice, built on one head."""

    def __init__(self, practice_id: UUID, head: Head, now_us: int) -> None:
        self.practice_id = practice_id
        self.old_size = head.size
        self.frontier = head.frontier.copy()
        self.recorded_at_us = max(now_us, head.recorded_at_us)
        self.tickets: list[Ticket] = []
        self.suspects: list[Ticket] = []
        self.refused: list[tuple[Ticket, LedgerError]] = []
        self.tips: dict[UUID, Tip] = {}
        self.versions: list[int] = []
        self.begins: list[bool] = []  # whether an event is the first of its command
        self.leaves: list[bytes] = []
        self.bodies: list[bytes] = []

    def head_after(self) -> Head:
        """Return the head that stands once this link is committed."""
        return Head(self.frontier, self.recorded_at_us)

    def places(self) -> list[tuple[Ticket, Appended]]:
        """Return where the events of each ticket stand once this link is committed."""
        places: list[tuple[Ticket, Appended]] = []
        position = self.old_size
        for ticket in self.tickets:
            events = len(ticket.request.events)
            places.append((ticket, Appended(position, events)))
            position += events
        return places

    def add(
        self,
        ticket: Ticket,
        tips: Mapping[UUID, Tip],
        key_of: Callable[[UUID, UUID], RecordKey],
    ) -> None:
        """Append a request's events, or set it aside when a version does not follow its tip."""
        request = ticket.request
        versions = self._versions(request, tips)
        if versions is None:
            self.suspects.append(ticket)
            return
        try:
            keys = _keys_of(request, key_of)
        except LedgerError as error:
            self.refused.append((ticket, error))
            return
        for place, (event, version) in enumerate(zip(request.events, versions, strict=True)):
            # The first event bears the command's id: so the log itself proves what was done once.
            event_id = event.event_id if place else request.command_id
            preamble = leaves.Preamble(
                practice_id=self.practice_id.bytes,
                stream_id=event.stream_id.bytes,
                version=version,
                previous=self._tip(event.stream_id, tips).leaf_hash,
                event_id=event_id.bytes,
                recorded_at_us=self.recorded_at_us,
                actor_id=request.actor_id.bytes,
                type=event.type.encode("ascii"),
                seal=None,
            )
            self._append(event, preamble, keys.get(event.stream_id))
            self.begins.append(place == 0)
        self.tickets.append(ticket)

    def _tip(self, stream_id: UUID, tips: Mapping[UUID, Tip]) -> Tip:
        return self.tips.get(stream_id) or tips.get(stream_id, NO_TIP)

    def _versions(self, request: AppendRequest, tips: Mapping[UUID, Tip]) -> list[int] | None:
        """Return the versions of a request's events, None when one does not follow its stream."""
        reached: dict[UUID, int] = {}
        versions: list[int] = []
        for event in request.events:
            before = reached.get(event.stream_id)
            if before is None:
                before = self._tip(event.stream_id, tips).version
            if event.version not in (None, before + 1):
                return None
            reached[event.stream_id] = before + 1
            versions.append(before + 1)
        return versions

    def _append(self, event: NewEvent, preamble: leaves.Preamble, key: RecordKey | None) -> None:
        if event.is_clear or key is None:
            assert event.is_clear, "what is not clear by construction is sealed"
            encoded, body = preamble.encode(), event.body
        else:
            nonce = _NONCES.piece()
            encoded = preamble.encode(leaves.Seal(key.key_id.bytes, key.commitment, nonce))
            body = seal_body(key.cipher, encoded, event.body, nonce)
        leaf = leaves.finish(encoded, body)
        leaf_hash = sha256(b"\x00" + leaf).digest()
        self.frontier.append(leaf_hash)
        self.tips[event.stream_id] = Tip(preamble.version, leaf_hash)
        self.versions.append(preamble.version)
        self.leaves.append(leaf)
        self.bodies.append(body)


def _keys_of(
    request: AppendRequest, key_of: Callable[[UUID, UUID], RecordKey]
) -> dict[UUID, RecordKey]:
    streams = {event.stream_id for event in request.events if not event.is_clear}
    return {stream_id: key_of(request.practice_id, stream_id) for stream_id in streams}
