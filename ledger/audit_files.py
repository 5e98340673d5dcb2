"""Answers for single files of the root log and of practice logs, as C2SP tlog-tiles names them.

Only what a signed checkpoint holds is given. Each answer costs a handful of reads.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import checkpoint as checkpoints
from ledger import entries, tiles
from ledger.bundle.export import newest_note
from ledger.checkpoint import Checkpoint
from ledger.cosignature import cosigned
from ledger.errors import Malformed, ProofInvalid, Tampered, Unavailable
from ledger.merkle import HASH_LENGTH, SIZE_MAX
from ledger.note import Note, VerifierKey
from ledger.proof_file import ProofFile
from ledger.seal_log.sealed_log import sealed_log
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, read_tree
from ledger.tiles import Tile
from ledger.witness.request import AddCheckpoint
from ledger.witness.stored import lines_of

TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"

_PRACTICE: Final = "SELECT practice_id FROM ledger.heads WHERE slot = %b"
_LEAVES: Final = """
SELECT leaf FROM ledger.events WHERE practice_id = %b AND position >= %b AND position < %b
ORDER BY position
"""
_RECORDS: Final = "SELECT record FROM ledger.epochs WHERE epoch >= %b AND epoch < %b ORDER BY epoch"

_DIGITS: Final = re.compile("[0-9]{1,20}", re.ASCII)

OwnKey = Callable[[], VerifierKey | None]
Lend = Callable[[UUID], AbstractContextManager[Connection[TupleRow]]]


class Served(NamedTuple):
    """A file, and whether what stands at its path can ever change."""

    content: bytes
    media_type: str
    is_immutable: bool


@dataclass(frozen=True, slots=True)
class Log:
    """One log as far as it is signed: its id, signed checkpoint, and where its leaves are."""

    log_id: UUID
    note: Note
    checkpoint: Checkpoint
    connection: Connection[TupleRow]

    def tiles(self) -> TileReader:
        """Return a reader of its tiles."""
        tree = read_tree(self.connection, self.log_id)
        return TileReader(self.connection, self.log_id, tree)

    def leaves(self, start: int, end: int) -> list[bytes]:
        """Read the leaves from `start` on, up to before `end`."""
        if self.log_id == ROOT_LOG:
            rows = self.connection.execute(_RECORDS, (start, end), binary=True)
        else:
            rows = self.connection.execute(_LEAVES, (self.log_id, start, end), binary=True)
        return [row[0] for row in rows]


class AuditFiles:
    """The files of all logs; any thread may ask."""

    def __init__(self, lend: Lend, own_key: OwnKey) -> None:
        """Take what lends connections that read one log, and the log's public key, if it signs."""
        self._lend = lend
        self._own_key = own_key

    def of_root_log(self, path: str) -> Served | None:
        """Return a file of the root log, None for none such. Raises `Unavailable`, `Tampered`."""
        with self._lend(ROOT_LOG) as connection:
            note = newest_note(connection)
            return _file(Log(ROOT_LOG, note, checkpoints.decode(note.text), connection), path)

    def of_practice_log(self, slot: int, practice_id: UUID, path: str) -> Served | None:
        """Return a file of the log in this slot, None for none such, or another practice's.

        Raises `Unavailable`, `Tampered`.
        """
        if slot > SIZE_MAX:
            return None
        with self._lend(practice_id) as connection:
            root = checkpoints.decode(newest_note(connection).text)
            row = connection.execute(_PRACTICE, (slot,), binary=True).fetchone()
            if row is None or row[0] != practice_id:
                return None
            sealed = sealed_log(connection, slot, root, self._key())
            if sealed is None:
                return None
            return _file(Log(practice_id, sealed.note, sealed.checkpoint, connection), path)

    def _key(self) -> VerifierKey:
        key = self._own_key()
        if key is None:
            raise Unavailable("nothing is signed yet: start the service once")
        return key


def _file(log: Log, path: str) -> Served | None:
    kind, _, rest = path.partition("/")
    answer = _ANSWERS.get("entries" if rest.startswith("entries/") else kind)
    try:
        return None if answer is None else answer(log, path)
    except (Malformed, ProofInvalid):
        return None


def _checkpoint(log: Log, path: str) -> Served | None:
    if path != "checkpoint":
        return None
    note = log.note
    if log.log_id == ROOT_LOG:
        note = cosigned(note, lines_of(log.connection, log.checkpoint.size))
    return Served(note.encode(), TEXT, is_immutable=False)


def _tile(log: Log, path: str) -> Served | None:
    tile = tiles.parse_path(path)
    if not _is_held(log, tile):
        return None
    wanted = tiles.widest(tile, log.checkpoint.size)
    hashes = log.tiles()([wanted])[0][: tile.width * HASH_LENGTH]
    if len(hashes) < tile.width * HASH_LENGTH:
        raise Tampered("a tile is missing or shorter than its log; run fsck")
    return Served(hashes, BYTES, is_immutable=True)


def _bundle(log: Log, path: str) -> Served | None:
    tile = tiles.parse_path(path.replace("tile/entries/", "tile/0/", 1))
    if not _is_held(log, tile):
        return None
    start = tile.index * tiles.WIDTH
    leaves = log.leaves(start, start + tile.width)
    if len(leaves) < tile.width:
        raise Tampered("leaves are missing from a log; run fsck")
    return Served(entries.encode(leaves), BYTES, is_immutable=True)


def _proof(log: Log, path: str) -> Served:
    index = _number(path.removeprefix("proof/"), ".tlog-proof")
    hashes = tiles.inclusion_proof(index, log.checkpoint.size, log.tiles())
    proof = ProofFile(index, tuple(hashes), log.note)
    return Served(proof.encode(), TEXT, is_immutable=False)


def _consistency(log: Log, path: str) -> Served:
    """Return the body of a witness's add-checkpoint request (C2SP tlog-witness)."""
    old_size = _number(path.removeprefix("consistency/"))
    size = log.checkpoint.size
    hashes = tiles.consistency_proof(old_size, size, log.tiles()) if old_size else []
    request = AddCheckpoint(old_size, tuple(hashes), log.note)
    return Served(request.encode(), TEXT, is_immutable=False)


def _is_held(log: Log, tile: Tile) -> bool:
    end = tile.index * tiles.WIDTH + tile.width
    return end <= log.checkpoint.size >> tiles.HEIGHT * tile.level


def _number(text: str, ending: str = "") -> int:
    digits = text.removesuffix(ending)
    number = int(digits) if _DIGITS.fullmatch(digits) else 0
    if text != f"{number}{ending}":
        raise Malformed("not a number")
    return number


_ANSWERS: Final[Mapping[str, Callable[[Log, str], Served | None]]] = {
    "checkpoint": _checkpoint,
    "consistency": _consistency,
    "entries": _bundle,
    "proof": _proof,
    "tile": _tile,
}
