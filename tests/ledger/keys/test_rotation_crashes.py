"""A rotation may crash anywhere, and the next one finishes it."""

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from ledger.errors import Busy, Unavailable
from ledger.keys import rotation
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.rotation import Rotation
from ledger.keys.vault import Vault
from ledger.postgres.connect import Role
from tests.ledger.keys.kit import PRACTICE, Kit
from tests.ledger.keys.rotating import (
    Commitments,
    Crash,
    check_keys,
    epoch_states,
    make_keys,
    silent,
)

pytestmark = pytest.mark.postgres


class Failing:
    """A connection of the retention role that ends at its n-th statement, before or after it."""

    def __init__(self, connection: Vault, at: int, *, is_kept: bool) -> None:
        self._connection = connection
        self._at = at
        self._is_kept = is_kept
        self._statements = 0

    @property
    def closed(self) -> bool:
        """Whether the crash has happened."""
        return self._connection.closed

    def execute(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- hands on
        """Hand on a statement, unless it is the one to crash at."""
        self._statements += 1
        is_last = self._statements == self._at
        answer: Any = None
        if not is_last or self._is_kept:
            answer = self._connection.execute(*arguments, **options)
        if is_last:
            self._connection.close()
            raise Crash
        return answer


def _crashing(kit: Kit, at: int, *, is_kept: bool) -> KeyDestroyer:
    @contextmanager
    def connections() -> Generator[Any]:
        with kit.database.vault.connect(Role.RETENTION) as connection:
            yield Failing(connection, at, is_kept=is_kept)

    return KeyDestroyer(connections, kit.epochs, kit.clock, None)


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_rotation_that_crashed_at_any_statement_is_finished_by_the_next(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    monkeypatch.setattr(rotation, "REWRAP_KEYS_MAX", 2)
    made = make_keys(kit, 3)
    crashes = 0
    while _crashes(_crashing(kit, crashes + 1, is_kept=is_kept)):
        crashes += 1
        check_keys(kit, made)
        done = _rotate_when_free(kit)
        check_keys(kit, made)
        assert kit.epochs.live() == [done.epoch]
        states = epoch_states(kit)
        assert states.pop(done.epoch) == "current"
        assert set(states.values()) == {"destroyed"}
    assert crashes == 12, "lock, current, start, left, 3 pages, 2 rewraps, retiring, end, unlock"


def _crashes(destroyer: KeyDestroyer) -> bool:
    try:
        destroyer.rotate_epoch(silent)
    except Crash:
        return True
    return False


def _rotate_when_free(kit: Kit) -> Rotation:
    """The server takes a moment to see that a connection has ended and to free its lock."""
    for _ in range(500):
        with contextlib.suppress(Busy):
            return kit.destroyer().rotate_epoch(silent)
        time.sleep(0.01)
    raise AssertionError


def test_a_rotation_that_crashed_at_any_write_to_disk_is_finished_by_the_next(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_keys(kit, 3)
    crashes = -1
    is_crashed = True
    while is_crashed:
        crashes += 1
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", _crash_at(crashes))
            is_crashed = _crashes(kit.destroyer())
        check_keys(kit, made)
        done = kit.destroyer().rotate_epoch(silent)
        check_keys(kit, made)
        assert kit.epochs.live() == [done.epoch]
    assert crashes == 6, "new file and folder; tombstone and folder, old file and folder"


def _crash_at(number: int) -> Callable[[int], None]:
    calls = iter(range(1_000))

    def crash(_descriptor: int) -> None:
        if next(calls) == number:
            raise Crash

    return crash


def test_a_connection_lost_in_the_middle_says_to_run_it_again(kit: Kit) -> None:
    made = make_keys(kit, 2)

    def kill(_done: int, _total: int) -> None:
        with kit.owner() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'therapist-os-therapist_retention'"
                " AND datname = current_database()"
            )

    with pytest.raises(Unavailable, match="run it again"):
        kit.destroyer().rotate_epoch(kill)
    check_keys(kit, made)
    assert _rotate_when_free(kit).epoch == 3


def test_keys_made_during_rotations_are_all_there(kit: Kit) -> None:
    """Four threads make keys while the epoch is rotated again and again."""
    kit.keys()
    stop = threading.Event()
    made: Commitments = {}
    failures: list[BaseException] = []

    def create() -> None:
        keys = kit.keys()
        try:
            while not stop.is_set():
                stream = (PRACTICE, uuid4())
                made[stream] = keys.get_or_create(*stream).commitment
                keys.refresh()
        except BaseException as error:  # noqa: BLE001 -- told to the test
            failures.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    rotations = [kit.destroyer().rotate_epoch(silent) for _ in range(8)]
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert kit.epochs.live() == [rotations[-1].epoch] == [9]
    assert len(made) > 8
    check_keys(kit, made)
