"""A demo practice's bundle, stamped and cosigned, under each command that auditors are told."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Final
from uuid import uuid4

import msgspec
import pytest
import uvicorn

from commands.context import Context
from commands.demo_people import DEMO_THERAPIST
from commands.log_session import log_session
from commands.opening import open_context
from ledger.bundle.export import VERIFIER
from ledger.clock import SystemClock
from ledger.opening import sealing
from ledger.postgres.connect import Role
from ledger.postgres.opening import open_database
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from ledger.timestamps.authority import Stamp, stated_time_us
from ledger.timestamps.stamper import stamp_newest
from ledger.witness.configured import asked_policy
from ledger.witness.cosigner import Cosigners
from ledger.witness.opening import open_witness
from tests.aggregates.examples import entry
from tests.fix_tsa import TimeStamping
from tests.foreign.test_sigstore import program as sigstore
from web.witness import build

__all__ = ["sigstore"]  # a fixture: npm's verifier, installed once
pytestmark = pytest.mark.postgres
PROJECT: Final = Path(__file__).parent.parent.parent
GUIDE: Final = (PROJECT / "docs/for-auditors.md").read_text()
GO_PACKAGES: Final = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")
TIME_LIMIT_S: Final = 300
Said = subprocess.CompletedProcess[str]


@dataclass
class Exported:
    """A bundle, what was kept of an earlier one, and the authority's own certificate."""

    place: Path
    kept: Path
    root_certificate: Path

    @property
    def stamped(self) -> Path:
        """The folder of its one timestamp."""
        (found,) = (self.place / "timestamps").iterdir()
        return found


def run(words: list[str], **environment: str) -> Said:
    """Run a program as a person would."""
    there = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(  # noqa: S603 -- what the docs say, with paths of our own
        words,
        cwd=PROJECT,
        env=there | environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_S,
    )


def documented(start: str, places: dict[str, str | Path]) -> list[str]:
    """The words of the command in the guide that starts so, with these in the place of others."""
    blocks = re.findall(r"^```\n(.+?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    (command,) = (block for block in blocks if block.startswith(start))
    for word, place in places.items():
        assert word in command, word
        command = command.replace(word, str(place))
    return shlex.split(command.replace("\\\n", " "))


def therapist_os(settings: Settings, *words: str) -> Said:
    """Run the command line on these settings."""
    policy = {"WITNESS_POLICY": str(settings.witness_policy)} if settings.witness_policy else {}
    command = [sys.executable, "-m", "therapist_os", *words]
    done = run(command, DATA_DIR=str(settings.data_dir), **policy)
    assert done.returncode == 0, done.stderr
    return done


@contextmanager
def listening(folder: Path, vkey: str) -> Generator[str]:
    """A witness of this log that listens; yields its line for a policy."""
    witness, key = open_witness(folder, "w.example/north", [vkey], SystemClock())
    config = uvicorn.Config(build(witness), port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"witness north {key.witness_key.encode()} http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + TIME_LIMIT_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def cosign(context: Context, settings: Settings, size: int) -> None:
    """Have the checkpoint of this size cosigned."""
    cosigners = Cosigners(
        lambda: context.ledger.database.connect(Role.SEALER), asked_policy(settings), lambda _: None
    )
    cosigners.start()

    def is_cosigned() -> bool:
        with context.ledger.database.connect(Role.SEALER) as connection:
            row = connection.execute(
                "SELECT count(*) FROM ledger.cosignatures WHERE size = %s", (size,)
            ).fetchone()
        return row is not None and bool(row[0])

    until(is_cosigned)
    cosigners.stop()


class Local:
    """An authority that is asked without HTTP."""

    def __init__(self, stamping: TimeStamping) -> None:
        self.stamping = stamping
        self.chain = stamping.certificates.read_bytes()

    def stamp(self, content: bytes) -> Stamp:
        """Have these bytes stamped by openssl."""
        (self.stamping.folder / "content").write_bytes(content)
        asked = ("-data", "content", "-sha256", "-cert", "-out", "asked.tsq")
        assert self.stamping.openssl("ts", "-query", *asked).returncode == 0
        response = self.stamping.reply((self.stamping.folder / "asked.tsq").read_bytes())
        return Stamp(response, stated_time_us(response))


def bundle(settings: Settings, place: Path) -> Path:
    """Write the demo practice's bundle with the command line."""
    therapist_os(settings, "bundle", "demo", str(place), "--disclose", "weeks")
    return place


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A year of invented sessions, and a day later: stamped, cosigned and exported again."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("demo")
    stamping = TimeStamping(tmp_path_factory.mktemp("tsa"))
    stamping.make()
    settings = Settings(folder / "data")
    therapist_os(settings, "demo")
    kept = bundle(settings, folder / "kept")
    log = (kept / "policy").read_text().split("\n")[0]
    with (
        open_database(settings, SystemClock(), lambda _: None) as database,
        open_context(database, settings) as context,
        listening(folder / "north", log.removeprefix("log ")) as witness,
    ):
        believing = replace(settings, witness_policy=folder / "policy")
        (folder / "policy").write_text(f"{log}\n{witness}\nquorum north\n")
        with context.ledger.database.connect(Role.SEALER) as connection:
            assert stamp_newest(connection, Local(stamping))
        log_session(context, DEMO_THERAPIST, entry(), uuid4())
        cosign(context, believing, seal_once(sealing(database, believing, context.clock)))
        place = bundle(believing, folder / "bundle")
    shutil.copy(place / "policy", kept / "policy")
    return Exported(place, kept, stamping.folder / "root.pem")


def test_verify_py_finds_it_valid(exported: Exported) -> None:
    """Alone, with everything kept of the bundle before the stamp and the witness."""
    places: dict[str, str | Path] = {
        "python ": f"{sys.executable} ",
        "verify.py": VERIFIER,
        "BUNDLE": exported.place,
        "kept/": f"{exported.kept}/",
    }
    command = documented("python -I verify.py", places)
    done = run([*command, "--json"])
    found = msgspec.json.decode(done.stdout)
    assert (done.returncode, found["valid"]) == (0, True), found
    assert found["events"] > 600
    assert found["readable"] > 0
    states = Counter(week["state"] for week in found["weeks"])
    assert (states["void"], states["signed"]) == (1, len(found["weeks"]) - 1)
    assert {week["origin"] for week in found["weeks"]} == {"https://demo.invalid"}
    assert len(found["weeks"]) > 80
    assert (len(found["timestamps"]), list(found["witnesses"])) == (1, ["north"])
    assert len(found["extends"]) == 2
    told = run(command).stdout
    assert re.findall(r"not checked: that .*", told) == [
        "not checked: that the passkeys were in the hands of those whom the log names, and"
    ]


def test_go_finds_it_valid(exported: Exported, tmp_path: Path) -> None:
    """All events and epochs, and what a witness takes."""
    if shutil.which("go") is None or not GO_PACKAGES.is_dir():
        pytest.skip("Debian's golang-go and golang-golang-x-mod-dev are not installed")
    *settings, program, verb, first, second, place = documented(
        "GO111MODULE=off", {"BUNDLE": exported.place}
    )
    environment = dict(each.split("=") for each in settings)
    command = [program, verb, first, second, place]
    done = run(command, **environment, GOCACHE=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"valid: \d+ events, 2 epochs\n", done.stdout)


def test_npm_s_verifier_finds_it_valid(exported: Exported, sigstore: list[str]) -> None:
    """Every proof file of it."""
    *node, script = sigstore
    places: dict[str, str | Path] = {
        "node ": f"{shlex.join(node)} ",
        "tests/foreign/sigstore.mjs": script,
        "BUNDLE": exported.place,
    }
    done = run(documented("node tests/foreign/sigstore.mjs", places))
    proofs = list((exported.place / "proofs").iterdir())
    assert (done.returncode, done.stdout) == (0, f"valid: {len(proofs)} proofs\n"), done.stderr
    assert len(proofs) > 1


def test_openssl_finds_the_timestamp_valid(exported: Exported) -> None:
    """Over the exported files, from the certificate that the authority gave by itself."""
    places: dict[str, str | Path] = {
        "timestamps/SIZE": exported.stamped,
        "AUTHORITY.pem": exported.root_certificate,
    }
    done = run(documented("openssl ts -verify", places))
    assert (done.returncode, done.stdout.strip()) == (0, "Verification: OK"), done.stderr
