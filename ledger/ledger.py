"""One process's access to the ledger: one writer, its keys, and connections to read with."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from threading import Lock
from uuid import UUID

from eventsourcing.persistence import EventStore
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import reader
from ledger.append.chain import Sources
from ledger.append.request import Appended, AppendRequest
from ledger.append.writer import Writer
from ledger.clock import Clock
from ledger.errors import Drifted, LedgerError, Quarantined
from ledger.ids import Ids
from ledger.keys.records import RecordKeys
from ledger.mapper import Codec, FactMapper, Recorded
from ledger.postgres.connect import Database, Role
from ledger.postgres.lending import answered, lending
from ledger.postgres.practice import speaking_for
from ledger.recorder import PracticeRecorder
from ledger.supervisor_reader import SupervisorReader

READERS_MAX = 16
QUARANTINED = (
    "what is stored does not extend what was signed; nothing is written until that is explained"
    " (docs/runbook.md)"
)

_WHY: dict[type[LedgerError], str] = {
    Drifted: "the database's rights or guards were changed; nothing is written until that is"
    " explained (docs/runbook.md)"
}


class Ledger:
    """Appends, reads and keeps keys; start it once a process, stop it at the end."""

    def __init__(self, database: Database, keys: RecordKeys, clock: Clock, ids: Ids) -> None:
        self.database = database
        self.ids = ids
        self._keys = keys
        self._pool = database.pool(Role.SERVICE, READERS_MAX)
        self._lend = lending(self._pool)
        self._supervisors: SupervisorReader | None = None
        self._opening = Lock()
        self._quarantined_for: LedgerError | None = None
        self._writer = Writer(
            lambda: database.connect(Role.WRITER),
            Sources(
                clock,
                keys.get_or_create,
                keys.refresh,
                None if database.separate_vault else keys.generation,
            ),
        )

    def start(self) -> None:
        """Start the writer."""
        self._writer.start()

    def stop(self) -> None:
        """Commit what is queued and hang up."""
        self._writer.stop()
        self._pool.close()
        with self._opening:
            if self._supervisors is not None:
                self._supervisors.close()

    @property
    def supervisors(self) -> SupervisorReader:
        """What supervisors are shown is read through this; its pool opens when first asked for."""
        with self._opening:
            if self._supervisors is None:
                self._supervisors = SupervisorReader(self.database)
            return self._supervisors

    @property
    def quarantined_for(self) -> LedgerError | None:
        """Why nothing is appended, None while all is well."""
        return self._quarantined_for

    def quarantine(self, fault: LedgerError) -> None:
        """Append nothing more in this process: what is stored does not extend what was signed."""
        self._quarantined_for = fault

    @property
    def is_writing(self) -> bool:
        """Whether appends are taken: the writer was started and has not ended."""
        return self._writer.is_alive

    @property
    def keys(self) -> RecordKeys:
        """Where record keys come from."""
        return self._keys

    def append(self, request: AppendRequest) -> Appended:
        """Append a request; raises `Quarantined`, and what `Writer.append` does."""
        if self._quarantined_for is not None:
            raise Quarantined(_WHY.get(type(self._quarantined_for), QUARANTINED))
        # The asking thread makes missing keys, so that the writer never waits for the vault.
        for stream_id in {event.stream_id for event in request.events if not event.is_clear}:
            self._keys.get_or_create(request.practice_id, stream_id)
        return self._writer.append(request)

    @contextmanager
    def read(self, practice_id: UUID) -> Generator[Connection[TupleRow]]:
        """Lend a connection that reads this practice, and what is nobody's, in one transaction.

        Raises `Unavailable` when there is none to be had.
        """
        with answered(), self._lend() as connection, speaking_for(connection, practice_id):
            yield connection

    def listen(self) -> Connection[TupleRow]:
        """Open a connection that hears of every append."""
        connection = self.database.connect(Role.SERVICE)
        connection.execute("LISTEN ledger")
        return connection

    def history(self, practice_id: UUID, stream_id: UUID, codec: Codec) -> list[Recorded]:
        """Return a stream's facts, oldest first, `Shredded` where a key is gone."""
        found = self._store(practice_id, codec).get(stream_id)
        return [recorded for recorded in found if isinstance(recorded, Recorded)]

    def record(
        self,
        practice_id: UUID,
        events: Sequence[Recorded],
        codec: Codec,
        *,
        actor_id: UUID,
        command_id: UUID,
    ) -> int:
        """Append facts as one command; returns the log position of the last.

        Raises `Conflict` and what `append` raises.
        """
        recordings = self._store(practice_id, codec).put(
            events, actor_id=actor_id, command_id=command_id
        )
        return recordings[-1].notification.id - 1

    def _store(self, practice_id: UUID, codec: Codec) -> EventStore[UUID]:
        return EventStore(FactMapper(codec), PracticeRecorder(self, practice_id))

    def find_command(self, practice_id: UUID, command_id: UUID) -> list[reader.Entry] | None:
        """Return the events a command made, None when it never ran in this practice."""
        with self.read(practice_id) as connection:
            found = reader.find_command(connection, practice_id, command_id)
            if found is None:
                return None
            first, events = found
            return reader.at_positions(connection, practice_id, range(first, first + events))
