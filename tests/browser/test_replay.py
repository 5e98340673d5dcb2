"""A compliance officer steps through the practice's past, at a desk and on a phone."""

import os
import re
from collections.abc import Generator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDTHS, Service, Visitor, open_context, visiting

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
# Eight events of the practice and its members, five of what the demo therapist stated, and a
# passkey of each supervisor.
BEFORE_THE_FIRST_SESSION = 14
AXE = Path(str(files("axe_playwright_python") / "axe.min.js"))
SHOTS = os.environ.get("SCREENSHOTS")
OFFICER = "officer"
CLIENTS = ("J.D.", "M.O.", "C-014", "L.B.", "Elm Street", "Harbor School", "Example")
PLACES = ("", "?position=0", "?position=420&step=later", "?at=2020-01-01T00:00")


@pytest.fixture(params=list(WIDTHS))
def officer(
    request: pytest.FixtureRequest, service: Service, chromium: Browser
) -> Generator[Visitor]:
    """The demo's compliance officer at a desk, and on a phone."""
    service = replace(service, who=OFFICER)
    yield from visiting(open_context(service, chromium, request.param), service.origin)


@pytest.fixture
def scriptless_officer(service: Service, chromium: Browser) -> Generator[Visitor]:
    """The same with JavaScript switched off."""
    service = replace(service, who=OFFICER)
    yield from visiting(open_context(service, chromium, "phone", scripts=False), service.origin)


def at(page: Page, position: int) -> None:
    """Expect to be at a position."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"After event {position}")


def press(page: Page, key: str, times: int = 1) -> None:
    """Press a key as somebody without a mouse does."""
    for _ in range(times):
        page.keyboard.press(key)


def test_an_officer_arrives_at_the_replay_and_finds_it_again(officer: Visitor) -> None:
    officer.go("/")
    officer.page.wait_for_url("**/replay")
    officer.page.get_by_role("link", name="My trail").click()
    officer.page.get_by_role("link", name="Replay").click()
    expect(officer.page.get_by_role("heading", level=1)).to_contain_text("After event")


def test_events_are_stepped_through_by_keyboard_alone(officer: Visitor) -> None:
    """The link that was pressed keeps the focus, so pressing it again goes on."""
    officer.go("/replay?position=5")
    page = officer.page
    page.get_by_role("link", name="Forward").focus()
    for position in (6, 7, 8):
        press(page, "Enter")
        at(page, position)
        expect(page.get_by_role("link", name="Forward")).to_be_focused()
    press(page, "Shift+Tab")
    for position in (7, 6):
        press(page, "Enter")
        at(page, position)
        expect(page.get_by_role("link", name="Back")).to_be_focused()
    expect(page.get_by_role("link", name="Forward")).not_to_be_focused()
    page.get_by_label("After event").focus()
    press(page, "ControlOrMeta+A")
    page.keyboard.type("30")
    press(page, "Enter")
    at(page, 30)


def test_the_state_follows_the_step(officer: Visitor) -> None:
    """One session more with each that was logged, and it is marked in its week."""
    page = officer.page
    officer.go(f"/replay?position={BEFORE_THE_FIRST_SESSION}")
    expect(page.get_by_role("region", name="Weeks then")).to_contain_text("None yet")
    page.get_by_role("link", name="Forward").click()
    at(page, BEFORE_THE_FIRST_SESSION + 1)
    expect(page.get_by_role("region", name="Weeks then")).to_contain_text("1 session,")
    assert page.locator(".sessions .fresh").count() == 1
    page.get_by_role("link", name="First").click()
    at(page, 0)
    expect(page.get_by_role("region", name="Members then")).to_contain_text("Nobody yet")
    page.get_by_role("link", name="Newest").click()
    expect(page.get_by_role("region", name="Signatures then")).to_contain_text("version demo-1")


def test_a_moment_is_chosen_by_its_time(officer: Visitor) -> None:
    page = officer.page
    officer.go("/replay?position=40")
    page.get_by_role("button", name="Show this time").click()
    page.wait_for_url(re.compile(r"/replay\?at=\d{4}-\d\d-\d\dT"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("After event")
    page.get_by_label("At a time").fill("2021-05-06T07:08:09")
    page.get_by_role("button", name="Show this time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before the first event")


def test_weeks_are_leafed_through_and_the_moment_stays(scriptless_officer: Visitor) -> None:
    """Without scripts, too."""
    page = scriptless_officer.page
    scriptless_officer.go("/replay?position=420")
    week = page.locator(".week-then h3")
    newest = week.inner_text()
    page.get_by_role("link", name="Earlier week").click()
    expect(week).not_to_have_text(newest)
    at(page, 420)
    page.get_by_text("All weeks").click()
    page.locator(".all-weeks a").first.click()
    at(page, 420)
    page.get_by_role("link", name="Forward").click()
    at(page, 421)


def test_every_event_is_proven_and_no_client_is_named(officer: Visitor) -> None:
    for place in PLACES:
        officer.go(f"/replay{place}")
        text = officer.page.content()
        assert [name for name in CLIENTS if name in text] == []
    officer.go("/replay?position=420")
    expect(officer.page.locator(".steps .tag", has_text="proven")).to_have_count(9)
    expect(officer.page.get_by_role("region", name="Proof of event 420")).to_contain_text("Epoch")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_axe_finds_nothing(service: Service, chromium: Browser, width: str, *, dark: bool) -> None:
    """And no page is wider than the screen."""
    context = open_context(replace(service, who=OFFICER), chromium, width, dark=dark)
    page = context.new_page()
    for number, place in enumerate((*PLACES, "?at=nonsense")):
        page.goto(f"{service.origin}/replay{place}")
        for details in page.locator("summary").all():
            details.click()
        if SHOTS:
            shade = "dark" if dark else "light"
            page.screenshot(
                path=Path(SHOTS) / f"replay-{number}-{width}-{shade}.png", full_page=True
            )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run()).violations")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    context.close()


def test_a_therapist_is_turned_away(visitor: Visitor) -> None:
    answer = visitor.page.goto(f"{visitor.origin}/replay")
    assert answer is not None
    assert answer.status == 403
    visitor.complaints.clear()
