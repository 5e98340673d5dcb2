"""A supervisor signs what a supervisee handed in, in a real browser with a passkey of its own."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aggregates.hours.week_statement import statement_challenge
from ledger.postgres.connect import Database
from tests.browser.conftest import TIMEOUT_MS, WIDTHS
from tests.browser.people import Person, person, serving
from tests.web.clinic import SUPERVISOR_EMAIL, WEEK, Clinic, open_clinic
from tests.web.identity.desk import open_desk
from tests.web.running import free_port

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
LATE = WEEK - dt.timedelta(days=14)


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Iterator[Clinic]:
    """A therapist under a supervisor, served over TLS."""
    with open_desk(database, tmp_path / "data", free_port()) as desk, serving(desk):
        yield open_clinic(desk)


widths = pytest.mark.parametrize("width", list(WIDTHS))


def enrol(supervisor: Person) -> None:
    """Come in for the first time."""
    supervisor.enrol(SUPERVISOR_EMAIL)
    supervisor.page.get_by_role("link", name="I have kept them").click()
    supervisor.is_at("Weeks to sign")


@widths
def test_a_week_is_signed_with_a_passkey(clinic: Clinic, chromium: Browser, width: str) -> None:
    row = clinic.hand_in(WEEK, "SUP-MIN", "SUP-TRAINEE")
    clinic.hand_in(LATE)
    with person(clinic.desk, chromium, width) as supervisor:
        enrol(supervisor)
        supervisor.look("supervise")
        supervisor.page.get_by_role("link", name=re.compile("^Look and sign")).first.click()
        supervisor.is_at("Sign a week")
        supervisor.look("sign")
        supervisor.press("Sign with passkey")
        supervisor.is_at("Weeks to sign")
        supervisor.page.reload()
        supervisor.look("supervise-signed")
        supervisor.page.get_by_role("link", name="Sam Canary", exact=True).click()
        supervisor.is_at("Sam Canary")
        supervisor.page.get_by_text("Write a notice").click()
        supervisor.look("supervisee")
