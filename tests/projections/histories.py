"""Histories for tests of replay: facts as events in memory, without a database."""

from uuid import UUID

from aggregates.catalogue import SPECS, Fact, encode
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed, PracticeOpened, Role
from aggregates.private import Private
from ledger.leaf import NO_PREVIOUS, Preamble, Seal
from ledger.reader import Entry, Shredded
from projections.replay import Replayed
from tests.projections.world import FIRST_US, NAME_CANARY, name

PRACTICE_ID, OWNER = name("practice"), name("owner")
OPENING: tuple[Fact, ...] = (
    PracticeOpened(),
    PracticeNamed(name=Private(NAME_CANARY)),
    MemberJoined(person_id=OWNER, role=Role.OWNER, name=Private(NAME_CANARY), invited_by=OWNER),
    BaaSigned(
        document_sha256=bytes(32),
        document_version="1",
        signer_id=OWNER,
        ip_address=Private(NAME_CANARY),
    ),
)


class History:
    """Events in order, a second apart; what is destroyed reads as such from the beginning."""

    def __init__(self) -> None:
        self._told: list[tuple[Entry, Fact]] = []
        self._versions: dict[UUID, int] = {}
        self.destroyed: set[UUID] = set()
        for fact in OPENING:
            self.tell(PRACTICE_ID, OWNER, fact)

    def tell(self, stream_id: UUID, actor_id: UUID, fact: Fact) -> None:
        """Append a fact to a stream."""
        tag, _ = encode(fact)
        position = len(self._told)
        version = self._versions.get(stream_id, 0) + 1
        self._versions[stream_id] = version
        seal = (
            Seal(name("key", stream_id).bytes, bytes(32), bytes(12)) if SPECS[tag].sealed else None
        )
        preamble = Preamble(
            practice_id=PRACTICE_ID.bytes,
            stream_id=stream_id.bytes,
            version=version,
            previous=NO_PREVIOUS,
            event_id=name("event", position).bytes,
            recorded_at_us=FIRST_US + position * 1_000_000,
            actor_id=actor_id.bytes,
            type=tag.encode(),
            seal=seal,
        )
        entry = Entry(PRACTICE_ID, position, stream_id, version, b"", b"", preamble)
        self._told.append((entry, fact))

    def events(self) -> list[Replayed]:
        """Return all events as they can be read now."""
        return [Replayed(entry, self._read(entry, fact)) for entry, fact in self._told]

    def facts(self, stream_id: UUID, size: int) -> list[Fact]:
        """Return the facts of a stream among the first `size` events."""
        return [fact for entry, fact in self._told[:size] if entry.stream_id == stream_id]

    def _read(self, entry: Entry, fact: Fact) -> Fact | Shredded:
        key_id = entry.key_id
        return Shredded(key_id) if key_id and entry.stream_id in self.destroyed else fact
