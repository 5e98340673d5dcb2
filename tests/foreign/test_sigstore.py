"""npm's `@sigstore/verify` takes the proof files that we export, and no altered one."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks.bundles import Files, changed
from tests.foreign.npm_packages import install

HERE = Path(__file__).parent
TIME_LIMIT_S = 120
Judge = Callable[[Files], str]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The script beside what it needs, as the lock file pins it."""
    place = tmp_path_factory.mktemp("sigstore")
    for name in ("package.json", "package-lock.json", "sigstore.mjs"):
        shutil.copy(HERE / name, place)
    return [*install(place), str(place / "sigstore.mjs")]


@pytest.fixture
def judge(program: list[str], write: Callable[[Files], Path]) -> Judge:
    """What the script says of a bundle."""

    def judged(files: Files) -> str:
        command = [*program, str(write(files))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_S)  # noqa: S603, PLW1510 -- installed above; its exit status is the answer
        assert (done.returncode == 0) == done.stdout.startswith("valid")
        return done.stdout or done.stderr

    return judged


@pytest.mark.postgres
def test_it_takes_what_we_export(judge: Judge, export: Callable[[int], Files]) -> None:
    """Of a real practice, over more than one tile: events on both and the epoch."""
    files = export(300)
    proofs = [name for name in files if name.startswith("proofs/")]
    assert judge(files) == f"valid: {len(proofs)} proofs\n"


def test_it_refuses_what_is_altered(judge: Judge, bundle: Files) -> None:
    """Signatures, hashes, positions and what the proofs are of."""
    assert judge(bundle).startswith("valid")
    for name in bundle:
        if name.startswith("proofs/"):
            for at in (30, -80, -5):
                flipped = changed(bundle, name, lambda raw, at=at: altered(raw, at))
                assert "not valid" in judge(flipped), (name, at)
    other = changed(bundle, "epochs", lambda raw: altered(raw, raw.rindex(b"record ") + 40))
    assert "not valid" in judge(other)
    entries = "practice/tile/entries/000"
    assert "not valid" in judge(changed(bundle, entries, lambda raw: raw.replace(b"e1", b"e2")))


def altered(raw: bytes, at: int) -> bytes:
    """Put another letter or byte in a place."""
    content = bytearray(raw)
    content[at] = content[at] + 1 if content[at] in b"A048" else content[at] ^ 1
    return bytes(content)
