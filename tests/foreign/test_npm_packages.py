"""Only what cannot be had here skips, and nothing does in CI: what is wrong always fails."""

import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import msgspec
import pytest

from tests.foreign import npm_packages
from tests.foreign.npm_packages import install, node_and_npm

HERE = Path(__file__).parent
ONCE = {"fetch_retries": "0"}
AWAY = ONCE | {"registry": "http://127.0.0.1:9/"}
OTHER_VERSION = "4.1.2"
Outcome = type[BaseException]
OUTSIDE_CI = [(None, pytest.skip.Exception), ("true", pytest.fail.Exception)]


class Pinned(msgspec.Struct):
    """A package of a lock file."""

    version: str = ""


class Lock(msgspec.Struct):
    """A lock file's packages."""

    packages: dict[str, Pinned]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with our lock file."""
    node_and_npm()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, tmp_path)
    return tmp_path


@pytest.fixture
def liar() -> Iterator[str]:
    """A registry that has each package in the versions we ask for, and other bytes in them."""
    lock = msgspec.json.decode((HERE / "package-lock.json").read_bytes(), type=Lock)
    pinned = {each.version for each in lock.packages.values()} | {OTHER_VERSION}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = unquote(self.path.removeprefix("/"))
            dist = {"tarball": f"http://{self.headers['host']}/{name}.tgz"}
            versions = {each: {"name": name, "version": each, "dist": dist} for each in pinned}
            answer = msgspec.json.encode({"name": name, "versions": versions})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"other" if name.endswith(".tgz") else answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- their name
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def set_ci(monkeypatch: pytest.MonkeyPatch, ci: str | None) -> None:
    """As on a machine of CI, or on another."""
    monkeypatch.delenv("CI", raising=False)
    if ci is not None:
        monkeypatch.setenv("CI", ci)


def nothing(_name: str) -> None:
    """Find none."""


@pytest.mark.parametrize(("ci", "outcome"), OUTSIDE_CI)
def test_a_registry_that_is_away_skips_outside_ci_only(
    place: Path, monkeypatch: pytest.MonkeyPatch, ci: str | None, outcome: Outcome
) -> None:
    """Nobody has to be online to work here."""
    set_ci(monkeypatch, ci)
    with pytest.raises(outcome, match="cannot be reached"):
        install(place, AWAY)


@pytest.mark.parametrize(("ci", "outcome"), OUTSIDE_CI)
def test_a_missing_npm_skips_outside_ci_only(
    monkeypatch: pytest.MonkeyPatch, ci: str | None, outcome: Outcome
) -> None:
    """Nor has to have Node.js."""
    set_ci(monkeypatch, ci)
    monkeypatch.setattr(npm_packages, "find_spec", nothing)
    monkeypatch.setattr(shutil, "which", nothing)
    with pytest.raises(outcome, match="no Node"):
        node_and_npm()


@pytest.mark.parametrize("ci", [None, "true"])
def test_a_package_that_is_another_than_pinned_fails_everywhere(
    place: Path, liar: str, monkeypatch: pytest.MonkeyPatch, ci: str | None
) -> None:
    """That is what the lock file is for."""
    set_ci(monkeypatch, ci)
    with pytest.raises(pytest.fail.Exception, match="EINTEGRITY"):
        install(place, ONCE | {"registry": liar})


def test_a_lock_file_that_does_not_fit_fails_everywhere(
    place: Path, liar: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ours to mend."""
    set_ci(monkeypatch, None)
    package = place / "package.json"
    package.write_text(package.read_text().replace("4.1.3", OTHER_VERSION))
    with pytest.raises(pytest.fail.Exception, match="EUSAGE"):
        install(place, ONCE | {"registry": liar})
