"""Supervisors sign weeks on the real stack: what was shown, once, or nothing at all."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from aggregates.hours.week_row import ReturnReason, WeekReturned
from aggregates.hours.week_statement import statement_challenge
from ledger.postgres.connect import Database
from tests.web.clinic import ALIAS, SUPERVISOR_EMAIL, Clinic, open_clinic
from tests.web.identity.authenticator import Authenticator, challenge_in
from tests.web.identity.desk import ADDRESS, open_desk

pytestmark = pytest.mark.postgres
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Iterator[Clinic]:
    """A therapist under a supervisor."""
    with open_desk(database, tmp_path / "data") as desk:
        yield open_clinic(desk)


@pytest.fixture
def supervisor(clinic: Clinic) -> tuple[TestClient, Authenticator]:
    """The supervisor's browser and passkey."""
    browser = clinic.desk.browser()
    passkey = clinic.desk.enrol(browser, SUPERVISOR_EMAIL)
    passkey.count = 10
    return browser, passkey


def statement_on(page: str) -> str:
    """Return the statement that a page shows."""
    found = re.search(r'<pre class="statement"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found is not None, page
    return html.unescape(found[1])


def answered(page: str, passkey: Authenticator) -> dict[str, str]:
    """Return what the browser sends to sign the first statement of a page."""
    found = re.search(r'data-options="([^"]*)">(.*?)</form>', page, re.DOTALL)
    assert found is not None, page
    options = html.unescape(found[1])
    assert challenge_in(options) == statement_challenge(statement_on(page))
    passkey.count += 1
    return {**dict(HIDDEN.findall(found[2])), "answer": passkey.get(options)}


def test_a_week_is_signed_over_exactly_what_was_shown(
    clinic: Clinic, supervisor: tuple[TestClient, Authenticator]
) -> None:
    browser, passkey = supervisor
    row = clinic.hand_in()
    page = browser.get(f"/sign/{row}").text
    answer = browser.post(f"/sign/{row}", data=answered(page, passkey))
    assert (answer.status_code, answer.headers["location"]) == (303, "/supervise")
    (signed,) = clinic.signatures(row)
    assert signed.statement.reveal() == statement_on(page)
    assert signed.ip_address is not None
    assert signed.ip_address.reveal() == ADDRESS
    assert "Signed. It stands in the ledger" in browser.get("/supervise").text
    assert "Nothing waits for you" in browser.get("/supervise").text
