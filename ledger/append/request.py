"""What is asked of the writer, and the ticket on which the asker waits for the answer."""

from threading import Lock
from uuid import UUID

import msgspec

from ledger.errors import EventRefused, LedgerError, Unavailable
from ledger.leaf import BODY_LENGTH_MAX, is_tag
from ledger.sealing import TAG_BYTES

EVENTS_PER_REQUEST_MAX = 1_000
BODY_BYTES_MAX = BODY_LENGTH_MAX - TAG_BYTES
REQUEST_BYTES_MAX = 8 << 20


class NewEvent(msgspec.Struct, frozen=True):
    """An event to append at `version` of its stream, or, where it is None, behind its last.

    None is for what holds whatever came before it, such as a note that somebody looked at
    something: nobody has to know where the stream ends, and nobody can be in anybody's way.
    `body` is the encoded event in the clear; it leaves the process sealed unless `is_clear`, which
    is for events that hold no personal data by construction.
    """

    stream_id: UUID
    version: int | None
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

    @property
    def body_bytes(self) -> int:
        """The bytes of all bodies, before they are sealed."""
        return sum(len(event.body) for event in self.events)

    def check(self) -> None:
        """Refuse what no leaf can hold, before it costs the writer anything.

        Raises `EventRefused` for a type that is none or bodies too long, `ValueError` for a number
        of events outside 1 to EVENTS_PER_REQUEST_MAX.
        """
        if not 0 < len(self.events) <= EVENTS_PER_REQUEST_MAX:
            raise ValueError("a request holds 1 to EVENTS_PER_REQUEST_MAX events")
        if not all(event.type.isascii() and is_tag(event.type.encode()) for event in self.events):
            raise EventRefused("the name of an event's type is 1 to 127 printable characters")
        longest = max(len(event.body) for event in self.events)
        if longest > BODY_BYTES_MAX or self.body_bytes > REQUEST_BYTES_MAX:
            raise EventRefused("an event, or the events of one command together, are too large")


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
