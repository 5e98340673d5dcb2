"""An epoch's key is made once, binds what it wraps, and never returns once destroyed."""

import shutil
from itertools import count
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from ledger.errors import KeyDestroyed, KeyFileUnsafe, Tampered
from ledger.keys.epochs import EpochKeys, RecordPlace
from ledger.keys.root import FileRootKey

SECRET = bytes(range(32))
PLACE = RecordPlace(UUID(int=1), UUID(int=2), UUID(int=3))


class Crash(Exception):
    """The process ends here."""


def _open(data_dir: Path) -> EpochKeys:
    return EpochKeys(data_dir, FileRootKey.open(data_dir))


@pytest.fixture
def epochs(tmp_path: Path) -> EpochKeys:
    """A new folder of epoch keys."""
    return _open(tmp_path)


def _folder(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "epochs"


def test_an_epoch_is_made_once(tmp_path: Path, epochs: EpochKeys) -> None:
    made = epochs.create(1)
    assert _open(tmp_path).create(1).commitment == made.commitment
    assert _open(tmp_path).load(1).commitment == made.commitment
    assert epochs.create(2).commitment != made.commitment
    assert epochs.live() == [1, 2]


def test_an_epoch_key_does_not_open_under_another_root(tmp_path: Path, epochs: EpochKeys) -> None:
    epochs.create(1)
    other = EpochKeys(tmp_path, FileRootKey.open(tmp_path / "other"))
    with pytest.raises(Tampered):
        other.load(1)


def test_a_file_renamed_to_another_epoch_does_not_open(tmp_path: Path, epochs: EpochKeys) -> None:
    epochs.create(1)
    (_folder(tmp_path) / "000001.key").rename(_folder(tmp_path) / "000002.key")
    with pytest.raises(Tampered):
        epochs.load(2)


def test_a_missing_file_says_to_restore_it(epochs: EpochKeys) -> None:
    with pytest.raises(KeyFileUnsafe, match="epoch 7"):
        epochs.load(7)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path, epochs: EpochKeys) -> None:
    epochs.create(1)
    (_folder(tmp_path) / "000001.key").chmod(0o604)
    with pytest.raises(KeyFileUnsafe):
        epochs.load(1)


def test_a_destroyed_epoch_stays_destroyed_even_when_its_file_is_restored(
    tmp_path: Path, epochs: EpochKeys
) -> None:
    epochs.create(1)
    shutil.copy2(_folder(tmp_path) / "000001.key", tmp_path / "backup")
    epochs.destroy(1)
    assert epochs.live() == []
    shutil.copy2(tmp_path / "backup", _folder(tmp_path) / "000001.key")
    for again in (epochs, _open(tmp_path)):
        with pytest.raises(KeyDestroyed):
            again.load(1)
        with pytest.raises(KeyDestroyed):
            again.create(1)


def test_destroying_twice_is_fine(epochs: EpochKeys) -> None:
    epochs.create(1)
    epochs.destroy(1)
    epochs.destroy(1)


def test_no_new_file_is_made_for_a_destroyed_epoch(epochs: EpochKeys) -> None:
    epochs.create(1)
    epochs.destroy(1)
    with pytest.raises(KeyDestroyed):
        epochs.create(1)
    assert epochs.live() == []


def test_a_crash_while_destroying_leaves_the_epoch_refused_and_can_be_finished(
    tmp_path: Path, epochs: EpochKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every point at which something reaches the disk is a point to crash at."""
    crash_at = -1
    is_whole = False
    while not is_whole:
        crash_at += 1
        epoch = crash_at + 1
        epochs.create(epoch)
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", _crash_at(crash_at))
            try:
                epochs.destroy(epoch)
                is_whole = True
            except Crash:
                pass
        again = _open(tmp_path)
        if crash_at > 0:
            with pytest.raises(KeyDestroyed):
                again.load(epoch)
        again.destroy(epoch)
        assert epoch not in again.live()
        with pytest.raises(KeyDestroyed):
            again.load(epoch)
    assert crash_at == 4, "tombstone, its folder, the overwritten file, the folder"


def _crash_at(number: int) -> object:
    calls = count()

    def crash(_descriptor: int) -> None:
        if next(calls) == number:
            raise Crash

    return crash


def test_a_crash_while_creating_leaves_no_half_file(
    tmp_path: Path, epochs: EpochKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    for epoch in (1, 2):
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", _crash_at(epoch - 1))
            with pytest.raises(Crash):
                epochs.create(epoch)
        made = _open(tmp_path).create(epoch)
        assert _open(tmp_path).load(epoch).commitment == made.commitment


def test_an_empty_vault_begins_with_a_usable_epoch(epochs: EpochKeys) -> None:
    assert epochs.unused() == 1
    epochs.create(1)
    assert epochs.unused() == 1, "made, but the vault never heard of it"
    epochs.destroy(1)
    assert epochs.unused() == 2


@pytest.mark.parametrize("field", ["practice_id", "stream_id", "key_id"])
def test_a_record_key_opens_in_its_place_only(epochs: EpochKeys, field: str) -> None:
    key = epochs.create(1)
    wrapped = key.wrap(PLACE, SECRET)
    assert key.unwrap(PLACE, wrapped) == SECRET
    with pytest.raises(Tampered):
        key.unwrap(msgspec.structs.replace(PLACE, **{field: UUID(int=9)}), wrapped)


def test_a_record_key_opens_under_its_epoch_only(epochs: EpochKeys) -> None:
    first, second = epochs.create(1), epochs.create(2)
    wrapped = first.wrap(PLACE, SECRET)
    with pytest.raises(Tampered):
        second.unwrap(PLACE, wrapped)
    with pytest.raises(Tampered):
        msgspec.structs.replace(first, epoch=2).unwrap(PLACE, wrapped)


def test_every_changed_byte_of_a_wrapped_key_is_refused(epochs: EpochKeys) -> None:
    key = epochs.create(1)
    wrapped = key.wrap(PLACE, SECRET)
    for i in range(len(wrapped)):
        changed = wrapped[:i] + bytes((wrapped[i] ^ 1 << (i % 8),)) + wrapped[i + 1 :]
        with pytest.raises(Tampered):
            key.unwrap(PLACE, changed)
