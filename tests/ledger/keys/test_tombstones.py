"""What was destroyed is remembered line by line, whatever a crash left half written."""

from pathlib import Path
from uuid import UUID

import pytest

from ledger.errors import KeyFileUnsafe
from ledger.keys.known import Destroyed
from ledger.keys.tombstones import Tombstone, Tombstones


def stone(number: int) -> Tombstone:
    evidence = Destroyed(UUID(int=number), 1, bytes([number]) * 32, 1_700_000_000_000_000)
    return Tombstone(UUID(int=7), UUID(int=100 + number), evidence)


def test_each_key_is_remembered_once(tmp_path: Path) -> None:
    """In the order they went, however often they were told."""
    stones = Tombstones(tmp_path)
    assert list(stones) == []
    for number in (2, 1, 2, 3):
        stones.add(stone(number))
    assert list(Tombstones(tmp_path)) == [stone(2), stone(1), stone(3)]


@pytest.mark.parametrize("cut", range(2, 60, 7))
def test_a_line_that_a_crash_cut_off_spoils_no_other(tmp_path: Path, cut: int) -> None:
    """The cut key was not yet said to be destroyed, and the same call is made again."""
    stones, path = Tombstones(tmp_path), tmp_path / "keys" / "destroyed"
    stones.add(stone(1))
    stones.add(stone(2))
    path.write_bytes(path.read_bytes()[:-cut])
    stones.add(stone(3))
    assert list(stones) == [stone(1), stone(3)]


def test_a_file_that_others_may_use_is_refused(tmp_path: Path) -> None:
    """Both for writing and for reading; so is a link."""
    stones, path = Tombstones(tmp_path), tmp_path / "keys" / "destroyed"
    stones.add(stone(1))
    path.chmod(0o622)
    with pytest.raises(KeyFileUnsafe):
        stones.add(stone(2))
    with pytest.raises(KeyFileUnsafe):
        list(stones)
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))
    with pytest.raises(KeyFileUnsafe):
        stones.add(stone(2))
