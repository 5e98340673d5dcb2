"""A witness: cosigns a log's checkpoint only if it extends the last one, and keeps proof of forks.

One folder a witness: its key, and for each log the newest checkpoint that it has cosigned. What it
cosigns is on disk before anybody sees the cosignature. Two signed checkpoints that do not fit
together are evidence and are kept, one file for each checkpoint that came: a fork, of one size and
two roots, which the log alone can make; and a suspicion, where the proof that came did not prove,
which anybody can raise with a public checkpoint.
"""

import fcntl
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, NamedTuple

from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.checkpoint import decode as decode_checkpoint
from ledger.clock import Clock
from ledger.cosignature import CosigningKey
from ledger.errors import Malformed, ProofInvalid, Tampered
from ledger.merkle import verify_consistency
from ledger.note import Note, VerifierKey
from ledger.witness.request import SIZE_TYPE, AddCheckpoint, decode

TEXT: Final = "text/plain; charset=utf-8"
# For each log, of forks and of suspicions each: what comes first stays, what is beyond is not kept.
EVIDENCE_FILES_MAX: Final = 100
_US: Final = 1_000_000


class Answer(NamedTuple):
    """An HTTP answer: status, body, media type."""

    status: int
    body: bytes = b""
    media_type: str = TEXT


class Witness:
    """A witness of these logs; several threads and processes may ask the same folder."""

    def __init__(
        self, folder: Path, key: CosigningKey, logs: Mapping[str, VerifierKey], clock: Clock
    ) -> None:
        """Take the folder for what was cosigned, and the logs' keys by their origin."""
        self._folder = folder
        self._key = key
        self._logs = logs
        self._clock = clock
        for name in ("checkpoints", "evidence"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Answer a request; what is refused is refused as the specification says."""
        try:
            asked = decode(raw)
            checkpoint = asked.checkpoint
        except Malformed:
            return Answer(400, b"this is no request to a witness\n")
        log = self._logs.get(checkpoint.origin)
        if log is None:
            return Answer(404, b"this log is not one of those witnessed here\n")
        try:
            notes.verify(asked.note, [log])
        except ProofInvalid:
            return Answer(403, b"the checkpoint is not signed with the log's key\n")
        if asked.old_size > checkpoint.size:
            return Answer(400, b"the old size is larger than the checkpoint's\n")
        with self._locked(checkpoint.origin) as place:
            return self._decide(place, asked, checkpoint, log)

    def _decide(
        self, place: Path, asked: AddCheckpoint, new: Checkpoint, log: VerifierKey
    ) -> Answer:
        before = _read(place, log)
        old_size, old_root = (0, b"") if before is None else _size_and_root(before)
        asked_note = Note(asked.note.text, _lines_of(asked.note, log))
        if before is not None and old_size == new.size and old_root != new.root:
            self._keep(self._evidence(place, "fork", asked_note), before, asked_note)
            return _conflict(old_size)
        if asked.old_size != old_size:
            return _conflict(old_size)
        if before is None and asked.hashes:
            return Answer(422, b"there is no proof from size 0\n")
        suspicion = self._evidence(place, "suspicion", asked_note)
        if before is not None:
            try:
                verify_consistency(asked.hashes, old_size, new.size, old_root, new.root)
            except ProofInvalid:
                if asked_note.text != before.text:
                    self._keep(suspicion, before, asked_note)
                return Answer(422, b"the checkpoint does not extend the last one\n")
        _write(place, asked_note)
        # It is proven to extend all that was cosigned, so nothing is left of the suspicion.
        suspicion.unlink(missing_ok=True)
        line = self._key.cosign(asked.note.text, self._clock.now_us() // _US).encode()
        return Answer(200, line.encode())

    @contextmanager
    def _locked(self, origin: str) -> Generator[Path]:
        place = self._folder / "checkpoints" / sha256(origin.encode()).hexdigest()
        descriptor = os.open(place.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield place
        finally:
            os.close(descriptor)

    def _evidence(self, place: Path, kind: Literal["fork", "suspicion"], note: Note) -> Path:
        name = f"{place.name}-{kind}-{sha256(note.text.encode()).hexdigest()}"
        return self._folder / "evidence" / name

    @staticmethod
    def _keep(evidence: Path, first: Note, second: Note) -> None:
        """Keep two notes that the log has signed, unless there is such a file, or too many.

        After a bad proof they may fit after all; an auditor can tell, so both are kept.
        """
        log_and_kind = evidence.name.rpartition("-")[0]
        kept = sum(not each.suffix for each in evidence.parent.glob(f"{log_and_kind}-*"))
        if kept < EVIDENCE_FILES_MAX and not evidence.exists():
            _write_bytes(evidence, first.encode() + b"\n" + second.encode())


def _conflict(size: int) -> Answer:
    return Answer(409, f"{size}\n".encode(), SIZE_TYPE)


def _size_and_root(note: Note) -> tuple[int, bytes]:
    checkpoint = decode_checkpoint(note.text)
    return checkpoint.size, checkpoint.root


def _lines_of(note: Note, log: VerifierKey) -> tuple[notes.Signature, ...]:
    ours = (log.name, log.key_id)
    return tuple(each for each in note.signatures if (each.key_name, each.key_id) == ours)[:1]


def _read(place: Path, log: VerifierKey) -> Note | None:
    """Read the newest checkpoint that was cosigned. Raises `Tampered` for a damaged one."""
    try:
        note = notes.decode(place.read_bytes())
        notes.verify(note, [log])
    except FileNotFoundError:
        return None
    except (Malformed, ProofInvalid):
        raise Tampered("a checkpoint that was cosigned is damaged: restore the folder") from None
    return note


def _write(place: Path, note: Note) -> None:
    _write_bytes(place, note.encode())


def _write_bytes(place: Path, content: bytes) -> None:
    """Replace a file so that it is on disk, whole, before this returns."""
    new = place.with_name(f"{place.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
