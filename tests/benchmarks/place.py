"""The PostgreSQL of a run, its databases, and ledgers opened as the service opens its own."""

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

from psycopg import Connection, sql
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from ledger.clock import SystemClock
from ledger.fsck.check import Report
from ledger.ids import RandomIds
from ledger.keys.cache import KeyCache
from ledger.keys.epochs import EpochKeys
from ledger.keys.records import RecordKeys
from ledger.keys.root import FileRootKey
from ledger.ledger import Ledger
from ledger.opening import check_ledger, open_ledger, sealing
from ledger.postgres.connect import Database, Role
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.migrate import migrate
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once

# As the service runs it, but for the connections that the other contestants need.
EXTRA_SETTINGS: Final = {"max_connections": "400"}
SLOW_DISK_US: Final = 2_000
VAULT_CONNECTIONS: Final = 2
SYNCS: Final = 200
PAGE_BYTES: Final = 8_192

FAST, SLOW, CARELESS = "", "commit_delay", "synchronous_commit=off"
_DURABLE = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"


@dataclass(frozen=True)
class OpenLedger:
    """A ledger on a database of its own."""

    database: Database
    settings: Settings
    ledger: Ledger
    clock: SystemClock
    ids: RandomIds
    vault: ConnectionPool[Connection[TupleRow]]

    def new_keys(self) -> RecordKeys:
        """Return the keys as a process has them that has just started: none at hand."""
        epochs = EpochKeys(self.settings.data_dir, FileRootKey.open(self.settings.data_dir))
        cache = KeyCache(time.monotonic)
        keys = RecordKeys(self.vault.connection, epochs, cache, self.clock, self.ids)
        keys.start()
        return keys

    def seal(self) -> None:
        """Bring trees, epochs and checkpoint up to the last event."""
        seal_once(sealing(self.database, self.settings, self.clock))

    def check(self) -> Report:
        """Recompute everything."""
        return check_ledger(self.database, self.settings, lambda _: None)


class Place:
    """One embedded server with durable commits; databases on it are made when asked for."""

    def __init__(self, folder: Path, base: Database, stack: ExitStack) -> None:
        self._folder = folder
        self._base = base
        self._stack = stack
        self._databases = 0

    def ledger(self, *, disk: str = FAST) -> OpenLedger:
        """Open an empty ledger on a new database; it is closed at the end of the run."""
        clock = SystemClock()
        database = self.database(disk)
        migrate(database, clock)
        settings = Settings(self._folder / database.name, ledger_name="bench.example")
        ids = RandomIds(clock)
        ledger = self._stack.enter_context(open_ledger(database, settings, clock, ids))
        vault = self._stack.enter_context(database.vault.pool(Role.SERVICE, VAULT_CONNECTIONS))
        return OpenLedger(database, settings, ledger, clock, ids, vault)

    def database(self, disk: str = FAST) -> Database:
        """Make an empty database.

        On the SLOW one every commit waits 2 ms longer before it is flushed, as a slower disk would
        make it; on the CARELESS one no commit waits for the disk.
        """
        self._databases += 1
        name = f"bench_{self._databases}"
        with self._base.connect(Role.OWNER) as owner:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            for setting, value in _DISKS[disk].items():
                statement = sql.SQL("ALTER DATABASE {} SET {} = {}")
                words = (sql.Identifier(name), sql.Identifier(setting), sql.Literal(value))
                owner.execute(statement.format(*words))
        database = self._base.named(name)
        if disk != CARELESS:
            with database.connect(Role.OWNER) as owner:
                durable = owner.execute(_DURABLE).fetchone()
            assert durable == ("on", "on"), "commits are durable or the figures are worth nothing"
        return database

    def settle(self, database: Database) -> None:
        """Let the server do now what it would do some time: statistics, vacuum, checkpoint."""
        with database.connect(Role.OWNER) as owner:
            owner.execute("VACUUM ANALYZE")
            owner.execute("CHECKPOINT")

    def describe(self) -> dict[str, str]:
        """Return what the figures depend on, without a name of a machine or a folder."""
        with self._base.connect(Role.OWNER) as owner:
            number = owner.info.server_version
        cores = os.cpu_count() or 0
        return {
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "processor": f"{cores} cores, {_processor()}",
            "system": f"{platform.system()} {platform.machine()}",
            "postgresql": f"{number // 10000}.{number % 10000}, embedded, durable commits",
            "python": platform.python_version(),
            "fdatasync of 8 kB": f"{_sync_us(self._folder):.0f} us (median)",
            **{name: version(name) for name in ("eventsourcing", "psycopg", "cryptography")},
        }


_DISKS: Final[dict[str, dict[str, str]]] = {
    FAST: {},
    SLOW: {"commit_delay": str(SLOW_DISK_US), "commit_siblings": "0"},
    CARELESS: {"synchronous_commit": "off"},
}


@contextmanager
def open_place() -> Generator[Place]:
    """Start the server in a new folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as cleaning:
        folder = Path(name)
        server = EmbeddedServer(folder, durable=True, extra_settings=EXTRA_SETTINGS)
        cleaning.callback(_remove_elsewhere, server)
        with server, ExitStack() as stack:
            yield Place(folder, server.database.named("postgres"), stack)


def _remove_elsewhere(server: EmbeddedServer) -> None:
    if server.place.home != server.place.control:
        shutil.rmtree(server.place.home)


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _sync_us(folder: Path) -> float:
    """Return how long it takes here until a page is on the disk, microseconds."""
    took: list[float] = []
    with (folder / "sync").open("wb") as file:
        file.write(bytes(SYNCS * PAGE_BYTES))
        os.fsync(file.fileno())
        for place in range(SYNCS):
            os.pwrite(file.fileno(), os.urandom(PAGE_BYTES), place * PAGE_BYTES)
            began_at = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began_at)
    return 1e6 * median(took)
