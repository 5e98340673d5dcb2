"""Only a passkey of the account, checked with verification on our page, lets anybody in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from aggregates.person import PasskeyRevoked
from tests.web.identity.authenticator import UP, UV, Authenticator, b64, challenge_in
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk
from web.identity.ceremony import PasskeyRefused
from web.identity.challenges import LIFETIME_US, Purpose, prefix_of
from web.identity.tokens import hash_of

pytestmark = pytest.mark.postgres


@pytest.fixture
def passkey(desk: Desk) -> Authenticator:
    """The therapist's passkey, used a few times."""
    made = desk.enrol(desk.browser(), THERAPIST_EMAIL)
    made.count = 10
    return made


def attempt(browser: TestClient, answer: str) -> int:
    """Send an answer to the sign-in page."""
    return browser.post("/sign-in/passkey", data={"answer": answer}).status_code


FORGED: dict[str, Callable[[Authenticator], Authenticator]] = {
    "another page's": lambda p: replace(p, origin="https://localhost:8444"),
    "a look-alike page's": lambda p: replace(p, origin="https://localhost.evil.example"),
    "another host's": lambda p: replace(p, host="evil.example"),
    "without verification": lambda p: replace(p, flags=UP),
    "without presence": lambda p: replace(p, flags=UV),
    "from a frame": lambda p: replace(p, cross_origin=True),
    "another key's": lambda p: replace(Authenticator(), credential_id=p.credential_id, count=99),
    "an unknown passkey's": lambda p: replace(p, credential_id=b"unknown" * 4),
    "another person's": lambda p: replace(p, user_handle=bytes(16)),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=list(FORGED))
def test_a_forged_check_lets_nobody_in(
    desk: Desk, passkey: Authenticator, forge: Callable[[Authenticator], Authenticator]
) -> None:
    """The same passkey, used as it should be, does."""
    browser = desk.browser()
    options = desk.options(browser, "sign-in")
    assert attempt(browser, forge(passkey).get(options)) == 403
    assert browser.get("/trail").headers["location"] == "/sign-in"
    assert desk.sign_in(browser, passkey) == "/"


def test_a_check_of_another_kind_is_none(desk: Desk, passkey: Authenticator) -> None:
    """Also not one that says it was a creation."""
    browser = desk.browser()
    options = desk.options(browser, "sign-in")
    assert attempt(browser, passkey.get(options, type="webauthn.create")) == 403


@pytest.mark.parametrize("garbage", ["", "{}", "[]", "x", '{"id": 1}', "[" * 5_000, "9" * 12_500])
def test_garbage_is_refused_like_a_forgery(desk: Desk, garbage: str) -> None:
    """And repeats nothing."""
    browser = desk.browser()
    desk.options(browser, "sign-in")
    answer = browser.post("/sign-in/passkey", data={"answer": garbage})
    assert answer.status_code == 403
    assert "That passkey check did not work" in answer.text


def test_a_challenge_is_used_once(desk: Desk, passkey: Authenticator) -> None:
    """Whether the answer was right or wrong."""
    browser = desk.browser()
    options = desk.options(browser, "sign-in")
    assert attempt(browser, replace(passkey, flags=UP).get(options)) == 403
    assert attempt(browser, passkey.get(options)) == 403
    fresh = desk.options(browser, "sign-in")
    assert attempt(browser, passkey.get(fresh)) == 303
    passkey.count += 1
    assert attempt(browser, passkey.get(fresh)) == 403


def test_a_challenge_is_good_for_five_minutes(desk: Desk, passkey: Authenticator) -> None:
    browser = desk.browser()
    options = desk.options(browser, "sign-in")
    desk.clock.us += LIFETIME_US
    assert attempt(browser, passkey.get(options)) == 403


def test_a_challenge_is_for_the_browser_that_got_it(desk: Desk, passkey: Authenticator) -> None:
    """An answer that was lured out of somebody is worth nothing elsewhere."""
    options = desk.options(desk.browser(), "sign-in")
    thief = desk.browser()
    desk.options(thief, "sign-in")
    assert attempt(thief, passkey.get(options)) == 403
    assert attempt(desk.browser(), passkey.get(options)) == 403


def test_a_challenge_we_did_not_give_is_none(desk: Desk, passkey: Authenticator) -> None:
    """However much it looks like one."""
    browser = desk.browser()
    desk.options(browser, "sign-in")
    for made_up in (prefix_of(Purpose.SIGN_IN) + bytes(32), bytes(32), b""):
        options = f'{{"challenge": "{b64(made_up)}"}}'
        assert attempt(browser, passkey.get(options)) == 403


def test_a_challenge_serves_its_own_purpose_only(desk: Desk) -> None:
    """To confirm is not to sign in, and neither could be taken for a signature."""
    browser = desk.browser()
    passkey = desk.enrol(browser, THERAPIST_EMAIL)
    passkey.count = 5
    step_up, sign_in = desk.options(browser, "step-up"), desk.options(browser, "sign-in")
    confirmed = browser.post("/step-up", data={"answer": passkey.get(sign_in)})
    assert confirmed.status_code == 403
    assert attempt(browser, passkey.get(step_up)) == 403
    for purpose, options in ((Purpose.STEP_UP, step_up), (Purpose.SIGN_IN, sign_in)):
        challenge = challenge_in(options)
        assert challenge.startswith(prefix_of(purpose))
        assert len(challenge) > 32, "a signature's challenge is a bare SHA-256"


@pytest.mark.parametrize("count", [10, 9, 0])
def test_a_copied_passkey_is_refused(desk: Desk, passkey: Authenticator, count: int) -> None:
    """Its count does not grow."""
    browser = desk.browser()
    assert desk.sign_in(browser, passkey) == "/"
    copy = replace(passkey, count=count)
    other = desk.browser()
    options = desk.options(other, "sign-in")
    assert attempt(other, copy.get(options)) == 403


def test_of_two_checks_with_one_count_one_passes(desk: Desk, passkey: Authenticator) -> None:
    """Also when they are judged at the same moment."""
    check = desk.identity.passkeys.check
    answers: list[tuple[bytes, str]] = []
    for number in range(8):
        bound_to = hash_of(str(number))
        ask = desk.identity.passkeys.ask_to_check
        options = ask(Purpose.SIGN_IN, bound_to, None, "192.0.2.1")
        assert options is not None
        answers.append((bound_to, passkey.get(options)))

    def passes(answer: tuple[bytes, str]) -> bool:
        try:
            check(Purpose.SIGN_IN, answer[0], answer[1], None)
        except PasskeyRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(passes, answers)).count(True) == 1


def test_a_passkey_that_does_not_count_stays_at_zero(desk: Desk) -> None:
    """Those that are copied between devices say zero for ever."""
    passkey = desk.enrol(desk.browser(), THERAPIST_EMAIL)
    for _ in range(3):
        browser = desk.browser()
        assert attempt(browser, passkey.get(desk.options(browser, "sign-in"))) == 303


FORGED_CREATIONS: dict[str, Callable[[Authenticator], Authenticator]] = {
    "origin": lambda p: replace(p, origin="https://evil.example"),
    "host": lambda p: replace(p, host="evil.example"),
    "verification": lambda p: replace(p, flags=UP),
    "frame": lambda p: replace(p, cross_origin=True),
}


@pytest.mark.parametrize("forge", FORGED_CREATIONS.values(), ids=list(FORGED_CREATIONS))
def test_a_forged_creation_is_refused(
    desk: Desk, forge: Callable[[Authenticator], Authenticator]
) -> None:
    browser = desk.browser()
    desk.by_link(browser, THERAPIST_EMAIL)
    made = forge(Authenticator()).create(desk.options(browser, "enrol"))
    assert browser.post("/passkeys/new", data={"answer": made}).status_code == 403
    assert desk.identity.passkeys.of_person(desk.therapist.person_id) == []


def test_of_several_first_passkeys_at_once_one_counts(desk: Desk) -> None:
    """A link that somebody else read cannot slip a second one in beside the first."""
    person, bound_to = desk.therapist.person_id, bytes(32)
    passkeys = desk.identity.passkeys
    made = [Authenticator().create(passkeys.ask_to_create(person, bound_to)) for _ in range(8)]

    def register(answer: str) -> bool:
        try:
            passkeys.register(person, bound_to, answer, only_first=True)
        except PasskeyRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(register, made)).count(True) == 1
    assert len(passkeys.of_person(person)) == 1


def test_a_passkey_of_somebody_else_cannot_be_registered_again(desk: Desk) -> None:
    """Nor take over what it opens."""
    first = desk.enrol(desk.browser(), THERAPIST_EMAIL)
    browser = desk.browser()
    desk.by_link(browser, OWNER_EMAIL)
    copy = replace(first, user_handle=None)
    answer = copy.create(desk.options(browser, "enrol"))
    assert browser.post("/passkeys/new", data={"answer": answer}).status_code == 403


def test_another_passkey_needs_a_fresh_check(desk: Desk) -> None:
    """Five minutes after the last one the page leads to it and back."""
    browser = desk.browser()
    first = desk.enrol(browser, THERAPIST_EMAIL)
    desk.later(5 * 60)
    assert browser.get("/passkeys/new").headers["location"] == "/step-up?next=%2Fpasskeys%2Fnew"
    assert browser.post("/passkeys/challenge").status_code == 403
    assert desk.step_up(browser, first, "/passkeys/new") == "/passkeys/new"
    second = Authenticator()
    made = second.create(desk.options(browser, "enrol"))
    assert browser.post("/passkeys/new", data={"answer": made}).headers["location"] == "/account"
    assert desk.sign_in(desk.browser(), second) == "/"


def test_a_revoked_passkey_is_worth_nothing_and_that_is_on_record(desk: Desk) -> None:
    """What it opened is closed as well; the last one stays."""
    browser = desk.browser()
    first = desk.enrol(browser, THERAPIST_EMAIL)
    second = Authenticator()
    made = second.create(desk.options(browser, "enrol"))
    browser.post("/passkeys/new", data={"answer": made})
    other = desk.browser()
    desk.sign_in(other, second)
    key = b64(second.credential_id) + "="
    assert browser.post("/account/revoke-passkey", data={"passkey": key}).status_code == 303
    assert other.get("/trail").headers["location"] == "/sign-in"
    options = desk.options(other, "sign-in")
    second.count += 1
    assert attempt(other, second.get(options)) == 403
    revoked = [f for f in desk.facts(desk.therapist.person_id) if isinstance(f, PasskeyRevoked)]
    assert [each.credential_id for each in revoked] == [second.credential_id]
    last = browser.post("/account/revoke-passkey", data={"passkey": b64(first.credential_id) + "="})
    assert last.status_code == 403
    assert "only passkey" in last.text


def test_nobody_revokes_a_passkey_of_somebody_else(desk: Desk) -> None:
    theirs = desk.enrol(desk.browser(), THERAPIST_EMAIL)
    browser = desk.browser()
    desk.enrol(browser, OWNER_EMAIL)
    key = b64(theirs.credential_id) + "="
    assert browser.post("/account/revoke-passkey", data={"passkey": key}).status_code == 403
    assert desk.sign_in(desk.browser(), theirs) == "/"


def test_too_many_checks_from_one_place_are_refused(desk: Desk) -> None:
    """Guessing costs time, and the database no unbounded rows."""
    browser = desk.browser()
    statuses = {browser.post("/sign-in/challenge").status_code for _ in range(61)}
    assert statuses == {200, 429}
