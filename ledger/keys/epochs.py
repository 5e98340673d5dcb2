"""Epoch keys: random keys in files outside of any database, wrapped by the root key.

Record keys are wrapped by the current one. Rotating and destroying the old file ends every copy of
the record keys that were wrapped by it, in whichever backup of the database they are. A destroyed
epoch leaves a tombstone: its file is refused even when somebody puts it back.
"""

import re
import secrets
from pathlib import Path
from struct import Struct
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import KeyDestroyed, KeyFileUnsafe
from ledger.keys.files import destroy_file, private_folder, read_private, wipe, write_once
from ledger.keys.root import KEYS_FOLDER, RootKey, unwrap
from ledger.sealing import KEY_BYTES, NONCE_BYTES, key_commitment

EPOCHS_FOLDER: Final = "epochs"
FIRST_EPOCH: Final = 1

_EPOCH_LABEL: Final = b"therapist-os/epoch-key/v1\n"
_RECORD_LABEL: Final = b"therapist-os/record-key/v1\n"
_EPOCH: Final = Struct(">Q")
_RECORD: Final = Struct(">16s16s16sQ")
_FILE_NAME: Final = re.compile(r"([0-9]{6,})\.(key|destroyed)")


class RecordPlace(msgspec.Struct, frozen=True):
    """Whose key a record key is: it opens for this practice, stream and key id only."""

    practice_id: UUID
    stream_id: UUID
    key_id: UUID


class EpochKey(msgspec.Struct, frozen=True):
    """One epoch's key, ready for use; `commitment` tells it from any other, and shows nothing."""

    epoch: int
    commitment: bytes
    cipher: AESGCM

    def wrap(self, place: RecordPlace, secret: bytes | bytearray) -> bytes:
        """Return nonce 12 || ciphertext||tag, 60 bytes, bound to the place and this epoch."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, secret, self._context(place))

    def unwrap(self, place: RecordPlace, wrapped: bytes) -> bytearray:
        """Return the 32 secret bytes; raises `Tampered`."""
        return unwrap(self.cipher, self._context(place), wrapped)

    def _context(self, place: RecordPlace) -> bytes:
        practice, stream, key = place.practice_id.bytes, place.stream_id.bytes, place.key_id.bytes
        return _RECORD_LABEL + _RECORD.pack(practice, stream, key, self.epoch)


class EpochKeys:
    """The folder DATA_DIR/keys/epochs: NNNNNN.key, or NNNNNN.destroyed in its place."""

    def __init__(self, data_dir: Path, root: RootKey) -> None:
        self.data_dir = data_dir
        self._folder = data_dir / KEYS_FOLDER / EPOCHS_FOLDER
        self._root = root
        private_folder(self._folder.parent)
        private_folder(self._folder)

    def create(self, epoch: int) -> EpochKey:
        """Make an epoch's key, or load the one that another process made first.

        Raises `KeyDestroyed` for an epoch that is over.
        """
        if not self._file(epoch).exists():
            self._refuse_destroyed(epoch)
            secret = bytearray(secrets.token_bytes(KEY_BYTES))
            write_once(self._file(epoch), self._root.wrap(_context(epoch), secret))
            wipe(secret)
        return self.load(epoch)

    def load(self, epoch: int) -> EpochKey:
        """Read an epoch's key.

        Raises `KeyDestroyed` when it was destroyed here, whatever file is there; `KeyFileUnsafe`
        when there is none or others could read it; `Tampered` when it is not what was written.
        """
        self._refuse_destroyed(epoch)
        wrapped = read_private(self._file(epoch))
        if wrapped is None:
            raise KeyFileUnsafe(f"the key file of epoch {epoch} is not there: restore it")
        secret = self._root.unwrap(_context(epoch), wrapped)
        key = EpochKey(epoch, key_commitment(secret, _context(epoch)), AESGCM(secret))
        wipe(secret)
        return key

    def destroy(self, epoch: int) -> None:
        """Destroy an epoch's key for good; may run again after a crash at any step."""
        write_once(self._tombstone(epoch), b"destroyed\n")
        destroy_file(self._file(epoch))

    def live(self) -> list[int]:
        """Return the epochs that have a key file, ascending, tombstones or not."""
        return sorted(epoch for epoch, kind in self._found() if kind == "key")

    def unused(self) -> int:
        """Return the epoch an empty vault begins with: one whose file is whole, or a new one."""
        over = {epoch for epoch, kind in self._found() if kind == "destroyed"}
        usable = [epoch for epoch in self.live() if epoch not in over]
        return max(usable, default=max(over, default=FIRST_EPOCH - 1) + 1)

    def _found(self) -> list[tuple[int, str]]:
        matches = (_FILE_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        return [(int(match[1]), match[2]) for match in matches if match]

    def _refuse_destroyed(self, epoch: int) -> None:
        if self._tombstone(epoch).exists():
            raise KeyDestroyed(f"the key of epoch {epoch} was destroyed and does not come back")

    def _file(self, epoch: int) -> Path:
        return self._folder / f"{epoch:06d}.key"

    def _tombstone(self, epoch: int) -> Path:
        return self._folder / f"{epoch:06d}.destroyed"


def _context(epoch: int) -> bytes:
    return _EPOCH_LABEL + _EPOCH.pack(epoch)
