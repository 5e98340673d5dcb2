"""What is asked of the writer, and the ticket on which the asker waits for the answer."""

from threading import Lock
from uuid import UUID

import msgspec

from ledger.errors import LedgerError, Unavailable

EVENTS_PER_REQUEST_MAX = 1_000


class NewEvent(msgspec.Struct, frozen=True):
    """An event to append at `version` of its stream.

    `body` is the encoded event in the clear; it leaves the process sealed unless `is_clear`, which
    is for events that hold no personal data by construction.
    """

    stream_id: UUID
    version: int
    event_id: UUID
    type: str
    body: bytes
    is_clear: bool = False


class AppendRequest(msgspec.Struct, frozen=True):
    """Events of one practice that are appended together or not at all, once a `command_id`."""

    practice_id: UUID
    command_id: UUID
    actor_id: UUID
    events: tuple[NewEvent, ...]


class Appended(msgspec.Struct, frozen=True):
    """Where a request's events stand: `position` of the first, and how many.

    `repeated` tells that the command id was here before and nothing was written now (I10).
    """

    position: int
    events: int
    repeated: bool = False


class Ticket:
    """One request in the queue. The writer answers it once; the asker waits for that."""

    __slots__ = ("_answered", "_outcome", "request")

    def __init__(self, request: AppendRequest) -> None:
        self.request = request
        self._outcome: Appended | LedgerError | None = None
        self._answered = Lock()  # held until answered: the cheapest way to wake one thread
        self._answered.acquire()

    def answer(self, outcome: Appended | LedgerError) -> None:
        """Give the outcome and wake the asker; a second answer changes nothing."""
        if self._outcome is None:
            self._outcome = outcome
            self._answered.release()

    def wait(self, timeout_s: float) -> Appended:
        """Wait for the answer. Raises what the writer answered, `Unavailable` after `timeout_s`."""
        if not self._answered.acquire(timeout=timeout_s):
            raise Unavailable("no answer from the writer in time; send the same command again")
        outcome = self._outcome
        if isinstance(outcome, LedgerError):
            raise outcome
        assert outcome is not None
        return outcome
