"""From a link to a passkey to a practice, as a person goes."""

import pytest

from aggregates.person import PasskeyRegistered, SignedIn, SignedOut
from tests.web.identity.authenticator import Authenticator
from tests.web.identity.desk import THERAPIST_EMAIL, Desk

pytestmark = pytest.mark.postgres


def test_a_link_lets_enrol_a_first_passkey_and_that_lets_in(desk: Desk) -> None:
    """Nothing of the practice is seen before; both are on record after."""
    browser = desk.browser()
    desk.by_link(browser, THERAPIST_EMAIL)
    for path in ("/", "/week/2026-11-22", "/trail", "/replay", "/account", "/members"):
        assert browser.get(path).headers["location"] == "/passkeys/new"
    assert browser.post("/week/2026-11-22", data={"client": "x"}).status_code == 403
    passkey = Authenticator()
    answer = passkey.create(desk.options(browser, "enrol"))
    page = browser.post("/passkeys/new", data={"answer": answer})
    assert page.status_code == 200
    assert page.text.count("<code>") == 10
    assert browser.get("/trail").status_code == 200
    assert passkey.person() == desk.therapist.person_id
    registered, signed_in = desk.facts(desk.therapist.person_id)
    assert isinstance(registered, PasskeyRegistered)
    assert registered.credential_id == passkey.credential_id
    assert isinstance(signed_in, SignedIn)
    assert signed_in.credential_id == passkey.credential_id


def test_a_passkey_signs_in_and_out(desk: Desk) -> None:
    """In another browser, without any link; each is told once."""
    passkey = desk.enrol(desk.browser(), THERAPIST_EMAIL)
    browser = desk.browser()
    assert desk.sign_in(browser, passkey) == "/"
    assert browser.get("/").headers["location"].startswith("/week/")
    assert browser.post("/sign-out").headers["clear-site-data"] == '"cache", "storage"'
    assert browser.get("/trail").headers["location"] == "/sign-in"
    told = desk.facts(desk.therapist.person_id)
    assert [type(each) for each in told] == [PasskeyRegistered, SignedIn, SignedIn, SignedOut]


def test_a_link_alone_does_not_let_into_an_account_with_a_passkey(desk: Desk) -> None:
    """It neither shows anything nor adds a passkey."""
    desk.enrol(desk.browser(), THERAPIST_EMAIL)
    thief = desk.browser()
    desk.by_link(thief, THERAPIST_EMAIL)
    assert "This account has a passkey already" in thief.get("/passkeys/new").text
    refused = thief.post("/passkeys/challenge")
    assert refused.status_code == 403
    assert thief.post("/passkeys/new", data={"answer": "{}"}).status_code == 403
    assert thief.get("/trail").status_code == 303
