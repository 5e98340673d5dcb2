"""Submitting when the ledger is out of reach or lags: nothing is lost, and nothing done twice."""

import re

import pytest
from starlette.testclient import TestClient

from aggregates.bbs.history import Signature
from aggregates.hours.refusals import HoursCode
from aggregates.refusal import Refused
from ledger.errors import Busy, Conflict, Unavailable
from tests.aggregates.bbs.invented import (
    MONDAY,
    WITH_LCSW,
    activity,
    changed,
    history,
    session,
    signed,
)
from tests.web.conftest import Front

LOG = f"/weeks/{MONDAY}"


@pytest.fixture(autouse=True)
def logged(front: Front) -> None:
    """A session and its supervision in one week, not submitted."""
    entries = (session(1, MONDAY), activity(2, MONDAY))
    unsigned = [signed(each, Signature.NONE) for each in entries]
    front.practice.hours.history = history(*unsigned)


def form(browser: TestClient) -> dict[str, str]:
    """Return the hidden fields of the row's form."""
    return dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', browser.get(LOG).text)
    )


@pytest.mark.parametrize("fault", [Busy("full"), Unavailable("lost")])
def test_a_ledger_out_of_reach_keeps_the_form(
    browser: TestClient, front: Front, fault: Exception
) -> None:
    """The page comes with the same form id: pressing again is the same command."""
    typed = form(browser)
    front.practice.hours.fault = fault
    answer = browser.post(f"{LOG}/submit", data=typed)
    assert answer.status_code == 503
    assert "it is never done twice" in answer.text
    assert f'value="{typed["command_id"]}"' in answer.text
    front.practice.hours.fault = None
    for _ in range(2):
        assert browser.post(f"{LOG}/submit", data=typed).status_code == 303
    (_, first), (_, second) = front.practice.hours.submitted
    assert first == second


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (Refused(HoursCode.WEEK_CHANGED), 409, "changed since it was shown"),
        (Conflict("moved"), 409, "changed since it was shown"),
        (Refused(HoursCode.WEEK_SUBMITTED), 422, "with the supervisor already"),
    ],
)
def test_a_refusal_is_a_plain_sentence_above_the_page(
    browser: TestClient, front: Front, fault: Exception, status: int, said: str
) -> None:
    front.practice.hours.fault = fault
    answer = browser.post(f"{LOG}/submit", data=form(browser))
    assert answer.status_code == status
    assert said in answer.text
    assert "Robin Roe, Riverside" in answer.text


def test_a_read_model_that_lags_is_told(browser: TestClient, front: Front) -> None:
    """What is submitted but not shown yet is called submitted."""
    front.practice.is_caught_up = False
    browser.post(f"{LOG}/submit", data=form(browser))
    page = browser.get(LOG).text
    assert "Submitted. Your supervisor sees it now" in page
    assert "This page may show it in a moment" in page


def test_a_supervision_whose_supervisor_is_no_member_says_what_to_do(
    browser: TestClient, front: Front
) -> None:
    """There is no button: nobody could sign."""
    alone = changed(WITH_LCSW, supervisor_id=None)
    front.practice.hours.history = history(session(1, MONDAY), supervision=alone)
    page = browser.get(LOG).text
    assert "Choose under Setup which member of the practice signs" in page
    assert "/submit" not in page


def test_without_the_agreement_nothing_is_submitted(browser: TestClient, front: Front) -> None:
    front.practice.baa_signed = False
    assert browser.post(f"{LOG}/submit", data=form(browser)).status_code == 403
    assert front.practice.hours.submitted == []
