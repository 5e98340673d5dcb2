"""My trail: what happened, newest first, by day, in pages."""

import re

import pytest
from starlette.testclient import TestClient

from projections.trail_rows import TrailRow
from tests.web.conftest import ACTOR, Front
from tests.web.forms import log
from web.pages.trail import PAGE_ROWS

DAY_US = 86_400_000_000


def fill(front: Front, count: int) -> None:
    """Let `count` things have happened, the last of them now."""
    for position in range(count):
        moment = front.clock.us - (count - position - 1) * 1_000_000
        front.practice.log.append(
            TrailRow(position, moment, f"thing {position} happened", ACTOR.person_id, "thing.v1")
        )


def test_an_empty_trail_explains_itself(browser: TestClient) -> None:
    """Somebody new reads what will stand here."""
    assert "Nothing has happened yet" in browser.get("/trail").text


def test_what_i_did_stands_in_my_trail(browser: TestClient) -> None:
    """In plain words, under its day."""
    log(browser)
    page = browser.get("/trail").text
    assert re.search(r"<h2[^>]*>Today</h2>", page)
    assert "You logged a session" in page


def test_days_have_their_names(browser: TestClient, front: Front) -> None:
    """Today, yesterday, and then the date."""
    for position, days in enumerate((9, 1, 0)):
        front.practice.log.append(
            TrailRow(position, front.clock.us - days * DAY_US, "it", ACTOR.person_id, "thing.v1")
        )
    days = re.findall(r"<h2 id=\"trail-\d+\">([^<]+)</h2>", browser.get("/trail").text)
    assert days == ["Today", "Yesterday", "Sunday, November 15, 2026"]


def test_a_long_trail_has_pages(browser: TestClient, front: Front) -> None:
    """The link to older things leads on without a gap or a repeat."""
    fill(front, PAGE_ROWS + 3)
    page = browser.get("/trail").text
    seen = re.findall(r"thing (\d+) happened", page)
    older = re.search(r'href="(/trail\?before=\d+)"', page)
    assert older is not None
    last = browser.get(older[1]).text
    seen += re.findall(r"thing (\d+) happened", last)
    assert [int(each) for each in seen] == list(reversed(range(PAGE_ROWS + 3)))
    assert 'rel="next"' not in last
    assert 'href="/trail">Newest' in last


def test_a_trail_of_exactly_one_page_offers_no_other(browser: TestClient, front: Front) -> None:
    """No link leads to an empty page."""
    fill(front, PAGE_ROWS)
    assert 'rel="next"' not in browser.get("/trail").text


@pytest.mark.parametrize("before", ["-1", "x", "1" * 19, "\N{ARABIC-INDIC DIGIT FIVE}"])
def test_what_is_no_position_is_not_found(browser: TestClient, before: str) -> None:
    """Positions are plain numbers."""
    assert browser.get("/trail", params={"before": before}).status_code == 404
