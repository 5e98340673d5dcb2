"""A tool of the tests: lets one call of our own code fail, whichever, also where a wait goes on."""

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import msgspec
import psycopg

PROJECT = Path(__file__).resolve().parents[1]
OURS = tuple(
    f"{PROJECT / name}/" for name in ("web", "commands", "aggregates", "projections", "ledger")
)
KINDS: tuple[type[Exception], ...] = (
    RuntimeError,
    ValueError,
    KeyError,
    OSError,
    TypeError,
    AssertionError,
    psycopg.OperationalError,
    msgspec.ValidationError,
)


@dataclass
class Injector:
    """Counts calls of our functions in threads that begin meanwhile, and fails the one it is told.

    A coroutine that is taken up again after a wait is a call of it, so every place where one can
    wait is among them. What it raises has the planted text in its arguments.
    """

    planted: str
    target: int | None = None
    calls: int = 0
    fired_at: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hook(self, frame: FrameType, event: str, _arg: object) -> None:
        """Be called by the interpreter at each call; raise at the one that is to fail."""
        if event != "call" or not frame.f_code.co_filename.startswith(OURS):
            return
        with self.lock:
            call = self.calls
            self.calls += 1
        if call == self.target and self.fired_at is None:
            self.fired_at = f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}"
            raise KINDS[call % len(KINDS)](f"cannot handle {self.planted}", self.planted)


@contextmanager
def injecting(planted: str, target: int | None) -> Generator[Injector]:
    """Watch the threads that begin in this block, and the one it runs in not."""
    injector = Injector(planted, target)
    threading.setprofile(injector.hook)
    try:
        yield injector
    finally:
        threading.setprofile(None)  # type: ignore[arg-type] -- None is how it is taken off
        assert sys.getprofile() is None
