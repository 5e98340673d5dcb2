"""An audit bundle is always the same, there in whole or not at all, and names no client."""

import datetime as dt
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest

from aggregates.shredding import ShredReason
from commands.context import Actor, Context
from commands.log_session import log_session
from ledger import checkpoint as checkpoints
from ledger import note as notes
from ledger import proof_file
from ledger.bundle import slot_proofs
from ledger.cosignature import CosigningKey, decode_lines
from ledger.errors import SettingsInvalid, Tampered, Unavailable
from ledger.merkle import leaf_hash
from ledger.opening import open_destroyer, sealing
from ledger.postgres.connect import Role
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from ledger.timestamps.authority import HttpAuthority
from ledger.timestamps.stamper import stamp_newest
from ledger.witness.request import AddCheckpoint
from ledger.witness.request import decode as decode_request
from ledger.witness.witness import Witness
from retention.shred import shred
from tests.aggregates.examples import entry
from tests.attacks.bundles import changed, verdict
from tests.fix_tsa import TimeStamping
from web.terminal.bundle import Wanted, write_bundle

pytestmark = pytest.mark.postgres
Write = Callable[..., dict[str, bytes]]


def read(place: Path) -> dict[str, bytes]:
    """Every file of a folder by its path in it."""
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


@pytest.fixture
def seal(context: Context, settings: Settings) -> Callable[[], int]:
    """Make an epoch of what is new."""
    return lambda: seal_once(sealing(context.ledger.database, settings, context.clock))


@pytest.fixture
def write(context: Context, settings: Settings, therapist: Actor, tmp_path: Path) -> Write:
    """Write a bundle of the practice to a new place, and read it."""

    def written(**wanted: object) -> dict[str, bytes]:
        asked = Wanted(practice_id=therapist.practice_id, place=tmp_path / uuid4().hex)
        asked = replace(asked, **wanted)
        write_bundle(context, settings, asked, lambda _done, _of: None)
        return read(asked.place)

    return written


def log(context: Context, actor: Actor, sessions: int = 1) -> None:
    for _ in range(sessions):
        log_session(context, actor, entry(client="Zebulon Quartermain"), uuid4())


def test_the_same_checkpoint_gives_the_same_bytes_again(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """Also when the log has grown and was sealed anew in between."""
    log(context, therapist, 3)
    size = seal()
    first = write(is_disclosed=True)
    log(context, therapist, 300)
    seal()
    assert write(is_disclosed=True, size=size) == first
    assert write() != first


def test_a_zip_holds_the_folder_s_files(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write, tmp_path: Path
) -> None:
    """And is itself always the same."""
    log(context, therapist)
    seal()
    folder = write()
    for name in ("one.zip", "two.zip"):
        write(place=tmp_path / name)
    with ZipFile(tmp_path / "one.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == folder
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600


def test_no_proof_changes_when_a_record_is_shredded(
    context: Context,
    settings: Settings,
    therapist: Actor,
    seal: Callable[[], int],
    write: Write,
) -> None:
    """Roots, checkpoints, entries, tiles, proofs and bodies of a checkpoint stay the same."""
    gone = log_session(context, therapist, entry(), uuid4()).stream_id
    size = seal()
    before = write(is_disclosed=True)
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        reason = ShredReason.RETENTION_ELAPSED
        shred(context, destroyer, therapist.practice_id, gone, reason)
    seal()
    assert write(is_disclosed=True, size=size) == before


def test_a_bundle_names_no_client_and_discloses_no_session(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """Neither names nor initials stand in any file; the one key given away is the practice's."""
    log(context, therapist, 3)
    seal()
    files = write(is_disclosed=True)
    for path, content in files.items():
        if not path.startswith(("bodies/", "practice/tile", "verify.py")):
            assert b"Z.Q." not in content, path
        assert b"Zebulon" not in content
        assert b"Quartermain" not in content
    assert sum(path.startswith("disclosed/") for path in files) == 1
    assert not any(path.startswith("disclosed/") for path in write())


def test_bodies_of_other_days_are_left_out_and_all_proofs_stay(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """What is clear stays, since it tells what was shredded."""
    log(context, therapist, 5)
    seal()
    day = dt.date(2020, 2, 29)
    whole, ranged = write(), write(first=day, last=day)
    assert ranged.pop("range") == b"from 2020-02-29\nto 2020-02-29\n"
    differing = {path for path in whole if whole[path] != ranged[path]}
    assert differing == {"bodies/000.p/9", "index.html", "statement.pdf"}
    assert ranged["bodies/000.p/9"].count(b"\xff\xff\xff\xff") == 8
    today = dt.datetime.now(dt.UTC).date()
    near = {"first": today - dt.timedelta(days=1), "last": today + dt.timedelta(days=1)}
    assert write(**near)["bodies/000.p/9"] == whole["bodies/000.p/9"]


def test_its_proof_files_verify_under_its_own_keys(
    context: Context, settings: Settings, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """Of the last epoch under the root log's, of each disclosed event under the practice log's."""
    log(context, therapist, 2)
    seal()
    log(context, therapist, 2)
    seal()
    files = write(is_disclosed=True)
    key = notes.decode_verifier_key(files["policy"].decode().split()[1])
    epoch = proof_file.decode(files["proofs/epoch.tlog-proof"])
    record = slot_record(files["epochs"])
    assert epoch.verify(leaf_hash(record), settings.ledger_name, [key]).size == epoch.index + 1
    note = notes.decode(files["practice/checkpoint"])
    practice = checkpoints.decode(note.text)
    practice_key = notes.VerifierKey(practice.origin, key.public_key)
    notes.verify(note, [practice_key])
    assert practice.size == 8
    assert [path for path in files if path.endswith(".tlog-proof")] == [
        *(f"proofs/{position}.tlog-proof" for position in (1, 2, 3)),
        "proofs/epoch.tlog-proof",
    ]


def slot_record(epochs: bytes) -> bytes:
    """The record in the last block of the file `epochs`."""
    last = epochs.decode().removesuffix("\n\n").split("\n\n")[-1].split("\n")
    assert last[0] == slot_proofs.HEADER
    return b64decode(last[1].removeprefix("record "))


def test_nothing_is_left_when_stored_data_differs(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write, tmp_path: Path
) -> None:
    """An altered body stops the export, and no half bundle stands anywhere."""
    log(context, therapist)
    seal()
    with context.ledger.database.connect(Role.OWNER) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER no_change")
        connection.execute("UPDATE ledger.events SET body = body || '\\x00' WHERE position = 4")
    before = set(tmp_path.iterdir())
    with pytest.raises(Tampered):
        write()
    assert set(tmp_path.iterdir()) == before


def test_a_place_that_is_taken_is_left_alone(
    context: Context, therapist: Actor, seal: Callable[[], int], write: Write, tmp_path: Path
) -> None:
    """And a parent that does not exist is not made."""
    log(context, therapist)
    seal()
    (tmp_path / "taken").mkdir()
    for place in (tmp_path / "taken", tmp_path / "none" / "bundle"):
        with pytest.raises(SettingsInvalid):
            write(place=place)
    assert list((tmp_path / "taken").iterdir()) == []


def test_a_practice_that_no_epoch_holds_has_no_bundle(
    therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """An unknown practice neither; nor is there a checkpoint of a size never signed."""
    del therapist
    seal()
    for wanted in ({"practice_id": uuid4()}, {"size": 99}):
        with pytest.raises(Unavailable):
            write(**wanted)


def test_what_is_written_is_valid(
    context: Context, settings: Settings, therapist: Actor, seal: Callable[[], int], write: Write
) -> None:
    """Whole or of some days, with and without keys, after a shredding, and as it was before."""
    gone = log_session(context, therapist, entry(), uuid4()).stream_id
    log(context, therapist, 2)
    size = seal()
    first = write(is_disclosed=True)
    assert verdict(first) == "valid"
    log(context, therapist, 300)
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        shred(context, destroyer, therapist.practice_id, gone, ShredReason.RETENTION_ELAPSED)
    seal()
    now = write(is_disclosed=True)
    past = [first["root/checkpoint"], first["practice/checkpoint"]]
    assert verdict(now, since=past, kept=first["policy"]) == "valid"
    assert verdict(write(first=dt.date(2020, 1, 1), last=dt.date(2020, 1, 2))) == "valid"
    assert verdict(write(size=size), since=[now["root/checkpoint"]]) == "rollback"


@pytest.fixture
def stamped(
    context: Context, therapist: Actor, seal: Callable[[], int], authority: TimeStamping
) -> int:
    """A log of two epochs of which the first was stamped; the size of its root log."""
    log(context, therapist)
    seal()
    with context.ledger.database.connect(Role.SEALER) as connection:
        stamp_newest(connection, HttpAuthority(authority.url, authority.certificates))
    log(context, therapist)
    return seal()


@pytest.mark.usefixtures("stamped")
def test_a_timestamp_comes_with_the_epoch_that_carries_it(write: Write) -> None:
    """It is bound both ways: to its checkpoint, and by the epochs around it."""
    files = write()
    assert {name for name in files if name.startswith("timestamps/")} == {
        f"timestamps/1/{name}" for name in ("checkpoint", "token.tsr", "chain.pem")
    }
    assert verdict(files) == "valid"
    stamp = "timestamps/1/token.tsr"
    assert verdict(changed(files, stamp, lambda c: c + b"\0")) == "timestamp-malformed"
    assert verdict(files | {stamp: b"\x30\x80"}) == "timestamp-malformed"
    other = files | {"timestamps/1/checkpoint": files["root/checkpoint"]}
    assert verdict(other) == "timestamp-unbound"
    requests = [name for name in files if name.startswith("consistency/")]
    assert requests == ["consistency/0", "consistency/1"]
    flip = "consistency/1"
    assert verdict(changed(files, flip, lambda c: b"old 1\n" + c[13:])) == "proof-differs"
    without = files[flip].partition(b"\n\n")
    assert verdict(files | {flip: b"old 1\n\n" + without[2]}) == "proof-differs"


@pytest.mark.usefixtures("stamped")
def test_a_witness_takes_what_is_in_a_bundle(
    context: Context, write: Write, tmp_path: Path
) -> None:
    """One that never saw the log, and one that saw the checkpoint that was timestamped."""
    files = write()
    vkey = notes.decode_verifier_key(files["policy"].decode().split("\n")[0].removeprefix("log "))
    for name in ("fresh", "past"):
        key = CosigningKey("w.example", b"\1" * 32)
        witness = Witness(tmp_path / name, key, {vkey.name: vkey}, context.clock)
        if name == "past":
            first = AddCheckpoint(0, (), notes.decode(files["timestamps/1/checkpoint"]))
            assert witness.add_checkpoint(first.encode()).status == 200
        body = files["consistency/1" if name == "past" else "consistency/0"]
        answer = witness.add_checkpoint(body)
        text = decode_request(body).note.text
        (line,) = decode_lines(text, answer.body)
        key.witness_key.verify(text, line)
