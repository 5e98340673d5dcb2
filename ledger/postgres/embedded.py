"""An embedded PostgreSQL under DATA_DIR: started with the first user, stopped with the last.

Processes that use one DATA_DIR share one server. Each holds a shared lock for as long as it uses
the server; who gives it back last stops the server. Locks of killed processes are freed by the
kernel, so a server that lost its starter is simply taken over by whoever comes next.
"""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, NoReturn, Self

import psycopg
from psycopg import conninfo, sql

from ledger.errors import Unavailable
from ledger.postgres import postmaster
from ledger.postgres.account import can_run
from ledger.postgres.binaries import Binaries, copy_binaries, find_binaries
from ledger.postgres.configuration import write_configuration
from ledger.postgres.connect import EMBEDDED_DATABASE_NAME, Database, Role
from ledger.postgres.locks import FileLock, only_one
from ledger.postgres.place import (
    FALLBACK_PARENT,
    Place,
    control_folder,
    find_place,
    private_folder,
    record_place,
    socket_folder,
)
from ledger.postgres.say import Say, say_nothing

_LINGER_S_MAX: Final = 30
_RETRY_S: Final = 0.1
_SIGNAL_EXIT: Final = 128


class EmbeddedServer:
    """The PostgreSQL of one DATA_DIR; a context manager, or `start` and `stop`."""

    def __init__(  # noqa: PLR0913 -- the last four are for tests
        self,
        data_dir: Path,
        *,
        say: Say = say_nothing,
        durable: bool = True,
        extra_settings: Mapping[str, str] | None = None,
        fallback_parent: Path = FALLBACK_PARENT,
        catch_signals: bool = True,
    ) -> None:
        """Prepare, without touching anything.

        `durable=False` switches fsync off, `extra_settings` (postgresql.conf names) come last,
        `fallback_parent` is where a cluster goes that cannot live under `data_dir`.
        """
        self._data_dir = data_dir.absolute()
        self._say = say
        self._durable = durable
        self._extra = postmaster.with_extra(extra_settings, durable=durable)
        self._fallback_parent = fallback_parent
        self._catch_signals = catch_signals
        self._place: Place | None = None
        self._binaries: Binaries | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._users: FileLock | None = None
        self._base = ""
        # A forked child inherits this object but not the right to stop its parent's server.
        self._process_id = 0

    def start(self) -> str:
        """Start the server or join the running one; return the base of its connection strings.

        Calling it again brings back a server that died. Raises Unavailable if PostgreSQL does not
        start, SettingsInvalid if it cannot run here, both saying what to do.
        """
        self._turn_signals_into_exits()
        try:
            return self._start()
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(
                f"PostgreSQL could not be started ({type(error).__name__}): check the rights to"
                " DATA_DIR and the space on its disk"
            ) from error

    def _start(self) -> str:
        control = control_folder(self._data_dir)
        with only_one(control / "start.lock"):
            self._place = place = find_place(control, self._fallback_parent, self._say)
            self._binaries = self._binaries or self._usable_binaries(place)
            sockets = socket_folder(place)
            self._base = conninfo.make_conninfo(host=str(sockets), hostaddr="", port="5432")
            try:
                self._start_or_join(place, sockets)
                self._make_database()
            except BaseException:
                self._stop_own_process()
                raise
            if self._users is None:
                self._users = FileLock(place.control / "users.lock")
                self._users.share()
                self._process_id = os.getpid()
                atexit.register(self.stop)
        return self._base

    def stop(self) -> None:
        """Give the server back; the last one to do so stops it. Harmless when called again."""
        users, place, binaries = self._users, self._place, self._binaries
        if users is None or place is None or binaries is None or os.getpid() != self._process_id:
            return
        with only_one(place.control / "start.lock"):
            last = users.try_alone()
            if last:
                self._stop_own_process()
                if postmaster.answers(self._base) is not False:
                    postmaster.stop_adopted(binaries, place)
            users.close()
            self._users = None
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the server back, whatever happened."""
        self.stop()

    @property
    def base(self) -> str:
        """The connection string without user and database; empty before `start`."""
        return self._base

    @property
    def place(self) -> Place:
        """Where the cluster lives; only after `start`."""
        assert self._place is not None
        return self._place

    @property
    def database(self) -> Database:
        """The product's database on this server."""
        return Database.from_socket(self._base, EMBEDDED_DATABASE_NAME)

    def _usable_binaries(self, place: Place) -> Binaries:
        found = find_binaries()
        if can_run(place.account, found.program("initdb")):
            return found
        self._fallback_parent.mkdir(parents=True, exist_ok=True)
        copied = copy_binaries(found, self._fallback_parent)
        if not can_run(place.account, copied.program("initdb")):
            raise Unavailable(
                f"PostgreSQL's user {place.account.name} cannot run programs in"
                f" {self._fallback_parent}: make that folder one that others may pass through"
            )
        return copied

    def _start_or_join(self, place: Place, sockets: Path) -> None:
        if place.cluster.is_dir() and postmaster.settles(self._base):
            return
        postmaster.confirm_major(place)
        assert self._binaries is not None
        if not place.cluster.is_dir():
            self._say("Making a database for the first time; this takes a few seconds.")
            postmaster.make_cluster(self._binaries, place, durable=self._durable)
            record_place(place)
        private_folder(place.logs, place.account)
        main_file = write_configuration(place, sockets, self._extra)
        deadline = time.monotonic() + _LINGER_S_MAX
        while not self._launched(place, sockets, main_file):
            if not postmaster.lingers(place) or time.monotonic() > deadline:
                raise Unavailable(
                    f"PostgreSQL does not start: read start.log and logs in {place.home}"
                )
            time.sleep(_RETRY_S)

    def _launched(self, place: Place, sockets: Path, main_file: Path) -> bool:
        assert self._binaries is not None
        # A killed server of ours must be waited for before its number counts as free.
        self._stop_own_process()
        postmaster.forget_stale_process(place, sockets)
        with postmaster.uninterrupted():
            self._process = postmaster.launch(self._binaries, place, main_file)
        started = postmaster.wait_until_it_answers(self._base, self._process)
        if not started:
            self._stop_own_process()
        return started

    def _make_database(self) -> None:
        admin = Database.from_socket(self._base, "postgres")
        with admin.connect(Role.OWNER) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s", [EMBEDDED_DATABASE_NAME]
            )
            if found.fetchone() is not None:
                return
            name = sql.Identifier(EMBEDDED_DATABASE_NAME)
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
            except psycopg.Error as error:
                raise Unavailable(
                    f"the database could not be made (SQLSTATE {error.sqlstate})"
                ) from error

    def _stop_own_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            postmaster.stop_process(process)

    def _turn_signals_into_exits(self) -> None:
        if not self._catch_signals or threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            # Only where nobody else has a plan: the default would end us without a goodbye.
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _exit_for_signal)


def _exit_for_signal(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    sys.exit(_SIGNAL_EXIT + number)
