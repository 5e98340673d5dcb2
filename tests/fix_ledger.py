"""A ledger for each test: opened as the service opens it, with a counted clock and free types."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

import pytest

from ledger.append.request import Appended, AppendRequest, NewEvent
from ledger.errors import Conflict
from ledger.fsck.check import Report
from ledger.ids import NIL, RandomIds
from ledger.ledger import Ledger
from ledger.opening import check_ledger, open_ledger, sealing
from ledger.postgres.connect import Database, Role
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once

FIRST_US: Final = 1_790_000_000_000_000
STEP_US: Final = 1_000
LEDGER_NAME: Final = "ledger.example"
TOPIC: Final = "topic"
TOPICS: Final = (TOPIC, "topic1", "topic2", "topic3")
_FREE = "INSERT INTO ledger.event_types VALUES (%s, '{}', NULL, NULL) ON CONFLICT DO NOTHING"


class CountingClock:
    """Goes on by a millisecond whenever it is asked; `now` may be set, also back."""

    def __init__(self) -> None:
        self.now = FIRST_US
        self._lock = Lock()

    def now_us(self) -> int:
        """Return the next millisecond."""
        with self._lock:
            self.now += STEP_US
            return self.now


def free_types(database: Database, types: Sequence[str] = TOPICS) -> None:
    """Let these types be appended anywhere; only the owner of the schema may."""
    with database.connect(Role.OWNER) as connection:
        connection.cursor().executemany(_FREE, [(each,) for each in types])


@dataclass
class TestedLedger:
    """A running ledger and what it stands on."""

    __test__ = False

    database: Database
    settings: Settings
    ledger: Ledger
    clock: CountingClock
    ids: RandomIds
    _versions: dict[tuple[UUID, UUID], int] = field(default_factory=dict[tuple[UUID, UUID], int])

    def event(
        self,
        stream_id: UUID,
        version: int,
        body: bytes = b"body",
        tag: str = TOPIC,
        *,
        is_clear: bool = False,
    ) -> NewEvent:
        """Return an event with an id of its own."""
        return NewEvent(stream_id, version, self.ids.new(), tag, body, is_clear)

    def request(
        self, practice_id: UUID, *events: NewEvent, command_id: UUID | None = None
    ) -> AppendRequest:
        """Return a request of the system's, with a fresh command id unless one is given."""
        return AppendRequest(practice_id, command_id or self.ids.new(), NIL, events)

    def append(
        self, practice_id: UUID, *events: NewEvent, command_id: UUID | None = None
    ) -> Appended:
        """Append events as they are."""
        return self.ledger.append(self.request(practice_id, *events, command_id=command_id))

    def tell(
        self,
        practice_id: UUID,
        stream_id: UUID,
        body: bytes = b"body",
        tag: str = TOPIC,
        *,
        is_clear: bool = False,
    ) -> int:
        """Append one event behind what was told to this stream before; returns its position."""
        version = self._versions.get((practice_id, stream_id), 0) + 1
        event = self.event(stream_id, version, body, tag, is_clear=is_clear)
        position = self.append(practice_id, event).position
        self._versions[practice_id, stream_id] = version
        return position

    def tell_anyhow(self, practice_id: UUID, stream_id: UUID, body: bytes = b"body") -> Appended:
        """Append one event wherever the stream ends by now; others may be appending to it."""
        command_id = self.ids.new()
        for version in count(self.version(practice_id, stream_id) + 1):
            event = self.event(stream_id, version, body)
            try:
                return self.append(practice_id, event, command_id=command_id)
            except Conflict:
                continue
        raise AssertionError

    def version(self, practice_id: UUID, stream_id: UUID) -> int:
        """Return the last version of a stream, 0 where there is none."""
        with self.ledger.read(practice_id) as connection:
            row = connection.execute(
                "SELECT coalesce(max(version), 0) FROM ledger.events"
                " WHERE practice_id = %s AND stream_id = %s",
                (practice_id, stream_id),
            ).fetchone()
        assert row is not None
        return int(row[0])

    def seal(self) -> int:
        """Make an epoch of what is new; returns how many there are."""
        return seal_once(sealing(self.database, self.settings, self.clock))

    def check(self) -> Report:
        """Recompute everything; every test ends with this, and does it after every step it can."""
        return check_ledger(self.database, self.settings, lambda _: None)


MakeLedger = Callable[..., TestedLedger]


@pytest.fixture
def make_ledger(
    make_database: Callable[[], Database], tmp_path: Path
) -> Iterator[Callable[..., TestedLedger]]:
    """Offer ledgers: each a process of its own as far as memory goes, on one DATA_DIR.

    Without a database it gets a new one, with free types; they are stopped after the test.
    """
    with ExitStack() as stack:
        numbers = count()

        def make(database: Database | None = None, data_dir: Path | None = None) -> TestedLedger:
            if database is None:
                database = make_database()
                free_types(database)
            folder = data_dir or tmp_path / f"data{next(numbers)}"
            clock = CountingClock()
            settings = Settings(folder, ledger_name=LEDGER_NAME)
            ids = RandomIds(clock)
            opened = stack.enter_context(open_ledger(database, settings, clock, ids))
            return TestedLedger(database, settings, opened, clock, ids)

        yield make


@pytest.fixture
def ledger(make_ledger: Callable[..., TestedLedger]) -> TestedLedger:
    """Offer a ledger of this test's own."""
    return make_ledger()
