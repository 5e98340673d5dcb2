"""The request to a witness to cosign a checkpoint, and its media types (C2SP tlog-witness)."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.checkpoint import decode as decode_checkpoint
from ledger.errors import Malformed
from ledger.merkle import HASH_LENGTH
from ledger.note import Note

REQUEST_BYTES_MAX: Final = 64 * 1024
HASHES_MAX: Final = 63
SIZE_TYPE: Final = "text/x.tlog.size"
_OLD: Final = re.compile("old (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The size that the witness has, the consistency proof from it, and the checkpoint."""

    old_size: int
    hashes: tuple[bytes, ...]
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says. Raises `Malformed`."""
        return decode_checkpoint(self.note.text)

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = [f"old {self.old_size}", *(b64encode(each).decode() for each in self.hashes), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.note.encode()


def decode(raw: bytes) -> AddCheckpoint:
    """Read a request strictly: what is decoded encodes to the same bytes. Raises `Malformed`."""
    head, _blank, note = raw[:REQUEST_BYTES_MAX].partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
        hashes = tuple(b64decode(line, validate=True) for line in lines)
        asked = AddCheckpoint(_old_size(first), hashes, notes.decode(note))
    except (ValueError, Malformed) as error:
        raise Malformed("not a request to a witness") from error
    are_hashes = len(hashes) <= HASHES_MAX and {len(each) for each in hashes} <= {HASH_LENGTH}
    if not are_hashes or asked.encode() != raw:
        raise Malformed("not a request to a witness")
    return asked


def _old_size(line: str) -> int:
    found = _OLD.fullmatch(line)
    if found is None:
        raise Malformed("not a request to a witness")
    return int(found[1])
