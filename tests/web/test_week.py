"""My week: what is logged shows at once, with its totals, and no name is ever shown again."""

import re
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from commands.context import Actor
from ledger.errors import Busy, Quarantined, Unavailable
from tests.web.conftest import Front
from tests.web.forms import FORM_ID, WEEK, entry, log


def test_home_leads_to_the_week_of_today(browser: TestClient) -> None:
    """The week of Tuesday 24 November 2026 begins on Sunday 22 November."""
    answer = browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, WEEK)


def test_any_day_leads_to_its_sunday(browser: TestClient) -> None:
    """A week has one address."""
    answer = browser.get("/week/2026-11-28")
    assert (answer.status_code, answer.headers["location"]) == (303, WEEK)


@pytest.mark.parametrize(
    "day", ["2026-11-31", "20261122", "1999-12-26", "2101-01-02", "tomorrow", "0001-01-01"]
)
def test_what_is_no_day_is_not_found(browser: TestClient, day: str) -> None:
    """Only days of this century, in their one form, have a page."""
    assert browser.get(f"/week/{day}").status_code == 404


def test_an_empty_week_explains_itself(browser: TestClient) -> None:
    """Somebody new reads what will happen here."""
    assert "Nothing in this week yet" in browser.get(WEEK).text


def test_a_logged_session_shows_on_the_next_page(browser: TestClient) -> None:
    """Read your writes: notice, line and totals."""
    answer = browser.post(WEEK, data=entry())
    page = browser.get(answer.headers["location"]).text
    assert "Logged: J.D., Tuesday, November 24, 9:00\N{NO-BREAK SPACE}am" in page
    assert '<b class="who">J.D.</b>' in page
    assert re.search(r"<strong>50\N{NO-BREAK SPACE}min</strong>.*in 1 session<", page)


def test_a_notice_is_told_once(browser: TestClient) -> None:
    """A reload does not claim that it happened again."""
    log(browser)
    assert "Logged:" not in browser.get(WEEK).text


def test_a_name_is_never_shown_again(browser: TestClient) -> None:
    """A full name comes back as initials, also beside somebody else's mistake."""
    answer = browser.post(WEEK, data=entry(client="Zebulon Quark", minutes="soon"))
    assert answer.status_code == 422
    assert "Zebulon" not in answer.text
    assert "Quark" not in answer.text
    assert 'value="Z.Q."' in answer.text


def test_what_cannot_be_initials_is_not_shown_at_all(browser: TestClient) -> None:
    """A refused client field comes back empty, with its sentence."""
    answer = browser.post(WEEK, data=entry(client="Zebulon & Mary Quark"))
    assert answer.status_code == 422
    assert "Zebulon" not in answer.text
    assert "may be more than one person" in answer.text
    assert re.search(r'id="client"[^>]* value=""[^>]* aria-invalid="true"', answer.text, re.DOTALL)


def test_a_mistake_keeps_everything_else(browser: TestClient) -> None:
    """Errors stand beside their fields, and what was typed is still there."""
    answer = browser.post(
        WEEK, data=entry(start="25:00", setting="Harbor <b>", participants="couple")
    )
    assert answer.status_code == 422
    assert 'id="start-error"' in answer.text
    assert 'value="Harbor &lt;b&gt;"' in answer.text
    assert re.search(r'value="couple" checked', answer.text)
    assert re.search(r'id="start"[^>]* autofocus', answer.text, re.DOTALL)
    assert f'value="{FORM_ID}"' in answer.text


def test_the_same_form_sent_twice_is_one_session(browser: TestClient, front: Front) -> None:
    """A double click logs once."""
    for _ in range(2):
        assert browser.post(WEEK, data=entry()).status_code == 303
    assert len(front.practice.streams) == 1


def test_an_old_form_filled_in_anew_is_another_session(browser: TestClient, front: Front) -> None:
    """A form that the browser's history brought back does not swallow what is new in it."""
    browser.post(WEEK, data=entry())
    browser.post(WEEK, data=entry(start="10:00"))
    assert len(front.practice.streams) == 2


def test_the_next_form_remembers_the_manner_but_not_the_client(browser: TestClient) -> None:
    """Setting, length and manner stay; who it was is asked anew."""
    log(browser, modality="video", minutes="45")
    page = browser.get(WEEK).text
    assert re.search(r'id="setting"[^>]* value="Harbor Clinic"', page)
    assert re.search(r'id="minutes"[^>]* value="45"', page)
    assert 'value="video" checked' in page
    assert re.search(r'id="client"[^>]* value=""', page)


def test_a_new_browser_remembers_from_the_ledger(browser: TestClient, front: Front) -> None:
    """What was logged last week fills this week's form too."""
    log_answer = browser.post(WEEK, data=entry(date="2026-11-18", setting="Hillside"))
    assert log_answer.headers["location"] == "/week/2026-11-15"
    page = front.signed_in().get(WEEK).text
    assert re.search(r'id="setting"[^>]* value="Hillside"', page)


def test_a_session_of_another_week_leads_there(browser: TestClient) -> None:
    """The page that follows is the one the session is on."""
    answer = browser.post(WEEK, data=entry(date="2026-11-18"))
    assert answer.headers["location"] == "/week/2026-11-15"
    assert '<b class="who">J.D.</b>' in browser.get("/week/2026-11-15").text


def test_totals_are_split_by_manner_and_by_who_took_part(browser: TestClient) -> None:
    """80 minutes in person and 30 by phone; 30 of them with a couple."""
    log(browser, form=1)
    log(browser, form=2, start="11:00", minutes="30", modality="phone", client="C-001")
    log(browser, form=3, start="13:00", minutes="30", participants="couple", client="C-002")
    page = re.sub(r"\s+", " ", browser.get(WEEK).text)
    assert "<strong>1 h 50 min</strong>" in page
    assert "In person <b>1 h 20 min</b>" in page
    assert "Phone <b>30 min</b>" in page
    assert "Couple <b>30 min</b>" in page


def test_others_see_nothing(browser: TestClient, front: Front) -> None:
    """A week is one person's."""
    log(browser)
    other = front.signed_in(Actor(UUID(int=1), UUID(int=4)))
    assert "J.D." not in other.get(WEEK).text


@pytest.mark.parametrize("fault", [Busy("full"), Unavailable("lost")])
def test_a_ledger_out_of_reach_keeps_the_form(
    browser: TestClient, front: Front, fault: Exception
) -> None:
    """The same form is offered again with the same id, so pressing once more logs once."""
    front.practice.faults["log_session"] = fault
    answer = browser.post(WEEK, data=entry())
    assert answer.status_code == 503
    assert f'value="{FORM_ID}"' in answer.text
    assert "John" not in answer.text
    assert browser.post(WEEK, data=entry(client="J.D.")).status_code == 303


def test_a_closed_ledger_keeps_what_was_typed_and_asks_for_no_more_tries(
    browser: TestClient, front: Front
) -> None:
    """Pressing again would not help: somebody has to be told."""
    front.practice.faults["log_session"] = Quarantined("behind")
    answer = browser.post(WEEK, data=entry(client="C-009"))
    assert answer.status_code == 503
    assert "closed for writing" in answer.text
    assert "press the button again" not in answer.text
    assert 'value="C-009"' in answer.text


def test_a_read_model_that_lags_is_told(browser: TestClient, front: Front) -> None:
    """What is saved but not shown yet is called saved."""
    front.practice.is_caught_up = False
    answer = browser.post(WEEK, data=entry())
    assert "It will appear here in a moment" in browser.get(answer.headers["location"]).text


def test_without_the_agreement_nothing_is_taken(browser: TestClient, front: Front) -> None:
    """The refusal says whom to ask."""
    front.practice.baa_signed = False
    answer = browser.post(WEEK, data=entry())
    assert answer.status_code == 403
    assert "Business Associate Agreement" in answer.text
    assert front.practice.streams == {}


def test_a_destroyed_session_is_counted_as_gone(browser: TestClient, front: Front) -> None:
    """Its line disappears, its proof is mentioned."""
    front.practice.shredded.add(UUID(log(browser)))
    page = browser.get(WEEK).text
    assert "1 entry of this week reached the end of its seven years" in page
    assert "J.D." not in page


def test_a_future_week_is_not_offered(browser: TestClient) -> None:
    """Nothing leads past this week; a past one leads back to it."""
    assert 'id="later"' not in browser.get(WEEK).text
    earlier = browser.get("/week/2026-11-15").text
    assert 'id="later"' in earlier
    assert 'id="current"' in earlier
