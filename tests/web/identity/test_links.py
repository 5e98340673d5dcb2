"""A link works once, for ten minutes, in the browser that asked; everything else gets nothing."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest

from aggregates.private import Private
from ledger.postgres.connect import Role
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk
from web.identity.links import LIFETIME_US, TRIES_MAX, NotRedeemed
from web.identity.mail import Letter

pytestmark = pytest.mark.postgres
STRANGER = "nobody.canary@elsewhere.example"


def test_following_the_link_changes_nothing(desk: Desk) -> None:
    """A scanner may look as often as it likes."""
    browser = desk.browser()
    desk.ask(browser, THERAPIST_EMAIL)
    for method in ("GET", "HEAD"):
        assert desk.browser().request(method, "/sign-in").status_code == 200
    assert browser.post("/sign-in", data={"code": desk.token()}).status_code == 303


def test_the_mail_holds_the_link_to_the_fixed_host_and_nothing_of_the_person(desk: Desk) -> None:
    """The Host header of whoever asks has no part in it."""
    browser = desk.browser()
    browser.post("/sign-in/link", data={"email": THERAPIST_EMAIL}, headers={"host": "evil.example"})
    desk.identity.outbox.flush()
    (mail,) = desk.mail.sent
    assert mail.letter is Letter.SIGN_IN
    assert mail.link.reveal().startswith("https://localhost:8443/sign-in#")
    assert len(mail.link.reveal().partition("#")[2]) == 43
    text = mail.letter.text(mail.link.reveal())
    assert "canary" not in (mail.letter.subject + text).lower()


def test_a_link_works_once(desk: Desk) -> None:
    """A replay is refused like an unknown one."""
    browser = desk.browser()
    desk.by_link(browser, THERAPIST_EMAIL)
    again = browser.post("/sign-in", data={"code": desk.token()})
    unknown = browser.post("/sign-in", data={"code": "x" * 43})
    assert again.status_code == unknown.status_code == 403
    assert "set-cookie" not in again.headers
    assert desk.token() not in again.text


def test_a_link_is_good_for_ten_minutes(desk: Desk) -> None:
    """A microsecond before is in time, ten minutes are too late."""
    early, late = desk.browser(), desk.browser()
    desk.ask(early, THERAPIST_EMAIL)
    first = desk.token()
    desk.ask(late, OWNER_EMAIL)
    desk.clock.us += LIFETIME_US - 1
    assert early.post("/sign-in", data={"code": first}).status_code == 303
    desk.clock.us += 1
    assert late.post("/sign-in", data={"code": desk.token()}).status_code == 403


def test_another_browser_needs_the_code_that_the_asking_one_shows(desk: Desk) -> None:
    """It is asked for, and with it that browser is let in."""
    code = desk.ask(desk.browser(), THERAPIST_EMAIL)
    other = desk.browser()
    asked = other.post("/sign-in", data={"code": desk.token()})
    assert asked.status_code == 200
    assert "Six digits" in asked.text
    assert code not in asked.text
    wrong = f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"
    refused = other.post("/sign-in", data={"code": desk.token(), "compare": wrong})
    assert refused.status_code == 403
    assert wrong not in refused.text
    let_in = other.post("/sign-in", data={"code": desk.token(), "compare": code})
    assert let_in.headers["location"] == "/passkeys/new"


def test_after_five_wrong_codes_the_link_is_dead_for_everybody(desk: Desk) -> None:
    """Also when they come all at once; the right code is too late then, in any browser."""
    browser = desk.browser()
    code = desk.ask(browser, THERAPIST_EMAIL).replace(" ", "")
    token = desk.token()
    guesses = [f"{(int(code) + 1 + each) % 1_000_000:06}" for each in range(40)]
    redeem = desk.identity.links.redeem
    with ThreadPoolExecutor(16) as pool:
        tried = [pool.submit(redeem, token, None, guess) for guess in guesses]
    outcomes = [each.result() for each in tried]
    assert outcomes.count(NotRedeemed.WRONG_CODE) == TRIES_MAX
    assert outcomes.count(NotRedeemed.INVALID) == len(guesses) - TRIES_MAX
    assert redeem(token, None, code) is NotRedeemed.INVALID
    assert browser.post("/sign-in", data={"code": token}).status_code == 403


def test_of_a_hundred_at_once_one_is_let_in(desk: Desk) -> None:
    """The database decides, not the order in which threads look."""
    asked = desk.identity.links.ask(Private(THERAPIST_EMAIL), "192.0.2.1")
    assert asked is not None
    redeem = desk.identity.links.redeem
    with ThreadPoolExecutor(32) as pool:
        tried = [pool.submit(redeem, asked.token, asked.browser, "") for _ in range(100)]
    outcomes = [each.result() for each in tried]
    assert [each for each in outcomes if isinstance(each, UUID)] == [desk.therapist.person_id]
    assert outcomes.count(NotRedeemed.INVALID) == 99


def test_an_unknown_address_gets_the_same_answer_and_no_mail(desk: Desk) -> None:
    """Page, headers and the row that is kept are alike."""
    known = desk.browser().post("/sign-in/link", data={"email": THERAPIST_EMAIL})
    unknown = desk.browser().post("/sign-in/link", data={"email": STRANGER})
    assert known.status_code == unknown.status_code == 200
    assert len(known.content) == len(unknown.content)
    assert [name for name, _ in known.headers.items()] == [n for n, _ in unknown.headers.items()]
    desk.identity.outbox.flush()
    assert len(desk.mail.sent) == 1
    with desk.gate.transaction() as connection:
        rows = connection.execute("SELECT person_id IS NULL FROM gate.links ORDER BY 1").fetchall()
    assert rows == [(False,), (True,)]


def test_an_unknown_address_costs_the_same_statements(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not done cannot be timed."""
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(self: psycopg.Cursor, query: str, *rest: object, **more: object) -> object:
        if "gate." in str(query):
            said.append(str(query))
        return execute(self, query, *rest, **more)  # type: ignore[arg-type]  -- handed on as it came

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    desk.identity.links.ask(Private(THERAPIST_EMAIL), "192.0.2.1")
    known, said[:] = list(said), []
    desk.identity.links.ask(Private(STRANGER), "192.0.2.2")
    assert said == known
    assert len(known) >= 3


def test_a_link_of_an_unknown_address_lets_nobody_in(desk: Desk) -> None:
    """Its token is never sent; if it were guessed, there would be nobody behind it."""
    asked = desk.identity.links.ask(Private(STRANGER), "192.0.2.1")
    assert asked is not None
    outcome = desk.identity.links.redeem(asked.token, asked.browser, asked.compare_code)
    assert outcome is NotRedeemed.INVALID


def test_three_links_an_account_in_a_quarter_of_an_hour(desk: Desk) -> None:
    """However the address is spelled; later it goes on. An unknown address is limited alike."""
    for email in (THERAPIST_EMAIL, STRANGER):
        spellings = (email, email.upper(), f" {email} ")
        statuses = [
            desk.browser().post("/sign-in/link", data={"email": each}).status_code
            for each in (*spellings, email)
        ]
        assert statuses == [200, 200, 200, 429]
    desk.later(15 * 60)
    answer = desk.browser().post("/sign-in/link", data={"email": THERAPIST_EMAIL})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "places",
    [["192.0.2.1"], ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"], ["::ffff:192.0.2.9", "192.0.2.9"]],
)
def test_twenty_links_an_hour_from_one_place_also_at_once(desk: Desk, places: list[str]) -> None:
    """An IPv4 address, or the /64 of an IPv6 address."""
    ask = desk.identity.links.ask

    def one(number: int) -> bool:
        email = Private(f"n{number}@elsewhere.example")
        return ask(email, places[number % len(places)]) is not None

    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(one, range(60)))
    assert taken.count(True) == 20
    assert ask(Private(STRANGER), "198.51.100.7") is not None


@pytest.mark.parametrize(
    "typed", ["", "x", "a@b", "a b@c.example", "é@c.example", "a@c.example\nx"]
)
def test_what_is_no_address_is_refused_beside_the_field(desk: Desk, typed: str) -> None:
    """With what to do next."""
    answer = desk.browser().post("/sign-in/link", data={"email": typed})
    assert answer.status_code == 422
    assert "That is no e-mail address" in answer.text


def test_without_the_database_nobody_gets_a_link(desk: Desk) -> None:
    """A limit that cannot be looked at is closed."""
    with desk.database.connect(Role.OWNER) as connection:
        connection.execute("ALTER TABLE gate.rates RENAME TO elsewhere")
    answer = desk.browser().post("/sign-in/link", data={"email": THERAPIST_EMAIL})
    assert answer.status_code == 500
    desk.identity.outbox.flush()
    assert desk.mail.sent == []
