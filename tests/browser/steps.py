"""What people do on the pages, in their words."""

import datetime as dt
from itertools import count

from playwright.sync_api import Locator

from tests.browser.conftest import Visitor

_NUMBERS = count(100)


def a_code() -> str:
    """Return a client code that no other test uses."""
    return f"Z-{next(_NUMBERS)}"


def a_day() -> dt.date:
    """Return a day in a past week of the demo's year."""
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=200)


def fill(visitor: Visitor, client: str, minutes: str = "50", start: str = "18:15") -> None:
    """Fill the form of the week in, without sending it."""
    page = visitor.page
    page.get_by_label("Date", exact=True).fill(a_day().isoformat())
    page.get_by_label("Start").fill(start)
    page.get_by_label("Minutes").fill(minutes)
    page.get_by_label("Client").fill(client)
    under = page.get_by_label("Under which supervision")
    if under.count():
        under.select_option("")  # the setting is asked for without a supervision only
    page.get_by_label("Setting").fill("Browser Clinic")


def log(visitor: Visitor, client: str, minutes: str = "50", start: str = "18:15") -> Locator:
    """Log a session and return its line in the week."""
    visitor.go(f"/week/{a_day().isoformat()}")
    fill(visitor, client, minutes, start)
    visitor.page.get_by_role("button", name="Log session").click()
    line = line_of(visitor, client)
    line.wait_for()
    return line


def line_of(visitor: Visitor, client: str) -> Locator:
    """Return a session's line in the week shown."""
    return visitor.page.get_by_role("link").filter(has_text=client)


def refused_quietly(visitor: Visitor) -> None:
    """Forget that Chromium itself tells the console of an answer that is an error."""
    visitor.complaints[:] = [each for each in visitor.complaints if "status of 4" not in each]
