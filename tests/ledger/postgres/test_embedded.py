"""The embedded server: what it keeps, how it is set up, and how it survives its users' ends."""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.errors import Tampered, Unavailable
from ledger.postgres import postmaster
from ledger.postgres.connect import Role
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.place import Place
from tests.fix_postgres import homes_elsewhere

pytestmark = pytest.mark.postgres
REPOSITORY = Path(__file__).parents[3]
TIME_LIMIT_S = 60

User = subprocess.Popen[str]
StartUser = Callable[[], User]


@pytest.fixture
def server(data_dir: Path) -> EmbeddedServer:
    """Prepare a server of the test's own."""
    return EmbeddedServer(data_dir, durable=False)


@pytest.fixture
def start_user(data_dir: Path) -> Iterator[StartUser]:
    """Start other processes that use the server; none outlives the test."""
    started: list[User] = []

    def start() -> User:
        program = str(Path(__file__).with_name("embedded_user.py"))
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, program, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ready(process: User) -> str:
    """Wait until the other process has its server; return the server's connection base."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready "), line
    return line.removeprefix("ready ").strip()


def main_process_id(place: Place) -> int:
    """Return the number of the server's main process."""
    return int((place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])


def ends_within(process_id: int, seconds: float) -> bool:
    """Tell whether a process that is not our child is gone (or only a zombie) in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def write_note(server: EmbeddedServer, note: str) -> None:
    """Commit something to be found again."""
    with server.database.connect(Role.OWNER) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS public.notes (note text)")
        connection.execute("INSERT INTO public.notes VALUES (%s)", [note])


def read_notes(server: EmbeddedServer) -> list[str]:
    """Return what was committed."""
    with server.database.connect(Role.OWNER) as connection:
        rows = connection.execute("SELECT note FROM public.notes ORDER BY note").fetchall()
    return [note for (note,) in rows]


def test_what_was_stored_is_there_after_a_restart(server: EmbeddedServer, data_dir: Path) -> None:
    """A second life begins where the first ended, and nothing answers in between."""
    with server:
        write_note(server, "kept")
    assert postmaster.answers(server.base) is False
    with EmbeddedServer(data_dir, durable=False) as again:
        assert read_notes(again) == ["kept"]
    assert not (again.place.cluster / "postmaster.pid").exists()


def test_set_up_for_privacy_and_safety(server: EmbeddedServer) -> None:
    """No network, no values in the log, checksums on, and no way to change that by SQL."""
    expected = {
        "listen_addresses": "",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_min_duration_statement": "-1",
        "log_statement": "ddl",
        "unix_socket_permissions": "0700",
        "allow_alter_system": "off",
        "TimeZone": "UTC",
    }
    with server, server.database.connect(Role.OWNER) as connection:
        shown = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(expected)]
        )
        assert dict(shown.fetchall()) == expected


def test_a_durable_server_waits_for_the_disk(data_dir: Path) -> None:
    """The default keeps fsync, full pages and synchronous commit on."""
    names = ["fsync", "full_page_writes", "synchronous_commit"]
    with EmbeddedServer(data_dir) as server, server.database.connect(Role.OWNER) as connection:
        shown = connection.execute("SELECT setting FROM pg_settings WHERE name = ANY (%s)", [names])
        assert [row[0] for row in shown] == ["on", "on", "on"]


def test_extra_settings_come_last(data_dir: Path) -> None:
    """A benchmark may imitate a slower disk."""
    server = EmbeddedServer(data_dir, durable=False, extra_settings={"commit_delay": "2000"})
    with server, server.database.connect(Role.OWNER) as connection:
        assert connection.execute("SHOW commit_delay").fetchone() == ("2000",)


def test_only_root_and_its_user_get_in(server: EmbeddedServer) -> None:
    """Every access rule asks the kernel who is there; nobody is trusted."""
    with server, server.database.connect(Role.OWNER) as connection:
        rules = connection.execute("SELECT type, auth_method FROM pg_hba_file_rules").fetchall()
        users = connection.execute("SELECT sys_name, error FROM pg_ident_file_mappings").fetchall()
    assert rules == [("local", "peer")]
    assert {name for name, _ in users} == {"root", pwd.getpwuid(os.geteuid()).pw_name}
    assert {error for _, error in users} == {None}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_not_even_postgresqls_own_user_gets_in(server: EmbeddedServer) -> None:
    """Whoever takes over PostgreSQL's user can reach the socket, and is turned away there."""
    with server:
        account = server.place.account
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(account.group_id)
            os.setuid(account.user_id)
            try:
                server.database.connect(Role.OWNER)
            except Unavailable:
                os._exit(0)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_postgresql_is_never_root_and_gets_no_secrets(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process has another user and nothing of our environment."""
    monkeypatch.setenv("LEDGER_SECRET", "planted")
    with server:
        process = Path(f"/proc/{main_process_id(server.place)}")
        assert process.stat().st_uid != 0
        assert b"planted" not in (process / "environ").read_bytes()


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


def read_version(server: EmbeddedServer) -> bool:
    """Tell whether the server does its work."""
    with server.database.connect(Role.OWNER) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


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


def processes_in(data_dir: Path) -> list[str]:
    """Return the processes that work inside this test's cluster, wherever it lives."""
    belongs = [str(data_dir), *(str(home) for home in homes_elsewhere(data_dir))]
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            folder = str((process / "cwd").readlink())
        except OSError:
            continue
        if any(folder.startswith(name) for name in belongs):
            found.append(folder)
    return found


def test_a_cluster_that_is_gone_is_not_silently_replaced(data_dir: Path) -> None:
    """A recorded database that cannot be found stops the start: it may only be unmounted."""
    control = data_dir / "postgres"
    control.mkdir(parents=True)
    (control / "elsewhere").write_text(f"{data_dir / 'unmounted'}\n")
    with pytest.raises(Tampered, match="elsewhere"):
        EmbeddedServer(data_dir, durable=False).start()
    (control / "elsewhere").unlink()


def test_a_half_made_cluster_is_made_again(server: EmbeddedServer, data_dir: Path) -> None:
    """What an interrupted initdb left behind is no obstacle."""
    unfinished = data_dir / "postgres" / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with server:
        assert read_version(server)


def test_a_server_that_cannot_start_says_where_to_read(data_dir: Path) -> None:
    """One sentence with the path of the log, not the log."""
    server = EmbeddedServer(data_dir, durable=False, extra_settings={"shared_buffers": "lots"})
    with pytest.raises(Unavailable, match=r"start\.log"):
        server.start()
    assert processes_in(data_dir) == []
