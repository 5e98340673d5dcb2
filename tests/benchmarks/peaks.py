"""How much memory a bundle takes to write and to verify, each in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from ledger.bundle.export import VERIFIER

_KIB: Final = 1024
# What the kernel tells a parent of its child's peak begins with the parent's own, so each process
# reads its own.
_VERIFY: Final = """
import re, runpy, sys
try:
    runpy.run_path(sys.argv.pop(1), run_name="__main__")
except SystemExit as done:
    print(re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1], file=sys.stderr)
    raise
"""


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
    """Return the peak of verify.py's first process, which is its largest, in MiB."""
    command = [sys.executable, "-I", "-c", _VERIFY, str(VERIFIER), str(bundle)]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 -- our own words
    return int(done.stderr) // _KIB


def _written(write: Callable[[], None], tell: Connection) -> None:
    write()
    lines = Path("/proc/self/status").read_text().splitlines()
    tell.send(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")))
