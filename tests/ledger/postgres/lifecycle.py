"""What the tests of the embedded server look at: its processes and what it keeps."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from ledger.postgres.connect import Role
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.place import Place
from tests.fix_postgres import homes_elsewhere

User = subprocess.Popen[str]
StartUser = Callable[[], User]


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


def read_version(server: EmbeddedServer) -> bool:
    """Tell whether the server does its work."""
    with server.database.connect(Role.OWNER) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


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
