"""A compliance officer reviews hours in a real browser, at both widths."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from aggregates.membership import Role
from commands.hours.streams import row_stream
from commands.hours.submit_week import take_back_week
from ledger.postgres.connect import Database
from tests.browser.conftest import WIDTHS
from tests.browser.people import person, serving
from tests.web.clinic import ALIAS, SUPERVISOR_EMAIL, WEEK, Clinic, join, open_clinic
from tests.web.identity.desk import open_desk
from tests.web.running import free_port

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
OFFICER_EMAIL = "kim.canary@practice.example"


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Iterator[Clinic]:
    """A therapist who handed weeks in, took one back, and logged one that is late."""
    with open_desk(database, tmp_path / "data", free_port()) as desk, serving(desk):
        made = open_clinic(desk)
        join(desk, OFFICER_EMAIL, "Kim Canary", Role.COMPLIANCE_OFFICER)
        for weeks in range(1, 12):
            made.hand_in(WEEK - weeks * dt.timedelta(days=7))
        taken = WEEK - dt.timedelta(days=21)
        take_back_week(made.context, made.person, made.key(taken), made.context.ids.new())
        for hour in range(8, 20):
            made.log(WEEK + dt.timedelta(days=1), minutes=60, start=f"{hour:02}:00")
        yield made


@pytest.mark.parametrize("width", list(WIDTHS))
def test_an_officer_reviews_hours(clinic: Clinic, chromium: Browser, width: str) -> None:
    """From everybody to one person by the links, with nothing that axe finds."""
    with person(clinic.desk, chromium, width) as supervisor:
        supervisor.enrol(SUPERVISOR_EMAIL)
        key = clinic.key(WEEK - dt.timedelta(days=70))
        supervisor.go(f"/sign/{row_stream(clinic.supervisor.practice_id, key)}")
        supervisor.press("Sign with passkey")
        supervisor.is_at("Weeks to sign")
    clinic.settle()
    with person(clinic.desk, chromium, width) as officer:
        officer.enrol(OFFICER_EMAIL)
        officer.page.get_by_role("link", name="I have kept them").click()
        officer.page.get_by_role("link", name="Hours", exact=True).click()
        officer.is_at("Hours")
        officer.look("compliance")
        officer.page.get_by_role("link", name="Sam Canary").click()
        officer.is_at("Sam Canary")
        expect(officer.page.get_by_role("heading", name="What the licence needs")).to_be_visible()
        officer.look("review")
        assert ALIAS not in officer.page.content()
