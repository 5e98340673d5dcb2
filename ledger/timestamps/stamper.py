"""The thread that has the newest checkpoint stamped once a day; nothing waits for it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import Final

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.errors import LedgerError
from ledger.timestamps import stored
from ledger.timestamps.authority import Authority
from ledger.timestamps.stored import Timestamp

INTERVAL_S: Final = 86_400.0
RETRY_FIRST_S: Final = 10.0
RETRY_MAX_S: Final = 3_600.0

Lend = Callable[[], AbstractContextManager[Connection[TupleRow]]]


class Stamper:
    """Stamps until stopped; `is_late` tells that the last try failed."""

    def __init__(self, lend: Lend, authority: Authority, interval_s: float = INTERVAL_S) -> None:
        """Take what lends connections of the service's role."""
        self._lend = lend
        self._authority = authority
        self._interval_s = interval_s
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="ledger-stamper", daemon=True)
        self.is_late = False

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End; a question under way is not waited for."""
        self._stopping.set()

    def _run(self) -> None:
        retry_s = RETRY_FIRST_S
        while True:
            try:
                with self._lend() as connection:
                    was_there = stamp_newest(connection, self._authority)
            except (LedgerError, psycopg.Error):
                self.is_late = True
                wait_s, retry_s = retry_s, min(retry_s * 2, RETRY_MAX_S)
            else:
                self.is_late = False
                retry_s = RETRY_FIRST_S
                wait_s = self._interval_s if was_there else RETRY_FIRST_S
            if self._stopping.wait(wait_s):
                return


def stamp_newest(connection: Connection[TupleRow], authority: Authority) -> bool:
    """Have the newest checkpoint stamped and store it; False while there is nothing new to stamp.

    Raises `Unavailable` or `ProofInvalid` as the authority does; nothing is stored then.
    """
    found = stored.newest_unstamped(connection)
    if found is None:
        return False
    size, note = found
    stamp = authority.stamp(note)
    stored.add(connection, Timestamp(size, stamp.response, authority.chain))
    return True
