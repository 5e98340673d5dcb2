"""The thread that has the newest checkpoint stamped once a day; nothing waits for it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.asking import Asking, Say, Whom
from ledger.clock import Clock
from ledger.timestamps import stored
from ledger.timestamps.authority import Authority, stated_time_us
from ledger.timestamps.stored import Timestamp

INTERVAL_S: Final = 86_400.0
RETRY_FIRST_S: Final = 10.0
RETRY_MAX_S: Final = 3_600.0
_US: Final = 1_000_000

Lend = Callable[[], AbstractContextManager[Connection[TupleRow]]]


class Stamper:
    """Stamps until stopped; `is_late` tells that the last try failed."""

    def __init__(self, lend: Lend, authority: Authority, clock: Clock, say: Say) -> None:
        """Take what lends connections of the service's role; `say` is told when a stamp is late."""
        self._lend = lend
        self._authority = authority
        self._clock = clock
        whom = Whom("the time-stamping authority", "stamp", RETRY_FIRST_S, RETRY_MAX_S)
        self._asking = Asking(whom, self._once, say)

    @property
    def is_late(self) -> bool:
        """Whether the last try failed."""
        return self._asking.is_failing

    def start(self) -> None:
        """Start the thread."""
        self._asking.start()

    def stop(self) -> None:
        """End; a question under way is not waited for."""
        self._asking.stop()

    def _once(self) -> float:
        with self._lend() as connection:
            wait_s = due_in_s(connection, self._clock.now_us())
            if wait_s:
                return wait_s
            return INTERVAL_S if stamp_newest(connection, self._authority) else RETRY_FIRST_S


def due_in_s(connection: Connection[TupleRow], now_us: int) -> float:
    """Return in how many seconds a stamp is due: a day after the newest stored one, 0 for now.

    A stamp that seems to be of the future is a matter of clocks: it counts by its distance.
    """
    newest = stored.newest(connection)
    if newest is None:
        return 0.0
    age_s = abs(now_us - stated_time_us(newest.response)) / _US
    return max(0.0, INTERVAL_S - age_s)


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
