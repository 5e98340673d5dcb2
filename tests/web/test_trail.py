"""My trail: what happened, newest first, by day, in pages."""

import datetime as dt
import re

import pytest
from starlette.testclient import TestClient

from projections.trail_days import DayCount
from projections.trail_rows import TrailRow
from tests.web.conftest import ACTOR, Front
from tests.web.forms import log
from web.pages.trail.trail import PAGE_ROWS

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


def look(front: Front, position: int, minutes_ago: int, sentence: str) -> None:
    """Let somebody have looked."""
    moment = front.clock.us - minutes_ago * 60_000_000
    front.practice.log.append(
        TrailRow(position, moment, sentence, ACTOR.person_id, "records-read.v1")
    )


def test_the_same_look_over_and_over_is_one_line(browser: TestClient, front: Front) -> None:
    """On each day, where it was the last time; changes are never put together."""
    for position, minutes in enumerate((90, 60, 30)):
        look(front, position, minutes, "Somebody looked")
        front.practice.log.append(
            TrailRow(position, front.clock.us, "It changed", ACTOR.person_id, "thing.v1")
        )
    page = browser.get("/trail").text
    assert page.count("Somebody looked, 3 times since 8:30\N{NO-BREAK SPACE}am") == 1
    assert page.count("It changed") == 3


def test_a_part_is_leafed_through_as_that_part(browser: TestClient, front: Front) -> None:
    """And is marked as the one that is shown."""
    fill(front, PAGE_ROWS + 1)
    for show, words in (("changes", "Changes"), ("others", "Looks by others"), ("own", "My own")):
        page = browser.get(f"/trail?show={show}").text
        assert re.search(rf'href="/trail\?show={show}" aria-current="true">{words}', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        assert older is not None
        last = browser.get(older[1].replace("&amp;", "&")).text
        assert f'href="/trail?show={show}">Newest' in last


@pytest.mark.parametrize("show", ["", "ALL", "reads", "own%20"])
def test_what_is_no_part_is_not_found(browser: TestClient, show: str) -> None:
    assert browser.get(f"/trail?show={show}").status_code == 404


def test_own_looks_are_told_by_their_number(browser: TestClient, front: Front) -> None:
    """And a link leads to them; where they are shown, nothing is folded."""
    fill(front, 1)
    today = dt.date(2026, 11, 24)
    front.practice.days.append(DayCount(today, changes=1, by_others=0, own=7))
    fold = '<a href="/trail?show=own">You looked at records yourself 7 times</a>'
    assert fold in browser.get("/trail").text
    assert fold not in browser.get("/trail?show=own").text


def test_the_year_is_a_cell_a_day_and_is_told_in_words(browser: TestClient, front: Front) -> None:
    """Up to today; days of long ago are left out, and a look by others is marked."""
    front.practice.days += [
        DayCount(dt.date(2024, 1, 1), 99, 99, 99),
        DayCount(dt.date(2026, 2, 3), changes=12, by_others=0, own=5),
        DayCount(dt.date(2026, 11, 24), changes=1, by_others=2, own=0),
    ]
    page = browser.get("/trail").text
    assert page.count("<rect class=") - 4 == 52 * 7 + 3  # a Tuesday; four are the legend's
    assert page.count('class="level-3"') - 1 == 1
    assert page.count("<circle") - 1 == 1
    assert "Tuesday, November 24: 1 change, 2 looks by others" in page
    assert "13 changes on 2 days, 2 looks by others on 1 day." in page
    assert re.search(r'<th scope="row">February 2026</th><td>12</td><td>0</td>', page)
    assert "99" not in re.sub(r'nonce="[^"]*"|static/\w+', "", page)
