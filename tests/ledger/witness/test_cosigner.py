"""The service has its checkpoints cosigned over HTTP; a witness that stalls delays nothing else."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import NoReturn
from uuid import uuid4

import pytest
import uvicorn

from commands.context import Actor, Context
from commands.log_session import log_session
from ledger import note
from ledger.audit_files import AuditFiles
from ledger.clock import SystemClock
from ledger.cosignature import CosigningKey
from ledger.errors import ProofInvalid, SettingsInvalid, Unavailable
from ledger.opening import sealing
from ledger.postgres.connect import Role
from ledger.postgres.lending import Lend
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from ledger.seal_log.signer import signing_as
from ledger.witness import cosigner
from ledger.witness.configured import asked_policy
from ledger.witness.cosigner import Cosigners, next_request
from ledger.witness.opening import open_witness
from tests.aggregates.examples import entry
from tests.attacks.bundles import of_folder, verdict
from tests.ledger.raw_server import NOT_AN_ANSWER, answering
from web.terminal.bundle import Wanted, write_bundle
from web.witness import build

pytestmark = pytest.mark.postgres
LIMIT_S = 20


@dataclass
class Running:
    """A witness that listens."""

    folder: Path
    key: CosigningKey
    url: str
    server: uvicorn.Server

    @property
    def line(self) -> str:
        """Its line in a policy."""
        return f"witness north {self.key.witness_key.encode()} {self.url}"


@pytest.fixture
def vkey(settings: Settings, log: Callable[[], int]) -> str:
    """The log's key, which is there once something is sealed."""
    log()
    sign_as = signing_as(settings.data_dir, settings.ledger_name)
    return sign_as(settings.ledger_name).verifier_key.encode()


@pytest.fixture
def log(context: Context, settings: Settings, therapist: Actor) -> Callable[[], int]:
    """Log a session and seal it; returns the root log's size."""

    def logged() -> int:
        log_session(context, therapist, entry(), uuid4())
        return seal_once(sealing(context.ledger.database, settings, context.clock))

    return logged


@pytest.fixture
def witness(tmp_path: Path, vkey: str) -> Iterator[Running]:
    """A witness of this ledger, in this process."""
    witness, key = open_witness(tmp_path / "north", "w.example/north", [vkey], SystemClock())
    config = uvicorn.Config(build(witness), port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Running(tmp_path / "north", key, f"http://127.0.0.1:{port}", server)
    server.should_exit = True
    thread.join()


@pytest.fixture
def with_policy(settings: Settings, tmp_path: Path, vkey: str) -> Callable[..., Settings]:
    """The settings with a policy of these lines."""

    def written(*lines: str) -> Settings:
        place = tmp_path / "policy"
        place.write_text("\n".join([f"log {vkey}", *lines, ""]))
        return replace(settings, witness_policy=place)

    return written


@pytest.fixture
def believing(with_policy: Callable[..., Settings], witness: Running) -> Settings:
    """The settings with a policy that wants the witness's cosignature."""
    return with_policy(witness.line, "quorum north")


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def lending_to(context: Context) -> Lend:
    """Return how those connect who store what witnesses say."""
    return lambda: context.ledger.database.connect(Role.SEALER)


def cosigned_sizes(context: Context) -> list[int]:
    """Of which checkpoints there are cosignatures."""
    with context.ledger.database.connect(Role.AUDITOR) as connection:
        rows = connection.execute("SELECT size FROM ledger.cosignatures ORDER BY size").fetchall()
    return [row[0] for row in rows]


def test_a_bundle_carries_the_cosignatures_of_its_policy(
    context: Context,
    believing: Settings,
    log: Callable[[], int],
    therapist: Actor,
    tmp_path: Path,
) -> None:
    """From the witness over HTTP to the lone verifier, which counts the quorum."""
    wanted = Wanted(practice_id=therapist.practice_id, place=tmp_path / "bundle")
    with pytest.raises(Unavailable, match="quorum"):
        write_bundle(context, believing, wanted, lambda _done, _of: None)
    said: list[str] = []
    cosigners = Cosigners(lending_to(context), asked_policy(believing), said.append)
    cosigners.start()
    until(lambda: cosigned_sizes(context))
    size = log()
    until(lambda: size in cosigned_sizes(context))
    cosigners.stop()
    served = AuditFiles(context.ledger.read, lambda: None).of_root_log("checkpoint")
    assert served is not None
    assert "— w.example/north ".encode() in served.content
    log()  # which nobody has cosigned, so that the bundle is of the one before
    write_bundle(context, believing, wanted, lambda _done, _of: None)
    files = of_folder(wanted.place)
    assert files["root/checkpoint"].count("— w.example/north ".encode()) == 1
    assert re.search(
        rb"^witness north w.example/north[+].{8}[+]\S+$", files["policy"], re.MULTILINE
    )
    assert files["root/checkpoint"].split(b"\n")[1] == b"%d" % size
    assert verdict(files) == "valid"
    lines = files["root/checkpoint"].splitlines(keepends=True)
    assert verdict(files | {"root/checkpoint": b"".join(lines[:-1])}) == "quorum-not-met"
    assert said == []


def test_a_witness_that_stalls_delays_nothing_and_is_told_of(
    context: Context,
    witness: Running,
    log: Callable[[], int],
    with_policy: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Epochs go on; when it is back it is asked for what it has missed."""
    monkeypatch.setattr(cosigner, "RETRY_FIRST_S", 0.05)
    policy = asked_policy(with_policy(witness.line, "quorum north"))
    assert policy is not None
    gone = replace(policy.witnesses[0], url="http://127.0.0.1:9")
    said: list[str] = []
    stalled = Cosigners(lending_to(context), replace(policy, witnesses=(gone,)), said.append)
    stalled.start()
    until(stalled.stalled)
    before = log()
    assert log() == before + 1
    stalled.stop()
    assert stalled.stalled() == ["north"]
    assert said == ["witness north does not cosign: it does not answer; epochs go on without it"]
    again = Cosigners(lending_to(context), policy, said.append)
    again.start()
    until(lambda: before + 1 in cosigned_sizes(context))
    again.stop()


def test_a_witness_that_has_seen_more_shows_an_older_database(
    context: Context, witness: Running, log: Callable[[], int], with_policy: Callable[..., Settings]
) -> None:
    """It names a size that is not here: nothing is cosigned, and it is said why."""
    log()
    policy = asked_policy(with_policy(witness.line, "quorum north"))
    assert policy is not None
    north = policy.witnesses[0]
    with context.ledger.database.connect(Role.SEALER) as connection:
        asked = next_request(connection, north)
    assert asked is not None
    place = witness.folder / "checkpoints"
    cosigner.ask(north, asked, lending_to(context))
    (stored,) = (path for path in place.iterdir() if not path.suffix)
    size = asked.checkpoint.size
    text = asked.note.text.replace(f"\n{size}\n", f"\n{size + 5}\n")
    sign_as = signing_as(with_policy("quorum none").data_dir, asked.checkpoint.origin)
    later = note.sign(text, sign_as(asked.checkpoint.origin))
    stored.write_bytes(later.encode())
    with pytest.raises(ProofInvalid, match="older one"):
        cosigner.ask(north, asked, lending_to(context))


@pytest.mark.parametrize("answer", [b"", b"junk\n", "— w.example/north AAAA\n".encode()])
def test_an_answer_that_is_no_cosignature_is_not_stored(
    context: Context,
    witness: Running,
    with_policy: Callable[..., Settings],
    answer: bytes,
) -> None:
    """Nor one of another witness."""
    policy = asked_policy(with_policy(witness.line, "quorum north"))
    assert policy is not None
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + answer) as address:
        liar = replace(policy.witnesses[0], url=address)
        with lending_to(context)() as connection:
            asked = next_request(connection, liar)
        assert asked is not None
        with pytest.raises(ProofInvalid, match="not a cosignature"):
            cosigner.ask(liar, asked, lending_to(context))


@pytest.mark.parametrize("raw", NOT_AN_ANSWER)
def test_an_answer_that_is_not_one_is_told_of_and_asked_for_again(
    context: Context,
    witness: Running,
    with_policy: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
    raw: bytes,
) -> None:
    """Not HTTP, a refusal that breaks off, a body that does: as if there were none."""
    monkeypatch.setattr(cosigner, "RETRY_FIRST_S", 0.05)
    monkeypatch.setattr(cosigner, "TIMEOUT_S", 0.3)
    policy = asked_policy(with_policy(witness.line, "quorum north"))
    assert policy is not None
    said: list[str] = []
    with answering(raw) as address:
        wrong = replace(policy, witnesses=(replace(policy.witnesses[0], url=address),))
        cosigners = Cosigners(lending_to(context), wrong, said.append)
        cosigners.start()
        until(lambda: said)
        assert cosigners.stalled() == ["north"]
        cosigners.stop()
    assert said == ["witness north does not cosign: it does not answer; epochs go on without it"]


def test_what_nobody_expected_stalls_a_witness_until_it_is_over(
    context: Context,
    believing: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody's words are told; it is asked again."""
    monkeypatch.setattr(cosigner, "RETRY_FIRST_S", 0.05)
    honest, said = cosigner.ask, list[str]()

    def broken(*_asked: object) -> NoReturn:
        raise KeyError("Jane Doe")

    monkeypatch.setattr(cosigner, "ask", broken)
    cosigners = Cosigners(lending_to(context), asked_policy(believing), said.append)
    cosigners.start()
    until(lambda: said)
    assert cosigners.stalled() == ["north"]
    monkeypatch.setattr(cosigner, "ask", honest)
    until(lambda: len(said) == 2)
    cosigners.stop()
    assert "does not cosign: an unexpected KeyError" in said[0]
    assert "Jane" not in said[0]
    assert said[1] == "witness north cosigns again"
    assert cosigned_sizes(context)


def test_a_policy_of_another_log_is_refused(
    context: Context, settings: Settings, therapist: Actor, vkey: str, tmp_path: Path
) -> None:
    """Before anything is written."""
    del vkey
    place = tmp_path / "policy"
    other = CosigningKey("x", bytes(32)).witness_key.encode()
    for content in (f"log {other}\nquorum none\n", "nonsense\n"):
        place.write_text(content)
        wanted = Wanted(practice_id=therapist.practice_id, place=tmp_path / "bundle")
        given = replace(settings, witness_policy=place)
        with pytest.raises(SettingsInvalid, match="WITNESS_POLICY"):
            write_bundle(context, given, wanted, lambda _done, _of: None)
    assert not wanted.place.exists()
