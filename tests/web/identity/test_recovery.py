"""Who lost all passkeys needs a code, or an owner and a day; nothing less lets them back."""

import pytest

from aggregates.person import PasskeyRevoked, RecoveryApproved
from tests.web.identity.authenticator import Authenticator
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk
from web.identity.mail import Letter

pytestmark = pytest.mark.postgres
DAY_S = 24 * 60 * 60


def codes_of(desk: Desk) -> tuple[Authenticator, list[str]]:
    """Enrol the therapist; returns the passkey and the ten codes."""
    passkey = desk.enrol(desk.browser(), THERAPIST_EMAIL)
    return passkey, list(desk.seen)


def test_a_code_and_a_link_replace_all_passkeys(desk: Desk) -> None:
    """What was lost is revoked, other sessions end, and there are ten new codes."""
    lost, codes = codes_of(desk)
    elsewhere = desk.browser()
    desk.sign_in(elsewhere, lost)
    browser = desk.browser()
    desk.by_link(browser, THERAPIST_EMAIL)
    answer = browser.post("/recover", data={"recovery_code": codes[4].lower().replace("-", " ")})
    assert answer.headers["location"] == "/passkeys/new"
    fresh = Authenticator()
    made = fresh.create(desk.options(browser, "enrol"))
    page = browser.post("/passkeys/new", data={"answer": made})
    assert page.text.count("<code>") == 10
    assert elsewhere.get("/trail").headers["location"] == "/sign-in"
    lost.count += 1
    stale = lost.get(desk.options(elsewhere, "sign-in"))
    assert elsewhere.post("/sign-in/passkey", data={"answer": stale}).status_code == 403
    revoked = [f for f in desk.facts(desk.therapist.person_id) if isinstance(f, PasskeyRevoked)]
    assert [each.credential_id for each in revoked] == [lost.credential_id]
    assert desk.sign_in(desk.browser(), fresh) == "/"


def test_a_code_works_once_and_only_the_newest_ten(desk: Desk) -> None:
    _, codes = codes_of(desk)
    use, person = desk.identity.recovery.use_code, desk.therapist.person_id
    assert use(person, codes[0]) is True
    assert use(person, codes[0]) is False
    desk.identity.recovery.new_codes(person)
    assert use(person, codes[1]) is False


@pytest.mark.parametrize("typed", ["", "0", "9-AAAA-AAAA-AAAA-AAAA", "x" * 500, "\ud800"])
def test_a_wrong_code_is_nothing(desk: Desk, typed: str) -> None:
    codes_of(desk)
    assert desk.identity.recovery.use_code(desk.therapist.person_id, typed) is False


def test_a_code_of_somebody_else_is_nothing(desk: Desk) -> None:
    _, codes = codes_of(desk)
    desk.enrol(desk.browser(), OWNER_EMAIL)
    assert desk.identity.recovery.use_code(desk.owner.person_id, codes[0]) is False


def test_guessing_is_bounded(desk: Desk) -> None:
    """Five tries an hour; the sixth is not even looked at."""
    _, codes = codes_of(desk)
    browser = desk.browser()
    desk.by_link(browser, THERAPIST_EMAIL)
    wrong = {"recovery_code": "3-AAAA-AAAA-AAAA-AAAA"}
    statuses = [browser.post("/recover", data=wrong).status_code for _ in range(6)]
    assert statuses == [403] * 5 + [429]
    assert browser.post("/recover", data={"recovery_code": codes[0]}).status_code == 429


def test_a_code_without_a_link_opens_nothing(desk: Desk) -> None:
    _, codes = codes_of(desk)
    answer = desk.browser().post("/recover", data={"recovery_code": codes[0]})
    assert answer.status_code == 401


def approved(desk: Desk) -> Authenticator:
    """Have the therapist ask and the owner approve; returns the lost passkey."""
    lost, _ = codes_of(desk)
    browser, owner = desk.browser(), desk.browser()
    desk.by_link(browser, THERAPIST_EMAIL)
    practice = {"practice_id": str(desk.owner.practice_id)}
    assert browser.post("/recover/ask", data=practice).status_code == 303
    desk.enrol(owner, OWNER_EMAIL)
    assert "Approve new passkeys" in owner.get("/members").text
    person = {"person_id": str(desk.therapist.person_id)}
    assert owner.post("/members/recovery", data=person).status_code == 303
    return lost


def test_an_owner_approves_and_a_day_passes(desk: Desk) -> None:
    """The person gets a letter; before the day is over it opens nothing."""
    approved(desk)
    desk.identity.outbox.flush()
    assert desk.mail.sent[-1].letter is Letter.RECOVERY
    assert desk.mail.sent[-1].address.reveal() == THERAPIST_EMAIL
    facts = desk.facts(desk.therapist.person_id)
    assert any(isinstance(each, RecoveryApproved) for each in facts)
    desk.later(DAY_S - 1)
    browser = desk.browser()
    desk.by_link(browser, THERAPIST_EMAIL)
    browser.post("/recover/use")
    assert browser.post("/passkeys/challenge").status_code == 403
    desk.later(1)
    assert browser.post("/recover/use").headers["location"] == "/passkeys/new"
    made = Authenticator().create(desk.options(browser, "enrol"))
    assert browser.post("/passkeys/new", data={"answer": made}).status_code == 200


def test_the_person_stops_what_they_did_not_ask_for(desk: Desk) -> None:
    """With the passkey that was not lost at all."""
    kept = approved(desk)
    browser = desk.browser()
    desk.sign_in(browser, kept)
    assert "Somebody asked to replace your passkeys" in browser.get("/account").text
    browser.post("/account/stop-recovery")
    desk.later(DAY_S)
    thief = desk.browser()
    desk.by_link(thief, THERAPIST_EMAIL)
    thief.post("/recover/use")
    assert thief.post("/passkeys/challenge").status_code == 403


def test_nobody_approves_but_an_owner_and_not_their_own(desk: Desk) -> None:
    """A therapist cannot, and an owner needs another one."""
    browser = desk.browser()
    desk.enrol(browser, THERAPIST_EMAIL)
    person = {"person_id": str(desk.owner.person_id)}
    assert browser.post("/members/recovery", data=person).status_code == 403
    owner = desk.browser()
    desk.enrol(owner, OWNER_EMAIL)
    assert owner.post("/members/recovery", data=person).status_code == 404
