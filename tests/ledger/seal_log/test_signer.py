"""The signer's files: readable by nobody else, made once, held by one process at a time."""

from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import pytest

from ledger.checkpoint import Checkpoint
from ledger.errors import KeyFileUnsafe, Tampered, Unavailable
from ledger.merkle import leaf_hash
from ledger.seal_log.signer import KEY_FILE, LAST_FILE, SIGNER_FOLDER, Signer, last_checkpoint
from tests.fix_ledger import LEDGER_NAME

ROOT = leaf_hash(b"one")


def no_proof(_old: int, _new: int) -> list[bytes]:
    """Prove that a tree extends itself."""
    return []


def signed_once(data_dir: Path) -> bytes:
    """Sign a root log of one leaf and return the note."""
    signer = Signer(data_dir, LEDGER_NAME)
    try:
        return signer.sign(1, ROOT, no_proof).note
    finally:
        signer.close()


def test_files_are_for_this_user_only(tmp_path: Path) -> None:
    signed_once(tmp_path)
    folder = tmp_path / SIGNER_FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == {KEY_FILE, LAST_FILE}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
@pytest.mark.parametrize("name", [KEY_FILE, LAST_FILE])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    """Who can read the key can sign another history; who can write the last checkpoint, hide it."""
    signed_once(tmp_path)
    (tmp_path / SIGNER_FOLDER / name).chmod(mode)
    with pytest.raises(KeyFileUnsafe, match="chmod"):
        Signer(tmp_path, LEDGER_NAME)


def test_a_folder_that_others_may_use_is_refused(tmp_path: Path) -> None:
    signed_once(tmp_path)
    (tmp_path / SIGNER_FOLDER).chmod(0o755)
    with pytest.raises(KeyFileUnsafe, match="chmod"):
        Signer(tmp_path, LEDGER_NAME)


def test_a_lost_key_is_not_replaced_once_it_has_signed(tmp_path: Path) -> None:
    """A new key would begin a history that nobody's old one extends to."""
    signed_once(tmp_path)
    (tmp_path / SIGNER_FOLDER / KEY_FILE).unlink()
    with pytest.raises(KeyFileUnsafe, match="restore"):
        Signer(tmp_path, LEDGER_NAME)
    assert not (tmp_path / SIGNER_FOLDER / KEY_FILE).exists()


@pytest.mark.parametrize("length", [31, 33])
def test_a_key_of_a_wrong_length_is_refused(tmp_path: Path, length: int) -> None:
    signed_once(tmp_path)
    (tmp_path / SIGNER_FOLDER / KEY_FILE).write_bytes(bytes(length))
    with pytest.raises(KeyFileUnsafe, match="restore"):
        Signer(tmp_path, LEDGER_NAME)


def test_every_changed_byte_of_the_last_checkpoint_is_noticed(tmp_path: Path) -> None:
    note = signed_once(tmp_path)
    for place in range(len(note)):
        changed = bytearray(note)
        changed[place] ^= 1
        (tmp_path / SIGNER_FOLDER / LAST_FILE).write_bytes(changed)
        with pytest.raises(Tampered):
            Signer(tmp_path, LEDGER_NAME)


def test_the_same_size_is_signed_once(tmp_path: Path) -> None:
    """Ed25519 signs the same text alike, yet the stored note is what is given."""
    assert signed_once(tmp_path) == signed_once(tmp_path)
    signer = Signer(tmp_path, LEDGER_NAME)
    with pytest.raises(Tampered):
        signer.sign(1, leaf_hash(b"another"), no_proof)
    signer.close()


@pytest.mark.parametrize("is_on_disk", [True, False])
def test_a_practice_log_is_signed_once_its_root_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_on_disk: bool
) -> None:
    """Before, it could be of an epoch that is lost, and another would be signed in its place."""
    made: list[Checkpoint] = []

    def sign_practice(_signer: Signer, practice: Checkpoint) -> bytes:
        assert last_checkpoint(tmp_path, signer.verifier_key) is not None
        made.append(practice)
        return bytes(64)

    def cut_off(*_: object) -> NoReturn:
        raise InterruptedError

    signer = Signer(tmp_path, LEDGER_NAME)
    practice = Checkpoint(f"{LEDGER_NAME}/p/0", 1, ROOT)
    monkeypatch.setattr(Signer, "_sign_practice", sign_practice)
    if not is_on_disk:
        monkeypatch.setattr("ledger.seal_log.signer._replace", cut_off)
    with nullcontext() if is_on_disk else pytest.raises(InterruptedError):
        signer.sign(1, ROOT, no_proof, [practice])
    signer.close()
    assert made == ([practice] if is_on_disk else [])


def test_one_process_signs_at_a_time(tmp_path: Path) -> None:
    """The second is told to wait, and may when the first is gone."""
    first = Signer(tmp_path, LEDGER_NAME)
    with pytest.raises(Unavailable):
        Signer(tmp_path, LEDGER_NAME)
    first.close()
    Signer(tmp_path, LEDGER_NAME).close()
