"""The statement in a bundle tells what the bundle's own verifier finds, and names no client."""

import datetime as dt
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from pypdf import PdfReader

from aggregates.shredding import ShredReason
from commands.context import Actor, Context
from commands.log_session import log_session
from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger.bundle.export import newest_note
from ledger.cosignature import CosigningKey
from ledger.opening import open_destroyer, sealing
from ledger.policy import Policy, Witness
from ledger.postgres.connect import Role
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from ledger.seal_log.signer import signing_as
from ledger.timestamps.authority import HttpAuthority
from ledger.timestamps.stamper import stamp_newest
from ledger.witness import stored
from retention.shred import shred
from tests.aggregates.examples import entry
from tests.fix_tsa import TimeStamping
from web.terminal.bundle import Wanted, write_bundle

pytestmark = pytest.mark.postgres
COSIGNED_S = 1_790_000_000
Write = Callable[..., Path]


@pytest.fixture
def seal(context: Context, settings: Settings) -> Callable[[], int]:
    """Make an epoch of what is new."""
    return lambda: seal_once(sealing(context.ledger.database, settings, context.clock))


@pytest.fixture
def write(context: Context, settings: Settings, therapist: Actor, tmp_path: Path) -> Write:
    """Write a bundle of the practice to a new place."""

    def written(**wanted: object) -> Path:
        asked = Wanted(practice_id=therapist.practice_id, place=tmp_path / uuid4().hex)
        asked = replace(asked, **wanted)
        write_bundle(context, settings, asked, lambda _done, _of: None)
        return asked.place

    return written


def log(context: Context, actor: Actor, sessions: int = 1) -> None:
    for _ in range(sessions):
        log_session(context, actor, entry(client="Zebulon Quartermain"), uuid4())


def told(bundle: Path) -> str:
    """What the statement says, with every run of white space as one space."""
    reader = PdfReader(BytesIO((bundle / "statement.pdf").read_bytes()))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def found(bundle: Path) -> dict[str, object]:
    """What the verifier in the bundle reports."""
    command = [sys.executable, str(bundle / "verify.py"), "--json", str(bundle)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 -- ours
    return msgspec.json.decode(done.stdout, type=dict[str, object])


def assert_states(bundle: Path) -> None:
    """Compare the table of bodies with the verifier's report."""
    report, statement = found(bundle), told(bundle)
    states = {
        name: msgspec.convert(report[name.lower().replace(" ", "_")], int)
        for name in ("Readable", "Sealed", "Shredded", "Left out")
    }
    events = msgspec.convert(report["events"], int)
    for name, count in {**states, "Open": events - sum(states.values())}.items():
        assert f" {name} {count} " in statement, name
    assert f" Events {events} " in statement


def test_it_counts_as_the_verifier_does(
    context: Context, settings: Settings, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """Readable, sealed, shredded and left out; whole, with keys, and of other days."""
    gone = log_session(context, therapist, entry(), uuid4()).stream_id
    log(context, therapist, 4)
    size = seal()
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        shred(context, destroyer, therapist.practice_id, gone, ShredReason.RETENTION_ELAPSED)
    seal()
    assert_states(write())
    assert " Shredded 1 " in told(write(is_disclosed=True))
    assert_states(write(is_disclosed=True))
    assert_states(write(is_disclosed=True, size=size))
    day = dt.date(2020, 2, 29)
    other_days = write(first=day, last=day, is_disclosed=True)
    assert_states(other_days)
    assert "2020-02-29 to 2020-02-29" in told(other_days)


def test_it_names_sizes_roots_and_key(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """Those of the two checkpoints, the log's key of the policy, and when it was recorded."""
    log(context, therapist, 2)
    seal()
    log(context, therapist)
    seal()
    bundle = write()
    statement = told(bundle)
    for name, leaf in (("root", "epochs"), ("practice", "events")):
        raw = (bundle / name / "checkpoint").read_bytes()
        checkpoint = checkpoints.decode(notes.decode(raw).text)
        assert b64decode(raw.split(b"\n")[2]) == checkpoint.root
        assert f"{checkpoint.size:,} {leaf}, root {checkpoint.root.hex()}" in statement
    vkey = (bundle / "policy").read_text().split("\n")[0].removeprefix("log ")
    assert vkey in statement
    assert str(therapist.practice_id) in statement
    report = found(bundle)
    first, last = (
        dt.datetime.fromtimestamp(msgspec.convert(report[name], int) // 1_000_000, dt.UTC)
        for name in ("first_us", "last_us")
    )
    assert f"{first:%Y-%m-%d %H:%M:%S} UTC to {last:%Y-%m-%d %H:%M:%S} UTC" in statement
    assert "Days asked for all" in statement
    assert "Witnesses none" in statement
    assert "Timestamps none" in statement


def test_it_names_no_client(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """Neither names nor initials, nor what the practice and its people are called."""
    log(context, therapist, 3)
    seal()
    statement = told(write(is_disclosed=True))
    for name in ("Zebulon", "Quartermain", "Z.Q.", "Z. Q.", "Owner", str(therapist.person_id)):
        assert name not in statement


def test_it_names_witnesses_and_timestamps(
    context: Context,
    settings: Settings,
    therapist: Actor,
    seal: Callable[[], int],
    authority: TimeStamping,
) -> None:
    """By the policy's word for them and the times that they state, whatever signs that has."""
    log(context, therapist)
    seal()
    with context.ledger.database.connect(Role.SEALER) as connection:
        stamp_newest(connection, HttpAuthority(authority.url, authority.certificates))
    log(context, therapist)
    size = seal()
    key = CosigningKey("w.example", b"\1" * 32)
    vkey = signing_as(settings.data_dir, settings.ledger_name)(settings.ledger_name).verifier_key
    policy = Policy(vkey, (Witness("☂-w", key.witness_key),), quorum="☂-w")
    place = authority.folder / "policy"
    place.write_bytes(policy.encode())
    asking = replace(settings, witness_policy=place)
    with context.ledger.database.connect(Role.SEALER) as connection:
        text = newest_note(connection, size).text
        stored.add(connection, size, key.cosign(text, COSIGNED_S))
    bundle = authority.folder / "bundle"
    wanted = Wanted(practice_id=therapist.practice_id, place=bundle)
    write_bundle(context, asking, wanted, lambda _done, _of: None)
    statement, report = told(bundle), found(bundle)
    assert r"Witnesses \u2602-w, 2026-09-21 14:13:20 UTC" in statement
    (stamped,) = msgspec.convert(report["timestamps"], list[str])
    assert f"Timestamps 1; the newest of the root checkpoint of size 1: {stamped}" in statement
