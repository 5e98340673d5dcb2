"""Two writer processes, twelve threads, shared streams: nothing acknowledged is lost or doubled."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from uuid import uuid4

import psycopg
import pytest

from ledger.clock import SystemClock
from ledger.errors import Unavailable
from ledger.opening import check_ledger, sealing
from ledger.postgres.connect import Role
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.migrate import migrate
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from tests.fix_ledger import free_types
from tests.fix_postgres import remove_server_files

pytestmark = pytest.mark.postgres
PROJECT = Path(__file__).resolve().parents[2]
THREADS_PER_PROCESS = 6
STREAMS = 8
RUN_S = 5.0
_ALL = "SELECT command_id::text, position, events FROM ledger.commands WHERE practice_id = %s"


@dataclass
class Client:
    """A writer process, and what it has acknowledged so far."""

    process: "subprocess.Popen[str]"
    acknowledged: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    def listen(self) -> None:
        """Take down what it acknowledges, until it ends."""
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                command_id, position = line.split()
                self.acknowledged.append((command_id, int(position)))


class Simulation:
    """A durable PostgreSQL, and processes that write to it."""

    def __init__(self, server: EmbeddedServer, settings: Settings) -> None:
        self.server = server
        self.settings = settings
        self.practice = uuid4()
        self._streams = ",".join(str(uuid4()) for _ in range(STREAMS))
        self._listening: list[Thread] = []
        self.clients: list[Client] = []

    def start_client(self) -> Client:
        """Start one more writer process."""
        program = [sys.executable, "-m", "tests.simulation.client_program", self.server.base]
        program += [str(self.settings.data_dir), str(self.practice), self._streams]
        client = Client(
            subprocess.Popen(  # noqa: S603 -- our own program
                [*program, str(THREADS_PER_PROCESS)],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        self.clients.append(client)
        self._listening.append(Thread(target=client.listen))
        self._listening[-1].start()
        return client

    def wait_for_acknowledgements(self, more: int) -> None:
        """Wait until so many more events were acknowledged."""
        wanted = self.acknowledged_count() + more
        deadline_s = time.monotonic() + 60
        while self.acknowledged_count() < wanted:
            assert time.monotonic() < deadline_s, "the writers came to a stop"
            time.sleep(0.01)

    def acknowledged_count(self) -> int:
        """Return how many events were acknowledged so far."""
        return sum(len(client.acknowledged) for client in self.clients)

    def finish(self) -> None:
        """End the clients in good order."""
        for client in self.clients:
            if client.process.stdin is not None:
                with suppress(BrokenPipeError):  # it was killed
                    client.process.stdin.close()
        for client in self.clients:
            client.process.wait(60)
        for thread in self._listening:
            thread.join()

    def check(self) -> None:
        """Compare what was acknowledged with what is stored, and recompute all of it."""
        self.finish()
        with self.server.database.connect(Role.AUDITOR) as connection:
            rows = connection.execute(_ALL, (self.practice,)).fetchall()
        stored = {row[0]: (row[1], row[2]) for row in rows}
        acknowledged = [each for client in self.clients for each in client.acknowledged]
        twice = [c for c, times in Counter(c for c, _ in acknowledged).items() if times > 1]
        assert twice == []
        lost = [c for c, position in acknowledged if stored.get(c) != (position, 1)]
        assert lost == []
        assert sorted(position for position, _ in stored.values()) == list(range(len(stored)))
        seal_once(sealing(self.server.database, self.settings, SystemClock()))
        report = check_ledger(self.server.database, self.settings, lambda _events: None)
        assert report.events == len(stored)

    def cut_every_connection(self) -> None:
        """Terminate every backend of everybody else."""
        with self.server.database.connect(Role.OWNER) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    def kill_postgresql(self) -> None:
        """Kill the postmaster and its children at once, and start it again."""
        pid = int((self.server.place.cluster / "postmaster.pid").read_text().split()[0])
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, listed)):
            os.kill(each, signal.SIGKILL)
        for _ in range(20):
            try:
                self.server.start()
            except (Unavailable, psycopg.OperationalError):
                time.sleep(0.2)
            else:
                return
        pytest.fail("PostgreSQL did not come back")


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    """Two clients on a PostgreSQL that forgets nothing it has confirmed."""
    settings = Settings(tmp_path / "data")
    with EmbeddedServer(settings.data_dir, catch_signals=False) as server:
        migrate(server.database, SystemClock())
        free_types(server.database)
        running = Simulation(server, settings)
        for _ in range(2):
            running.start_client()
        running.wait_for_acknowledgements(50)
        yield running
        for client in running.clients:
            client.process.kill()
        running.finish()
    remove_server_files(server)


def test_every_accepted_event_is_there_once(simulation: Simulation) -> None:
    time.sleep(RUN_S)
    simulation.check()


def test_connections_cut_in_mid_run_lose_and_double_nothing(simulation: Simulation) -> None:
    for _ in range(8):
        simulation.wait_for_acknowledgements(60)
        simulation.cut_every_connection()
    simulation.check()


def test_a_killed_writer_loses_and_doubles_nothing(simulation: Simulation) -> None:
    for _ in range(3):
        simulation.wait_for_acknowledgements(60)
        simulation.clients[-1].process.kill()
        simulation.start_client()
    simulation.wait_for_acknowledgements(60)
    simulation.check()


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_a_killed_postgresql_loses_and_doubles_nothing(simulation: Simulation, kills: int) -> None:
    for _ in range(kills):
        simulation.wait_for_acknowledgements(60)
        simulation.kill_postgresql()
    simulation.wait_for_acknowledgements(60)
    simulation.check()
