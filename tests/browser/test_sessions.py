"""A therapist logs, corrects and deletes sessions, at a desk and on a phone."""

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import Service, Visitor
from tests.browser.steps import a_code, a_day, fill, line_of, log, refused_quietly

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


def test_three_sessions_are_logged_one_corrected_one_deleted(visitor: Visitor) -> None:
    kept, corrected, deleted = a_code(), a_code(), a_code()
    for client in (kept, corrected, deleted):
        log(visitor, client)
    page = visitor.page
    line_of(visitor, corrected).click()
    page.get_by_label("Minutes").fill("35")
    page.get_by_role("button", name="Save correction").click()
    page.get_by_role("link").filter(has_text=corrected).filter(has_text="35 min").wait_for()
    line_of(visitor, deleted).click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_label("It did not happen").check()
    page.get_by_role("button", name="Delete session").click()
    line_of(visitor, kept).wait_for()
    assert line_of(visitor, deleted).count() == 0


def test_a_full_name_becomes_initials_and_is_nowhere_on_the_page(visitor: Visitor) -> None:
    visitor.go(f"/week/{a_day().isoformat()}")
    fill(visitor, "Zebulon Quixote", start="19:45")
    visitor.page.get_by_role("button", name="Log session").click()
    line_of(visitor, "Z.Q.").first.wait_for()
    assert "Zebulon" not in visitor.page.content()
    visitor.go("/trail")
    assert "Zebulon" not in visitor.page.content()


def test_history_shows_what_a_correction_changed(visitor: Visitor) -> None:
    client = a_code()
    log(visitor, client, minutes="50").click()
    visitor.page.get_by_label("Minutes").fill("45")
    visitor.page.get_by_role("button", name="Save correction").click()
    line_of(visitor, client).click()
    history = visitor.page.get_by_role("region", name="History")
    assert "50 min" in history.inner_text()
    assert "45 min" in history.inner_text()


def test_an_error_stands_beside_its_field_and_the_rest_stays(visitor: Visitor) -> None:
    visitor.go(f"/week/{a_day().isoformat()}")
    fill(visitor, "Zebulon & Yolanda Quixote", minutes="0")
    visitor.page.get_by_role("button", name="Log session").click()
    visitor.page.locator("#client-error").wait_for()
    visitor.page.get_by_label("Client").fill(a_code())
    visitor.page.get_by_role("button", name="Log session").click()
    visitor.page.locator("#minutes-error").wait_for()
    assert visitor.page.get_by_label("Setting").input_value() == "Browser Clinic"
    assert "Zebulon" not in visitor.page.content()
    refused_quietly(visitor)


def test_without_scripts_all_errors_are_told_at_once(scriptless: Visitor) -> None:
    scriptless.go(f"/week/{a_day().isoformat()}")
    fill(scriptless, "Zebulon & Yolanda Quixote", minutes="0")
    scriptless.page.get_by_role("button", name="Log session").click()
    scriptless.page.locator("#client-error").wait_for()
    assert scriptless.page.locator("#minutes-error").is_visible()
    assert scriptless.page.get_by_label("Client").input_value() == ""
    assert "Zebulon" not in scriptless.page.content()
    refused_quietly(scriptless)


def test_a_form_sent_twice_logs_once(visitor: Visitor) -> None:
    client = a_code()
    visitor.go(f"/week/{a_day().isoformat()}")
    fill(visitor, client)
    visitor.page.get_by_role("button", name="Log session").dblclick()
    line_of(visitor, client).first.wait_for()
    visitor.page.reload()
    assert line_of(visitor, client).count() == 1


def test_a_change_made_elsewhere_meanwhile_is_told_kindly(visitor: Visitor) -> None:
    client = a_code()
    log(visitor, client).click()
    visitor.page.wait_for_url("**/session/*")
    other = visitor.page.context.new_page()
    other.goto(visitor.page.url)
    other.get_by_label("Minutes").fill("41")
    other.get_by_role("button", name="Save correction").click()
    other.wait_for_url("**/week/**")
    visitor.page.get_by_label("Minutes").fill("42")
    visitor.page.get_by_role("button", name="Save correction").click()
    told = visitor.page.get_by_role("alert")
    told.wait_for()
    assert "was changed since you opened it" in told.inner_text()
    refused_quietly(visitor)


def test_a_session_is_logged_and_corrected_by_keyboard_alone(visitor: Visitor) -> None:
    client = a_code()
    visitor.go(f"/week/{a_day().isoformat()}")
    fill(visitor, client)
    _press(visitor.page.get_by_label("Setting"), "Enter")
    line_of(visitor, client).wait_for()
    _press(line_of(visitor, client), "Enter")
    minutes = visitor.page.get_by_label("Minutes")
    _press(minutes, "ControlOrMeta+A")
    visitor.page.keyboard.type("33")
    _press(minutes, "Enter")
    visitor.page.get_by_role("link").filter(has_text=client).filter(has_text="33 min").wait_for()


def test_a_session_is_deleted_by_keyboard_alone(visitor: Visitor) -> None:
    client = a_code()
    _press(log(visitor, client), "Enter")
    page = visitor.page
    _press(page.get_by_role("link", name="Delete"), "Enter")
    _press(page.get_by_role("radio").first, "Space")
    _press(page.get_by_role("button", name="Delete session"), "Enter")
    page.get_by_role("status").wait_for()
    assert line_of(visitor, client).count() == 0


def _press(element: Locator, key: str) -> None:
    element.focus()
    element.page.keyboard.press(key)


def test_everything_works_without_scripts(scriptless: Visitor) -> None:
    client = a_code()
    log(scriptless, client).click()
    page = scriptless.page
    page.get_by_label("Minutes").fill("44")
    page.get_by_role("button", name="Save correction").click()
    page.get_by_role("link").filter(has_text=client).filter(has_text="44 min").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Delete session").click()
    page.get_by_role("status").wait_for()
    assert line_of(scriptless, client).count() == 0


def test_the_service_says_nothing_of_what_people_do(visitor: Visitor, service: Service) -> None:
    before = service.output.read_bytes()
    log(visitor, a_code())
    visitor.go("/session/nonsense")
    assert service.output.read_bytes() == before
    refused_quietly(visitor)
