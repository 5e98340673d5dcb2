"""Where requests wait for the writer: many threads put in, one takes out as many as it can."""

from collections import deque
from threading import Lock
from typing import Final

from ledger.append.request import Ticket

REQUESTS_MAX: Final = 2_048
GATHER_WAIT_S: Final = 0.002


class Inbox:
    """A queue whose reader is woken once for many tickets, not once for each.

    Every wake of a thread costs as much as building an event, so the reader says how many tickets
    it would like and sleeps until they are there, or until nobody has come for GATHER_WAIT_S.
    """

    def __init__(self) -> None:
        self._tickets: deque[Ticket] = deque()
        self._wanted = 1
        self._is_closed = False
        self._bell = Lock()  # held while there is nothing to wake the reader for
        self._bell.acquire()

    @property
    def is_full(self) -> bool:
        """Whether the next one has to be sent away."""
        return len(self._tickets) >= REQUESTS_MAX

    def put(self, ticket: Ticket) -> None:
        """Queue a ticket."""
        self._tickets.append(ticket)
        if len(self._tickets) >= self._wanted:
            self._ring()

    def close(self) -> None:
        """Let the reader go on without waiting; what is queued stays there."""
        self._is_closed = True
        self._ring()

    def wait(self, usual: int) -> bool:
        """Wait for a ticket, then a moment for as many as usual; False once closed and empty."""
        self._wanted = 1
        while not self._tickets and not self._is_closed:
            self._bell.acquire()
        self._wanted = usual
        self._bell.acquire(blocking=False)  # it may ring still for those that are counted now
        come = 0
        while come < len(self._tickets) < usual and not self._is_closed:
            come = len(self._tickets)
            self._bell.acquire(timeout=GATHER_WAIT_S)
        return bool(self._tickets)

    def take(self) -> Ticket | None:
        """Take the ticket that has waited longest, None when there is none."""
        try:
            return self._tickets.popleft()
        except IndexError:
            return None

    def _ring(self) -> None:
        try:
            self._bell.release()
        except RuntimeError:
            return  # it rings already
