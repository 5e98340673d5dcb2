"""Somebody with a browser of their own and a device that holds their passkeys."""

import asyncio
import os
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import TIMEOUT_MS, WIDTHS
from tests.browser.virtual_passkey import VirtualPasskey
from tests.web.identity.desk import Desk
from web.server import Server
from web.tls import tls_files

AXE = Path(str(files("axe_playwright_python") / "axe.min.js"))
SHOTS = os.environ.get("SCREENSHOTS")


@contextmanager
def serving(desk: Desk) -> Generator[None]:
    """Serve the desk on its port until the block ends."""
    server = Server(desk.app, desk.settings, tls_files(desk.settings, desk.clock))
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(ready.set)))
    thread.start()
    try:
        assert ready.wait(20)
        yield
    finally:
        server.stop()
        thread.join(20)
        assert not thread.is_alive()


@dataclass
class Person:
    """Somebody with a browser and a passkey device."""

    desk: Desk
    context: BrowserContext
    page: Page
    device: VirtualPasskey
    width: str

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.desk.settings.public_origin + path)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def is_at(self, heading: str | re.Pattern[str]) -> None:
        """Expect to be on a page."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=TIMEOUT_MS)

    def look(self, name: str) -> None:
        """Expect nothing that axe finds, and nothing beside the screen."""
        if SHOTS:
            shot = Path(SHOTS) / f"identity-{name}-{self.width}.png"
            self.page.screenshot(path=shot, full_page=True)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("async () => (await axe.run()).violations")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def ask(self, email: str) -> str:
        """Ask for a link; returns the code that is shown."""
        self.go("/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.press("Send me a link")
        self.is_at("Check your mail")
        return self.page.locator(".compare-code").inner_text()

    def follow(self) -> None:
        """Open the newest link and press its button."""
        self.go("/sign-in#" + self.desk.token())
        self.press("Sign in")

    def enrol(self, email: str) -> list[str]:
        """Come in by a link and create a passkey; returns the recovery codes."""
        self.ask(email)
        self.follow()
        self.is_at("Create your passkey")
        self.press("Create a passkey")
        self.is_at("Keep these codes")
        return self.page.locator(".codes code").all_inner_texts()

    def sign_in(self) -> None:
        """Sign in with the passkey."""
        self.go("/sign-in")
        self.press("Use a passkey")


@contextmanager
def person(desk: Desk, chromium: Browser, width: str) -> Generator[Person]:
    """Give somebody a browser and a device."""
    size = WIDTHS[width]
    context = chromium.new_context(
        ignore_https_errors=True, viewport={"width": size[0], "height": size[1]}
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    try:
        yield Person(desk, context, page, VirtualPasskey(page), width)
    finally:
        context.close()
