"""A rotation leaves every live key openable, every old copy dead, and may crash anywhere."""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.errors import Busy, KeyDestroyed, KeyFileUnsafe, KeyMissing, Tampered, Unavailable
from ledger.keys import rotation
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.epochs import EpochKeys, RecordPlace
from ledger.keys.records import Destroyed, RecordKey
from ledger.keys.root import FileRootKey
from ledger.keys.rotation import Rotation
from ledger.keys.vault import StreamOf, Vault
from ledger.postgres.connect import Role
from tests.ledger.keys.kit import OTHER_STREAM, PRACTICE, STREAM, Kit

pytestmark = pytest.mark.postgres

Commitments = dict[StreamOf, bytes]


class Crash(Exception):
    """The process ends here."""


def _silent(_done: int, _total: int) -> None:
    """Show nothing."""


def _make(kit: Kit, number: int) -> Commitments:
    made = kit.keys().prepare([(PRACTICE, uuid4()) for _ in range(number)])
    return {s: key.commitment for s, key in made.items() if isinstance(key, RecordKey)}


def _check(kit: Kit, expected: Commitments) -> None:
    """A new process opens all of them."""
    found = kit.keys().prepare(list(expected))
    opened = {s: key.commitment for s, key in found.items() if isinstance(key, RecordKey)}
    assert opened == expected


def _states(kit: Kit) -> dict[int, str]:
    with kit.owner() as connection:
        return dict(connection.execute("SELECT epoch, state FROM keys.epochs").fetchall())


def test_the_same_keys_open_under_a_new_epoch(kit: Kit) -> None:
    made = _make(kit, 5)
    done = kit.destroyer().rotate_epoch(_silent)
    assert (done.epoch, done.keys_rewrapped, done.epochs_destroyed) == (2, 5, (1,))
    assert _states(kit) == {1: "destroyed", 2: "current"}
    assert kit.epochs.live() == [2]
    _check(kit, made)


def test_an_empty_vault_has_nothing_to_rotate(kit: Kit) -> None:
    with pytest.raises(KeyMissing):
        kit.destroyer().rotate_epoch(_silent)
    assert kit.epochs.live() == []


def test_progress_ends_where_all_is_done(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "REWRAP_KEYS_MAX", 2)
    _make(kit, 5)
    seen: list[tuple[int, int]] = []
    kit.destroyer().rotate_epoch(lambda done, total: seen.append((done, total)))
    assert seen == [(0, 5), (2, 5), (4, 5), (5, 5)]


def test_keys_of_the_smallest_ids_are_moved_too(kit: Kit) -> None:
    kit.keys().get_or_create(UUID(int=0), UUID(int=0))
    assert kit.destroyer().rotate_epoch(_silent).keys_rewrapped == 1


def test_running_processes_go_on_without_a_restart(kit: Kit) -> None:
    keys = kit.keys()
    made = keys.get_or_create(PRACTICE, STREAM)
    kit.destroyer().rotate_epoch(_silent)
    kit.stopwatch.seconds += 100
    assert keys.get_or_create(PRACTICE, STREAM).commitment == made.commitment
    later = keys.get_or_create(PRACTICE, OTHER_STREAM)
    _check(kit, {(PRACTICE, OTHER_STREAM): later.commitment})


def test_a_key_is_never_made_under_an_old_epoch(kit: Kit) -> None:
    """The process has not heard of the rotation; the vault refuses, and it tries again."""
    keys = kit.keys()
    kit.destroyer().rotate_epoch(_silent)
    keys.get_or_create(PRACTICE, STREAM)
    with kit.owner() as connection:
        row = connection.execute("SELECT epoch FROM keys.record_keys").fetchone()
    assert row == (2,)


def test_a_destroyed_key_stays_destroyed_through_a_rotation(kit: Kit) -> None:
    made = _make(kit, 3)
    gone = next(iter(made))
    evidence = kit.destroyer().destroy(*gone)
    kit.destroyer().rotate_epoch(_silent)
    assert kit.keys().prepare([gone])[gone] == evidence
    del made[gone]
    _check(kit, made)


def test_a_key_destroyed_while_it_is_moved_stays_destroyed(kit: Kit) -> None:
    """Read for re-wrapping, destroyed, and only then written back."""
    made = _make(kit, 2)
    gone = next(iter(made))
    original = rotation.EpochKey.wrap

    def destroy_first(self: Any, place: RecordPlace, secret: bytes) -> bytes:  # noqa: ANN401 -- patched in
        if place.stream_id == gone[1]:
            kit.destroyer().destroy(*gone)
        return original(self, place, secret)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation.EpochKey, "wrap", destroy_first)
        assert kit.destroyer().rotate_epoch(_silent).keys_rewrapped == 1
    assert isinstance(kit.keys().prepare([gone])[gone], Destroyed)


def test_an_old_backup_cannot_be_opened_after_a_rotation(kit: Kit) -> None:
    """Neither the old wrapped bytes nor the old epoch file, put back, open anything."""
    kit.keys().get_or_create(PRACTICE, STREAM)
    folder = kit.data_dir / "keys" / "epochs"
    shutil.copy2(folder / "000001.key", kit.data_dir / "backup")
    with kit.owner() as connection:
        row = connection.execute("SELECT key_id, wrapped FROM keys.record_keys").fetchone()
    kit.destroyer().rotate_epoch(_silent)
    shutil.copy2(kit.data_dir / "backup", folder / "000001.key")
    with pytest.raises(KeyDestroyed):
        kit.epochs.load(1)
    assert row is not None
    place = RecordPlace(PRACTICE, STREAM, row[0])
    for epoch in (2, 3):
        with pytest.raises(Tampered):
            kit.epochs.create(epoch).unwrap(place, row[1])


def test_a_restored_row_of_an_old_epoch_is_an_error_that_says_so(kit: Kit) -> None:
    kit.keys().get_or_create(PRACTICE, STREAM)
    kit.destroyer().rotate_epoch(_silent)
    with kit.owner() as connection:
        connection.execute(
            "INSERT INTO keys.record_keys"
            " (practice_id, stream_id, key_id, epoch, state, wrapped, created_at_us)"
            " VALUES (%s, %s, %s, 1, 'active', %s, 0)",
            (PRACTICE, OTHER_STREAM, uuid4(), bytes(60)),
        )
    with pytest.raises(KeyFileUnsafe, match="backup"):
        kit.keys().get_or_create(PRACTICE, OTHER_STREAM)


def test_a_key_that_does_not_open_stops_the_rotation_before_anything_is_lost(kit: Kit) -> None:
    made = _make(kit, 2)
    key_id = uuid4()
    with kit.owner() as connection:
        connection.execute(
            "INSERT INTO keys.record_keys"
            " (practice_id, stream_id, key_id, epoch, state, wrapped, created_at_us)"
            " VALUES (%s, %s, %s, 1, 'active', %s, 0)",
            (PRACTICE, STREAM, key_id, bytes(60)),
        )
    with pytest.raises(Tampered, match=str(key_id)):
        kit.destroyer().rotate_epoch(_silent)
    _check(kit, made)
    kit.destroyer().destroy(PRACTICE, STREAM)
    kit.destroyer().rotate_epoch(_silent)
    assert _states(kit) == {1: "destroyed", 2: "destroyed", 3: "current"}
    _check(kit, made)


def test_a_machine_without_the_vaults_epoch_does_not_rotate(kit: Kit) -> None:
    kit.keys()
    elsewhere = kit.data_dir.with_name("elsewhere")
    epochs = EpochKeys(elsewhere, FileRootKey.open(elsewhere))
    epochs.create(1)
    with pytest.raises(KeyFileUnsafe):
        KeyDestroyer(kit.retention, epochs, kit.clock, None).rotate_epoch(_silent)
    assert _states(kit) == {1: "current"}


def test_only_one_process_rotates(kit: Kit) -> None:
    made = _make(kit, 2)
    refused: list[str] = []

    def rotate_too(_done: int, _total: int) -> None:
        try:
            kit.destroyer().rotate_epoch(_silent)
        except Busy as error:
            refused.append(error.code)

    assert kit.destroyer().rotate_epoch(rotate_too).epoch == 2
    assert set(refused) == {"busy"}
    _check(kit, made)


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
    made = _make(kit, 3)
    crashes = 0
    while _crashes(_crashing(kit, crashes + 1, is_kept=is_kept)):
        crashes += 1
        _check(kit, made)
        done = _rotate_when_free(kit)
        _check(kit, made)
        assert kit.epochs.live() == [done.epoch]
        states = _states(kit)
        assert states.pop(done.epoch) == "current"
        assert set(states.values()) == {"destroyed"}
    assert crashes == 12, "lock, current, start, left, 3 pages, 2 rewraps, retiring, end, unlock"


def _crashes(destroyer: KeyDestroyer) -> bool:
    try:
        destroyer.rotate_epoch(_silent)
    except Crash:
        return True
    return False


def _rotate_when_free(kit: Kit) -> Rotation:
    """The server takes a moment to see that a connection has ended and to free its lock."""
    for _ in range(500):
        with contextlib.suppress(Busy):
            return kit.destroyer().rotate_epoch(_silent)
        time.sleep(0.01)
    raise AssertionError


def test_a_rotation_that_crashed_at_any_write_to_disk_is_finished_by_the_next(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _make(kit, 3)
    crashes = -1
    is_crashed = True
    while is_crashed:
        crashes += 1
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", _crash_at(crashes))
            is_crashed = _crashes(kit.destroyer())
        _check(kit, made)
        done = kit.destroyer().rotate_epoch(_silent)
        _check(kit, made)
        assert kit.epochs.live() == [done.epoch]
    assert crashes == 6, "new file and folder; tombstone and folder, old file and folder"


def _crash_at(number: int) -> Callable[[int], None]:
    calls = iter(range(1_000))

    def crash(_descriptor: int) -> None:
        if next(calls) == number:
            raise Crash

    return crash


def test_a_connection_lost_in_the_middle_says_to_run_it_again(kit: Kit) -> None:
    made = _make(kit, 2)

    def kill(_done: int, _total: int) -> None:
        with kit.owner() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'therapist_retention' AND datname = current_database()"
            )

    with pytest.raises(Unavailable, match="run it again"):
        kit.destroyer().rotate_epoch(kill)
    _check(kit, made)
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
    rotations = [kit.destroyer().rotate_epoch(_silent) for _ in range(8)]
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert kit.epochs.live() == [rotations[-1].epoch] == [9]
    assert len(made) > 8
    _check(kit, made)
