"""Signs checkpoints of all logs, and remembers its last root outside the database (I4)."""

import fcntl
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.errors import KeyFileUnsafe, LedgerError, ProofInvalid, Tampered, Unavailable
from ledger.keys.files import private_folder, read_private, wipe, write_once
from ledger.merkle import verify_consistency
from ledger.note import KEY_LENGTH, SigningKey, VerifierKey

SIGNER_FOLDER: Final = "signer"
KEY_FILE: Final = "checkpoint.key"
LAST_FILE: Final = "last-checkpoint"

ProveConsistency = Callable[[int, int], list[bytes]]

BEHIND = (
    "the database does not extend the signer's last checkpoint: it was restored, forked or changed;"
    " nothing is signed until that is explained (docs/runbook.md)"
)


class Signed(NamedTuple):
    """A note of the root log, and a signature, 64 bytes, of each practice log's checkpoint."""

    note: bytes
    practices: list[bytes]


class Signer:
    """Holds the signing key for as long as it lives; one process at a time.

    The last checkpoint is on disk before anybody sees it. A crash in between leaves a signer that
    is ahead of what was published, never behind it.
    """

    def __init__(self, data_dir: Path, ledger_name: str) -> None:
        """Open the signer's folder, made at the first start.

        Raises `Unavailable` while another process signs, `KeyFileUnsafe` for files that others
        could read, or when the key is gone although it has signed before.
        """
        self._folder = data_dir / SIGNER_FOLDER
        private_folder(self._folder)
        self._lock = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._hold()
            self._key = _signing_key(self._folder, ledger_name)
            self._last = last_checkpoint(data_dir, self._key.verifier_key)
        except LedgerError:
            os.close(self._lock)
            raise
        self._origin = ledger_name

    def _hold(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable("another process of this service signs already") from None

    def close(self) -> None:
        """Let another process sign."""
        os.close(self._lock)

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        return self._key.verifier_key

    @property
    def last(self) -> tuple[Checkpoint, bytes] | None:
        """The last checkpoint signed and its note, None before the first."""
        return self._last

    def check(self, size: int, root: bytes, prove: ProveConsistency) -> None:
        """Check that a root log of this size and root extends the last checkpoint.

        Raises `Tampered` when it does not: nothing may be signed then.
        """
        if self._last is not None:
            confirm_extends(self._last[0], size, root, prove)

    def sign(
        self,
        size: int,
        root: bytes,
        prove: ProveConsistency,
        practices: Sequence[Checkpoint] = (),
    ) -> Signed:
        """Sign the root log at this size and, once that is on disk, checkpoints of practice logs.

        The caller has confirmed that the root log at this size holds those. Raises `Tampered` as
        `check` does.
        """
        self.check(size, root, prove)
        note = self._sign_root(Checkpoint(self._origin, size, root))
        return Signed(note, [self._sign_practice(each) for each in practices])

    def _sign_root(self, checkpoint: Checkpoint) -> bytes:
        if self._last is not None and self._last[0].size == checkpoint.size:
            return self._last[1]
        raw = notes.sign(checkpoint.encode(), self._key).encode()
        _replace(self._folder / LAST_FILE, raw)
        self._last = (checkpoint, raw)
        return raw

    def _sign_practice(self, checkpoint: Checkpoint) -> bytes:
        assert checkpoint.origin.startswith(f"{self._origin}/p/"), "nothing else is a practice's"
        return self._key.sign(checkpoint.encode()).value


def confirm_extends(last: Checkpoint, size: int, root: bytes, prove: ProveConsistency) -> None:
    """Confirm that a root log of this size and root extends a checkpoint. Raises `Tampered`."""
    if size < last.size:
        raise Tampered(BEHIND)
    try:
        verify_consistency(prove(last.size, size), last.size, size, last.root, root)
    except ProofInvalid:
        raise Tampered(BEHIND) from None


def last_checkpoint(data_dir: Path, key: VerifierKey) -> tuple[Checkpoint, bytes] | None:
    """Read the signer's last checkpoint, None before the first. Raises `Tampered`."""
    content = read_private(data_dir / SIGNER_FOLDER / LAST_FILE)
    if content is None:
        return None
    raw = bytes(content)
    try:
        note = notes.decode(raw)
        notes.verify(note, [key])
        return checkpoints.decode(note.text), raw
    except LedgerError:
        raise Tampered("signer/last-checkpoint is not one that this key has signed") from None


def verifier_key(data_dir: Path, ledger_name: str) -> VerifierKey | None:
    """Return the public half of the key in this folder, None when nothing was ever signed."""
    seed = read_private(data_dir / SIGNER_FOLDER / KEY_FILE)
    return None if seed is None else SigningKey(ledger_name, bytes(seed)).verifier_key


def signing_as(data_dir: Path, ledger_name: str) -> Callable[[str], SigningKey]:
    """Return the ledger's signing key under any name, such as the origin of a practice log.

    Nothing of the service signs with it: that is the sealer's, and others ask for the public half.
    Raises `Unavailable` when nothing was ever signed, `KeyFileUnsafe` for a file others could read.
    """
    seed = read_private(data_dir / SIGNER_FOLDER / KEY_FILE)
    if seed is None:
        raise Unavailable("nothing is signed yet: start the service once")
    held = bytes(seed)
    SigningKey(ledger_name, held)
    return lambda name: SigningKey(name, held)


def make_signing_key(data_dir: Path, ledger_name: str, name: str) -> SigningKey:
    """Return the ledger's key under another name, made now if nothing was ever signed.

    Raises `KeyFileUnsafe` for a file others could read, or when the key is gone.
    """
    folder = data_dir / SIGNER_FOLDER
    private_folder(folder)
    _signing_key(folder, ledger_name)
    return signing_as(data_dir, ledger_name)(name)


def _signing_key(folder: Path, ledger_name: str) -> SigningKey:
    path = folder / KEY_FILE
    seed = read_private(path)
    if seed is None:
        if (folder / LAST_FILE).exists():
            raise KeyFileUnsafe("signer/checkpoint.key is gone: restore it, it has signed before")
        write_once(path, secrets.token_bytes(KEY_LENGTH))
        seed = read_private(path)
    if seed is None or len(seed) != KEY_LENGTH:
        raise KeyFileUnsafe("signer/checkpoint.key is not 32 bytes long: restore it")
    key = SigningKey(ledger_name, bytes(seed))
    wipe(seed)
    return key


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another in one step, on disk when this returns."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        file.write(content)
        os.fsync(descriptor)
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
