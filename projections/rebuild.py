"""Rebuilds a read model: replays into a fresh table and swaps it in, so readers see old or new."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import psycopg

from ledger.errors import Unavailable
from ledger.postgres.connect import Database, Role
from ledger.reader import Keys
from projections import definitions, standing
from projections.pages import Projecting
from projections.pulling import Puller, Stopping, never
from projections.read_model import Place, ReadModel, fresh, live

SWAP_ATTEMPTS_MAX = 10
_LOCK_PAUSE_S = 0.2

# Called with the events replayed so far and the events there are.
Progress = Callable[[int, int], object]

_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('views.rebuild.' || %s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('views.rebuild.' || %s, 0))"
_EXCLUDE_ALL = "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"
_BEHIND_LIVE = """
SELECT o.practice_id FROM views.tracking o
LEFT JOIN views.tracking n ON n.read_model = %b AND n.practice_id = o.practice_id
WHERE o.read_model = %b AND coalesce(n.position, -1) < o.position
"""


def quiet(_done: int, _total: int) -> None:
    """Tell nobody."""


def prepare(
    database: Database,
    keys: Keys,
    read_model: ReadModel,
    *,
    progress: Progress = quiet,
    stopping: Stopping = never,
) -> None:
    """Make sure that the table is there and was made by this definition, rebuilding it if not.

    A table that was never there is made empty, and the follower fills it. Two processes may do
    this at once: the second waits, and finds nothing to do.
    """
    with database.connect(Role.PROJECTOR) as connection:
        if definitions.stored(connection, live(read_model)) == read_model.sha256:
            return
        with _alone(connection, read_model, stopping):
            found = definitions.stored(connection, live(read_model))
            if found is None:
                definitions.create(connection, live(read_model))
            elif found != read_model.sha256:
                _rebuild(connection, keys, read_model, progress, stopping)


def rebuild(
    database: Database,
    keys: Keys,
    read_model: ReadModel,
    *,
    progress: Progress = quiet,
    stopping: Stopping = never,
) -> None:
    """Replay every event into a fresh table and swap it in; parked practices are tried again.

    The follower may run meanwhile. Stopped half-way, or failed, the old table stays. Raises
    `Unavailable` when readers keep the table from being swapped, or the database is away.
    """
    with (
        database.connect(Role.PROJECTOR) as connection,
        _alone(connection, read_model, stopping),
    ):
        _rebuild(connection, keys, read_model, progress, stopping)


def _rebuild(
    connection: Projecting,
    keys: Keys,
    read_model: ReadModel,
    progress: Progress,
    stopping: Stopping,
) -> None:
    place = fresh(read_model)
    definitions.create(connection, place)
    total = standing.standing(connection, place.name).events
    done = 0

    def count(events: int) -> None:
        nonlocal done
        done += events
        progress(done, max(done, total))

    progress(0, total)
    Puller(connection, keys, place, stopping=stopping, progress=count).pull()
    if stopping():
        with connection.transaction():
            definitions.drop(connection, place)
        return
    swap(connection, keys, read_model)


def swap(connection: Projecting, keys: Keys, read_model: ReadModel) -> None:
    """Put the fresh table in the live one's place in one transaction. Raises `Unavailable`."""
    old, new = live(read_model), fresh(read_model)
    for _ in range(SWAP_ATTEMPTS_MAX):
        try:
            with connection.transaction():
                if definitions.stored(connection, old) is not None:
                    connection.execute(old.statement(_EXCLUDE_ALL))
                    _reach(connection, keys, old, new)
                definitions.drop(connection, old)
                definitions.move(connection, new, old)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            continue
        return
    raise Unavailable("readers keep a read model from being swapped; try again")


def _reach(connection: Projecting, keys: Keys, old: Place, new: Place) -> None:
    """Bring the new table to where readers have seen the old one, while nobody can look."""
    rows = connection.execute(_BEHIND_LIVE, (new.name, old.name)).fetchall()
    Puller(connection, keys, new).pull([row[0] for row in rows])


@contextmanager
def _alone(connection: Projecting, read_model: ReadModel, stopping: Stopping) -> Generator[None]:
    """Wait until no other process rebuilds this read model. Raises `Unavailable` when stopped."""
    while not _is_locked(connection, read_model):
        if stopping():
            raise Unavailable("stopped while another process was rebuilding a read model")
        time.sleep(_LOCK_PAUSE_S)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(_UNLOCK, (read_model.name,))


def _is_locked(connection: Projecting, read_model: ReadModel) -> bool:
    row = connection.execute(_TRY_LOCK, (read_model.name,)).fetchone()
    return row is not None and bool(row[0])
