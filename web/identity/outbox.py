"""Sends mail on a thread of its own, so that no answer tells by its time whether there was any."""

import logging
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Final

from web.identity.mail import Mail, Mailer, MailFailed

QUEUE_MAX: Final = 1_000
ATTEMPTS_MAX: Final = 3
PAUSE_S: Final = 2.0
LOOK_S: Final = 0.2
STOP_S_MAX: Final = 5.0

_log = logging.getLogger("therapist_os.mail")


class Outbox:
    """A bounded queue and its thread; what is in it at the end is lost, and can be asked anew."""

    def __init__(self, mailer: Mailer, pause_s: float = PAUSE_S) -> None:
        self._mailer = mailer
        self._pause_s = pause_s
        self._queue: Queue[Mail | None] = Queue(QUEUE_MAX)
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End after the letter at hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S_MAX)

    def put(self, mail: Mail | None) -> None:
        """Queue a letter; None costs as much and sends nothing. When it is full, it is dropped."""
        try:
            self._queue.put_nowait(mail)
        except Full:
            _log.error("mail dropped: the outbox is full")

    def flush(self) -> None:
        """Wait until everything that was put is sent or given up."""
        self._queue.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                mail = self._queue.get(timeout=LOOK_S)
            except Empty:
                continue
            try:
                if mail is not None:
                    self._send(mail)
            finally:
                self._queue.task_done()

    def _send(self, mail: Mail) -> None:
        for attempt in range(ATTEMPTS_MAX):
            try:
                self._mailer.send(mail)
            except MailFailed:
                if attempt + 1 == ATTEMPTS_MAX or self._stopping.wait(self._pause_s):
                    break
            else:
                return
        _log.error("mail not sent: %s", mail.letter.name)
