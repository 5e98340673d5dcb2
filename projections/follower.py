"""Follows the ledger with one read model: listens, catches up with what is behind, waits, again."""

from dataclasses import dataclass
from threading import Event, Thread
from uuid import UUID

from psycopg import Notify

from ledger.postgres.connect import Database, Role
from ledger.reader import Keys
from projections.pages import Projecting
from projections.pulling import Puller, code_of
from projections.read_model import ReadModel, live
from projections.rebuild import prepare

# A stop is heard within this time; a notification ends the wait at once.
LISTEN_S_MAX = 0.2
# All practices are looked at this often, should a notification ever be lost.
LISTENS_PER_LOOK = 25
PAUSE_S_MIN = 0.1
PAUSE_S_MAX = 5.0
STOP_S_MAX = 30.0

_LISTEN = "LISTEN ledger"
# Rows and position are lost together or not at all, and what is lost is read again: no need to
# wait for the disk.
_NO_DISK_WAIT = "SET synchronous_commit = off"


@dataclass(frozen=True, slots=True)
class Status:
    """What a follower is doing: `trouble` is the code of the error it is trying to get past."""

    is_following: bool
    trouble: str | None


class Follower:
    """One read model's follower, on a thread and a connection of its own.

    Any number may follow the same read model, in this process or others: each practice is worked
    on by one at a time, and each event is applied once.
    """

    def __init__(self, database: Database, keys: Keys, read_model: ReadModel) -> None:
        self._database = database
        self._keys = keys
        self._read_model = read_model
        self._stopping = Event()
        self._status = Status(is_following=False, trouble=None)
        name = f"follower-{read_model.name}"
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether there is a thread that follows, or tries to."""
        return self._thread.is_alive()

    @property
    def status(self) -> Status:
        """What it is doing now."""
        return self._status

    def start(self) -> None:
        """Begin to follow; a changed definition is rebuilt first."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Tell it to end, without waiting."""
        self._stopping.set()

    def stop(self) -> None:
        """End after the page at hand, and wait for that."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S_MAX)

    def _run(self) -> None:
        pause_s = PAUSE_S_MIN
        while not self._stopping.is_set():
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001 -- a follower tries again until it is stopped
                was_following = self._status.is_following
                self._status = Status(is_following=False, trouble=code_of(error))
                pause_s = PAUSE_S_MIN if was_following else min(2 * pause_s, PAUSE_S_MAX)
                self._stopping.wait(pause_s)
        self._status = Status(is_following=False, trouble=None)

    def _follow(self) -> None:
        stopping = self._stopping.is_set
        prepare(self._database, self._keys, self._read_model, stopping=stopping)
        with self._database.connect(Role.PROJECTOR) as connection:
            connection.execute(_NO_DISK_WAIT)
            place = live(self._read_model)
            puller = Puller(connection, self._keys, place, stopping=stopping)
            # What is committed after this line is heard of; what was before is seen by the pull.
            connection.execute(_LISTEN)
            while not stopping():
                puller.pull()
                self._status = Status(is_following=True, trouble=None)
                self._pull_what_is_heard_of(connection, puller)

    def _pull_what_is_heard_of(self, connection: Projecting, puller: Puller) -> None:
        for _ in range(LISTENS_PER_LOOK):
            if self._stopping.is_set():
                return
            heard = connection.notifies(timeout=LISTEN_S_MAX, stop_after=1)
            practice_ids = {practice_of(notify) for notify in heard}
            if None in practice_ids:
                return
            if practice_ids:
                puller.pull([found for found in practice_ids if found is not None])


def practice_of(notify: Notify) -> UUID | None:
    """Return the practice that a notification names, None when it names none."""
    try:
        return UUID(notify.payload)
    except ValueError:
        return None
