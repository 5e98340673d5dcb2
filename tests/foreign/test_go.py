"""Go's own transparency log packages take what we export, and nothing that verify.py refuses."""

import os
import random
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.bundles import Files, changed, verdict, vouched_for

SOURCES = [str(Path(__file__).with_name(name)) for name in ("bundle.go", "proofs.go")]
PACKAGES = Path("/usr/share/gocode")
TIME_LIMIT_S = 300
Judge = Callable[..., str]
Change = Callable[[bytes], bytes]
SLOT_LINES = re.compile(rb"\nslot .+\n(.+\n)*\n")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built once."""
    go = shutil.which("go")
    if go is None or not (PACKAGES / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip("Debian's golang-go and golang-golang-x-mod-dev are not installed")
    place = tmp_path_factory.mktemp("go")
    there = {"GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOCACHE": str(place / "cache")}
    build = [go, "build", "-o", str(place / "bundle"), *SOURCES]
    subprocess.run(build, env=os.environ | there, check=True, timeout=TIME_LIMIT_S)  # noqa: S603 -- Debian's Go on our sources
    return place / "bundle"


@pytest.fixture
def judge(program: Path, write: Callable[[Files], Path]) -> Judge:
    """What the program says of a bundle."""

    def judged(files: Files, *options: str) -> str:
        command = [str(program), *options, str(write(files))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_S)  # noqa: S603, PLW1510 -- built above; its exit status is the answer
        assert (done.returncode == 0) == done.stdout.startswith(("valid", "accepted", "rejected"))
        return done.stdout or done.stderr

    return judged


@pytest.mark.postgres
def test_it_takes_what_we_export(
    judge: Judge, export: Callable[[int], Files], tmp_path: Path
) -> None:
    """Of a real practice, over more than one tile, with what was kept of an earlier bundle."""
    earlier, later = export(1), export(300)
    kept = tmp_path / "kept"
    kept.write_bytes(earlier["root/checkpoint"])
    assert judge(later, "-since", str(kept)).startswith("valid: 30")
    kept.write_bytes(later["root/checkpoint"])
    assert "shorter than the checkpoint you kept" in judge(earlier, "-since", str(kept))


def test_it_refuses_what_is_altered(judge: Judge, rich_bundle: Files) -> None:
    """So that what it takes means something."""
    assert judge(rich_bundle).startswith("valid")
    for name in vouched_for(rich_bundle):
        if name == "policy" or name.startswith("disclosed/") or name.endswith("token.tsr"):
            continue
        altered = changed(rich_bundle, name, lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]))
        assert judge(altered).startswith("not valid"), name


PATH = b64encode(bytes(32)) + b"\n"


BENT: list[tuple[str, Change]] = [
    ("consistency/0", lambda raw: raw.replace(b"\n", b"\n" + PATH, 1)),
    ("consistency/0", lambda raw: raw.replace(b"\n5\n", b"\n4\n")),
    ("consistency/2", lambda raw: raw.replace(b"\n", b"\n" + PATH, 1)),
    ("consistency/2", lambda raw: b"old 2\n\n" + raw.partition(b"\n\n")[2]),
    ("consistency/2", lambda raw: raw.replace(b"old 2", b"old 4")),
    ("consistency/4", lambda raw: raw.replace(b"old 4", b"old 04")),
    ("consistency/4", lambda raw: raw.rpartition("—".encode())[0]),
    ("epochs", lambda raw: raw.replace(b"\nslot ", b"\n\nslot ", 1)),
    ("epochs", lambda raw: b"\n".join(raw.split(b"\n")[:5]) + b"\n\n"),
    ("epochs", lambda raw: SLOT_LINES.sub(b"\n\n", raw)),
]


@pytest.mark.parametrize(("name", "change"), BENT)
def test_it_refuses_what_a_witness_would(
    judge: Judge, rich_bundle: Files, name: str, change: Change
) -> None:
    """Proofs too long, too short, of other sizes and other notes; slots that are not shown."""
    altered = changed(rich_bundle, name, change)
    assert verdict(altered) != "valid"
    assert judge(altered).startswith("not valid")


def test_another_key_is_refused_by_name(judge: Judge, rich_bundle: Files, tmp_path: Path) -> None:
    """With the policy that was kept."""
    vkey = rich_bundle["policy"].decode().splitlines()[0].split("+")
    other = tmp_path / "policy"
    other.write_text("+".join([*vkey[:2], b64encode(b"\1" + bytes(32)).decode()]) + "\n")
    assert judge(rich_bundle, "-policy", str(other)).startswith("not valid")


def compare(judge: Judge, bundle: Files, tmp_path: Path, count: int) -> None:
    """Nothing that verify.py takes may be refused by Go; verify.py takes no flip at all."""
    chance = random.Random(count)
    names = vouched_for(bundle)
    lengths = [len(bundle[name]) for name in names]
    flips = [
        (name, chance.randrange(len(bundle[name])), chance.randrange(8))
        for number in range(count)
        for name in [chance.choices(names, lengths)[0] if number % 2 else chance.choice(names)]
    ]
    asked = tmp_path / "flips"
    asked.write_text("".join(f"{name} {at} {bit}\n" for name, at, bit in flips))
    answers = judge(bundle, "-flips", str(asked)).split()
    assert len(answers) == count
    assert answers.count("rejected") > count // 2
    for (name, at, bit), answer in zip(flips, answers, strict=True):
        content = bytearray(bundle[name])
        content[at] ^= 1 << bit
        ours = verdict(bundle | {name: bytes(content)})
        assert ours != "valid", (name, at, bit, answer)


def test_no_flipped_bit_is_taken_that_go_refuses(
    judge: Judge, rich_bundle: Files, tmp_path: Path
) -> None:
    """Seeded."""
    compare(judge, rich_bundle, tmp_path, 400)


@pytest.mark.slow
def test_no_flipped_bit_of_ten_thousand_is_taken_that_go_refuses(
    judge: Judge, rich_bundle: Files, tmp_path: Path
) -> None:
    """The same, for long runs."""
    compare(judge, rich_bundle, tmp_path, 10_000)
