"""A supervisee states, logs, repeats and copies: at a desk, on a phone, by keyboard, bare."""

import datetime as dt
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Service, Visitor, open_context, visiting
from tests.browser.steps import a_code, fill, line_of, refused_quietly

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
_OFFSETS = count(260, 7)


@pytest.fixture
def bare(service: Service, chromium: Browser) -> Iterator[Visitor]:
    """A phone without scripts."""
    yield from visiting(open_context(service, chromium, "phone", scripts=False), service.origin)


def _a_day() -> dt.date:
    """Return a Sunday of the demo's year, another one each time: nobody works on it."""
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=next(_OFFSETS) % 330)
    return day - dt.timedelta(days=day.isoweekday() % 7)


def _log_activity(visitor: Visitor, day: dt.date, title: str) -> Locator:
    visitor.go(f"/week/{day.isoformat()}/activity")
    page = visitor.page
    page.get_by_label("Date", exact=True).fill(day.isoformat())
    page.get_by_label("Workshop or training").check()
    page.get_by_label("Length").fill("1.25 h")
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Log activity").click()
    line = line_of(visitor, title)
    line.wait_for()
    return line


def test_an_activity_is_logged_corrected_and_deleted(visitor: Visitor) -> None:
    title = f"Seminar {a_code()}"
    line = _log_activity(visitor, _a_day(), title)
    assert "1\u00a0h 15\u00a0min" in line.inner_text()
    line.click()
    page = visitor.page
    page.get_by_label("Length").fill("90")
    page.get_by_role("button", name="Save correction").click()
    corrected = line_of(visitor, title).filter(has_text="1\u00a0h 30\u00a0min")
    corrected.click()
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("75 min")
    page.get_by_role("link", name="Delete").click()
    page.get_by_label("Entered twice").check()
    page.get_by_role("button", name="Delete activity").click()
    page.get_by_role("status").wait_for()
    assert line_of(visitor, title).count() == 0


def test_only_fields_of_the_kind_are_in_the_way(visitor: Visitor) -> None:
    visitor.go(f"/week/{_a_day().isoformat()}/activity")
    page = visitor.page
    page.get_by_label("Supervision, group").check()
    expect(page.get_by_label("How many of you")).to_be_visible()
    page.get_by_label("Notes and reports").check()
    expect(page.get_by_label("How many of you")).to_be_hidden()
    expect(page.get_by_text("In person", exact=True)).to_be_hidden()


def test_mistakes_in_an_activity_stand_beside_their_fields(visitor: Visitor) -> None:
    visitor.go(f"/week/{_a_day().isoformat()}/activity")
    page = visitor.page
    page.get_by_label("Supervision, group").check()
    page.get_by_label("Length").fill("two hours")
    page.get_by_role("button", name="Log activity").click()
    page.locator("#length-error").wait_for()
    assert page.locator("#supervisees-error").is_visible()
    expect(page.get_by_label("Supervision, group")).to_be_checked()
    refused_quietly(visitor)


def test_the_last_session_is_repeated_by_keyboard_alone(visitor: Visitor) -> None:
    day, client = _a_day(), a_code()
    visitor.go(f"/week/{day.isoformat()}")
    fill(visitor, client)
    page = visitor.page
    page.get_by_label("Date", exact=True).fill(day.isoformat())
    _press(page.get_by_label("Setting"), "Enter")
    line_of(visitor, client).wait_for()
    _press(page.get_by_role("link", name="Repeat last"), "Enter")
    start = page.get_by_label("Start")
    expect(start).to_be_focused()
    expect(page.get_by_label("Client")).to_have_value(client)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(line_of(visitor, client)).to_have_count(2)


def test_a_day_is_copied_by_keyboard_alone_and_once(visitor: Visitor) -> None:
    day, title = _a_day(), f"Course {a_code()}"
    _log_activity(visitor, day, title)
    page = visitor.page
    _press(page.get_by_role("link", name="Copy this day").first, "Enter")
    page.get_by_role("heading", level=1).wait_for()
    expect(page.get_by_role("listitem").filter(has_text=title)).to_be_visible()
    other = day + dt.timedelta(days=1)
    page.get_by_label("To which day").fill(other.isoformat())
    page.get_by_role("button", name="Copy").dblclick()
    page.get_by_role("status").wait_for()
    expect(page.get_by_role("status")).to_contain_text("Copied")
    page.reload()
    expect(line_of(visitor, title)).to_have_count(2)


def test_a_setting_is_stated_and_changed(visitor: Visitor) -> None:
    page, name = visitor.page, f"Place {a_code()}"
    visitor.go("/setup")
    page.get_by_role("link", name="Add a setting").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save").click()
    page.locator("#kind-error, .error").first.wait_for()
    expect(page.get_by_label("Name")).to_have_value(name)
    page.get_by_label("Exempt setting").check()
    page.get_by_label("Employee", exact=False).first.check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=f"Change: {name}").click()
    page.get_by_label("It lawfully").check()
    _press(page.get_by_role("button", name="Save"), "Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    page.get_by_role("link", name=f"Change: {name}").click()
    expect(page.get_by_role("region", name="History")).to_contain_text("Lawful")
    refused_quietly(visitor)


def test_all_of_it_works_without_scripts(bare: Visitor) -> None:
    day, title = _a_day(), f"Lecture {a_code()}"
    _log_activity(bare, day, title)
    page = bare.page
    page.get_by_role("link", name="Repeat last").click()
    expect(page.get_by_label("Title")).to_have_value(title)
    page.get_by_role("link", name="Copy this day").first.click()
    page.get_by_label("To which day").fill((day + dt.timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Copy").click()
    expect(line_of(bare, title)).to_have_count(2)
    bare.go("/setup/enrolment")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")


def test_nothing_is_wider_than_the_screen(visitor: Visitor) -> None:
    for path in ("/setup", "/setup/enrolment", "/setup/supervisions/new", "/", "/week/2026-01-04"):
        visitor.go(path)
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def _press(element: Locator, key: str) -> None:
    element.focus()
    element.page.keyboard.press(key)
