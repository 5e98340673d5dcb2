"""Key files: created once, readable by nobody else, and overwritten before they are removed."""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from ledger.errors import KeyFileUnsafe

KEY_FILE_BYTES_MAX: Final = 8_192
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def private_folder(folder: Path) -> None:
    """Make a folder only we may enter; raises `KeyFileUnsafe` when the one there is another's."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        _sync_folder(folder.parent)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise KeyFileUnsafe("the folder of the keys is a link or a file: make it a folder")
    refuse_others(found)


def read_private(path: Path) -> bytearray | None:
    """Return a key file's content, None when there is no file; the caller overwrites it after use.

    Raises `KeyFileUnsafe` for a link, a file that others may read or own, or one that is too long.
    """
    try:
        descriptor = os.open(path, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyFileUnsafe("a key file is a link or cannot be read by this user") from error
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise KeyFileUnsafe("a key file is not a regular file")
        refuse_others(found)
        if not 0 < found.st_size <= KEY_FILE_BYTES_MAX:
            raise KeyFileUnsafe("a key file has the wrong length: restore it")
        content = bytearray(found.st_size)
        if file.readinto(content) != found.st_size:
            raise KeyFileUnsafe("a key file has the wrong length: restore it")
        return content


def write_once(path: Path, content: bytes | bytearray) -> bool:
    """Create a key file, complete and on disk; False when there is one, which stays as it is.

    The content appears under its name in one step (a hard link), so that a process that loses the
    race reads the winner's whole file.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, _CREATE, 0o600)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            file.write(content)
            os.fsync(descriptor)
        os.link(unfinished, path)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
        _sync_folder(path.parent)
    return True


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in the place of another in one step, on disk when this returns."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, _CREATE, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        file.write(content)
        os.fsync(descriptor)
    unfinished.rename(path)
    _sync_folder(path.parent)


def destroy_file(path: Path) -> None:
    """Overwrite and remove a key file, and copies a crash of `write_once` left; none is fine.

    On a disk or file system that writes elsewhere than before (flash, copy on write, snapshots)
    the old bytes may outlive this: what is destroyed here must also be wrapped by another key.
    """
    for found in [*path.parent.glob(f".{path.name}.*"), path]:
        try:
            descriptor = os.open(found, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            file.write(secrets.token_bytes(os.fstat(descriptor).st_size))
            os.fsync(descriptor)
        found.unlink()
    _sync_folder(path.parent)


def wipe(secret: bytearray) -> None:
    """Overwrite a secret in memory; copies that the interpreter or a library made are not known."""
    secret[:] = bytes(len(secret))


def refuse_others(found: os.stat_result) -> None:
    """Raise `KeyFileUnsafe` for what another user owns or may use."""
    if found.st_uid != os.geteuid():
        raise KeyFileUnsafe("a key file or its folder belongs to another user: chown it")
    if found.st_mode & _OTHERS:
        raise KeyFileUnsafe("others may use a key file or its folder: chmod go= on it")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
