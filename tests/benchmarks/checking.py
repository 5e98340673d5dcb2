"""Part (b): checking and replaying a ledger, against its hashing and opening alone."""

from collections.abc import Callable
from hashlib import sha256
from time import perf_counter
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger import merkle, reader
from ledger.sealing import RecordKey
from projections.replay import replay
from tests.benchmarks import ours
from tests.benchmarks.outcome import Part, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.place import OpenLedger, Place

PART: Final = "check"
FSCK, REPLAY = "fsck", "replay, opened and decoded"
HASHES, HASHES_AND_OPENING = "bare SHA-256", "bare SHA-256 and AES-GCM"

_Run = Callable[[], object]
_Sealed = tuple[AESGCM, bytes, bytes, bytes]  # cipher, nonce, stored body, associated data


def measure(place: Place, pace: Pace) -> Part:
    """Check and replay a sealed ledger, and do the bare work over the same bytes in memory."""
    opened = place.ledger()
    practice_id = ours.new_practice(opened)
    with bar(f"{PART}, filling {pace.checked_events:,}", pace.checked_events) as tell:
        ours.fill(opened, practice_id, pace.checked_events, tell)
    opened.seal()
    place.settle(opened.database)
    leaves, bodies, sealed = _in_memory(opened, practice_id)
    runs: dict[str, _Run] = {
        FSCK: opened.check,
        REPLAY: lambda: sum(1 for _ in replay(opened.ledger, practice_id)),
        HASHES: lambda: _hash(leaves, bodies),
        HASHES_AND_OPENING: lambda: _hash_and_open(bodies, sealed),
    }
    measured: dict[str, list[float]] = {name: [] for name in runs}
    with bar(PART, pace.rounds * len(runs)) as tell:
        for _ in range(pace.rounds):
            for name, run in runs.items():
                began_at = perf_counter()
                run()
                measured[name].append(len(leaves) / (perf_counter() - began_at))
                tell(1)
    setting = f"{pace.checked_events:,} events"
    rates = rates_of(PART, setting, measured)
    ratios = [
        ratio(rates, setting, FSCK, HASHES),
        ratio(rates, setting, REPLAY, HASHES_AND_OPENING),
    ]
    return Part(rates, ratios, [])


def _in_memory(
    opened: OpenLedger, practice_id: UUID
) -> tuple[list[bytes], list[bytes], list[_Sealed]]:
    leaves: list[bytes] = []
    bodies: list[bytes] = []
    sealed: list[_Sealed] = []
    after = -1
    with opened.ledger.read(practice_id) as connection:
        while page := reader.page(connection, practice_id, after=after, limit=2_000):
            after = page[-1].position
            leaves += [entry.leaf for entry in page]
            bodies += [entry.body for entry in page]
            wanted = {entry.key_id for entry in page} - {None}
            keys = opened.ledger.keys.get_many(practice_id, [each for each in wanted if each])
            for entry in page:
                seal = entry.preamble.seal
                if seal is not None:
                    key = keys[UUID(bytes=seal.key_id)]
                    assert isinstance(key, RecordKey)
                    sealed.append((key.cipher, seal.nonce, entry.body, entry.leaf[:-36]))
    return leaves, bodies, sealed


def _hash(leaves: list[bytes], bodies: list[bytes]) -> bytes:
    """Hash each body and each leaf, and the nodes of the tree over them."""
    for body in bodies:
        sha256(body).digest()
    return merkle.root([sha256(b"\x00" + leaf).digest() for leaf in leaves])


def _hash_and_open(bodies: list[bytes], sealed: list[_Sealed]) -> None:
    """Hash each body and open it with a key at hand."""
    for body in bodies:
        sha256(body).digest()
    for cipher, nonce, body, associated_data in sealed:
        cipher.decrypt(nonce, body, associated_data)
