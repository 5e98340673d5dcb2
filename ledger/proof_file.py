"""Proof files (C2SP tlog-proof): one leaf's inclusion in a signed checkpoint, for anybody to keep.

A proof file needs nothing of the log to be verified: only the leaf, the log's origin and key.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.errors import Malformed, ProofInvalid
from ledger.merkle import HASH_LENGTH, SIZE_MAX, verify_inclusion
from ledger.note import NOTE_LENGTH_MAX, Note, VerifierKey

HEADER: Final = "c2sp.org/tlog-proof@v1"
EXTRA_LENGTH_MAX: Final = 65_535
HASHES_MAX: Final = 63
FILE_LENGTH_MAX: Final = NOTE_LENGTH_MAX + 100_000

_EXTRA: Final = "extra "
_INDEX: Final = "index "


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A leaf's index, its inclusion proof (32 bytes a hash, lowest first), the checkpoint's note.

    `extra` is context that nothing vouches for, None when there is none.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    def encode(self) -> bytes:
        """Return the file's bytes. Raises `Malformed` for what no proof file may hold."""
        if not (
            0 <= self.index <= SIZE_MAX
            and len(self.hashes) <= HASHES_MAX
            and all(len(each) == HASH_LENGTH for each in self.hashes)
            and len(self.extra or b"") <= EXTRA_LENGTH_MAX
        ):
            raise Malformed("not a proof file")
        extra = [] if self.extra is None else [_EXTRA + b64encode(self.extra).decode()]
        hashes = [b64encode(each).decode() for each in self.hashes]
        lines = [HEADER, *extra, f"{_INDEX}{self.index}", *hashes]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint.encode()

    def verify(self, leaf_hash: bytes, origin: str, keys: Iterable[VerifierKey]) -> Checkpoint:
        """Return the checkpoint that one of these keys of the log signed and that holds the leaf.

        Raises `ProofInvalid` when no key has signed it or the leaf is not where the file says, or
        it is of another log; `Malformed` when what is signed is no checkpoint.
        """
        notes.verify(self.checkpoint, keys)
        checkpoint = checkpoints.decode(self.checkpoint.text)
        if checkpoint.origin != origin:
            raise ProofInvalid("the checkpoint is of another log")
        verify_inclusion(self.hashes, self.index, checkpoint.size, leaf_hash, checkpoint.root)
        return checkpoint


def decode(raw: bytes) -> ProofFile:
    """Read a proof file strictly, unverified: it must encode to the same bytes.

    Raises `Malformed` for anything else, always the same error.
    """
    try:
        proof = _decode(raw)
        again = proof.encode()
    except (ValueError, Malformed) as error:
        raise Malformed("not a proof file") from error
    if again != raw:
        raise Malformed("not a proof file")
    return proof


def _decode(raw: bytes) -> ProofFile:
    if len(raw) > FILE_LENGTH_MAX:
        raise ValueError
    head, _blank, note = raw.partition(b"\n\n")
    header, *lines = head.decode("ascii").split("\n")
    if header != HEADER or not lines:
        raise ValueError
    extra = None
    if lines[0].startswith(_EXTRA):
        extra = b64decode(lines.pop(0).removeprefix(_EXTRA), validate=True)
    index, *hashes = lines
    if not index.startswith(_INDEX):
        raise ValueError
    decoded = tuple(b64decode(each, validate=True) for each in hashes)
    checkpoint = notes.decode(note)
    checkpoints.decode(checkpoint.text)
    return ProofFile(int(index.removeprefix(_INDEX)), decoded, checkpoint, extra)
