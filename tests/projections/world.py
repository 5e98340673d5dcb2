"""A ledger for tests of read models: real database and writer, keys in memory, counted clock."""

import datetime as dt
from collections.abc import Collection, Generator
from contextlib import contextmanager
from uuid import UUID, uuid5

from psycopg import Connection, sql
from psycopg.rows import TupleRow

from aggregates.access import AccessRefused, Purpose, RecordKind, RecordsRead, RefusedFor
from aggregates.catalogue import SPECS, Fact, encode
from aggregates.deletion import DeletionReason
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed, PracticeOpened, Role
from aggregates.private import Private
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import Modality, Participants, SessionEntry
from aggregates.shredding import KeyShredded, ShredOrdered, ShredReason
from ledger.append.chain import Sources
from ledger.append.request import AppendRequest, NewEvent
from ledger.append.writer import Writer
from ledger.errors import KeyDestroyed
from ledger.ids import shredding_stream
from ledger.keys.records import Destroyed
from ledger.postgres.connect import Database
from ledger.postgres.connect import Role as Login
from ledger.postgres.practice import speaking_for
from ledger.reader import Reading
from ledger.sealing import RecordKey
from projections.follower import Follower
from projections.pages import Projecting
from projections.pulling import Puller
from projections.read_model import Place, ReadModel, live
from projections.rebuild import prepare
from projections.waiting import wait_for

NAMESPACE = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
FIRST_US = 1_790_000_000_000_000  # 21 September 2026
SUNDAY = dt.date(2026, 9, 20)
SETTING_CANARY = "Zebrafinch Hill Clinic"
ALIAS_CANARY = "Q.Z."
NAME_CANARY = "Wilhelmina Quartzbottom"
ADDRESS_CANARY = "198.51.100.77"
REMARK_CANARY = "the pangolin was double booked"


def name(*parts: object) -> UUID:
    """Return an id that is the same in every run."""
    return uuid5(NAMESPACE, "/".join(map(str, parts)))


class CountingClock:
    """Goes on by a second, or another step, whenever it is asked."""

    def __init__(self) -> None:
        self.now = FIRST_US
        self.step_us = 1_000_000

    def now_us(self) -> int:
        """Return the next moment."""
        self.now += self.step_us
        return self.now


class MemoryKeys:
    """Record keys in memory, with a count of look-ups and of the keys that each asked for."""

    def __init__(self) -> None:
        self.by_id: dict[UUID, RecordKey | Destroyed] = {}
        self.look_ups = 0
        self.asked: list[int] = []
        self.destroyed = 0

    def get_or_create(self, practice_id: UUID, stream_id: UUID) -> RecordKey:
        """Return a stream's key."""
        key_id = name("key", practice_id, stream_id)
        key = self.by_id.get(key_id)
        if key is None:
            secret = key_id.bytes + key_id.bytes
            key = self.by_id[key_id] = RecordKey.of(key_id, secret)
        if isinstance(key, Destroyed):
            raise KeyDestroyed("gone")
        return key

    def get_many(
        self, practice_id: UUID, key_ids: Collection[UUID]
    ) -> dict[UUID, RecordKey | Destroyed]:
        """Return what is known."""
        del practice_id
        self.look_ups += 1
        self.asked.append(len(key_ids))
        return {key_id: self.by_id[key_id] for key_id in key_ids if key_id in self.by_id}

    def generation(self) -> int:
        """Return how many keys were destroyed."""
        return self.destroyed

    def refresh(self) -> None:
        """Nothing is cached."""

    def destroy(self, key_id: UUID) -> Destroyed:
        """Destroy a key."""
        gone = Destroyed(key_id, 1, bytes(32), FIRST_US)
        self.by_id[key_id] = gone
        self.destroyed += 1
        return gone


def entry(day: int = 1, minute: int = 600, minutes: int = 50, alias: str = "J.D.") -> SessionEntry:
    """Return a session on the day of September 2026 (21 on: a week after SUNDAY's)."""
    return SessionEntry(
        date=SUNDAY + dt.timedelta(days=day),
        start_minute=minute,
        minutes=minutes,
        setting=Private(SETTING_CANARY),
        alias=Private(alias),
        modality=Modality.IN_PERSON,
        participants=Participants.INDIVIDUAL,
    )


class World:
    """Practices with sessions, appended through the real writer."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.keys = MemoryKeys()
        self.clock = CountingClock()
        self._pool = database.pool(Login.SERVICE, 4)
        self._versions: dict[tuple[UUID, UUID], int] = {}
        self._commands = 0
        sources = Sources(self.clock, self.keys.get_or_create, self.keys.refresh)
        self._writer = Writer(lambda: database.connect(Login.WRITER), sources)
        self._writer.start()

    def close(self) -> None:
        """Hang up."""
        self._writer.stop()
        self._pool.close()

    @contextmanager
    def read(self, practice_id: UUID) -> Generator[Reading]:
        """Lend a connection of the service."""
        with self._pool.connection() as connection, speaking_for(connection, practice_id):
            yield connection

    @contextmanager
    def project(self) -> Generator[Connection[TupleRow]]:
        """Open a connection of the projector."""
        with self.database.connect(Login.PROJECTOR) as connection:
            yield connection

    def tell(self, practice_id: UUID, stream_id: UUID, actor_id: UUID, *facts: Fact) -> int:
        """Append facts to a stream; returns the position of the last."""
        return self.tell_body(practice_id, stream_id, actor_id, *map(encode, facts))

    def tell_body(
        self, practice_id: UUID, stream_id: UUID, actor_id: UUID, *bodies: tuple[str, bytes]
    ) -> int:
        """Append bodies under their tags, facts or not; returns the position of the last."""
        self._commands += 1
        version = self._versions.get((practice_id, stream_id), 0)
        events: list[NewEvent] = []
        for tag, body in bodies:
            version += 1
            event_id = name("event", practice_id, stream_id, version)
            is_clear = not SPECS[tag].sealed
            events.append(NewEvent(stream_id, version, event_id, tag, body, is_clear))
        command_id = name("command", self._commands)
        request = AppendRequest(practice_id, command_id, actor_id, tuple(events))
        appended = self._writer.append(request)
        self._versions[practice_id, stream_id] = version
        return appended.position + appended.events - 1

    def open_practice(self, label: str = "one") -> UUID:
        """Open a practice whose owner is `name(label, "owner")`; the BAA is signed."""
        practice_id, owner = name("practice", label), name(label, "owner")
        joined = MemberJoined(
            person_id=owner, role=Role.OWNER, name=Private(NAME_CANARY), invited_by=owner
        )
        signed = BaaSigned(document_sha256=bytes(32), document_version="1", signer_id=owner)
        named = PracticeNamed(name=Private(NAME_CANARY))
        self.tell(practice_id, name(label), owner, PracticeOpened(), named, joined, signed)
        return practice_id

    def log(
        self, practice_id: UUID, stream: object, person_id: UUID, said: SessionEntry | None = None
    ) -> int:
        """Log a session; returns its position."""
        logged = SessionLogged(therapist_id=person_id, entry=said or entry())
        return self.tell(practice_id, name(stream), person_id, logged)

    def correct(self, practice_id: UUID, stream: object, person: UUID, said: SessionEntry) -> int:
        """Correct a session; returns its position."""
        return self.tell(practice_id, name(stream), person, SessionCorrected(entry=said))

    def delete(self, practice_id: UUID, stream: object, person: UUID) -> int:
        """Delete a session; returns its position."""
        deleted = SessionDeleted(reason=DeletionReason.ENTERED_TWICE, remark=Private(REMARK_CANARY))
        return self.tell(practice_id, name(stream), person, deleted)

    def look(
        self, practice_id: UUID, reader_id: UUID, whose: UUID | None, stream: object = "looks"
    ) -> int:
        """Let somebody look at a person's week, or at the whole practice; nothing once shredded."""
        if self._is_shredded(practice_id, stream):
            return -1
        fact = RecordsRead(
            reader_id=reader_id,
            role=Role.COMPLIANCE_OFFICER,
            kind=RecordKind.REPLAY if whose is None else RecordKind.WEEK,
            whose=whose,
            stream_id=None,
            day=None if whose is None else SUNDAY,
            purpose=Purpose.OWN_RECORD if whose == reader_id else Purpose.COMPLIANCE_REVIEW,
            ip_address=Private(ADDRESS_CANARY),
        )
        return self.tell(practice_id, name(stream), reader_id, fact)

    def refuse(self, practice_id: UUID, reader_id: UUID, whose: UUID | None) -> int:
        """Refuse somebody a person's session, or one that is not there."""
        fact = AccessRefused(
            reader_id=reader_id,
            role=Role.THERAPIST,
            kind=RecordKind.SESSION,
            whose=whose,
            stream_id=name("asked for"),
            reason=RefusedFor.NOT_THEIRS,
            ip_address=Private(ADDRESS_CANARY),
        )
        return self.tell(practice_id, name("refused looks"), reader_id, fact)

    def was_told(self, practice_id: UUID, stream: object) -> bool:
        """Tell whether something stands in a stream, readable or not."""
        return (practice_id, name(stream)) in self._versions

    def has(self, practice_id: UUID, stream: object) -> bool:
        """Tell whether something stands in a stream that can still be read."""
        return self.was_told(practice_id, stream) and not self._is_shredded(practice_id, stream)

    def _is_shredded(self, practice_id: UUID, stream: object) -> bool:
        key_id = name("key", practice_id, name(stream))
        return isinstance(self.keys.by_id.get(key_id), Destroyed)

    def shred(self, practice_id: UUID, stream: object) -> int:
        """Order, destroy and tell; returns the position of the telling."""
        stream_id = name(stream)
        key_id = name("key", practice_id, stream_id)
        reason = ShredReason.DELETION_REQUESTED
        ordered = ShredOrdered(stream_id=stream_id, key_id=key_id, reason=reason)
        shredding, system = shredding_stream(practice_id), UUID(int=0)
        self.tell(practice_id, shredding, system, ordered)
        self.keys.destroy(key_id)
        shredded = KeyShredded(
            stream_id=stream_id,
            key_id=key_id,
            wrapped_sha256=bytes(32),
            key_epoch=1,
            destroyed_at_us=FIRST_US,
        )
        return self.tell(practice_id, shredding, system, shredded)

    def prepare(self, *read_models: ReadModel) -> None:
        """Make the tables of these read models."""
        for read_model in read_models:
            prepare(self.database, self.keys, read_model)

    def pull(self, read_model: ReadModel) -> None:
        """Catch up once, in this thread."""
        with self.project() as connection:
            Puller(connection, self.keys, live(read_model)).pull()

    @contextmanager
    def following(self, *read_models: ReadModel) -> Generator[list[Follower]]:
        """Run a follower for each (name one twice for two)."""
        followers = [Follower(self.database, self.keys, each) for each in read_models]
        for follower in followers:
            follower.start()
        try:
            yield followers
        finally:
            for follower in followers:
                follower.stop()

    def wait(self, read_model: ReadModel, practice_id: UUID, position: int) -> bool:
        """Wait up to ten seconds."""
        return wait_for(self, read_model.name, practice_id, position, 10.0)


def table_rows(connection: Projecting, place: Place, columns: str) -> list[TupleRow]:
    """Return the table's rows in one order, `columns` only."""
    names = [part.strip() for part in columns.split(",")]
    shown = sql.SQL(", ").join(map(sql.Identifier, names))
    table = sql.Identifier(place.read_model.schema, place.table)
    text = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(shown, table, shown)
    return connection.execute(text).fetchall()
