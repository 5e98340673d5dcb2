"""A dishonest operator: whoever holds the signing key can build a bundle of any events."""

import struct
from base64 import b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

from ledger import entries, leaf, sealing, tiles
from ledger import note as notes
from ledger.bundle.export import VERIFIER
from ledger.checkpoint import Checkpoint
from ledger.epoch import NO_TIMESTAMP, EpochRecord, SlotLeaf
from ledger.leaf import Preamble, Seal
from ledger.merkle import Frontier, inclusion_proof, leaf_hash
from ledger.merkle import root as root_of
from ledger.note import SigningKey
from ledger.proof_file import ProofFile
from ledger.witness.request import AddCheckpoint

LOG: Final = "ledger.example"
SLOT: Final = 1
ORIGIN: Final = f"{LOG}/p/{SLOT}"
SEED: Final = bytes(range(32))
PRACTICE: Final = UUID(int=0xA).bytes
START_US: Final = 1_790_000_000_000_000
MINUTE_US: Final = 60_000_000
Bundle = dict[str, bytes]


@dataclass
class Event:
    """One event to be told; `previous` follows from the stream unless it is given."""

    stream: int
    body: bytes = b"body"
    tag: bytes = b"session-logged.v1"
    version: int | None = None
    previous: bytes | None = None
    time_us: int | None = None
    practice: bytes = PRACTICE
    key: int | None = None
    is_clear: bool = False
    event_id: int | None = None


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
    bodies: list[bytes] = field(default_factory=list[bytes])
    ends: dict[int, tuple[int, bytes]] = field(default_factory=dict[int, tuple[int, bytes]])

    def tell(self, event: Event) -> None:
        """Write an event behind the others, as honestly as it says."""
        version, previous = self.ends.get(event.stream, (0, bytes(32)))
        version = version + 1 if event.version is None else event.version
        number = len(self.leaves)
        seal = key = None
        if not event.is_clear:
            key_id = UUID(int=event.key or event.stream).bytes
            key = secret(event.key or event.stream)
            seal = Seal(key_id, sealing.key_commitment(key, key_id), struct.pack(">Q4x", number))
        preamble = Preamble(
            event.practice,
            UUID(int=event.stream).bytes,
            version,
            previous if event.previous is None else event.previous,
            UUID(int=event.event_id or 0xE0000 + number).bytes,
            START_US + number * MINUTE_US if event.time_us is None else event.time_us,
            bytes(16),
            event.tag,
            seal,
        ).encode()
        body = event.body
        if key is not None and seal is not None:
            body = sealing.RecordKey.of(UUID(bytes=seal.key_id), key).cipher.encrypt(
                seal.nonce, event.body, preamble
            )
        raw = leaf.finish(preamble, body)
        self.leaves.append(raw)
        self.bodies.append(body)
        self.ends[event.stream] = version, leaf_hash(raw)


@dataclass(frozen=True)
class Lie:
    """What of a bundle is told otherwise than it is; by default nothing."""

    sealed_after: tuple[int, ...] = (3, 7)
    epoch_times_us: tuple[int, ...] | None = None
    slot_leaf: SlotLeaf | None = None
    disclosed: tuple[int, ...] = ()
    signer: bytes = SEED


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
    sizes = [*lie.sealed_after, len(hashes)]
    records, proofs = _epochs(hashes, sizes, lie)
    root = Checkpoint(LOG, len(records), root_of(map(leaf_hash, records)))
    practice = Checkpoint(ORIGIN, len(hashes), root_of(hashes))
    root_note = notes.sign(root.encode(), SigningKey(LOG, lie.signer))
    note = notes.sign(practice.encode(), SigningKey(ORIGIN, lie.signer))
    vkey = SigningKey(LOG, SEED).verifier_key.encode()
    bundle = {
        "policy": f"log {vkey}\nquorum none\n".encode(),
        "root/checkpoint": root_note.encode(),
        "practice/checkpoint": note.encode(),
        "epochs": b"".join(proofs),
        "verify.py": VERIFIER.read_bytes(),
        "index.html": b"<!doctype html>",
        "statement.pdf": b"%PDF-1.7\n",
    }
    bundle |= _tiles("root", list(map(leaf_hash, records))) | _tiles("practice", hashes)
    bundle |= _entries(log)
    last = [leaf_hash(each) for each in records]
    path = inclusion_proof(last, len(last) - 1)
    bundle["consistency/0"] = AddCheckpoint(0, (), root_note).encode()
    bundle["proofs/epoch.tlog-proof"] = ProofFile(len(last) - 1, tuple(path), root_note).encode()
    for key in lie.disclosed:
        bundle[f"disclosed/{UUID(int=key).hex}.key"] = f"{secret(key).hex()}\n".encode()
        for at, raw in enumerate(log.leaves):
            if (
                UUID(int=key).bytes + sealing.key_commitment(secret(key), UUID(int=key).bytes)
                in raw
            ):
                proof = ProofFile(at, tuple(inclusion_proof(hashes, at)), note)
                bundle[f"proofs/{at}.tlog-proof"] = proof.encode()
    return bundle


def _epochs(hashes: list[bytes], sizes: list[int], lie: Lie) -> tuple[list[bytes], list[bytes]]:
    records, proofs = list[bytes](), list[bytes]()
    for epoch, size in enumerate(sizes):
        frontier = Frontier()
        frontier.extend(hashes[:size])
        ours = SlotLeaf(SLOT, ORIGIN, size, frontier.root(), bytes(16))
        if lie.slot_leaf is not None and epoch == len(sizes) - 1:
            ours = replace(lie.slot_leaf, size=lie.slot_leaf.size or size)
        slots = [
            SlotLeaf(0, f"{LOG}/p/0", 1, bytes(32), bytes(16)),
            ours,
            SlotLeaf(2, f"{LOG}/p/2", 1, bytes(32), bytes(16)),
        ]
        leaves = [leaf_hash(each.encode()) for each in slots]
        time_us = START_US + (size - 1) * MINUTE_US + 1_000_000
        if lie.epoch_times_us is not None:
            time_us = lie.epoch_times_us[epoch]
        record = EpochRecord(epoch, time_us, len(leaves), root_of(leaves), NO_TIMESTAMP).encode()
        records.append(record)
        lines = [b64encode(each).decode() for each in inclusion_proof(leaves, SLOT)]
        head = f"therapist-os/slot-proof@v1\nrecord {b64encode(record).decode()}\n"
        head += f"slot {b64encode(ours.encode()).decode()}\n"
        proofs.append((head + "".join(f"{line}\n" for line in [*lines, ""])).encode())
    return records, proofs


def _tiles(top: str, hashes: list[bytes]) -> Bundle:
    grown = tiles.grow(0, (), hashes)
    found = {f"{top}/{tile.path}": raw for tile, raw in grown.full}
    edge = {f"{top}/{t.path}": grown.edge[t.level] for t in tiles.edge_tiles(len(hashes))}
    return found | edge


def _entries(log: Told) -> Bundle:
    found: Bundle = {}
    for tile in _level_0(len(log.leaves)):
        start = tile.index * tiles.WIDTH
        end = start + tile.width
        path = entries.bundle_path(tile)
        found[f"practice/{path}"] = entries.encode(log.leaves[start:end])
        bodies = [struct.pack(">I", len(each)) + each for each in log.bodies[start:end]]
        found[path.replace("tile/entries/", "bodies/", 1)] = b"".join(bodies)
    return found


def _level_0(size: int) -> list[tiles.Tile]:
    every = [*tiles.full_tiles_added(0, size), *tiles.edge_tiles(size)]
    return [tile for tile in every if tile.level == 0]
