"""The trail of looks: at a desk, on a phone, by keyboard, in the dark, and without scripts."""

import os
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDTHS, Service, Visitor, open_context

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
AXE = Path(str(files("axe_playwright_python") / "axe.min.js"))
SHOTS = os.environ.get("SCREENSHOTS")
LOOKED = re.compile(r"looked at the whole practice as it was")
PEOPLE = ("Kim", "Sam", "Robin", "Example", "127.0.0.1", "::1")


@pytest.fixture
def looked_at(service: Service, chromium: Browser) -> None:
    """Let the officer look at the whole practice, and try the address of a session."""
    context = open_context(replace(service, who="officer"), chromium, "desktop")
    page = context.new_page()
    page.goto(f"{service.origin}/replay")
    page.goto(f"{service.origin}/access")
    context.close()


def others(page: Page) -> None:
    """Choose the looks by others, by keyboard alone."""
    link = page.get_by_role("link", name="Looks by others")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/trail?show=others")


@pytest.mark.usefixtures("looked_at")
def test_a_therapist_sees_who_looked_and_from_nowhere(visitor: Visitor) -> None:
    """The officer's role and the end of their id; no name, no address."""
    visitor.go("/trail")
    others(visitor.page)
    line = visitor.page.locator(".what", has_text=LOOKED).first
    expect(line).to_contain_text("A compliance officer (member ")
    text = visitor.page.locator("main").inner_text()
    assert [each for each in PEOPLE if each in text] == []
    expect(visitor.page.get_by_role("link", name="Looks by others")).to_have_attribute(
        "aria-current", "true"
    )


@pytest.mark.usefixtures("looked_at")
def test_the_owner_who_took_the_officer_in_reads_their_name(
    service: Service, chromium: Browser
) -> None:
    context = open_context(replace(service, who="owner"), chromium, "desktop")
    page = context.new_page()
    page.goto(f"{service.origin}/trail?show=others")
    expect(page.locator(".what", has_text=LOOKED).first).to_contain_text(
        "Kim Example, a compliance officer, looked"
    )
    context.close()


@pytest.mark.usefixtures("looked_at")
def test_own_looks_are_folded_until_they_are_asked_for(scriptless: Visitor) -> None:
    """Without scripts: the fold is a link, the plot has words, and a look leads to its session."""
    page = scriptless.page
    scriptless.go("/")
    page.locator(".day a, .strip").first.wait_for()
    scriptless.go("/trail")
    main = page.locator("main")
    expect(main).not_to_contain_text("You looked at your trail")
    fold = page.get_by_role("link", name=re.compile(r"You looked at records yourself \d+ times?"))
    fold.first.click()
    page.wait_for_url("**/trail?show=own")
    expect(main).to_contain_text("You looked at your trail")
    scriptless.go("/trail")
    images = page.get_by_role("img")
    expect(images).to_have_count(2)
    expect(images.last).to_have_attribute("aria-label", re.compile("looks? by others on"))
    page.get_by_text("Month by month").click()
    expect(page.get_by_role("row")).not_to_have_count(0)


@pytest.mark.usefixtures("looked_at")
def test_an_officer_sees_the_looks_of_a_week(service: Service, chromium: Browser) -> None:
    """By reader, kind and day, theirs among them; nobody is named and no client shown."""
    context = open_context(replace(service, who="officer"), chromium, "desktop")
    page = context.new_page()
    page.goto(f"{service.origin}/")
    page.get_by_role("link", name="Access").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who looked")
    expect(page.locator(".looks").first).to_contain_text("The practice as it was")
    text = page.locator("main").inner_text()
    assert [each for each in (*PEOPLE, "J.D.", "Elm Street") if each in text] == []
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**/access?before=*")
    context.close()


@pytest.mark.usefixtures("looked_at")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_axe_finds_nothing(service: Service, chromium: Browser, width: str, *, dark: bool) -> None:
    """On each part of the trail, and on the officer's page; none is wider than the screen."""
    shade = "dark" if dark else "light"
    pages = [("therapist", f"/trail{part}") for part in ("", "?show=others", "?show=own")]
    for number, (who, path) in enumerate([*pages, ("officer", "/access"), ("officer", "/trail")]):
        context = open_context(replace(service, who=who), chromium, width, dark=dark)
        page = context.new_page()
        page.goto(service.origin + path)
        for details in page.locator("summary").all():
            details.click()
        if SHOTS:
            name = f"access-{number}-{width}-{shade}.png"
            page.screenshot(path=Path(SHOTS) / name, full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run()).violations")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        context.close()
