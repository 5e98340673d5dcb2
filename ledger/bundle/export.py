"""Exports the audit bundle of one practice: static files that anybody verifies without us."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger import policy as policies
from ledger import tiles
from ledger.bundle.exporting import Exporting
from ledger.bundle.log_files import Days, Told, write_practice, write_root_tiles
from ledger.bundle.slot_proofs import SlotProof, choose_epochs, slot_proofs
from ledger.checkpoint import Checkpoint
from ledger.errors import Tampered, Unavailable
from ledger.note import Note, VerifierKey
from ledger.proof_file import ProofFile
from ledger.seal_log.sealed_log import SealedLog, sealed_log
from ledger.seal_log.tree_store import ROOT_LOG, TileReader, read_tree
from ledger.timestamps import stored as timestamps
from ledger.timestamps.authority import stated_time_us
from ledger.witness.request import AddCheckpoint

VERIFIER: Final = Path(__file__).with_name("verify.py")

_NOTE: Final = """
SELECT note FROM ledger.checkpoints WHERE size = %b OR %b::bigint IS NULL ORDER BY size DESC LIMIT 1
"""
_CARRIED: Final = """
SELECT substring(record FROM 73 FOR 32), min(epoch) FROM ledger.epochs
WHERE epoch < %b AND epoch >= (SELECT min(epoch) FROM ledger.slots WHERE slot = %b) GROUP BY 1
"""
_SLOT: Final = "SELECT slot FROM ledger.heads WHERE practice_id = %b"
_SEALED: Final = """
SELECT size, root FROM ledger.slots WHERE slot = %b AND epoch < %b ORDER BY epoch DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose bundle, under which signed note of the root log, and what of it may be read.

    `policy` is the file of that name. `disclosed` holds the record keys, 32 bytes each, that the
    auditor may have, `positions` where what they open stands; `days` limits the bodies of sealed
    events.
    """

    practice_id: UUID
    note: Note
    policy: bytes
    disclosed: Mapping[UUID, bytes]
    positions: Sequence[int] = ()
    days: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the pages of a bundle tell: see docs/format.md for each file.

    `cosigned` says which witnesses of the policy cosigned the root checkpoint, and when, in seconds
    since 1970 UTC; `stamped` which sizes of the root log were timestamped, and when, in
    microseconds.
    """

    practice_id: UUID
    log_key: VerifierKey
    practice_key: VerifierKey
    root: Checkpoint
    practice: Checkpoint
    last: SlotProof
    epochs: int
    told: Told
    disclosed: Sequence[UUID]
    days: Days | None
    cosigned: Mapping[str, int]
    stamped: Mapping[int, int]


Explain = Callable[[Explained], Mapping[str, bytes]]


def export(exporting: Exporting, asked: Asked, explain: Explain) -> Explained:
    """Write all files of the bundle, and return what they tell; `explain` makes the pages of it.

    Raises `Unavailable` when no epoch under this checkpoint holds the practice, `Tampered` when
    what is stored differs from it.
    """
    files = exporting.files
    root = checkpoints.decode(asked.note.text)
    slot, size, sealed_root = _sealed(exporting.connection, asked.practice_id, root.size)
    practice = _practice_note(exporting, slot, root)
    _write_root(exporting, asked, root)
    stamped = _write_timestamps(exporting, slot, root.size)
    _write_consistency(exporting, asked.note, root.size, [each.size for each in stamped])
    chosen = choose_epochs(exporting.connection, slot, root.size)
    epochs = sorted({*chosen, *(each.epoch for each in stamped)})
    last = _write_epochs(exporting, root.origin, slot, epochs)
    told = _write_practice(exporting, asked, last, Sealed(size, sealed_root))
    files.write("practice/checkpoint", practice.note.encode())
    _write_disclosed(exporting, asked, practice.note, size)
    explained = Explained(
        practice_id=asked.practice_id,
        log_key=exporting.key,
        practice_key=VerifierKey(practice.checkpoint.origin, exporting.key.public_key),
        root=root,
        practice=practice.checkpoint,
        last=last,
        epochs=len(epochs),
        told=told,
        disclosed=sorted(asked.disclosed),
        days=asked.days,
        cosigned=policies.decode(asked.policy).cosigned(asked.note),
        stamped={each.size: each.time_us for each in stamped},
    )
    files.write("verify.py", VERIFIER.read_bytes())
    for name, content in explain(explained).items():
        files.write(name, content)
    return explained


def newest_note(connection: Connection[TupleRow], size: int | None = None) -> Note:
    """Return the published note of the root log at this size, by default the newest.

    Raises `Unavailable` when there is none.
    """
    row = connection.execute(_NOTE, (size, size)).fetchone()
    if row is None:
        raise Unavailable("nothing of that size is signed yet: wait for the next epoch")
    return notes.decode(row[0])


class Sealed(NamedTuple):
    """How far an epoch holds a practice's log."""

    size: int
    root: bytes


def sealed_size(connection: Connection[TupleRow], practice_id: UUID, epochs: int) -> int:
    """Return how many events of a practice the first `epochs` epochs hold. Raises `Unavailable`."""
    return _sealed(connection, practice_id, epochs)[1]


def _sealed(
    connection: Connection[TupleRow], practice_id: UUID, epochs: int
) -> tuple[int, int, bytes]:
    slot = connection.execute(_SLOT, (practice_id,)).fetchone()
    row = slot and connection.execute(_SEALED, (slot[0], epochs)).fetchone()
    if not slot or not row:
        raise Unavailable("no signed epoch holds this practice: check its id, or wait for one")
    return slot[0], row[0], row[1]


def _practice_note(exporting: Exporting, slot: int, root: Checkpoint) -> SealedLog:
    sealed = sealed_log(exporting.connection, slot, root, exporting.key)
    assert sealed is not None, "an epoch holds it"
    return sealed


def _write_root(exporting: Exporting, asked: Asked, root: Checkpoint) -> None:
    connection, files = exporting.connection, exporting.files
    reader_of_root = TileReader(connection, ROOT_LOG, read_tree(connection, ROOT_LOG))
    if tiles.root(root.size, reader_of_root) != root.root:
        raise Tampered("the root log's tiles do not make the checkpoint's root; run fsck")
    files.write("policy", asked.policy)
    files.write("root/checkpoint", asked.note.encode())
    write_root_tiles(reader_of_root, files, root.size)
    hashes = tuple(tiles.inclusion_proof(root.size - 1, root.size, reader_of_root))
    proof = ProofFile(root.size - 1, hashes, asked.note)
    files.write("proofs/epoch.tlog-proof", proof.encode())


class _Stamped(NamedTuple):
    """A timestamp: of which size, what time it states, and the first epoch that carries it."""

    size: int
    time_us: int
    epoch: int


def _write_timestamps(exporting: Exporting, slot: int, epochs: int) -> list[_Stamped]:
    """Write the timestamps that an epoch of the slot carries; returns them by size."""
    files, connection = exporting.files, exporting.connection
    carried: dict[bytes, int] = dict(
        connection.execute(_CARRIED, (epochs, slot), binary=True).fetchall()
    )
    stamped: list[_Stamped] = []
    for stamp in timestamps.up_to(connection, epochs):
        epoch = carried.get(stamp.hash)
        if epoch is not None:
            folder = f"timestamps/{stamp.size}"
            note = newest_note(connection, stamp.size).encode()
            files.write(f"{folder}/checkpoint", note)
            files.write(f"{folder}/token.tsr", stamp.response)
            files.write(f"{folder}/chain.pem", stamp.chain)
            stamped.append(_Stamped(stamp.size, stated_time_us(stamp.response), epoch))
    return stamped


def _write_consistency(exporting: Exporting, note: Note, size: int, stamped: Sequence[int]) -> None:
    """Write what a witness takes that has nothing yet, or one of the timestamped checkpoints."""
    connection = exporting.connection
    reader_of_root = TileReader(connection, ROOT_LOG, read_tree(connection, ROOT_LOG))
    for old_size in (0, *stamped):
        proof = tiles.consistency_proof(old_size, size, reader_of_root) if old_size else []
        request = AddCheckpoint(old_size, tuple(proof), note)
        exporting.files.write(f"consistency/{old_size}", request.encode())


def _write_epochs(
    exporting: Exporting, ledger_name: str, slot: int, epochs: Sequence[int]
) -> SlotProof:
    proofs = list(slot_proofs(exporting.connection, ledger_name, slot, epochs))
    exporting.files.write("epochs", b"".join(proof.encode() for proof in proofs))
    last = proofs[-1]
    if not isinstance(last, SlotProof):
        raise Tampered("the last epoch does not hold the practice's slot; run fsck")
    return last


def _write_practice(exporting: Exporting, asked: Asked, last: SlotProof, sealed: Sealed) -> Told:
    root, told = write_practice(exporting, asked.practice_id, sealed.size, asked.days)
    if {root, sealed.root, last.leaf.root} != {root} or last.leaf.size != sealed.size:
        raise Tampered("the practice's events do not make the root that was sealed; run fsck")
    if asked.days is not None:
        exporting.files.write("range", asked.days.encode())
    return told


def _write_disclosed(exporting: Exporting, asked: Asked, note: Note, size: int) -> None:
    connection, files = exporting.connection, exporting.files
    reader_of_tiles = TileReader(
        connection, asked.practice_id, read_tree(connection, asked.practice_id)
    )
    for key_id, secret in sorted(asked.disclosed.items()):
        files.write(f"disclosed/{key_id.hex}.key", f"{secret.hex()}\n".encode())
    for position in asked.positions:
        if position < size:
            hashes = tuple(tiles.inclusion_proof(position, size, reader_of_tiles))
            proof = ProofFile(position, hashes, note)
            files.write(f"proofs/{position}.tlog-proof", proof.encode())
