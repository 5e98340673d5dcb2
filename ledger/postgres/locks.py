"""File locks between the processes that share one embedded server; the kernel frees them."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.errors import Unavailable

_WAIT_S_MAX: Final = 1200
_POLL_S: Final = 0.02


class FileLock:
    """One lock on one file; held by this object until released or the process ends."""

    def __init__(self, path: Path) -> None:
        """Open `path`, made if absent."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def share(self) -> None:
        """Hold the lock together with others."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Hold the lock alone if nobody else holds it; if not, hold nothing."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Release the lock."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)


@contextmanager
def only_one(path: Path) -> Generator[None]:
    """Let one process at a time do what starts or stops the server; raises Unavailable if stuck."""
    lock = FileLock(path)
    try:
        deadline = time.monotonic() + _WAIT_S_MAX
        while not lock.try_alone():
            if time.monotonic() > deadline:
                raise Unavailable("another process is still starting PostgreSQL: try again later")
            time.sleep(_POLL_S)
        yield
    finally:
        lock.close()
