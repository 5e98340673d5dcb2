"""A rotation leaves every live key openable and every old copy dead."""

import shutil
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.errors import Busy, KeyDestroyed, KeyFileUnsafe, KeyMissing, Tampered
from ledger.keys import rotation
from ledger.keys.destroyer import KeyDestroyer
from ledger.keys.epochs import EpochKeys, RecordPlace
from ledger.keys.records import Destroyed
from ledger.keys.root import FileRootKey
from tests.ledger.keys.kit import OTHER_STREAM, PRACTICE, STREAM, Kit
from tests.ledger.keys.rotating import check_keys, epoch_states, make_keys, silent

pytestmark = pytest.mark.postgres


def test_the_same_keys_open_under_a_new_epoch(kit: Kit) -> None:
    made = make_keys(kit, 5)
    done = kit.destroyer().rotate_epoch(silent)
    assert (done.epoch, done.keys_rewrapped, done.epochs_destroyed) == (2, 5, (1,))
    assert epoch_states(kit) == {1: "destroyed", 2: "current"}
    assert kit.epochs.live() == [2]
    check_keys(kit, made)


def test_an_empty_vault_has_nothing_to_rotate(kit: Kit) -> None:
    with pytest.raises(KeyMissing):
        kit.destroyer().rotate_epoch(silent)
    assert kit.epochs.live() == []


def test_progress_ends_where_all_is_done(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "REWRAP_KEYS_MAX", 2)
    make_keys(kit, 5)
    seen: list[tuple[int, int]] = []
    kit.destroyer().rotate_epoch(lambda done, total: seen.append((done, total)))
    assert seen == [(0, 5), (2, 5), (4, 5), (5, 5)]


def test_keys_of_the_smallest_ids_are_moved_too(kit: Kit) -> None:
    kit.keys().get_or_create(UUID(int=0), UUID(int=0))
    assert kit.destroyer().rotate_epoch(silent).keys_rewrapped == 1


def test_running_processes_go_on_without_a_restart(kit: Kit) -> None:
    keys = kit.keys()
    made = keys.get_or_create(PRACTICE, STREAM)
    kit.destroyer().rotate_epoch(silent)
    kit.stopwatch.seconds += 100
    assert keys.get_or_create(PRACTICE, STREAM).commitment == made.commitment
    later = keys.get_or_create(PRACTICE, OTHER_STREAM)
    check_keys(kit, {(PRACTICE, OTHER_STREAM): later.commitment})


def test_a_key_is_never_made_under_an_old_epoch(kit: Kit) -> None:
    """The process has not heard of the rotation; the vault refuses, and it tries again."""
    keys = kit.keys()
    kit.destroyer().rotate_epoch(silent)
    keys.get_or_create(PRACTICE, STREAM)
    with kit.owner() as connection:
        row = connection.execute("SELECT epoch FROM keys.record_keys").fetchone()
    assert row == (2,)


def test_a_destroyed_key_stays_destroyed_through_a_rotation(kit: Kit) -> None:
    made = make_keys(kit, 3)
    gone = next(iter(made))
    evidence = kit.destroyer().destroy(*gone)
    kit.destroyer().rotate_epoch(silent)
    assert kit.keys().prepare([gone])[gone] == evidence
    del made[gone]
    check_keys(kit, made)


def test_a_key_destroyed_while_it_is_moved_stays_destroyed(kit: Kit) -> None:
    """Read for re-wrapping, destroyed, and only then written back."""
    made = make_keys(kit, 2)
    gone = next(iter(made))
    original = rotation.EpochKey.wrap

    def destroy_first(self: Any, place: RecordPlace, secret: bytes) -> bytes:  # noqa: ANN401 -- patched in
        if place.stream_id == gone[1]:
            kit.destroyer().destroy(*gone)
        return original(self, place, secret)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotation.EpochKey, "wrap", destroy_first)
        assert kit.destroyer().rotate_epoch(silent).keys_rewrapped == 1
    assert isinstance(kit.keys().prepare([gone])[gone], Destroyed)


def test_an_old_backup_cannot_be_opened_after_a_rotation(kit: Kit) -> None:
    """Neither the old wrapped bytes nor the old epoch file, put back, open anything."""
    kit.keys().get_or_create(PRACTICE, STREAM)
    folder = kit.data_dir / "keys" / "epochs"
    shutil.copy2(folder / "000001.key", kit.data_dir / "backup")
    with kit.owner() as connection:
        row = connection.execute("SELECT key_id, wrapped FROM keys.record_keys").fetchone()
    kit.destroyer().rotate_epoch(silent)
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
    kit.destroyer().rotate_epoch(silent)
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
    made = make_keys(kit, 2)
    key_id = uuid4()
    with kit.owner() as connection:
        connection.execute(
            "INSERT INTO keys.record_keys"
            " (practice_id, stream_id, key_id, epoch, state, wrapped, created_at_us)"
            " VALUES (%s, %s, %s, 1, 'active', %s, 0)",
            (PRACTICE, STREAM, key_id, bytes(60)),
        )
    with pytest.raises(Tampered, match=str(key_id)):
        kit.destroyer().rotate_epoch(silent)
    check_keys(kit, made)
    kit.destroyer().destroy(PRACTICE, STREAM)
    kit.destroyer().rotate_epoch(silent)
    assert epoch_states(kit) == {1: "destroyed", 2: "destroyed", 3: "current"}
    check_keys(kit, made)


def test_a_machine_without_the_vaults_epoch_does_not_rotate(kit: Kit) -> None:
    kit.keys()
    elsewhere = kit.data_dir.with_name("elsewhere")
    epochs = EpochKeys(elsewhere, FileRootKey.open(elsewhere))
    epochs.create(1)
    with pytest.raises(KeyFileUnsafe):
        KeyDestroyer(kit.retention, epochs, kit.clock, None).rotate_epoch(silent)
    assert epoch_states(kit) == {1: "current"}


def test_only_one_process_rotates(kit: Kit) -> None:
    made = make_keys(kit, 2)
    refused: list[str] = []

    def rotate_too(_done: int, _total: int) -> None:
        try:
            kit.destroyer().rotate_epoch(silent)
        except Busy as error:
            refused.append(error.code)

    assert kit.destroyer().rotate_epoch(rotate_too).epoch == 2
    assert set(refused) == {"busy"}
    check_keys(kit, made)
