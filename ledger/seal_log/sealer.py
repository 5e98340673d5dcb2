"""The thread that makes epochs: soon after there is news, and a heartbeat otherwise."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import msgspec
import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.clock import Clock
from ledger.errors import LedgerError, Unavailable
from ledger.seal_log.epochs import Epochs
from ledger.seal_log.signer import Signer

EPOCH_INTERVAL_S = 2.0
HEARTBEAT_INTERVAL_S = 600.0
RETRY_INTERVAL_S = 5.0


class Sealing(msgspec.Struct, frozen=True):
    """Where to find what an epoch needs."""

    connect: Callable[[], Connection[TupleRow]]
    data_dir: Path
    ledger_name: str
    clock: Clock


class Sealer:
    """Makes epochs until stopped.

    Of several processes of one service one seals; the others wait to take over. What it finds
    altered, and a signer's file that others may use, end it: `fault` then holds the error, and
    nothing is signed any more.
    """

    def __init__(
        self,
        sealing: Sealing,
        interval_s: float = EPOCH_INTERVAL_S,
        on_fault: Callable[[LedgerError], object] = lambda _: None,
    ) -> None:
        """Prepare; `on_fault` is told once, from the thread, why nothing is signed any more."""
        self._sealing = sealing
        self._interval_s = interval_s
        self._on_fault = on_fault
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="ledger-sealer", daemon=True)
        self.fault: LedgerError | None = None
        self.sealed_through = 0

    @property
    def is_sealing(self) -> bool:
        """Whether there is a thread that seals, or waits for its turn to."""
        return self.fault is None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Make a last epoch of what is new, and end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._seal_while_connected()
            except (Unavailable, psycopg.Error):
                if self._stopping.wait(RETRY_INTERVAL_S):
                    return
            except LedgerError as error:
                self.fault = error
                self._on_fault(error)
                return
            else:
                return

    def _seal_while_connected(self) -> None:
        sealing = self._sealing
        signer = Signer(sealing.data_dir, sealing.ledger_name)
        try:
            with sealing.connect() as connection:
                epochs = Epochs(connection, signer, sealing.ledger_name, sealing.clock)
                self._seal(epochs)
        finally:
            signer.close()

    def _seal(self, epochs: Epochs) -> None:
        made_at_s = -HEARTBEAT_INTERVAL_S
        while True:
            is_last = self._stopping.is_set()
            is_due = monotonic() - made_at_s >= HEARTBEAT_INTERVAL_S and not is_last
            if epochs.has_news() or (is_due and epochs.sealed_through):
                epochs.make()
                made_at_s = monotonic()
            self.sealed_through = epochs.sealed_through
            if is_last:
                return
            self._stopping.wait(self._interval_s)


def confirm_past(sealing: Sealing) -> None:
    """Check, as before every signature, that the database extends what was signed (I4).

    Finishes, too, what a crash left undone. Raises `Tampered` or `KeyFileUnsafe` when nothing may
    be signed, `Unavailable` while another process seals (it checks this itself) or the database is
    away.
    """
    signer = Signer(sealing.data_dir, sealing.ledger_name)
    try:
        with sealing.connect() as connection:
            Epochs(connection, signer, sealing.ledger_name, sealing.clock)
    except psycopg.Error:
        raise Unavailable("the database cannot be reached; try again") from None
    finally:
        signer.close()


def seal_once(sealing: Sealing) -> int:
    """Make one epoch of what is new, as a command line or a test does; returns how many there are.

    Raises `Unavailable` while another process seals, `Tampered` when something was altered.
    """
    signer = Signer(sealing.data_dir, sealing.ledger_name)
    try:
        with sealing.connect() as connection:
            epochs = Epochs(connection, signer, sealing.ledger_name, sealing.clock)
            if epochs.has_news():
                epochs.make()
            return epochs.sealed_through
    finally:
        signer.close()
