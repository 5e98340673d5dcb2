"""The embedded server: what it keeps, how it is set up, and who may use it."""

import contextlib
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.errors import SettingsInvalid, Tampered, Unavailable
from ledger.postgres import postmaster
from ledger.postgres.account import Account, can_run
from ledger.postgres.binaries import find_binaries
from ledger.postgres.connect import Role
from ledger.postgres.embedded import EmbeddedServer
from tests.ledger.postgres.lifecycle import (
    main_process_id,
    processes_in,
    read_notes,
    read_version,
    write_note,
)

pytestmark = pytest.mark.postgres
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


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


def succeeds_as(user_id: int, group_id: int, act: Callable[[], bool]) -> bool:
    """Do something in a child process of another user; only root can."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.setgroups([])
            os.setgid(group_id)
            os.setuid(user_id)
            os._exit(0 if act() else 1)
        os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@as_root
def test_not_even_postgresqls_own_user_gets_in(server: EmbeddedServer) -> None:
    """Whoever takes over PostgreSQL's user can reach the socket, and is turned away there."""

    def refused() -> bool:
        sockets = Path(server.database.parameters[Role.OWNER]["host"])
        assert list(sockets.iterdir()) != []
        with pytest.raises(Unavailable):
            server.database.connect(Role.OWNER)
        return True

    with server:
        assert succeeds_as(server.place.account.user_id, server.place.account.group_id, refused)


@as_root
def test_an_ordinary_user_runs_it_as_themselves() -> None:
    """Without root nothing is changed about users, and everything is below DATA_DIR, private."""
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    server = EmbeddedServer(folder / "data", durable=False, catch_signals=False)

    def runs() -> bool:
        with server:
            works = read_version(server)
            mode = stat.S_IMODE((folder / "data").stat().st_mode)
            mine = server.place.cluster.stat().st_uid == nobody.pw_uid
        return works and mine and mode == 0o700 and postmaster.answers(server.base) is False

    reachable = find_binaries()
    account = Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid, dropped=True)
    if not can_run(account, reachable.program("initdb")):
        pytest.skip("PostgreSQL's programs are in a folder that only root can enter")
    try:
        assert succeeds_as(nobody.pw_uid, nobody.pw_gid, runs)
    finally:
        shutil.rmtree(folder)


def test_postgresql_is_never_root_and_gets_no_secrets(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process has another user and nothing of our environment."""
    monkeypatch.setenv("LEDGER_SECRET", "planted")
    with server:
        process = Path(f"/proc/{main_process_id(server.place)}")
        assert process.stat().st_uid != 0
        assert b"planted" not in (process / "environ").read_bytes()


def test_a_cluster_that_is_gone_is_not_silently_replaced(data_dir: Path) -> None:
    """A recorded database that cannot be found stops the start: it may only be unmounted."""
    control = data_dir / "postgres"
    control.mkdir(parents=True)
    (control / "elsewhere").write_text(f"{data_dir / 'unmounted'}\n")
    with pytest.raises(Tampered, match="elsewhere"):
        EmbeddedServer(data_dir, durable=False).start()
    (control / "elsewhere").unlink()


def test_data_of_another_major_version_is_left_alone(data_dir: Path) -> None:
    """What to do is said before PostgreSQL fails at it."""
    with EmbeddedServer(data_dir, durable=False) as server:
        write_note(server, "kept")
        version = server.place.cluster / "PG_VERSION"
    original = version.read_text()
    version.write_text("17\n")
    with pytest.raises(SettingsInvalid, match=r"docs/runbook\.md"):
        EmbeddedServer(data_dir, durable=False).start()
    version.write_text(original)
    with EmbeddedServer(data_dir, durable=False) as again:
        assert read_notes(again) == ["kept"]


def test_a_server_that_cannot_start_says_where_to_read(data_dir: Path) -> None:
    """One sentence with the path of the log, not the log."""
    server = EmbeddedServer(data_dir, durable=False, extra_settings={"shared_buffers": "lots"})
    with pytest.raises(Unavailable, match=r"start\.log"):
        server.start()
    assert processes_in(data_dir) == []
