"""A thread that asks somebody outside again and again, and tells when it fails and when it works.

Whatever goes wrong is told once, and tried again, ever later. What is told has no input text (I11):
an error's own words only if it is one of ours, of any other its type and place.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psycopg

from ledger.errors import LedgerError

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is asked and what for, in the words that are told; after how long a failure is retried.

    The wait doubles from the first to the longest.
    """

    name: str
    verb: str
    retry_first_s: float
    retry_max_s: float


class Asking:
    """Asks until stopped; `is_failing` tells that the last try failed."""

    def __init__(self, whom: Whom, once: Callable[[], float], say: Say) -> None:
        """Take what asks once, and returns the seconds until it is to ask again."""
        self.is_failing = False
        self._whom = whom
        self._once = once
        self._say = say
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=f"asking-{whom.name}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End; a question under way is not waited for, and nothing more is told."""
        self._stopping.set()

    def _run(self) -> None:
        retry_s = self._whom.retry_first_s
        while True:
            try:
                wait_s, failure = self._once(), None
            except BaseException as error:  # noqa: BLE001 -- a library's panic is no Exception; a thread that ended would ask no more
                wait_s, failure = retry_s, error
                retry_s = min(retry_s * 2, self._whom.retry_max_s)
            else:
                retry_s = self._whom.retry_first_s
            if self._stopping.is_set():
                return
            self._tell(failure)
            if self._stopping.wait(wait_s):
                return

    def _tell(self, failure: BaseException | None) -> None:
        was_failing, self.is_failing = self.is_failing, failure is not None
        if was_failing == self.is_failing:
            return
        name, verb = self._whom.name, self._whom.verb
        with suppress(Exception):  # where the terminal is gone, the asking goes on
            self._say(
                f"{name} {verb}s again"
                if failure is None
                else f"{name} does not {verb}: {reason(failure)}; epochs go on without it"
            )


def reason(failure: BaseException) -> str:
    """Return why, in words that were written in code."""
    if isinstance(failure, LedgerError):
        return str(failure)
    if isinstance(failure, psycopg.Error):
        return "the database does not answer"
    place = failure.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = (
        "" if place is None else f" at {_line(place.tb_frame.f_code.co_filename, place.tb_lineno)}"
    )
    return f"an unexpected {type(failure).__name__}{where}"


def _line(file: str, number: int) -> str:
    return f"{Path(file).name}:{number}"
