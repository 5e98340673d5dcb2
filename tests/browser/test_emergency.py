"""Emergency access in a real browser: asked, approved, told, read, ended; holds beside it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from commands.join_member import join_member
from commands.log_session import log_session
from ledger.postgres.connect import Database
from projections.waiting import wait_for
from tests.aggregates.examples import entry
from tests.browser.conftest import WIDTHS
from tests.browser.people import Person, person, serving
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk, open_desk
from tests.web.running import free_port

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
OFFICER_EMAIL = "kim.canary@practice.example"
WEEK = "2026-03-08"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A practice with an owner, a therapist who logged a session, and an officer."""
    with open_desk(database, tmp_path / "data", free_port()) as opened, serving(opened):
        context = opened.context
        person_id = opened.identity.accounts.open(
            Private(OFFICER_EMAIL), context.ids.new(), context.clock.now_us()
        )
        joined = JoinMember(
            person_id=person_id,
            role=Role.COMPLIANCE_OFFICER,
            name=Private("Kim Canary"),
            invited_by=opened.owner.person_id,
        )
        done = join_member(context, opened.owner, joined, uuid4())
        assert wait_for(context.ledger, "memberships", done.practice_id, done.position, 20.0)
        log_session(context, opened.therapist, entry(), uuid4())
        yield opened


def enrol(people: dict[str, Person]) -> None:
    """Give everybody a passkey that was checked just now."""
    for email, each in people.items():
        each.enrol(email)


def ask(officer: Person) -> None:
    """Ask for the therapist's records, after a form that said too little."""
    officer.go("/emergency")
    officer.press("Ask for access")
    expect(officer.page.locator("#whose-error")).to_be_visible()
    officer.look("emergency-errors")
    officer.page.get_by_label("Whose records").select_option(label="Sam Canary")
    officer.page.get_by_label("Why").select_option("client-at-risk")
    officer.page.get_by_label("Remark").fill("Sam is in hospital")
    officer.press("Ask for access")
    expect(officer.page.get_by_text("Waits for the answer")).to_be_visible()
    officer.look("emergency-asked")


def approve(owner: Person) -> None:
    """Say yes."""
    owner.go("/emergency")
    owner.page.get_by_role("button", name="Approve").click()
    expect(owner.page.get_by_text("the person was told")).to_be_visible()
    owner.look("emergency-approved")


def read(officer: Person) -> None:
    """Begin, and open the week and the session in it."""
    officer.go("/emergency")
    officer.page.get_by_role("button", name="Begin now").click()
    expect(officer.page.get_by_text("you are reading a colleague's records")).to_be_visible()
    officer.look("emergency-empty-week")
    officer.page.goto(re.sub(r"week/.*", f"week/{WEEK}", officer.page.url))
    officer.look("emergency-week")
    officer.page.locator(".day a").first.click()
    expect(officer.page.get_by_text("Nothing can be changed here")).to_be_visible()
    officer.look("emergency-session")


def see(therapist: Person) -> None:
    """Find the notice, and in the trail who, why and when."""
    banner = "A compliance officer may read your records"
    expect(therapist.page.get_by_text(banner)).to_be_visible()
    therapist.look("emergency-banner")
    therapist.page.get_by_role("link", name="Read more in my trail").click()
    therapist.is_at("My trail")
    told = "Kim Canary, a compliance officer, asked for emergency access to your records for 30"
    expect(therapist.page.get_by_text(told)).to_be_visible()
    therapist.look("emergency-trail")


@pytest.mark.parametrize("width", list(WIDTHS))
def test_two_people_open_a_third_ones_week_who_is_told(
    desk: Desk, chromium: Browser, width: str
) -> None:
    """With labels and buttons alone; axe finds nothing on any of the pages."""
    with ExitStack() as stack:
        emails = (OFFICER_EMAIL, OWNER_EMAIL, THERAPIST_EMAIL)
        people = {e: stack.enter_context(person(desk, chromium, width)) for e in emails}
        enrol(people)
        officer, owner, therapist = people.values()
        ask(officer)
        approve(owner)
        therapist.go("/")
        see(therapist)
        read(officer)
        owner.go("/emergency")
        owner.page.get_by_role("button", name="End it").click()
        expect(owner.page.get_by_role("heading", name="Over")).to_be_visible()
        officer.page.reload()
        officer.is_at("There is nothing here")
        officer.go("/access")
        expect(officer.page.locator(".tag.emergency").first).to_be_visible()
        officer.look("emergency-access")


@pytest.mark.parametrize("width", list(WIDTHS))
def test_an_officer_places_and_lifts_a_hold(desk: Desk, chromium: Browser, width: str) -> None:
    """On all records of a member."""
    with person(desk, chromium, width) as officer:
        enrol({OFFICER_EMAIL: officer})
        officer.go("/holds")
        officer.press("Place the hold")
        expect(officer.page.locator("#reason-error")).to_be_visible()
        officer.look("holds-errors")
        officer.page.get_by_label("On all records of").select_option(label="Sam Canary")
        officer.page.get_by_label("Why").select_option("litigation")
        officer.press("Place the hold")
        kept = officer.page.get_by_text("All records of Sam Canary", exact=True)
        expect(kept).to_be_visible()
        officer.look("holds")
        officer.page.get_by_role("button", name="Lift").click()
        expect(officer.page.get_by_text("No hold is on.")).to_be_visible()
