"""The root key is made once, opens what it wrapped, and is never replaced by accident."""

from pathlib import Path

import pytest

from ledger.errors import KeyFileUnsafe, Tampered
from ledger.keys import root as root_keys
from ledger.keys.epochs import EpochKeys
from ledger.keys.files import read_private
from ledger.keys.root import FileRootKey

SECRET = bytes(range(32))


def test_what_one_process_wraps_another_unwraps(tmp_path: Path) -> None:
    wrapped = FileRootKey.open(tmp_path).wrap(b"context", SECRET)
    assert FileRootKey.open(tmp_path).unwrap(b"context", wrapped) == SECRET


def test_two_folders_have_two_root_keys(tmp_path: Path) -> None:
    wrapped = FileRootKey.open(tmp_path / "a").wrap(b"context", SECRET)
    with pytest.raises(Tampered):
        FileRootKey.open(tmp_path / "b").unwrap(b"context", wrapped)


def test_another_context_does_not_open(tmp_path: Path) -> None:
    root = FileRootKey.open(tmp_path)
    with pytest.raises(Tampered):
        root.unwrap(b"other", root.wrap(b"context", SECRET))


def test_every_changed_byte_is_refused(tmp_path: Path) -> None:
    root = FileRootKey.open(tmp_path)
    wrapped = root.wrap(b"context", SECRET)
    for i in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[i] ^= 1 << (i % 8)
        with pytest.raises(Tampered):
            root.unwrap(b"context", changed)


@pytest.mark.parametrize("length", [0, 11, 12, 27, 28, 59, 61])
def test_a_wrong_length_is_tampered_and_never_another_error(tmp_path: Path, length: int) -> None:
    root = FileRootKey.open(tmp_path)
    wrapped = (root.wrap(b"context", SECRET) + b"x")[:length]
    with pytest.raises(Tampered):
        root.unwrap(b"context", wrapped)


def test_a_lost_root_key_is_not_replaced_while_keys_need_it(tmp_path: Path) -> None:
    EpochKeys(tmp_path, FileRootKey.open(tmp_path)).create(1)
    (tmp_path / "keys" / "root.key").unlink()
    with pytest.raises(KeyFileUnsafe, match="restore"):
        FileRootKey.open(tmp_path)
    assert not (tmp_path / "keys" / "root.key").exists()


def test_a_process_that_was_overtaken_takes_the_root_key_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other made its root key, and wrapped with it, after this one had looked in vain."""
    looks: list[EpochKeys] = []

    def look_first(path: Path) -> bytearray | None:
        found = read_private(path)
        if not looks:
            monkeypatch.setattr(root_keys, "read_private", read_private)
            looks.append(EpochKeys(tmp_path, FileRootKey.open(tmp_path)))
            looks[0].create(1)
        return found

    monkeypatch.setattr(root_keys, "read_private", look_first)
    overtaken = EpochKeys(tmp_path, FileRootKey.open(tmp_path))
    assert overtaken.load(1).commitment == looks[0].load(1).commitment


@pytest.mark.parametrize("content", [bytes(31), bytes(33), b"x"])
def test_a_root_key_of_a_wrong_length_is_refused(tmp_path: Path, content: bytes) -> None:
    FileRootKey.open(tmp_path)
    (tmp_path / "keys" / "root.key").write_bytes(content)
    with pytest.raises(KeyFileUnsafe):
        FileRootKey.open(tmp_path)


def test_a_root_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    FileRootKey.open(tmp_path)
    (tmp_path / "keys" / "root.key").chmod(0o640)
    with pytest.raises(KeyFileUnsafe):
        FileRootKey.open(tmp_path)


def test_the_root_key_is_not_in_its_repr(tmp_path: Path) -> None:
    root = FileRootKey.open(tmp_path)
    secret = (tmp_path / "keys" / "root.key").read_bytes()
    assert secret.hex() not in repr(root) + repr(vars(root))
