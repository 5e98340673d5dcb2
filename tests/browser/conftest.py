"""A real browser on the real service: its own process, its own PostgreSQL, TLS and all."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    sync_playwright,
)

from tests.web.running import free_port

PROJECT = Path(__file__).resolve().parents[2]
START_S_MAX = 180
FRESH_S_MAX = 120
TIMEOUT_MS = 15_000
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}


def chromium_path() -> str:
    """Return where Chromium is; a run without one skips, but never in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: .ci/install-browser should have installed it")
        pytest.skip("no Chromium on this machine: install it to run the browser tests")
    return found


class SignedIn(NamedTuple):
    """What a browser keeps of a sign-in, and when that was."""

    state: StorageState
    at_s: float


@dataclass
class Service:
    """The running service: where it is, the links it printed, and who of the demo visits it."""

    origin: str
    links: dict[str, str]
    output: Path
    signed_in: dict[str, SignedIn] = field(default_factory=dict[str, SignedIn])
    who: str = "therapist"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with its demo practice, started as a person would start it."""
    chromium_path()
    folder = tmp_path_factory.mktemp("service")
    port = free_port()
    environment = {**os.environ, "DATA_DIR": str(folder / "data"), "HTTPS_PORT": str(port)}
    environment |= {"HTTP_PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    output = folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "therapist_os", "serve", "--demo"],
            cwd=PROJECT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Service(f"https://localhost:{port}", _links(process, output), output)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def _links(process: "subprocess.Popen[bytes]", output: Path) -> dict[str, str]:
    """Wait for the printed links, by whom they sign in."""
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline and process.poll() is None:
        text = output.read_text()
        if "Stop with Ctrl-C" in text:
            lines = [line.split() for line in text.splitlines() if "/sign-in#" in line]
            return {line[-2]: line[-1] for line in lines}
        time.sleep(0.1)
    pytest.fail(f"the service did not start: {output.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file: its event loop must be gone before other tests run theirs."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody signed in to the demo, with what their browser complained of."""

    page: Page
    origin: str
    complaints: list[str]

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.origin + path)


def open_context(
    service: Service, chromium: Browser, width: str, *, scripts: bool = True, dark: bool = False
) -> BrowserContext:
    """Return a browser context of the member who is to visit; signs in the first time."""
    size = WIDTHS[width]
    context = chromium.new_context(
        ignore_https_errors=True,  # the development certificate is this machine's own
        viewport={"width": size[0], "height": size[1]},
        storage_state=_state(service, chromium),
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(TIMEOUT_MS)
    return context


def _state(service: Service, chromium: Browser) -> StorageState:
    """Sign in, and anew before what asks for a fresh sign-in would be refused."""
    who = service.who
    signed_in = service.signed_in.get(who)
    if signed_in is None or time.monotonic() - signed_in.at_s > FRESH_S_MAX:
        context = chromium.new_context(ignore_https_errors=True)
        page = context.new_page()
        _enter(page, service.links[who])
        is_in = page.get_by_role("button", name="Sign out")
        is_used_up = page.get_by_text("newest one in the terminal")
        is_in.or_(is_used_up).wait_for()
        if is_used_up.count():  # or ten minutes old: the terminal got another
            service.links[who] = re.findall(r"\S+/sign-in#\S+", service.output.read_text())[-1]
            page.goto("about:blank")
            _enter(page, service.links[who])
            is_in.wait_for()
        signed_in = service.signed_in[who] = SignedIn(context.storage_state(), time.monotonic())
        context.close()
    return signed_in.state


def _enter(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()


def visiting(context: BrowserContext, origin: str) -> Generator[Visitor]:
    """Visit with a page whose complaints are collected; there must be none."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: _hear(message, complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Visitor(page, origin, complaints)
    context.close()
    assert complaints == []


def _hear(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in {"error", "warning"}:
        complaints.append(message.text)


@pytest.fixture(params=list(WIDTHS))
def visitor(
    request: pytest.FixtureRequest, service: Service, chromium: Browser
) -> Generator[Visitor]:
    """The demo therapist at a desk, and on a phone."""
    yield from visiting(open_context(service, chromium, request.param), service.origin)


@pytest.fixture
def scriptless(service: Service, chromium: Browser) -> Generator[Visitor]:
    """The demo therapist with JavaScript switched off."""
    yield from visiting(open_context(service, chromium, "desktop", scripts=False), service.origin)
