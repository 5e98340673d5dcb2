"""The destroyed keys as this machine remembers them, outside every database and its backups.

A database that is restored whole forgets both the key's end and the event that told of it. This
file does not: one line a key, only ever added to.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from ledger.errors import KeyFileUnsafe
from ledger.keys.files import private_folder, refuse_others
from ledger.keys.known import Destroyed

FILE_NAME: Final = "destroyed"
END: Final = "."  # without it a number that was cut off would still be one
_APPEND: Final = (
    os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
)


class Tombstone(NamedTuple):
    """A destroyed key, and the stream that it was the key of."""

    practice_id: UUID
    stream_id: UUID
    evidence: Destroyed


class Tombstones:
    """The file `keys/destroyed` of one DATA_DIR; several processes may add to it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "keys" / FILE_NAME

    def add(self, stone: Tombstone) -> None:
        """Write a line, on disk when this returns; a key may be told more than once.

        Raises `KeyFileUnsafe` for a file that is another's.
        """
        private_folder(self._path.parent)
        try:
            descriptor = os.open(self._path, _APPEND, 0o600)
        except OSError as error:
            raise KeyFileUnsafe("keys/destroyed is a link or cannot be written") from error
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            refuse_others(os.fstat(descriptor))
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # A line that a crash cut off is ended first: it is then no line, and was told no one.
            file.write(b"\n" + _encode(stone))
            os.fsync(descriptor)

    def __iter__(self) -> Iterator[Tombstone]:
        """Give each destroyed key once. Raises `KeyFileUnsafe` for a file that is another's."""
        if not self._path.exists():
            return
        seen: set[UUID] = set()
        with self._path.open("rb") as file:
            refuse_others(os.fstat(file.fileno()))
            for line in file:
                stone = _decode(line)
                if stone is not None and stone.evidence.key_id not in seen:
                    seen.add(stone.evidence.key_id)
                    yield stone


def _encode(stone: Tombstone) -> bytes:
    evidence = stone.evidence
    fields = (
        stone.practice_id.hex,
        stone.stream_id.hex,
        evidence.key_id.hex,
        str(evidence.key_epoch),
        evidence.wrapped_sha256.hex(),
        str(evidence.destroyed_at_us),
        END,
    )
    return f"{' '.join(fields)}\n".encode()


def _decode(line: bytes) -> Tombstone | None:
    fields = line.decode("ascii", "replace").split()
    try:
        practice, stream, key, epoch, wrapped, at_us, _end = fields
        evidence = Destroyed(UUID(key), int(epoch), bytes.fromhex(wrapped), int(at_us))
        stone = Tombstone(UUID(practice), UUID(stream), evidence)
    except ValueError:
        return None
    return stone if _encode(stone) == line else None
