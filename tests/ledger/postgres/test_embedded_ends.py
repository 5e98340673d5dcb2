"""The embedded server survives its users' ends and its own, and is never left behind."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from ledger.postgres import postmaster
from ledger.postgres.embedded import EmbeddedServer
from tests.ledger.postgres.lifecycle import (
    StartUser,
    ends_within,
    main_process_id,
    processes_in,
    read_notes,
    read_version,
    ready,
    write_note,
)

pytestmark = pytest.mark.postgres
TIME_LIMIT_S = 60


def test_a_killed_server_comes_back_with_everything(server: EmbeddedServer) -> None:
    """After kill -9 of its main process, start brings it back and recovers."""
    with server:
        write_note(server, "before")
        os.kill(main_process_id(server.place), signal.SIGKILL)
        server.start()
        write_note(server, "after")
        assert read_notes(server) == ["after", "before"]
    assert postmaster.answers(server.base) is False


def test_a_stale_process_number_taken_by_another_program_is_forgotten(
    server: EmbeddedServer,
) -> None:
    """After a reboot the number in postmaster.pid may be a living program's of the same user."""
    with server:
        place, pid_file = server.place, server.place.cluster / "postmaster.pid"
        left = pid_file.read_text()
    other = subprocess.Popen(
        ["/bin/sleep", "60"], user=place.account.run_user, group=place.account.run_group
    )
    try:
        pid_file.write_text(f"{other.pid}\n" + left.split("\n", 1)[1])
        os.chown(pid_file, place.account.user_id, place.account.group_id)
        with server:
            assert main_process_id(place) != other.pid
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_second_user_joins_and_the_last_one_stops_it(
    server: EmbeddedServer, start_user: StartUser
) -> None:
    """One server for all: it outlives the process that started it while another needs it."""
    first = start_user()
    base = ready(first)
    with server:
        assert server.base == base
        first.terminate()
        first.communicate(timeout=TIME_LIMIT_S)
        write_note(server, "kept")
        assert read_notes(server) == ["kept"]
    assert postmaster.answers(base) is False


def test_several_first_starts_at_once_make_one_server(
    start_user: StartUser, data_dir: Path
) -> None:
    """The race to make the cluster has one winner, whom the others join."""
    users = [start_user() for _ in range(3)]
    assert len({ready(user) for user in users}) == 1
    for user in users:
        _, errors = user.communicate(timeout=TIME_LIMIT_S)
        assert (user.returncode, errors) == (0, "")
    server = EmbeddedServer(data_dir, durable=False)
    server.start()
    server.stop()
    assert postmaster.answers(server.base) is False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_its_user_stops_it_cleanly(
    start_user: StartUser, server: EmbeddedServer, number: signal.Signals
) -> None:
    """Ctrl-C to the whole group, SIGTERM and SIGHUP all end in an orderly shutdown."""
    user = start_user()
    base = ready(user)
    os.killpg(user.pid, number)
    output, _ = user.communicate(timeout=TIME_LIMIT_S)
    assert user.returncode != 0
    assert postmaster.answers(base) is False
    if number == signal.SIGINT:
        assert "still there" in output
    with server:
        logged = "".join(path.read_text() for path in server.place.logs.iterdir())
    assert "received fast shutdown request" in logged
    assert "database system was not properly shut down" not in logged


def test_a_killed_user_leaves_a_server_that_the_next_one_takes_over(
    start_user: StartUser, server: EmbeddedServer
) -> None:
    """After kill -9 of its only user the server goes on; the next to leave stops it."""
    user = start_user()
    base = ready(user)
    user.kill()
    user.wait(TIME_LIMIT_S)
    assert postmaster.answers(base)
    with server:
        process_id = main_process_id(server.place)
        assert read_version(server)
    assert ends_within(process_id, TIME_LIMIT_S)
    assert postmaster.answers(base) is False


@pytest.mark.parametrize(
    ("number", "delay_s"),
    [(signal.SIGINT, 0.4), (signal.SIGTERM, 0.8), (signal.SIGINT, 1.2), (signal.SIGTERM, 1.6)],
)
def test_an_interrupted_start_leaves_no_orphan(
    start_user: StartUser, data_dir: Path, number: signal.Signals, delay_s: float
) -> None:
    """Whenever the interruption comes, no PostgreSQL stays behind, and the next start works."""
    user = start_user()
    time.sleep(delay_s)
    os.killpg(user.pid, number)
    user.communicate(timeout=TIME_LIMIT_S)
    assert processes_in(data_dir) == []
    with EmbeddedServer(data_dir, durable=False) as server:
        assert read_version(server)


def test_a_half_made_cluster_is_made_again(server: EmbeddedServer, data_dir: Path) -> None:
    """What an interrupted initdb left behind is no obstacle."""
    unfinished = data_dir / "postgres" / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with server:
        assert read_version(server)
