"""Runs initdb and PostgreSQL's main process, as the right user and out of the terminal's reach."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import psycopg

from ledger.errors import SettingsInvalid, Unavailable
from ledger.postgres.binaries import MAJOR, Binaries
from ledger.postgres.connect import EMBEDDED_ADMIN, Database, Role
from ledger.postgres.place import SOCKET_LOCK_NAME, Place, private_folder

START_S_MAX: Final = 60
# After a crash the server replays its log before it lets anybody in.
RECOVERY_S_MAX: Final = 900
STOP_S_MAX: Final = 60
INITDB_S_MAX: Final = 300
_POLL_S: Final = 0.02
_PROBE_S: Final = 5
_GROUP_END_S_MAX: Final = 5
# libpq gives no SQLSTATE here; all that PostgreSQL says with 57P03 begins like this.
_NOT_NOW: Final = "the database system is"
# PostgreSQL gets no secrets of ours: nothing of the environment is handed down.
_ENVIRONMENT: Final = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
# What a new server says while processes of a killed one still linger.
_LINGERING: Final = (b"pre-existing shared memory block", b'lock file "postmaster.pid"')


def make_cluster(binaries: Binaries, place: Place, *, durable: bool) -> None:
    """Make a new cluster; whatever interrupts it, `place.cluster` is whole or absent.

    Raises Unavailable if initdb fails.
    """
    if place.unfinished.exists():
        shutil.rmtree(place.unfinished)
    private_folder(place.unfinished, place.account)
    command = [binaries.program("initdb"), "--pgdata", str(place.unfinished)]
    command += ["--username", EMBEDDED_ADMIN, "--auth-local", "peer", "--auth-host", "reject"]
    command += ["--encoding", "UTF8", "--locale-provider", "builtin"]
    command += ["--builtin-locale", "C.UTF-8", "--locale", "C", "--data-checksums"]
    command += ["--no-instructions", *([] if durable else ["--no-sync"])]
    if _run_in_a_group(command, place) != 0:
        raise Unavailable(f"PostgreSQL could not make its files: read {place.start_log}")
    place.unfinished.rename(place.cluster)


def confirm_major(place: Place) -> None:
    """Refuse a cluster that another major version made: these programs cannot read its files.

    Raises SettingsInvalid. A folder without a version is left to PostgreSQL to complain about.
    """
    try:
        found = (place.cluster / "PG_VERSION").read_text("ascii").strip()
    except FileNotFoundError:
        return
    if found != MAJOR:
        raise SettingsInvalid(
            f"this data was made by another major version of PostgreSQL than {MAJOR}, which comes"
            " with this program: go on with the release that made it, or move the data"
            " (docs/runbook.md)"
        )


def _run_in_a_group(command: list[str], place: Place) -> int:
    with uninterrupted(), _fresh_log(place) as log:
        process = _spawn(command, place, log)
    try:
        return process.wait(INITDB_S_MAX)
    except BaseException:
        # initdb has a server of its own that would go on writing for a while.
        for number in (signal.SIGTERM, signal.SIGKILL):
            if _group_ends(process, number):
                break
        raise


def _group_ends(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    deadline = time.monotonic() + _GROUP_END_S_MAX
    while time.monotonic() < deadline:
        process.poll()
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            # macOS says "not permitted" of a group in which only zombies are left.
            return True
        time.sleep(_POLL_S)
    return False


def _spawn(command: list[str], place: Place, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- fixed words and our own paths
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
        user=place.account.run_user,
        group=place.account.run_group,
        extra_groups=place.account.run_extra_groups,
    )


def launch(binaries: Binaries, place: Place, main_file: Path) -> subprocess.Popen[bytes]:
    """Start PostgreSQL's main process in a session of its own and return it at once."""
    command = [binaries.program("postgres"), "-D", str(place.cluster)]
    command += ["-c", f"config_file={main_file}"]
    with _fresh_log(place) as log:
        return _spawn(command, place, log)


@contextmanager
def uninterrupted() -> Generator[None]:
    """Hold back Ctrl-C and its like until a new process is in somebody's hands."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _fresh_log(place: Place) -> IO[bytes]:
    place.start_log.unlink(missing_ok=True)
    place.start_log.touch(mode=0o600)
    return place.start_log.open("wb")


def answers(base: str) -> bool | None:
    """Tell whether the server at `base` lets us in; None while it recovers or shuts down."""
    try:
        psycopg.connect(Database.from_socket(base, "postgres").conninfo(Role.OWNER)).close()
    except psycopg.OperationalError as error:
        return None if _NOT_NOW in str(error) else False
    return True


def settles(base: str) -> bool:
    """Wait while the server recovers or shuts down, then tell whether it lets us in."""
    deadline = time.monotonic() + RECOVERY_S_MAX
    while (answer := answers(base)) is None and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    if answer is None:
        raise Unavailable("PostgreSQL does not finish recovering: try again later")
    return answer


def wait_until_it_answers(base: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a new server lets us in; False as soon as its process ends, or never answers."""
    started = time.monotonic()
    while True:
        answer = answers(base)
        if answer:
            return True
        limit_s = RECOVERY_S_MAX if answer is None else START_S_MAX
        if process.poll() is not None or time.monotonic() - started > limit_s:
            return False
        time.sleep(_POLL_S)


def lingers(place: Place) -> bool:
    """Tell whether the start failed only because a killed server's processes are still ending."""
    text = place.start_log.read_bytes()
    return any(words in text for words in _LINGERING)


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Stop our own server: fast first (clients are cut off, everything is written), then harder."""
    for signal_number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(signal_number)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            continue


def stop_adopted(binaries: Binaries, place: Place) -> None:
    """Stop a server that another process started and left behind."""
    command = [binaries.program("pg_ctl"), "stop", "-D", str(place.cluster)]
    command += ["--mode", "fast", "--wait", "--timeout", str(STOP_S_MAX)]
    # Run as PostgreSQL's user: the process id comes from its file and may be only its own.
    subprocess.run(  # noqa: S603 -- fixed words and our own paths
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=_ENVIRONMENT,
        cwd="/",
        timeout=2 * STOP_S_MAX,
        start_new_session=True,
        user=place.account.run_user,
        group=place.account.run_group,
        extra_groups=place.account.run_extra_groups,
    )


def forget_stale_process(place: Place, sockets: Path) -> None:
    """Remove lock files whose process number is no longer this cluster's server.

    PostgreSQL itself forgives a number nobody has; but after a reboot or in a container the
    number is soon taken again, and a killed server that nobody waited for still has its own.
    """
    for lock_file in (place.cluster / "postmaster.pid", sockets / SOCKET_LOCK_NAME):
        try:
            process_id = int(lock_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            continue
        if not _is_server(process_id, place):
            lock_file.unlink(missing_ok=True)


def _is_server(process_id: int, place: Place) -> bool:
    if sys.platform == "linux":
        try:
            # PostgreSQL works inside its cluster's folder.
            return Path(f"/proc/{process_id}/cwd").samefile(place.cluster)
        except OSError:
            return False
    done = subprocess.run(  # noqa: S603 -- fixed words and a number
        ["/bin/ps", "-o", "command=", "-p", str(process_id)],
        check=False,
        capture_output=True,
        timeout=_PROBE_S,
    )
    return os.fsencode(place.cluster) in done.stdout


def with_extra(extra: Mapping[str, str] | None, *, durable: bool) -> dict[str, str]:
    """Return the settings that differ from the usual; not durable is for tests only."""
    fast = {} if durable else {"fsync": "off", "full_page_writes": "off"}
    return {**fast, **(extra or {})}
