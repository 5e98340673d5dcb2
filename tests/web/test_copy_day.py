"""Copying a day: listed first, logged anew once, and only what still is as it was listed."""

import re
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from ledger.errors import Unavailable
from tests.web.conftest import Front
from tests.web.forms import WEEK, entry, log
from tests.web.test_week_hours import send, stated

COPY = "/week/2026-11-23/copy"


def two_entries(browser: TestClient, front: Front) -> dict[str, str]:
    """Log a session and an activity on Monday; returns the form that copies them to Tuesday."""
    front.practice.hours.setup = stated()
    log(browser, date="2026-11-23")
    send(browser, date="2026-11-23", length="90")
    return form_of(browser.get(COPY).text)


def form_of(page: str) -> dict[str, str]:
    """Return the form of the page, filled in for Tuesday."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    assert set(hidden) == {"command_id", "listed"}
    return hidden | {"to": "2026-11-24"}


def counts(front: Front) -> tuple[int, int]:
    """Return how many sessions and activities there are."""
    return len(front.practice.streams), len(front.practice.hours.activities)


def test_a_day_is_listed_before_it_is_copied(browser: TestClient, front: Front) -> None:
    """With who, when and how long; today is offered."""
    two_entries(browser, front)
    page = re.sub(r"\s+", " ", browser.get(COPY).text)
    assert "Copy Monday, November 23" in page
    assert "<b>J.D.</b> <span>9:00 am, 50 min</span>" in page
    assert "<b>Supervision, individual</b> <span>1 h 30 min</span>" in page
    assert "Copy 2 entries" in page
    assert re.search(r'id="to"[^>]* value="2026-11-24"', page)


def test_all_of_it_is_logged_anew(browser: TestClient, front: Front) -> None:
    """The copies are entries of their own, on the other day."""
    answer = browser.post(COPY, data=two_entries(browser, front))
    assert (answer.status_code, answer.headers["location"]) == (303, WEEK)
    page = browser.get(WEEK).text
    assert "Copied 2 entries" in page
    assert counts(front) == (2, 2)
    assert 'id="day-2026-11-23"' in page
    assert 'id="day-2026-11-24"' in page


def test_a_double_click_copies_once(browser: TestClient, front: Front) -> None:
    """Each copy's command follows from the form."""
    form = two_entries(browser, front)
    for _ in range(2):
        assert browser.post(COPY, data=form).status_code == 303
    assert counts(front) == (2, 2)


def test_what_failed_half_way_is_finished_by_the_same_form(
    browser: TestClient, front: Front
) -> None:
    """The session was copied before the ledger was lost: it is not copied again."""
    form = two_entries(browser, front)
    front.practice.faults["log_activity"] = Unavailable("lost")
    answer = browser.post(COPY, data=form)
    assert answer.status_code == 503
    assert form["command_id"] in answer.text
    assert counts(front) == (2, 1)
    assert browser.post(COPY, data=form).status_code == 303
    assert counts(front) == (2, 2)


def test_a_day_that_changed_is_listed_again(browser: TestClient, front: Front) -> None:
    """Nothing is copied that was not on the list."""
    form = two_entries(browser, front)
    browser.post(WEEK, data=entry(date="2026-11-23", start="15:00"))
    before = counts(front)
    answer = browser.post(COPY, data=form)
    assert answer.status_code == 409
    assert "was changed since you opened this page" in answer.text
    assert counts(front) == before
    assert browser.post(COPY, data=form_of(answer.text)).status_code == 303
    assert counts(front) == (4, 2)


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("2026-11-23", "choose another day"),
        ("2026-11-25", "has not come yet"),
        ("", "choose the day"),
        ("2019-11-22", "more than seven years ago"),
    ],
)
def test_a_day_that_cannot_be_copied_to_is_refused_beside_the_field(
    browser: TestClient, front: Front, to: str, says: str
) -> None:
    """And nothing is copied."""
    answer = browser.post(COPY, data=two_entries(browser, front) | {"to": to})
    assert answer.status_code == 422
    assert 'id="to-error"' in answer.text
    assert says in answer.text
    assert counts(front) == (1, 1)


def test_an_empty_day_has_nothing_to_copy(browser: TestClient, front: Front) -> None:
    """It says so, and takes no form."""
    assert "nothing to copy" in browser.get("/week/2026-11-22/copy").text
    sent = {"command_id": str(UUID(int=5)), "listed": "", "to": "2026-11-24"}
    assert browser.post("/week/2026-11-22/copy", data=sent).status_code == 409
    assert counts(front) == (0, 0)


def test_without_the_agreement_nothing_is_copied(browser: TestClient, front: Front) -> None:
    """What is copied is of clients."""
    form = two_entries(browser, front)
    front.practice.baa_signed = False
    assert browser.post(COPY, data=form).status_code == 403
    assert counts(front) == (1, 1)
