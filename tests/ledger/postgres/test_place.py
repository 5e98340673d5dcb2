"""Where the embedded database lives, and that nobody's folder is opened up for it."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import SettingsInvalid
from ledger.postgres.account import can_run
from ledger.postgres.binaries import copy_binaries, find_binaries
from ledger.postgres.connect import Role
from ledger.postgres.embedded import EmbeddedServer

pytestmark = pytest.mark.postgres
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Offer a folder that every user may pass through, as a clone in /opt would be."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def modes(folder: Path) -> dict[Path, int]:
    """Return the permissions of a folder and of all above it."""
    return {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.parents)}


def works(server: EmbeddedServer) -> bool:
    """Tell whether the server answers a query."""
    with server.database.connect(Role.OWNER) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


@as_root
def test_under_a_private_parent_it_lives_elsewhere(data_dir: Path) -> None:
    """Root's PostgreSQL cannot enter a 0700 folder; the folder stays as it was."""
    data_dir.parent.chmod(0o700)
    before = modes(data_dir.parent)
    said: list[str] = []
    with EmbeddedServer(data_dir, durable=False, say=said.append) as server:
        home = server.place.home
        assert data_dir not in home.parents
        assert works(server)
        assert any(str(home) in sentence for sentence in said)
    with EmbeddedServer(data_dir, durable=False) as again:
        assert again.place.home == home
        assert works(again)
    assert modes(data_dir.parent) == before


@as_root
def test_under_an_open_parent_it_lives_in_the_data_folder(open_folder: Path) -> None:
    """Where PostgreSQL's user can pass through, everything is below DATA_DIR."""
    before = modes(open_folder)
    with EmbeddedServer(open_folder / "data", durable=False) as server:
        assert server.place.home == open_folder / "data" / "postgres"
        assert works(server)
        for private in (server.place.cluster, server.place.logs):
            assert stat.S_IMODE(private.stat().st_mode) & 0o077 == 0
            assert private.stat().st_uid == server.place.account.user_id
        assert server.place.config.stat().st_uid == 0
    assert modes(open_folder) == before


@as_root
def test_programs_out_of_reach_are_copied_once(open_folder: Path) -> None:
    """A virtual environment under a private home is not opened up: its programs are copied."""
    with EmbeddedServer(open_folder / "data", durable=False) as server:
        account = server.place.account
    first = copy_binaries(find_binaries(), open_folder)
    made_at = first.root.stat().st_mtime_ns
    assert can_run(account, first.program("initdb"))
    assert copy_binaries(find_binaries(), open_folder) == first
    assert first.root.stat().st_mtime_ns == made_at
    assert [path for path in open_folder.iterdir() if path.name.startswith("copying")] == []


@as_root
def test_a_server_runs_from_copied_programs(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the programs is all PostgreSQL needs."""
    copied = copy_binaries(find_binaries(), open_folder)
    monkeypatch.setattr("ledger.postgres.embedded.find_binaries", lambda: copied)
    with EmbeddedServer(open_folder / "data", durable=False) as server:
        assert works(server)


def test_a_long_path_gets_a_short_private_socket(open_folder: Path) -> None:
    """A socket's address has 107 bytes at most; the substitute is as private, and is reused."""
    data_dir = open_folder / ("long" * 30)
    with EmbeddedServer(data_dir, durable=False) as server:
        base = server.base
        sockets = Path((server.place.home / "socket-elsewhere").read_text().strip())
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert works(server)
    with EmbeddedServer(data_dir, durable=False) as again:
        assert again.base == base
        assert works(again)
    # After a reboot /tmp is empty, or somebody else's folder has the old name.
    sockets.rmdir()
    sockets.mkdir(mode=0o755)
    with EmbeddedServer(data_dir, durable=False) as moved:
        assert moved.base != base
        assert works(moved)
        last = Path((moved.place.home / "socket-elsewhere").read_text().strip())
    sockets.rmdir()
    last.rmdir()


def test_an_odd_path_is_no_obstacle(open_folder: Path) -> None:
    """Spaces, quotes, commas and letters of other alphabets may be in DATA_DIR."""
    with EmbeddedServer(open_folder / """a b,c'd"e é""", durable=False) as server:
        assert works(server)
        moved = server.place.home / "socket-elsewhere"
        sockets = Path(moved.read_text().strip())
    sockets.rmdir()


@as_root
def test_a_data_folder_of_another_user_is_left_alone(open_folder: Path) -> None:
    """Root does not write among another user's files: it says to run as that user."""
    control = open_folder / "data" / "postgres"
    control.mkdir(parents=True)
    os.chown(control, 65534, 65534)
    with pytest.raises(SettingsInvalid, match="run as that user"):
        EmbeddedServer(open_folder / "data", durable=False).start()
