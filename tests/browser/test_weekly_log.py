"""A supervisee reads what would not count, mends it, and submits, by keyboard alone."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page

from commands.context import Context
from tests.browser.conftest import WIDTHS, Service, open_context, visiting
from tests.browser.supervised_steps import (
    WEEK,
    ledger_of,
    log_supervision,
    log_week,
    submissions,
    supervise,
)

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
AXE = Path(str(files("axe_playwright_python") / "axe.min.js"))
SHOTS = os.environ.get("SCREENSHOTS")
FIRST = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def context(service: Service) -> Iterator[Context]:
    """The service's ledger, for what is logged on other pages."""
    with ledger_of(service) as opened:
        yield opened


@dataclass(frozen=True)
class Browsing:
    """The service, a browser, and the service's ledger."""

    service: Service
    chromium: Browser
    context: Context


@pytest.fixture
def browsing(service: Service, chromium: Browser, context: Context) -> Browsing:
    """All three."""
    return Browsing(service, chromium, context)


@pytest.fixture(scope="module")
def supervision(context: Context) -> UUID:
    """A supervision of the demo therapist, with four weeks that all lack a unit."""
    found = supervise(context)
    for place in range(4):
        log_week(context, found, FIRST + place * WEEK)
        log_supervision(context, found, FIRST + place * WEEK)
    return found


def _check(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, f"{name} is wider than the screen"


def _press(element: Locator, key: str = "Enter") -> None:
    element.focus()
    element.page.keyboard.press(key)


@pytest.mark.parametrize(
    ("place", "width", "scripts"),
    [(0, "desktop", True), (1, "phone", True), (2, "phone", False)],
    ids=["desktop", "phone", "without scripts"],
)
def test_a_missing_unit_is_told_mended_and_the_week_submitted_by_keyboard(
    browsing: Browsing, supervision: UUID, *, place: int, width: str, scripts: bool
) -> None:
    sunday = FIRST + place * WEEK
    opened = open_context(browsing.service, browsing.chromium, width, scripts=scripts)
    for visitor in visiting(opened, browsing.service.origin):
        page = visitor.page
        visitor.go(f"/weeks?show=late&before={sunday + WEEK}")
        _press(page.locator(f"a[href^='/weeks/{sunday}']").first)
        page.wait_for_url(f"**/weeks/{sunday}*")
        told = page.get_by_role("region", name=re.compile("What would not count.*Dana Roe"))
        assert "need two units" in told.inner_text()
        log_supervision(browsing.context, supervision, sunday)
        page.reload()
        assert told.count() == 0
        _press(page.get_by_role("button", name="Submit to Dana Roe"))
        page.get_by_text("Your supervisor sees it now").wait_for()
        row = page.locator(".log-row", has_text="Dana Roe")
        assert "Waiting for the signature" in row.inner_text()
        assert submissions(browsing.context, supervision, sunday) == 1
        _press(page.locator("summary", has_text="Take it back"))
        _press(page.get_by_role("button", name="Take it back"))
        page.get_by_text("Taken back.").wait_for()


@pytest.mark.usefixtures("supervision")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_axe_finds_nothing_and_all_fits(
    service: Service, chromium: Browser, width: str, *, dark: bool
) -> None:
    opened = open_context(service, chromium, width, dark=dark)
    page = opened.new_page()
    shade = f"{width}-{'dark' if dark else 'light'}"
    last = FIRST + 3 * WEEK
    pages = {"progress": "/progress", "weeks": "/weeks", "log": f"/weeks/{last}"}
    for name, path in pages.items():
        page.goto(service.origin + path)
        _check(page, f"{name}-{shade}")
        for each in page.locator("details").all():
            each.evaluate("element => { element.open = true; }")
        _check(page, f"{name}-open-{shade}")
    opened.close()
