"""A supervisee reads what would not count, mends it, submits, and sees the progress, by keyboard."""

import datetime as dt
import os
from collections.abc import Iterator
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
FIRST = dt.date(2026, 3, 2)


@pytest.fixture(scope="module")
def context(service: Service) -> Iterator[Context]:
    """The service's ledger, for what is logged on other pages."""
    with ledger_of(service) as opened:
        yield opened


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
    ("width", "scripts"), [("desktop", True), ("phone", True), ("phone", False)]
)
def test_a_missing_unit_is_told_mended_and_the_week_submitted_by_keyboard(
    service: Service,
    chromium: Browser,
    context: Context,
    supervision: UUID,
    *,
    width: str,
    scripts: bool,
) -> None:
    monday = FIRST + (list(WIDTHS).index(width) + (0 if scripts else 1)) * WEEK
    opened = open_context(service, chromium, width, scripts=scripts)
    for visitor in visiting(opened, service.origin):
        page = visitor.page
        visitor.go("/weeks?show=late")
        _press(page.locator(f"a[href^='/weeks/{monday}']").first)
        page.wait_for_url(f"**/weeks/{monday}*")
        told = page.get_by_role("region", name="What would not count")
        assert "need two units" in told.inner_text()
        log_supervision(context, supervision, monday)
        page.reload()
        assert told.count() == 0
        before = submissions(context, supervision, monday)
        _press(page.get_by_role("button", name="Submit to Dana Roe"))
        page.get_by_text("Your supervisor sees it now").wait_for()
        assert "Waiting for the signature" in page.locator(".log-row").inner_text()
        assert submissions(context, supervision, monday) == before + 1
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
