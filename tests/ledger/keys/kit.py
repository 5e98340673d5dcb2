"""A vault to test with: a database, a folder of key files, a clock that stands still."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from ledger.clock import SystemClock
from ledger.ids import RandomIds
from ledger.keys.cache import KeyCache
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.epochs import EpochKeys
from ledger.keys.records import RecordKeys
from ledger.keys.root import FileRootKey
from ledger.keys.vault import Connections, Vault
from ledger.postgres.connect import Database, Role

PRACTICE = UUID("0190f0a0-0000-7000-8000-00000000000a")
OTHER_PRACTICE = UUID("0190f0a0-0000-7000-8000-00000000000b")
STREAM = UUID("0190f0a0-0000-7000-8000-0000000000aa")
OTHER_STREAM = UUID("0190f0a0-0000-7000-8000-0000000000bb")
NOW_US = 1_800_000_000_000_000


class StoppedClock:
    """A clock that shows what it was set to."""

    def __init__(self) -> None:
        self.time_us = NOW_US

    def now_us(self) -> int:
        """Return the time it was set to."""
        return self.time_us


class Stopwatch:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        """Return the seconds so far."""
        return self.seconds


def nothing() -> None:
    """Do nothing."""


@dataclass
class Kit:
    """One vault; every `keys()` is a process of its own as far as memory goes."""

    database: Database
    data_dir: Path
    service: Connections
    retention: Connections
    clock: StoppedClock = field(default_factory=StoppedClock)
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def epochs(self) -> EpochKeys:
        """The folder of the epoch keys, as a new process opens it."""
        return EpochKeys(self.data_dir, FileRootKey.open(self.data_dir))

    def cache(self) -> KeyCache:
        """Return an empty cache on this kit's stopwatch."""
        return KeyCache(self.stopwatch)

    def keys(
        self, cache: KeyCache | None = None, connections: Connections | None = None
    ) -> RecordKeys:
        """Return the keys as a process sees them that has just started."""
        keys = RecordKeys(
            connections or self.service,
            self.epochs,
            cache or self.cache(),
            self.clock,
            RandomIds(SystemClock()),
        )
        keys.start()
        return keys

    def destroyer(self, cache: KeyCache | None = None) -> KeyDestroyer:
        """Return what may destroy keys."""
        return KeyDestroyer(self.retention, self.epochs, self.clock, cache)

    def owner(self) -> AbstractContextManager[Vault]:
        """Connect as the admin who owns the server."""
        return self.database.connect(Role.OWNER)


class Interrupted:
    """Connections that call `before_leaving` when an answer is there but not yet used."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.before_leaving: Callable[[], object] = nothing

    @contextmanager
    def __call__(self) -> Generator[Vault]:
        """Lend a connection; the hook runs once, after the block."""
        with self._connections() as connection:
            yield connection
        hook, self.before_leaving = self.before_leaving, nothing
        hook()
