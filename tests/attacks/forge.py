"""A dishonest operator: whoever holds the signing key can build a bundle of any events."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

from ledger import entries, leaf, sealing, tiles
from ledger import note as notes
from ledger.bundle.export import VERIFIER
from ledger.bundle.log_files import LEFT_OUT, Days
from ledger.checkpoint import Checkpoint
from ledger.cosignature import CosigningKey, cosigned
from ledger.epoch import RECORD_MAGIC, SLOT_MAGIC, SlotLeaf
from ledger.leaf import Preamble, Seal
from ledger.merkle import consistency_proof, inclusion_proof, leaf_hash
from ledger.merkle import root as root_of
from ledger.note import Note, SigningKey
from ledger.proof_file import ProofFile
from ledger.witness.request import AddCheckpoint
from tests.attacks.root_logs import (
    LOG,
    SEED,
    SLOT,
    Bundle,
    Epoch,
    filler,
    held,
    origin,
    record_hashes,
    root_note,
)

ORIGIN: Final = origin(SLOT)
PRACTICE: Final = UUID(int=0xA).bytes
START_US: Final = 1_790_000_000_000_000
MINUTE_US: Final = 60_000_000
COSIGNED_S: Final = START_US // 1_000_000


@dataclass
class Event:
    """One event to be told; `previous` follows from the stream unless it is given.

    `stored` takes the nonce and the preamble, and returns what is stored in the place of the
    sealed body.
    """

    stream: int
    body: bytes = b"body"
    tag: bytes = b"session-logged.v1"
    version: int | None = None
    previous: bytes | None = None
    time_us: int | None = None
    actor: bytes = bytes(16)
    practice: bytes = PRACTICE
    key: int | None = None
    is_clear: bool = False
    nonce: bytes | None = None
    stored: Callable[[bytes, bytes], bytes] | None = None


def shredding(stream: int, key: int, body: bytes | None = None) -> Event:
    """The event that tells of a destroyed key."""
    told = b"\x96\xafkey-shredded.v1\xc4\x10" + UUID(int=stream).bytes
    told += b"\xc4\x10" + UUID(int=key).bytes + b"\xc4\x20" + bytes(32) + b"\x01\x02"
    return Event(0xDEAD, body or told, b"key-shredded.v1", is_clear=True)


def secret(key: int) -> bytes:
    """The record key of a number."""
    return sha256(b"%d" % key).digest()


@dataclass
class Told:
    """Leaves and bodies of a log, written one after another."""

    leaves: list[bytes] = field(default_factory=list[bytes])
    bodies: list[bytes | None] = field(default_factory=list[bytes | None])
    ends: dict[int, tuple[int, bytes]] = field(default_factory=dict[int, tuple[int, bytes]])

    def tell(self, event: Event) -> None:
        """Write an event behind the others, as honestly as it says."""
        version, previous = self.ends.get(event.stream, (0, bytes(32)))
        version = version + 1 if event.version is None else event.version
        number = len(self.leaves)
        seal = None if event.is_clear else _seal(event, event.nonce or struct.pack(">Q4x", number))
        preamble = Preamble(
            event.practice,
            UUID(int=event.stream).bytes,
            version,
            previous if event.previous is None else event.previous,
            UUID(int=0xE0000 + number).bytes,
            START_US + number * MINUTE_US if event.time_us is None else event.time_us,
            event.actor,
            event.tag,
            seal,
        ).encode()
        body = event.body
        if seal is not None:
            key = sealing.RecordKey.of(UUID(bytes=seal.key_id), secret(event.key or event.stream))
            body = key.cipher.encrypt(seal.nonce, event.body, preamble)
            body = event.stored(seal.nonce, preamble) if event.stored else body
        raw = leaf.finish(preamble, body)
        self.leaves.append(raw)
        self.bodies.append(body)
        self.ends[event.stream] = version, leaf_hash(raw)


def _seal(event: Event, nonce: bytes) -> Seal:
    number = event.key or event.stream
    key_id = UUID(int=number).bytes
    return Seal(key_id, sealing.key_commitment(secret(number), key_id), nonce)


@dataclass(frozen=True)
class Lie:
    """What of a bundle is told otherwise than it is; by default nothing.

    `epochs` stand in the place of those after `sealed_after`, and `shown` are the ones whose slot
    proofs are in the bundle; `stamps` are the files of timestamps.
    """

    sealed_after: tuple[int, ...] = (3, 7)
    epoch_times_us: tuple[int, ...] | None = None
    slot_leaf: SlotLeaf | None = None
    magics: tuple[bytes, bytes] = (RECORD_MAGIC, SLOT_MAGIC)
    epochs: Sequence[Epoch] | None = None
    shown: tuple[int, ...] | None = None
    slot: int = SLOT
    disclosed: tuple[int, ...] = ()
    signer: bytes = SEED
    policy: bytes | None = None
    cosigners: tuple[CosigningKey, ...] = ()
    stamps: Bundle = field(default_factory=Bundle)
    days: Days | None = None


def events() -> list[Event]:
    """Eight honest events in three streams, and a destroyed key."""
    told = [Event(1, b"opened", b"practice-opened.v1", is_clear=True)]
    told += [Event(stream) for stream in (2, 3, 2, 4, 3)]
    return [*told, shredding(4, 4), Event(2)]


def told(some: list[Event]) -> Told:
    """Write events one after another."""
    log = Told()
    for event in some:
        log.tell(event)
    return log


def forged(log: Told, lie: Lie = Lie()) -> Bundle:
    """Build the whole bundle over these leaves, signed by the key's holder."""
    hashes = [leaf_hash(each) for each in log.leaves]
    epochs = grown(log, lie) if lie.epochs is None else lie.epochs
    practice = Checkpoint(origin(lie.slot), len(hashes), root_of(hashes))
    note = notes.sign(practice.encode(), SigningKey(practice.origin, lie.signer))
    root = root_note(epochs, lie.signer)
    root = cosigned(root, [each.cosign(root.text, COSIGNED_S) for each in lie.cosigners])
    vkey = SigningKey(LOG, SEED).verifier_key.encode()
    first = min((at for at, each in enumerate(epochs) if lie.slot < len(each.slots)), default=1)
    shown = range(max(first - 1, 0), len(epochs)) if lie.shown is None else lie.shown
    bundle = {
        "policy": lie.policy or f"log {vkey}\nquorum none\n".encode(),
        "root/checkpoint": root.encode(),
        "practice/checkpoint": note.encode(),
        "epochs": b"".join(epochs[at].block(at, lie.slot) for at in shown),
        "verify.py": VERIFIER.read_bytes(),
        "index.html": b"<!doctype html>",
        "statement.pdf": b"%PDF-1.7\n",
    }
    bundle |= _tiles("root", record_hashes(epochs)) | _tiles("practice", hashes)
    bundle |= _entries(log, lie.days) | _root_proofs(epochs, root, lie.stamps) | lie.stamps
    for key in lie.disclosed:
        bundle[f"disclosed/{UUID(int=key).hex}.key"] = f"{secret(key).hex()}\n".encode()
        sealed = UUID(int=key).bytes + sealing.key_commitment(secret(key), UUID(int=key).bytes)
        for at, raw in enumerate(log.leaves):
            if sealed in raw:
                proof = ProofFile(at, tuple(inclusion_proof(hashes, at)), note)
                bundle[f"proofs/{at}.tlog-proof"] = proof.encode()
    return bundle


def grown(log: Told, lie: Lie = Lie()) -> tuple[Epoch, ...]:
    """Epochs after so many events, and after the last; each just after its newest event."""
    sizes = [*lie.sealed_after, len(log.leaves)]
    epochs = list[Epoch]()
    for number, size in enumerate(sizes):
        ours = held(log.leaves, size)
        if lie.slot_leaf is not None and number == len(sizes) - 1:
            ours = replace(lie.slot_leaf, size=lie.slot_leaf.size or size)
        time_us = START_US + (size - 1) * MINUTE_US + 1_000_000
        if lie.epoch_times_us is not None:
            time_us = lie.epoch_times_us[number]
        epochs.append(Epoch(time_us, (filler(0), ours, filler(2)), magics=lie.magics))
    return tuple(epochs)


def _root_proofs(epochs: Sequence[Epoch], root: Note, stamps: Bundle) -> Bundle:
    records = record_hashes(epochs)
    last, found = len(records) - 1, Bundle()
    found["proofs/epoch.tlog-proof"] = ProofFile(
        last, tuple(inclusion_proof(records, last)), root
    ).encode()
    for size in {0, *(int(name.split("/")[1]) for name in stamps)}:
        path = tuple(consistency_proof(records, size)) if size else ()
        found[f"consistency/{size}"] = AddCheckpoint(size, path, root).encode()
    return found


def _tiles(top: str, hashes: list[bytes]) -> Bundle:
    made = tiles.grow(0, (), hashes)
    found = {f"{top}/{tile.path}": raw for tile, raw in made.full}
    edge = {f"{top}/{t.path}": made.edge[t.level] for t in tiles.edge_tiles(len(hashes))}
    return found | edge


def _entries(log: Told, days: Days | None) -> Bundle:
    found: Bundle = {} if days is None else {"range": days.encode()}
    for tile in _level_0(len(log.leaves)):
        start = tile.index * tiles.WIDTH
        end = start + tile.width
        path = entries.bundle_path(tile)
        found[f"practice/{path}"] = entries.encode(log.leaves[start:end])
        both = zip(log.leaves[start:end], log.bodies[start:end], strict=True)
        bodies = [_body(raw, body, days) for raw, body in both]
        found[path.replace("tile/entries/", "bodies/", 1)] = b"".join(bodies)
    return found


def _body(raw: bytes, body: bytes | None, days: Days | None) -> bytes:
    preamble = leaf.decode(raw).preamble if days else None
    is_out = days and preamble and preamble.seal and not days.hold(preamble.recorded_at_us)
    if body is None or is_out:
        return LEFT_OUT
    return struct.pack(">I", len(body)) + body


def _level_0(size: int) -> list[tiles.Tile]:
    every = [*tiles.full_tiles_added(0, size), *tiles.edge_tiles(size)]
    return [tile for tile in every if tile.level == 0]
