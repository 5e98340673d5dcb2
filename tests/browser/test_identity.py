"""People come in, stay safe and come back, in a real browser with a passkey of its own making."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.postgres.connect import Database
from tests.browser.conftest import WIDTHS
from tests.browser.people import Person, person, serving
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk, open_desk
from tests.web.running import free_port

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
SUPERVISOR_EMAIL = "alex.canary@practice.example"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A practice whose people have addresses, served over TLS."""
    with open_desk(database, tmp_path / "data", free_port()) as opened, serving(opened):
        yield opened


widths = pytest.mark.parametrize("width", list(WIDTHS))


@widths
def test_from_a_link_to_a_passkey_and_back_in(desk: Desk, chromium: Browser, width: str) -> None:
    """After a quarter of an hour of nothing the passkey is asked for again."""
    with person(desk, chromium, width) as therapist:
        therapist.go("/sign-in")
        therapist.look("sign-in")
        therapist.ask(THERAPIST_EMAIL)
        therapist.look("mail-sent")
        therapist.follow()
        therapist.look("passkey-new")
        therapist.press("Create a passkey")
        therapist.is_at("Keep these codes")
        therapist.look("recovery-codes")
        therapist.page.get_by_role("link", name="I have kept them").click()
        therapist.page.wait_for_url("**/week/*")
        desk.later(15 * 60)
        therapist.page.reload()
        therapist.is_at("Sign in")
        therapist.press("Use a passkey")
        therapist.page.wait_for_url("**/week/*")
        therapist.page.get_by_role("button", name="Sign out").click()
        therapist.is_at("Sign in")


@widths
def test_a_fresh_check_comes_before_a_second_passkey(
    desk: Desk, chromium: Browser, width: str
) -> None:
    """It leads back to where one was; then sessions and passkeys are listed and ended."""
    with (
        person(desk, chromium, width) as therapist,
        person(desk, chromium, width) as elsewhere,
    ):
        therapist.enrol(THERAPIST_EMAIL)
        elsewhere.device.take(therapist.device.passkeys())
        elsewhere.sign_in()
        elsewhere.page.wait_for_url("**/week/*")
        # Devices that share a passkey share its count; one that lags would pass for a thief's.
        therapist.device.take(elsewhere.device.passkeys())
        desk.later(5 * 60)
        therapist.go("/account")
        therapist.look("account")
        therapist.page.get_by_role("link", name="Add a passkey").click()
        therapist.is_at("Confirm that it is you")
        therapist.look("step-up")
        therapist.press("Confirm with my passkey")
        therapist.is_at("Add a passkey")
        therapist.page.get_by_role("link", name="Account").click()
        therapist.page.get_by_role("button", name=re.compile("^End the session")).click()
        expect(therapist.page.get_by_role("button", name=re.compile("^End"))).to_have_count(0)
        elsewhere.page.reload()
        elsewhere.is_at("Sign in")


@widths
def test_who_lost_the_passkey_recovers_with_a_code(
    desk: Desk, chromium: Browser, width: str
) -> None:
    """The lost passkey is worth nothing afterwards."""
    with person(desk, chromium, width) as therapist:
        codes = therapist.enrol(THERAPIST_EMAIL)
        lost = therapist.device.passkeys()
    with person(desk, chromium, width) as therapist:
        therapist.ask(THERAPIST_EMAIL)
        therapist.follow()
        therapist.is_at("Use your passkey")
        therapist.look("blocked")
        therapist.page.get_by_role("link", name="Recover your account").click()
        therapist.page.get_by_label("One of the ten codes you kept").fill("3-AAAA-AAAA-AAAA-AAAA")
        therapist.page.get_by_role("button", name="Continue").click()
        expect(therapist.page.locator("#recovery-error")).to_be_visible()
        therapist.look("recover")
        therapist.page.get_by_label("One of the ten codes you kept").fill(codes[3].lower())
        therapist.page.get_by_role("button", name="Continue").click()
        therapist.is_at("Replace your passkeys")
        therapist.press("Create a passkey")
        therapist.is_at("Keep these codes")
    with person(desk, chromium, width) as thief:
        thief.device.take(lost)
        thief.sign_in()
        thief.is_at("That passkey check did not work")
        thief.look("refused")


@widths
def test_an_owner_invites_a_supervisor_who_enrols(
    desk: Desk, chromium: Browser, width: str
) -> None:
    """The supervisor joins under a name of their choosing; removed, they are out at once."""
    with person(desk, chromium, width) as owner, person(desk, chromium, width) as supervisor:
        _invite(owner)
        supervisor.enrol(SUPERVISOR_EMAIL)
        supervisor.page.get_by_role("link", name="I have kept them").click()
        supervisor.is_at("Your practices")
        supervisor.look("invitation")
        supervisor.press("Accept and open")
        supervisor.look("invitation-error")
        supervisor.page.get_by_label("Your name").fill("Alex Canary")
        supervisor.press("Accept and open")
        supervisor.page.wait_for_url("**/supervise")
        owner.page.reload()
        owner.page.locator("summary").filter(has_text="Alex Canary").click()
        owner.look("members-change")
        owner.page.get_by_role(
            "button", name=re.compile("Remove from the practice.*Alex Canary")
        ).click()
        expect(owner.page.get_by_text("Alex Canary")).to_have_count(0)
        supervisor.page.reload()
        supervisor.is_at("Sign in")


def _invite(owner: Person) -> None:
    owner.enrol(OWNER_EMAIL)
    owner.go("/account")
    owner.page.get_by_role("link", name="Members of this practice").click()
    owner.page.get_by_label("E-mail address").fill(SUPERVISOR_EMAIL)
    owner.press("Send the invitation")
    owner.page.get_by_text("Somebody, to be a supervisor").wait_for()
    owner.look("members")
    owner.desk.identity.outbox.flush()
    assert owner.desk.mail.sent[-1].link.reveal().endswith("/sign-in")


@widths
def test_another_browser_asks_for_the_code(desk: Desk, chromium: Browser, width: str) -> None:
    with person(desk, chromium, width) as asking, person(desk, chromium, width) as other:
        code = asking.ask(THERAPIST_EMAIL)
        other.follow()
        other.is_at("Type the code")
        expect(other.page.get_by_label("Six digits")).to_be_focused()
        other.page.keyboard.type("000000" if code != "000 000" else "000001")
        other.page.keyboard.press("Enter")
        expect(other.page.locator("#compare-error")).to_be_visible()
        other.look("compare")
        other.page.get_by_label("Six digits").fill(code)
        other.page.keyboard.press("Enter")
        other.is_at("Create your passkey")


def test_everything_works_by_keyboard_alone(desk: Desk, chromium: Browser) -> None:
    """From the sign-in page to a second passkey, with Tab and Enter."""
    with person(desk, chromium, "desktop") as therapist:
        page = therapist.page
        therapist.enrol(THERAPIST_EMAIL)
        page.keyboard.press("Tab")
        _tab_to(page, "I have kept them")
        page.wait_for_url("**/week/*")
        _tab_to(page, "Account")
        therapist.is_at("Your sessions and passkeys")
        _tab_to(page, "Add a passkey")
        therapist.is_at("Add a passkey")
        _tab_to(page, "Sign out")
        therapist.is_at("Sign in")
        _tab_to(page, "Use a passkey")
        page.wait_for_url("**/week/*")


def _tab_to(page: Page, name: str) -> None:
    """Go through the page until this has the focus, and press it."""
    for _ in range(60):
        text = page.evaluate("document.activeElement.textContent.trim()")
        if text == name:
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no way leads to {name}")


def test_a_device_that_verifies_nobody_lets_nobody_in(desk: Desk, chromium: Browser) -> None:
    """The page says so and can be tried again."""
    with person(desk, chromium, "phone") as therapist:
        therapist.enrol(THERAPIST_EMAIL)
        therapist.go("/account")
        therapist.page.get_by_role("button", name="Sign out").click()
        therapist.device.refuse()
        therapist.press("Use a passkey")
        expect(therapist.page.get_by_role("alert")).to_have_text(re.compile("No passkey was used"))
        therapist.look("no-passkey")


def test_without_scripts_the_pages_say_what_to_do(desk: Desk, chromium: Browser) -> None:
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(desk.settings.public_origin + "/sign-in")
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    page.get_by_label("E-mail address").fill(THERAPIST_EMAIL)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.get_by_role("link", name="Back to sign in").click()
    page.get_by_text("I have a link or a code").click()
    page.get_by_label("One-time code").fill(desk.token())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    context.close()


@widths
def test_a_program_is_given_a_token_and_it_is_taken_back(
    desk: Desk, chromium: Browser, width: str
) -> None:
    """Shown once; a fresh check comes first, and leads back."""
    with person(desk, chromium, width) as therapist:
        therapist.enrol(THERAPIST_EMAIL)
        desk.later(5 * 60)
        therapist.go("/account")
        therapist.page.get_by_role("link", name="Access for programs").click()
        therapist.is_at("Access for programs")
        therapist.look("tokens-none")
        therapist.page.get_by_role("link", name="confirm that it is you").click()
        therapist.press("Confirm with my passkey")
        therapist.is_at("Access for programs")
        therapist.page.get_by_label("For how many days").fill("91")
        therapist.press("Give a token")
        expect(therapist.page.locator("#days-error")).to_be_visible()
        therapist.look("tokens-error")
        therapist.page.get_by_label("What it may do").select_option("log-sessions")
        therapist.page.get_by_label("For how many days").fill("7")
        therapist.press("Give a token")
        therapist.is_at("Keep this token")
        therapist.look("token-new")
        expect(therapist.page.locator(".token code")).to_have_text(re.compile("^therapist_os_"))
        therapist.page.get_by_role("link", name="I have kept it").click()
        therapist.look("tokens")
        therapist.page.get_by_role("button", name=re.compile("^Take back")).click()
        expect(therapist.page.get_by_text("no program acts for you")).to_be_visible()
