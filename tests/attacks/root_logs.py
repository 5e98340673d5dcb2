"""Root logs to lie with: epochs of any slots, times and stamps, signed by the key's holder."""

import struct
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from ledger import note as notes
from ledger.checkpoint import Checkpoint
from ledger.epoch import NO_TIMESTAMP, RECORD_MAGIC, SLOT_MAGIC, EpochRecord, SlotLeaf
from ledger.merkle import Frontier, inclusion_proof, leaf_hash
from ledger.merkle import root as root_of
from ledger.note import Note, SigningKey

LOG: Final = "ledger.example"
SLOT: Final = 1
SEED: Final = bytes(range(32))
TIME_AT: Final = 24  # in an epoch record
HEADER: Final = "therapist-os/slot-proof@v1"
Bundle = dict[str, bytes]


def origin(slot: int) -> str:
    """The name of the log in a slot."""
    return f"{LOG}/p/{slot}"


def filler(slot: int) -> SlotLeaf:
    """Some other practice's slot."""
    return SlotLeaf(slot, origin(slot), 1, bytes(32), bytes(16))


def held(leaves: Sequence[bytes], size: int, slot: int = SLOT) -> SlotLeaf:
    """The slot of a log that has come so far."""
    frontier = Frontier()
    frontier.extend([leaf_hash(each) for each in leaves[:size]])
    return SlotLeaf(slot, origin(slot), size, frontier.root(), bytes(16))


@dataclass(frozen=True)
class Epoch:
    """An epoch of these slots; `magics` are those of its record and of its slot leaves.

    `bend` changes the bytes of each slot leaf to what no encoder of ours writes.
    """

    time_us: int
    slots: tuple[SlotLeaf, ...]
    stamp: bytes = NO_TIMESTAMP
    magics: tuple[bytes, bytes] = (RECORD_MAGIC, SLOT_MAGIC)
    bend: Callable[[bytes], bytes] = bytes

    def leaves(self) -> list[bytes]:
        """The leaves of its slot tree."""
        raw = [self.magics[1] + each.encode()[len(SLOT_MAGIC) :] for each in self.slots]
        return [self.bend(each) for each in raw]

    def record(self, number: int) -> bytes:
        """Its leaf of the root log."""
        hashes = [leaf_hash(each) for each in self.leaves()]
        raw = EpochRecord(number, 0, len(hashes), root_of(hashes), self.stamp).encode()
        time = struct.pack(">q", self.time_us)  # also one before 1970, which is no epoch's
        return self.magics[0] + raw[len(RECORD_MAGIC) : TIME_AT] + time + raw[TIME_AT + 8 :]

    def block(self, number: int, slot: int) -> bytes:
        """What the file `epochs` says of it: the record alone where the slot is not there yet."""
        lines = [HEADER, f"record {b64encode(self.record(number)).decode()}"]
        leaves = self.leaves()
        if slot < len(leaves):
            path = inclusion_proof([leaf_hash(each) for each in leaves], slot)
            lines.append(f"slot {b64encode(leaves[slot]).decode()}")
            lines += [b64encode(each).decode() for each in path]
        return "".join(f"{line}\n" for line in [*lines, ""]).encode()


def record_hashes(epochs: Sequence[Epoch]) -> list[bytes]:
    """The leaf hashes of the root log."""
    return [leaf_hash(each.record(number)) for number, each in enumerate(epochs)]


def root_note(epochs: Sequence[Epoch], seed: bytes = SEED) -> Note:
    """The signed checkpoint of these epochs."""
    root = Checkpoint(LOG, len(epochs), root_of(record_hashes(epochs)))
    return notes.sign(root.encode(), SigningKey(LOG, seed))


def stamped(
    epochs: Sequence[Epoch], size: int, make: Callable[[bytes], bytes], *, carried: int = 0
) -> tuple[tuple[Epoch, ...], Bundle]:
    """Stamp the checkpoint of the first `size` epochs; the first epoch to carry it may be another.

    Returns the epochs with the stamp, and the files of the timestamp.
    """
    note = root_note(epochs[:size]).encode()
    token = make(note)
    first = carried or size
    later = [replace(each, stamp=sha256(token).digest()) for each in epochs[first:]]
    files = {"checkpoint": note, "token.tsr": token, "chain.pem": b"-----BEGIN CERTIFICATE-----\n"}
    places = {f"timestamps/{size}/{name}": content for name, content in files.items()}
    return (*epochs[:first], *later), places
