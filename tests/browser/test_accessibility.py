"""axe finds nothing on any page, at both widths, in light and in dark."""

import datetime as dt
import os
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDTHS, Service, open_context
from tests.browser.steps import a_day

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
# The package carries axe-core itself; no more of it is needed.
AXE = Path(str(files("axe_playwright_python") / "axe.min.js"))
SHOTS = os.environ.get("SCREENSHOTS")


def _check(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_axe_finds_nothing(service: Service, chromium: Browser, width: str, *, dark: bool) -> None:
    context = open_context(service, chromium, width, dark=dark)
    page = context.new_page()
    shade = f"{width}-{'dark' if dark else 'light'}"
    for name, path in _pages().items():
        page.goto(service.origin + path)
        _check(page, f"{name}-{shade}")
    _check_what_is_pressed(service, page, shade)
    context.clear_cookies()
    page.goto(service.origin + "/sign-in")
    _check(page, f"sign-in-{shade}")
    context.close()


def _check_what_is_pressed(service: Service, page: Page, shade: str) -> None:
    page.goto(f"{service.origin}/week/{a_day().isoformat()}")
    page.get_by_role("button", name="Log session").click()
    page.locator("#client-error").wait_for()
    _check(page, f"errors-{shade}")
    page.goto(service.origin + _pages()["week"])
    page.locator(".day a").first.click()
    page.wait_for_url("**/session/*")
    _check(page, f"session-{shade}")
    page.get_by_role("link", name="Delete").click()
    page.wait_for_url("**/delete")
    _check(page, f"delete-{shade}")
    page.goto(service.origin + _pages()["supervision"])
    page.get_by_role("button", name="Save").click()
    page.locator("#licence-error").wait_for()
    _check(page, f"supervision-errors-{shade}")
    _ask_for_signatures(service, page)
    _check(page, f"signed-again-{shade}")
    page.goto(service.origin + _pages()["week"])
    page.locator('.day a[href^="/activity/"]').first.click()
    page.wait_for_url("**/activity/*")
    _check(page, f"one-activity-{shade}")


def _ask_for_signatures(service: Service, page: Page) -> None:
    """Take the degree back, which moves every signed week of the demo; nothing is saved by that."""
    page.goto(service.origin + _pages()["enrolment"])
    page.get_by_label("Qualifying degree awarded on").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("checkbox", name="signed again")).to_be_focused()


def _a_weekday() -> dt.date:
    """Return a day on which the demo's therapist logs something, but for rare gaps."""
    return a_day() - dt.timedelta(days=(a_day().weekday() - 1) % 7)


def _pages() -> dict[str, str]:
    return {
        "home": "/",
        "week": f"/week/{a_day().isoformat()}",
        "empty": "/week/2020-01-05",
        "activity": f"/week/{a_day().isoformat()}/activity",
        "copy": f"/week/{_a_weekday().isoformat()}/copy",
        "setup": "/setup",
        "enrolment": "/setup/enrolment",
        "setting": "/setup/settings/new",
        "supervision": "/setup/supervisions/new",
        "trail": "/trail",
        "missing": "/nowhere",
    }
