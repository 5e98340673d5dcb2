"""Lies of whoever hands a bundle over without the signing key: each has a code of its own."""

import random
import re
import subprocess
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import pytest

from ledger.bundle.export import VERIFIER
from tests.attacks.bundles import VERIFY, Files, changed, verdict
from tests.attacks.forge import Event, Lie, events, forged, told

FLIPS: Final = 600
FREE: Final = {"verify.py", "index.html", "statement.pdf"}


@pytest.fixture(scope="module")
def bundle() -> Files:
    """An honest bundle of more than one tile, with a disclosed key."""
    many = [*events(), *(Event(100 + number % 40) for number in range(300))]
    return forged(told(many), Lie(disclosed=(2,)))


def test_the_bundle_is_valid_as_it_is(bundle: Files) -> None:
    """So that what is refused below is refused for its change."""
    assert verdict(bundle) == "valid"


def test_no_bit_of_it_can_be_flipped(bundle: Files) -> None:
    """Seeded; half of them by file, half of them by length."""
    chance = random.Random(20_261_124)
    names = [name for name in bundle if name not in FREE]
    lengths = [len(bundle[name]) for name in names]
    for number in range(FLIPS):
        name = chance.choices(names, lengths)[0] if number % 2 else chance.choice(names)
        at, bit = chance.randrange(len(bundle[name])), chance.randrange(8)
        content = bytearray(bundle[name])
        content[at] ^= 1 << bit
        assert verdict(bundle | {name: bytes(content)}) != "valid", (name, at, bit)


@pytest.mark.slow
def test_no_bit_of_ten_thousand_can_be_flipped(bundle: Files) -> None:
    """The same, for long runs."""
    chance = random.Random(1)
    names = [name for name in bundle if name not in FREE]
    for _ in range(10_000):
        name = chance.choice(names)
        content = bytearray(bundle[name])
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        assert verdict(bundle | {name: bytes(content)}) != "valid"


def test_every_file_is_missed(bundle: Files) -> None:
    """But the key: without it the events that it opens are sealed, and their proofs too many."""
    for name in bundle:
        without = {each: content for each, content in bundle.items() if each != name}
        expected = "file-unexpected" if name.startswith("disclosed/") else "file-missing"
        assert verdict(without) == expected, name


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "root/tile/0/000",
        "practice/tile/0/002",
        "practice/tile/entries/001.p/53",
        "proofs/6.tlog-proof",
        "timestamps/1/other",
        "disclosed/readme",
        "consistency/1",
    ],
)
def test_a_file_too_many_is_found(bundle: Files, name: str) -> None:
    """Also where it looks as if it belonged."""
    assert verdict(bundle | {name: b"x"}) == "file-unexpected"


def test_a_renamed_file_is_missing(bundle: Files) -> None:
    """Names follow from sizes, so each has one."""
    renamed = {name.replace("bodies/000", "bodies/000.p/256"): c for name, c in bundle.items()}
    assert verdict(renamed) == "file-missing"


LINES: Final = re.compile(rb"(?<=\n)([0-9]+)(?=\n)")


EPOCH: Final = "proofs/epoch.tlog-proof"
SPELLINGS: Final[list[tuple[str, Callable[[bytes], bytes], str]]] = [
    ("root/checkpoint", lambda c: LINES.sub(rb"0\1", c, count=1), "checkpoint-malformed"),
    ("root/checkpoint", lambda c: LINES.sub(rb"+\1", c, count=1), "checkpoint-malformed"),
    ("root/checkpoint", lambda c: c.replace(b"\n", b"\r\n", 1), "checkpoint-malformed"),
    ("root/checkpoint", lambda c: c + b"\n", "checkpoint-malformed"),
    ("root/checkpoint", lambda c: c[:-1], "checkpoint-malformed"),
    ("root/checkpoint", lambda c: c.replace(b"\n\n", b"\nmore\n\n"), "checkpoint-malformed"),
    ("root/checkpoint", lambda c: c + c.split(b"\n\n")[1], "checkpoint-malformed"),
    ("root/checkpoint", lambda c: c.replace(b"=\n\n", b"\n\n"), "checkpoint-malformed"),
    ("practice/checkpoint", lambda c: c.replace(b"p/1", b"p/01"), "signature-invalid"),
    ("policy", lambda c: c.replace(b"quorum none", b"quorum  none"), "policy-malformed"),
    ("policy", lambda c: c.replace(b"quorum none", b"quorum any"), "policy-malformed"),
    ("policy", lambda c: c + b"# a comment\n", "policy-malformed"),
    ("policy", lambda c: c.upper(), "policy-malformed"),
    ("epochs", lambda c: c.replace(b"slot-proof@v1", b"slot-proof@v2"), "epochs-malformed"),
    ("epochs", lambda c: c + b"\n", "epochs-malformed"),
    ("epochs", lambda c: c.split(b"\n\n")[0] + b"\n\n", "epochs-malformed"),
    ("epochs", lambda c: c.split(b"\n\n")[0] + b"\n\n" + c, "epochs-malformed"),
    ("epochs", lambda c: b"\n\n".join(reversed(c.split(b"\n\n"))), "epochs-malformed"),
    (
        "proofs/epoch.tlog-proof",
        lambda c: c.replace(b"index 2", b"index 02"),
        "proof-differs",
    ),
    (
        "proofs/epoch.tlog-proof",
        lambda c: c.replace(b"index", b"extra AA==\nindex"),
        "proof-differs",
    ),
    (EPOCH, lambda c: c.replace(b"@v1", b"@v2"), "proof-differs"),
    (EPOCH, lambda c: c.replace(b"c2sp.org", b"c2sp-org"), "proof-differs"),
    ("proofs/1.tlog-proof", lambda c: c.replace(b"index 1\n", b"index 2\n"), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"old 0", b"old 00"), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"old 0", b"old 1"), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"\n\n", b"\n\n\n", 1), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"\n", b"\nAAAA\n", 1), "proof-differs"),
    ("consistency/0", lambda c: c.replace(b"\n", b"\nAAA\n", 1), "proof-differs"),
    ("bodies/000", lambda c: c + b"\0", "file-oversized"),
    ("practice/tile/0/000", lambda c: c[:-1], "tile-differs"),
]


@pytest.mark.parametrize(("name", "change", "code"), SPELLINGS)
def test_one_spelling_only(
    bundle: Files, name: str, change: Callable[[bytes], bytes], code: str
) -> None:
    """Numbers, base64, line ends, formats of a later version, lines too many or too few."""
    found = verdict(changed(bundle, name, change))
    assert found == code or (code == "file-oversized" and found == "entries-malformed")


def test_base64_has_one_spelling(bundle: Files) -> None:
    """The unused bits of a last character must be zero."""
    text = bundle["root/checkpoint"].decode().split("\n")
    root = text[2]
    again = root[:-2] + chr(ord(root[-2]) + 1) + "="
    assert b64decode(again)[:32] == b64decode(root) or b64encode(b64decode(again)) != again.encode()
    altered = bundle["root/checkpoint"].replace(root.encode(), again.encode())
    assert verdict(bundle | {"root/checkpoint": altered}) == "checkpoint-malformed"


def test_a_body_of_another_event_does_not_fit(bundle: Files) -> None:
    """Nor may one be left out where no range of days was asked for."""
    raw = bundle["bodies/000"]
    first = 4 + int.from_bytes(raw[:4], "big")
    assert verdict(bundle | {"bodies/000": b"\xff\xff\xff\xff" + raw[first:]}) == "body-missing"
    second = first + 4 + int.from_bytes(raw[first : first + 4], "big")
    swapped = raw[first:second] + raw[:first] + raw[second:]
    assert verdict(bundle | {"bodies/000": swapped}) == "body-differs"


def run(place: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """Run the verifier as an auditor does, from a copy that stands alone."""
    copy = place.parent / "alone.py"
    copy.write_bytes(VERIFIER.read_bytes())
    command = [sys.executable, "-I", str(copy), str(place), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- our own words
    assert done.stderr == b""
    return done.returncode, msgspec.json.decode(done.stdout, type=dict[str, object])


def write_zip(place: Path, files: Files) -> Path:
    """Write a zip as anybody would."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


def write_folder(place: Path, files: Files) -> Path:
    """Write a folder."""
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def test_folder_and_zip_are_verified_by_the_script_alone(bundle: Files, tmp_path: Path) -> None:
    """Exit status 0, and the verdict as JSON."""
    for place in (write_folder(tmp_path / "b", bundle), write_zip(tmp_path / "b.zip", bundle)):
        status, verdict_ = run(place)
        assert (status, verdict_["valid"], verdict_["events"]) == (0, True, 308)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/outside", "a/../../b", "a\\..\\b", "policy/", "./policy"]
)
def test_a_name_that_leads_outside_is_refused(bundle: Files, tmp_path: Path, name: str) -> None:
    """Nothing is ever unpacked."""
    status, found = run(write_zip(tmp_path / "slip.zip", bundle | {name: b""}))
    assert (status, found["failure"]) == (13, "file-unsafe")
    assert {path.name for path in tmp_path.iterdir()} == {"slip.zip", "alone.py"}


def test_a_name_given_twice_is_refused(bundle: Files, tmp_path: Path) -> None:
    """Two readers could read two files."""
    place = write_zip(tmp_path / "twice.zip", bundle)
    with zipfile.ZipFile(place, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("policy", b"log other\n")
    assert run(place)[1]["failure"] == "file-unsafe"


def test_a_link_is_refused(bundle: Files, tmp_path: Path) -> None:
    """In a folder and in a zip."""
    place = write_folder(tmp_path / "b", bundle)
    (place / "policy").rename(tmp_path / "policy")
    (place / "policy").symlink_to(tmp_path / "policy")
    assert run(place)[1]["failure"] == "file-unsafe"
    link = zipfile.ZipInfo("policy")
    link.external_attr = 0o120777 << 16
    without = {name: content for name, content in bundle.items() if name != "policy"}
    with zipfile.ZipFile(write_zip(tmp_path / "b.zip", without), "a") as archive:
        archive.writestr(link, "../policy")
    assert run(tmp_path / "b.zip")[1]["failure"] == "file-unsafe"


def test_a_file_longer_than_it_can_be_is_not_read(bundle: Files, tmp_path: Path) -> None:
    """Such as a gigabyte of zeros in a small zip."""
    bomb = bundle | {"practice/tile/0/000": bytes(64 << 20)}
    assert run(write_zip(tmp_path / "bomb.zip", bomb))[1]["failure"] == "file-oversized"


def test_nonsense_is_not_valid(tmp_path: Path) -> None:
    """And says so without a traceback."""
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 nothing")
    for place in (tmp_path / "x.zip", tmp_path / "absent", tmp_path):
        status, found = run(place)
        assert status in {10, 90}
        assert found["valid"] is False


def test_each_failure_has_a_status_of_its_own() -> None:
    """None of them 0, 1 or 2, which say other things."""
    statuses = [status for status, _ in VERIFY.FAILURES.values()]
    assert len(set(statuses)) == len(statuses)
    assert min(statuses) > 2
