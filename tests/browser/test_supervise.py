"""A supervisor signs what a supervisee handed in, in a real browser with a passkey of its own."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from commands.hours.submit_week import take_back_week
from ledger.postgres.connect import Database
from tests.browser.conftest import WIDTHS
from tests.browser.people import Person, person, serving
from tests.web.clinic import SUPERVISOR_EMAIL, WEEK, Clinic, open_clinic
from tests.web.identity.desk import open_desk
from tests.web.running import free_port

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
LATE = WEEK - dt.timedelta(days=14)
TABS_MAX = 40
FOCUSED = """() => {
  const element = document.activeElement;
  const roles = {A: "link", BUTTON: "button"};
  const kinds = {radio: "radio", text: "textbox", checkbox: "checkbox"};
  const role = element.tagName === "INPUT" ? kinds[element.type] : roles[element.tagName] ?? "";
  return {role, text: element.textContent};
}"""


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


def open_week(supervisor: Person) -> None:
    """Open the first week that waits."""
    supervisor.page.get_by_role("link", name=re.compile("^Look and sign")).first.click()
    supervisor.is_at("Sign a week")


@widths
def test_a_week_is_signed_with_a_passkey_and_an_amendment_voids_it(
    clinic: Clinic, chromium: Browser, width: str
) -> None:
    """What is hashed is what stands on the screen; the changed week is asked for again."""
    row = clinic.hand_in(WEEK, "SUP-MIN")
    clinic.hand_in(LATE)
    with person(clinic.desk, chromium, width) as supervisor:
        enrol(supervisor)
        supervisor.look("supervise")
        supervisor.go(f"/sign/{row}")
        supervisor.look("sign")
        shown = supervisor.page.locator(".statement").text_content()
        supervisor.press("Sign with passkey")
        supervisor.is_at("Weeks to sign")
        (signed,) = clinic.signatures(row)
        assert signed.statement.reveal() == shown
        clinic.log(WEEK + dt.timedelta(days=4))
        clinic.settle()
        supervisor.page.reload()
        expect(supervisor.page.get_by_text("the signature on it counts no more")).to_be_visible()
        clinic.hand_in(WEEK)
        supervisor.page.reload()
        expect(supervisor.page.get_by_text("it was signed before")).to_be_visible()
        supervisor.look("supervise-again")
        sign(supervisor, row)
        first, second = clinic.signatures(row)
        assert first.entries_sha256 != second.entries_sha256


@widths
def test_a_supervisee_has_a_page_of_their_own(
    clinic: Clinic, chromium: Browser, width: str
) -> None:
    """Weeks in a plot and a table, and the notice, which is folded away."""
    clinic.hand_in(LATE, "SUP-MIN")
    row = clinic.hand_in(WEEK)
    with person(clinic.desk, chromium, width) as supervisor:
        enrol(supervisor)
        sign(supervisor, row)
        supervisor.page.get_by_role("link", name="Sam Canary", exact=True).click()
        supervisor.is_at("Sam Canary")
        supervisor.page.get_by_text("Write a notice").click()
        supervisor.page.evaluate("scrollTo(0, 0)")
        supervisor.look("supervisee")


def sign(supervisor: Person, row: UUID) -> None:
    """Sign a week, whatever page is open."""
    supervisor.go(f"/sign/{row}")
    supervisor.press("Sign with passkey")
    supervisor.is_at("Weeks to sign")


@widths
def test_several_weeks_are_signed_in_one_sitting(
    clinic: Clinic, chromium: Browser, width: str
) -> None:
    """What fails in the middle is named and can be signed then; what was signed stays signed."""
    rows = [clinic.hand_in(WEEK - dt.timedelta(days=7 * back)) for back in range(3)]
    with person(clinic.desk, chromium, width) as supervisor:
        enrol(supervisor)
        for box in supervisor.page.get_by_role("checkbox").all():
            box.check()
        supervisor.press("Sign the chosen weeks")
        supervisor.is_at("Sign weeks")
        supervisor.look("sign-several")
        # Taken back meanwhile, the one in the middle cannot be signed.
        middle = WEEK - dt.timedelta(days=7)
        take_back_week(clinic.context, clinic.person, clinic.key(middle), uuid4())
        supervisor.press("Sign all that are shown")
        told = supervisor.page.get_by_role("status")
        expect(told).to_contain_text("1 of 3 signed. Not signed: Sam Canary, November 8")
        assert [len(clinic.signatures(each)) for each in rows] == [0, 0, 1]
        supervisor.look("sign-several-failed")
        last = supervisor.page.get_by_role("button", name=re.compile("passkey.*November 15"))
        last.click()
        expect(told).to_contain_text("2 of 3 signed")
        assert [len(clinic.signatures(each)) for each in rows] == [1, 0, 1]
        clinic.hand_in(middle)
        supervisor.go(f"/sign?row={rows[1]}&row={rows[0]}")
        supervisor.press("Sign all that are shown")
        supervisor.is_at("Weeks to sign")
        assert [len(clinic.signatures(each)) for each in rows] == [1, 1, 1]


@widths
def test_a_week_goes_back_and_comes_again_by_keyboard_alone(
    clinic: Clinic, chromium: Browser, width: str
) -> None:
    row = clinic.hand_in()
    with person(clinic.desk, chromium, width) as supervisor:
        enrol(supervisor)
        to(supervisor.page, "link", "Look and sign")
        supervisor.page.keyboard.press("Enter")
        supervisor.is_at("Sign a week")
        to(supervisor.page, "", "Return it instead")
        supervisor.page.keyboard.press("Enter")
        to(supervisor.page, "radio", "")
        supervisor.page.keyboard.press("Space")
        to(supervisor.page, "textbox", "")
        supervisor.page.keyboard.type("Please look at Monday")
        to(supervisor.page, "button", "Return this week")
        supervisor.look("return")
        supervisor.page.keyboard.press("Enter")
        supervisor.is_at("Weeks to sign")
        expect(supervisor.page.get_by_text("You returned it on")).to_be_visible()
        clinic.log(WEEK + dt.timedelta(days=4))
        clinic.hand_in()
        supervisor.go(f"/sign/{row}")
        to(supervisor.page, "button", "Sign with passkey")
        supervisor.page.keyboard.press("Enter")
        supervisor.is_at("Weeks to sign")
        assert len(clinic.signatures(row)) == 1


def to(page: Page, role: str, name: str) -> None:
    """Press Tab until something of this role, with this in its text, has the focus."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if (not role or found["role"] == role) and name in found["text"]:
            return
    pytest.fail(f"nobody comes to {role} {name} by keyboard")


def test_who_does_not_verify_themself_signs_nothing(clinic: Clinic, chromium: Browser) -> None:
    """The page says so and asks again when they are ready."""
    row = clinic.hand_in()
    with person(clinic.desk, chromium, "phone") as supervisor:
        enrol(supervisor)
        open_week(supervisor)
        supervisor.device.refuse()
        supervisor.press("Sign with passkey")
        expect(supervisor.page.get_by_role("alert")).to_contain_text("No passkey was used")
        assert clinic.signatures(row) == []


def test_without_scripts_a_week_can_still_be_returned(clinic: Clinic, chromium: Browser) -> None:
    """The page says what signing needs, and offers no button that could not work."""
    row = clinic.hand_in()
    with person(clinic.desk, chromium, "phone") as supervisor:
        enrol(supervisor)
        context = chromium.new_context(
            ignore_https_errors=True,
            java_script_enabled=False,
            storage_state=supervisor.context.storage_state(),
            viewport={"width": WIDTHS["phone"][0], "height": WIDTHS["phone"][1]},
        )
        page = context.new_page()
        page.goto(f"{clinic.desk.settings.public_origin}/sign/{row}")
        expect(page.get_by_text("Signing needs JavaScript")).to_be_visible()
        expect(page.get_by_role("button", name="Sign with passkey")).to_be_hidden()
        page.get_by_text("Return it instead").click()
        page.get_by_role("radio", name="The hours differ from what I know").check()
        page.get_by_role("button", name="Return this week").click()
        expect(page.get_by_text("You returned it on")).to_be_visible()
        context.close()
