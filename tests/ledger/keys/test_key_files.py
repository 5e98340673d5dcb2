"""Key files are ours alone, made once, whole when they are seen, and gone when destroyed."""

import os
import stat
import threading
from pathlib import Path

import pytest

from ledger.errors import KeyFileUnsafe
from ledger.keys.files import (
    KEY_FILE_BYTES_MAX,
    destroy_file,
    private_folder,
    read_private,
    wipe,
    write_once,
)

OTHERS = [0o040, 0o020, 0o010, 0o004, 0o002, 0o001, 0o077]
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A private folder."""
    path = tmp_path / "keys"
    private_folder(path)
    return path


def test_a_new_folder_is_private(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_new_file_is_private_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        write_once(folder / "a.key", b"secret")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "a.key").stat().st_mode) == 0o600


def test_what_is_written_is_read(folder: Path) -> None:
    assert write_once(folder / "a.key", b"secret")
    assert read_private(folder / "a.key") == b"secret"
    assert [path.name for path in folder.iterdir()] == ["a.key"]


def test_a_file_is_written_once(folder: Path) -> None:
    write_once(folder / "a.key", b"first")
    assert not write_once(folder / "a.key", b"second")
    assert read_private(folder / "a.key") == b"first"
    assert [path.name for path in folder.iterdir()] == ["a.key"]


def test_no_file_is_none(folder: Path) -> None:
    assert read_private(folder / "a.key") is None


@pytest.mark.parametrize("mode", OTHERS)
def test_a_file_that_others_may_use_is_refused(folder: Path, mode: int) -> None:
    write_once(folder / "a.key", b"secret")
    (folder / "a.key").chmod(0o600 | mode)
    with pytest.raises(KeyFileUnsafe, match="chmod"):
        read_private(folder / "a.key")


@pytest.mark.parametrize("mode", OTHERS)
def test_a_folder_that_others_may_use_is_refused(folder: Path, mode: int) -> None:
    folder.chmod(0o700 | mode)
    with pytest.raises(KeyFileUnsafe, match="chmod"):
        private_folder(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_belongs_to_another_user_is_refused(folder: Path) -> None:
    write_once(folder / "a.key", b"secret")
    os.chown(folder / "a.key", NOBODY, NOBODY)
    with pytest.raises(KeyFileUnsafe, match="another user"):
        read_private(folder / "a.key")
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(KeyFileUnsafe, match="another user"):
        private_folder(folder)


def test_a_link_is_refused(folder: Path) -> None:
    write_once(folder / "a.key", b"secret")
    (folder / "b.key").symlink_to(folder / "a.key")
    with pytest.raises(KeyFileUnsafe, match="link"):
        read_private(folder / "b.key")
    (folder.parent / "linked").symlink_to(folder)
    with pytest.raises(KeyFileUnsafe, match="link"):
        private_folder(folder.parent / "linked")


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"")
    with pytest.raises(KeyFileUnsafe):
        private_folder(tmp_path / "keys")


def test_what_is_no_file_is_refused_without_waiting(folder: Path) -> None:
    os.mkfifo(folder / "a.key", 0o600)
    with pytest.raises(KeyFileUnsafe):
        read_private(folder / "a.key")


@pytest.mark.parametrize("length", [0, KEY_FILE_BYTES_MAX + 1])
def test_a_file_of_a_wrong_length_is_refused(folder: Path, length: int) -> None:
    write_once(folder / "a.key", bytes(length))
    with pytest.raises(KeyFileUnsafe, match="length"):
        read_private(folder / "a.key")


def test_of_many_writers_one_wins_and_all_read_the_same(folder: Path) -> None:
    start = threading.Barrier(16)
    seen: list[tuple[bool, bytes | bytearray | None]] = []

    def write(number: int) -> None:
        start.wait()
        won = write_once(folder / "a.key", bytes([number]) * 32)
        seen.append((won, read_private(folder / "a.key")))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(won for won, _ in seen) == 1
    assert len({bytes(content or b"") for _, content in seen}) == 1


def test_a_destroyed_file_is_overwritten_then_removed(folder: Path) -> None:
    """A second name for the same file shows what became of its bytes."""
    write_once(folder / "a.key", b"secret" * 10)
    (folder / ".a.key.left-by-a-crash").hardlink_to(folder / "a.key")
    (folder.parent / "copy").hardlink_to(folder / "a.key")
    destroy_file(folder / "a.key")
    assert list(folder.iterdir()) == []
    assert b"secret" not in (folder.parent / "copy").read_bytes()
    assert (folder.parent / "copy").stat().st_size == 60


def test_destroying_what_is_not_there_is_fine(folder: Path) -> None:
    destroy_file(folder / "a.key")
    destroy_file(folder / "a.key")


def test_wiping_overwrites_in_place() -> None:
    secret = bytearray(b"secret")
    view = memoryview(secret)
    wipe(secret)
    assert bytes(view) == bytes(6)
