"""One session: corrected with its history shown, deleted with a reason, and only by its owner."""

import re
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from commands.context import Actor
from ledger.errors import LedgerError, Quarantined, Unavailable
from tests.web.conftest import Front
from tests.web.forms import WEEK, entry, log

OTHER_FORM = str(UUID(int=78))


def correction(**changed: str) -> dict[str, str]:
    """Return the form that corrects the session of `entry`."""
    return entry(**({"command_id": OTHER_FORM, "version": "1", "client": "J.D."} | changed))


def deletion(**changed: str) -> dict[str, str]:
    """Return the form that deletes it."""
    return {
        "command_id": OTHER_FORM,
        "version": "1",
        "reason": "entered-twice",
        "remark": "",
    } | changed


def test_the_form_is_filled_with_what_is_logged(browser: TestClient) -> None:
    """The alias is shown, for it is all there is."""
    page = browser.get(f"/session/{log(browser)}").text
    assert re.search(r'id="client"[^>]* value="J.D."', page)
    assert 'name="version" value="1"' in page


def test_a_correction_shows_what_changed(browser: TestClient) -> None:
    """Before and after stand in the history."""
    stream = log(browser)
    answer = browser.post(f"/session/{stream}", data=correction(minutes="45"))
    assert (answer.status_code, answer.headers["location"]) == (303, WEEK)
    week = browser.get(WEEK).text
    assert "Corrected: J.D." in week
    assert 'class="corrected"' in week
    page = browser.get(f"/session/{stream}").text
    assert re.search(r"<dt>Length</dt><dd><del>50.min</del>.*<ins>45.min</ins>", page)


def test_a_correction_that_changes_nothing_says_so(browser: TestClient) -> None:
    """It is no error of the therapist's, but nothing is recorded."""
    answer = browser.post(f"/session/{log(browser)}", data=correction())
    assert answer.status_code == 422
    assert "Nothing is different" in answer.text


def test_a_concurrent_change_is_told_kindly(browser: TestClient, front: Front) -> None:
    """Both are shown, and saving again is possible."""
    stream = log(browser)
    assert browser.post(f"/session/{stream}", data=correction(minutes="45")).status_code == 303
    late = correction(command_id=str(UUID(int=79)), setting="Hillside")
    answer = browser.post(f"/session/{stream}", data=late)
    assert answer.status_code == 409
    assert "changed since you opened it" in answer.text
    assert 'value="Hillside"' in answer.text
    assert 'name="version" value="2"' in answer.text
    form = re.search(r'name="command_id" value="([^"]+)"', answer.text)
    assert form is not None
    again = correction(command_id=form[1], version="2", setting="Hillside")
    assert browser.post(f"/session/{stream}", data=again).status_code == 303
    assert len(front.practice.streams[UUID(stream)]) == 3


def test_a_mistake_in_a_correction_keeps_what_was_typed(browser: TestClient) -> None:
    """And the version that was seen."""
    wrong = correction(client="Zebulon Quark", minutes="0")
    answer = browser.post(f"/session/{log(browser)}", data=wrong)
    assert answer.status_code == 422
    assert 'id="minutes-error"' in answer.text
    assert "Zebulon" not in answer.text
    assert 'name="version" value="1"' in answer.text


@pytest.mark.parametrize("fault", [Unavailable("lost"), Quarantined("behind")])
def test_a_lost_ledger_keeps_the_correction(
    browser: TestClient, front: Front, fault: LedgerError
) -> None:
    """The same form may be sent again."""
    stream = log(browser)
    front.practice.faults["correct_session"] = fault
    answer = browser.post(f"/session/{stream}", data=correction(minutes="45"))
    assert answer.status_code == 503
    assert f'name="command_id" value="{OTHER_FORM}"' in answer.text


def test_deleting_asks_why(browser: TestClient) -> None:
    """A page of its own, with the session named."""
    page = browser.get(f"/session/{log(browser)}/delete").text
    assert "Delete this session?" in page
    assert "J.D., Tuesday, November 24" in page


def test_a_deletion_needs_a_reason(browser: TestClient) -> None:
    """Without one the page comes back with the sentence."""
    stream = log(browser)
    answer = browser.post(f"/session/{stream}/delete", data=deletion(reason="", remark="twice"))
    assert answer.status_code == 422
    assert "Please choose the reason" in answer.text
    assert 'value="twice"' in answer.text


def test_a_deleted_session_leaves_the_week_and_keeps_its_history(browser: TestClient) -> None:
    """It cannot be corrected any more."""
    stream = log(browser)
    assert browser.post(f"/session/{stream}/delete", data=deletion()).headers["location"] == WEEK
    week = browser.get(WEEK).text
    assert "Deleted. It no longer counts" in week
    assert '<b class="who">J.D.</b>' not in week
    page = browser.get(f"/session/{stream}").text
    assert "it was entered twice" in page
    assert '<form method="post" action="/session' not in page
    assert browser.get(f"/session/{stream}/delete").status_code == 410
    assert browser.post(f"/session/{stream}", data=correction(version="2")).status_code == 410


def test_a_deletion_sent_twice_happens_once(browser: TestClient, front: Front) -> None:
    """A double click ends where a single one does."""
    stream = log(browser)
    for _ in range(2):
        assert browser.post(f"/session/{stream}/delete", data=deletion()).status_code == 303
    assert len(front.practice.streams[UUID(stream)]) == 2


def test_a_session_changed_meanwhile_is_looked_at_before_it_is_deleted(
    browser: TestClient,
) -> None:
    """Nobody deletes what they have not seen."""
    stream = log(browser)
    browser.post(f"/session/{stream}", data=correction(minutes="45"))
    answer = browser.post(f"/session/{stream}/delete", data=deletion(command_id=str(UUID(int=80))))
    assert answer.status_code == 409
    assert "45\N{NO-BREAK SPACE}min" in answer.text


@pytest.mark.parametrize("fault", [Unavailable("lost"), Quarantined("behind")])
def test_a_lost_ledger_keeps_the_deletion(
    browser: TestClient, front: Front, fault: LedgerError
) -> None:
    """The same form may be sent again."""
    stream = log(browser)
    front.practice.faults["delete_session"] = fault
    answer = browser.post(f"/session/{stream}/delete", data=deletion())
    assert answer.status_code == 503
    assert f'value="{OTHER_FORM}"' in answer.text


@pytest.mark.parametrize("ending", ["", "/delete"])
def test_a_session_of_somebody_else_is_not_there(
    browser: TestClient, front: Front, ending: str
) -> None:
    """It answers exactly like one that does not exist."""
    theirs = f"/session/{log(browser)}{ending}"
    nobodys = f"/session/{UUID(int=999)}{ending}"
    other = front.signed_in(Actor(UUID(int=1), UUID(int=4)))
    for method in ("GET", "POST"):
        form = correction() | deletion() if method == "POST" else None
        answers = [other.request(method, path, data=form) for path in (theirs, nobodys)]
        assert [answer.status_code for answer in answers] == [404, 404]
        texts = [re.sub(r'nonce="[^"]*"', "", answer.text) for answer in answers]
        assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "name", ["1", "X" * 36, str(UUID(int=5)).upper() + "0", f"{{{UUID(int=5)}}}"]
)
def test_what_is_no_id_is_not_found(browser: TestClient, name: str) -> None:
    """An id has one form."""
    assert browser.get(f"/session/{name}").status_code == 404


def test_a_destroyed_session_says_so(browser: TestClient, front: Front) -> None:
    """It has no form and no details, but a history."""
    stream = log(browser)
    front.practice.shredded.add(UUID(stream))
    page = browser.get(f"/session/{stream}").text
    assert "reached the end of its seven years" in page
    assert 'name="minutes"' not in page
