"""Part (e): what an auditor waits for: a bundle written and verified, a proof from the database."""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final
from uuid import UUID

from ledger.audit_files import AuditFiles
from ledger.bundle.export import VERIFIER, Asked, export, newest_note
from ledger.bundle.exporting import Exporting
from ledger.bundle.files import new_files
from ledger.merkle import HASH_LENGTH
from ledger.note import VerifierKey
from ledger.postgres.connect import Database, Role
from ledger.postgres.settings import Settings
from ledger.seal_log.signer import verifier_key
from tests.benchmarks import ours, peaks
from tests.benchmarks.outcome import Part, rates_of, ratio
from tests.benchmarks.pace import Pace, bar
from tests.benchmarks.place import OpenLedger, Place

PART: Final = "prove"
EXPORT, VERIFY, BARE = "bundle written", "verify.py", "bare SHA-256 of the same files"
PAGES: Final = ("index.html", "statement.pdf")
PROOFS: Final = 200
LEAST: Final = 0.625  # verify.py in at most 1.6 times the bare cost


def measure(place: Place, pace: Pace) -> Part:
    """Write a bundle of a large log, and verify it beside the bare hashing of the same files."""
    few, events = min(pace.sizes), max(pace.sizes)
    small, small_id = _filled(place, few)
    opened, practice_id = _filled(place, events)
    measured: dict[str, list[float]] = {EXPORT: [], VERIFY: [], BARE: []}
    with TemporaryDirectory(prefix="bench-bundle-") as name, bar(PART, 3 * pace.rounds) as tell:
        for number in range(pace.rounds):
            bundle = Path(name, str(number))
            for what, rounds in measured.items():
                began_at = perf_counter()
                _run(what, opened, practice_id, bundle)
                rounds.append(events / (perf_counter() - began_at))
                tell(1)
        writing = [
            peaks.writing_mib(
                partial(_export, each.database, each.settings, practice, Path(name, where))
            )
            for each, practice, where in ((small, small_id, "few"), (opened, practice_id, "many"))
        ]
        verifying = [peaks.verifying_mib(Path(name, where)) for where in ("few", "many")]
    setting = f"{events:,} events"
    rates = rates_of(PART, setting, measured)
    notes = [
        f"a proof in a log of {events:,}: {_proof_ms(opened, practice_id, events):.2f} ms (mean)",
        f"peak memory writing {few:,} and {events:,} events: {writing[0]} and {writing[1]} MiB",
        f"peak memory verifying them: {verifying[0]} and {verifying[1]} MiB",
    ]
    return Part(rates, [ratio(rates, setting, VERIFY, BARE, LEAST)], notes)


def _filled(place: Place, events: int) -> tuple[OpenLedger, UUID]:
    opened = place.ledger()
    practice_id = ours.new_practice(opened)
    with bar(f"{PART}, filling {events:,}", events) as tell:
        ours.fill(opened, practice_id, events, tell)
    opened.seal()
    place.settle(opened.database)
    return opened, practice_id


def _run(what: str, opened: OpenLedger, practice_id: UUID, bundle: Path) -> None:
    if what == EXPORT:
        _export(opened.database, opened.settings, practice_id, bundle)
    elif what == VERIFY:
        _verify(bundle)
    else:
        _hash_files(bundle)


def _export(database: Database, settings: Settings, practice_id: UUID, bundle: Path) -> None:
    key = _key(settings)
    policy = f"log {key.encode()}\nquorum none\n".encode()
    with (
        new_files(bundle) as files,
        database.connect(Role.CHECKER) as connection,
        connection.transaction(),
    ):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        note = newest_note(connection)
        asked = Asked(practice_id=practice_id, note=note, policy=policy, disclosed={})
        exporting = Exporting(connection=connection, files=files, key=key, progress=lambda _: None)
        export(exporting, asked, lambda _: {"index.html": b"", "statement.pdf": b""})


def _key(settings: Settings) -> VerifierKey:
    key = verifier_key(settings.data_dir, settings.ledger_name)
    assert key is not None
    return key


def _verify(bundle: Path) -> None:
    """Run it as an auditor does, interpreter and all."""
    command = [sys.executable, str(VERIFIER), str(bundle)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own words


def _hash_files(bundle: Path) -> None:
    """Read entries and bodies, hash each leaf and body and each tile's nodes, on all cores."""
    found = sorted((bundle / "practice" / "tile" / "entries").rglob("*"))
    files = [(str(path), str(bundle)) for path in found if path.is_file()]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        row = b"".join(pool.map(_hash_tile, files, chunksize=64))
    while len(row) > HASH_LENGTH:
        row = _pairs(row)


def _hash_tile(file: tuple[str, str]) -> bytes:
    """Nothing but reading, cutting and hashing, in the fewest steps that Python has."""
    path, bundle = file
    inner = path.removeprefix(f"{bundle}/practice/tile/entries/")
    raw, at = Path(bundle, "bodies", inner).read_bytes(), 0
    while at < len(raw):
        end = at + 4 + int.from_bytes(raw[at : at + 4], "big")
        sha256(raw[at + 4 : end]).digest()
        at = end
    raw, at, hashes = Path(path).read_bytes(), 0, list[bytes]()
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        hashes.append(sha256(b"\x00" + raw[at + 2 : end]).digest())
        at = end
    row = b"".join(hashes)
    while len(row) > HASH_LENGTH:
        row = _pairs(row)
    return row


def _pairs(row: bytes) -> bytes:
    starts = range(0, len(row) - HASH_LENGTH, 2 * HASH_LENGTH)
    nodes = [sha256(b"\x01" + row[at : at + 2 * HASH_LENGTH]).digest() for at in starts]
    return b"".join(nodes) + row[len(nodes) * 2 * HASH_LENGTH :]


def _proof_ms(opened: OpenLedger, practice_id: UUID, events: int) -> float:
    """Return what one proof of an event takes, its checkpoint's verification included."""
    key = _key(opened.settings)
    files = AuditFiles(opened.ledger.read, lambda: key)
    with opened.ledger.read(practice_id) as connection:
        row = connection.execute(
            "SELECT slot FROM ledger.heads WHERE practice_id = %s", (practice_id,)
        ).fetchone()
    assert row is not None
    began_at = perf_counter()
    for number in range(PROOFS):
        index = number * (events - 1) // PROOFS
        served = files.of_practice_log(row[0], practice_id, f"proof/{index}.tlog-proof")
        assert served is not None
    return (perf_counter() - began_at) / PROOFS * 1_000
