"""How much memory a bundle takes to write and to verify, each in a process of its own."""

import os
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Final

from ledger.bundle.export import VERIFIER

_KIB: Final = 1024


def writing_mib(write: Callable[[], None]) -> int:
    """Return the peak of a process that starts, writes one bundle and ends, in MiB."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_written, args=(write, theirs))
    process.start()
    theirs.close()
    peak_kib: int = ours.recv()
    process.join()
    return peak_kib // _KIB


def verifying_mib(bundle: Path) -> int:
    """Return the peak of verify.py's largest process, in MiB."""
    command = [sys.executable, "-I", str(VERIFIER), str(bundle)]
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, "the bundle is valid"
    return usage.ru_maxrss // _KIB


def _written(write: Callable[[], None], tell: Connection) -> None:
    write()
    tell.send(getrusage(RUSAGE_SELF).ru_maxrss)
