"""A session is one browser's, ends when it should, and outlives a restart of the service."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from aggregates.person import SessionRevoked, SignedIn
from ledger.errors import Unavailable
from ledger.postgres.connect import Role
from tests.web.identity.authenticator import Authenticator
from tests.web.identity.desk import ADDRESS, OWNER_EMAIL, SECOND_US, THERAPIST_EMAIL, Desk
from web.access import STEP_UP_US_MAX
from web.assurance import Assurance
from web.browser_sessions import AGE_S_MAX, IDLE_S_MAX, BrowserSessions
from web.identity.session_store import GateSessions
from web.identity.tokens import hash_of

pytestmark = pytest.mark.postgres
COOKIE = "__Host-session"


@pytest.fixture
def passkey(desk: Desk) -> Authenticator:
    """The therapist's."""
    return desk.enrol(desk.browser(), THERAPIST_EMAIL)


def anew(desk: Desk) -> BrowserSessions:
    """Return what another process, or this one after a restart, would know."""
    return BrowserSessions(desk.clock, desk.context.ids, GateSessions(desk.gate))


def copied(desk: Desk, token: str) -> TestClient:
    """Return a browser that holds a cookie somebody took."""
    thief = desk.browser()
    thief.cookies.set(COOKIE, token)
    return thief


def test_a_session_survives_a_restart_and_its_token_is_kept_nowhere(
    desk: Desk, passkey: Authenticator
) -> None:
    """What is kept is the hash, and says with what assurance it was opened."""
    browser = desk.browser()
    desk.sign_in(browser, passkey)
    token = browser.cookies[COOKIE]
    found = anew(desk).find(token)
    assert found is not None
    assert (found.actor, found.assurance) == (desk.therapist, Assurance.PASSKEY)
    with desk.gate.transaction() as connection:
        rows = connection.execute("SELECT * FROM gate.sessions").fetchall()
    assert token not in repr(rows)
    assert hash_of(token) in {row[0] for row in rows}


def test_idle_and_absolute_ends_hold_after_a_restart(desk: Desk, passkey: Authenticator) -> None:
    """It may end half a minute early, never late."""
    browser = desk.browser()
    desk.sign_in(browser, passkey)
    token = browser.cookies[COOKIE]
    for _ in range(AGE_S_MAX // 600 - 1):
        desk.later(600)
        assert anew(desk).find(token) is not None
    desk.later(600)
    assert anew(desk).find(token) is None
    desk.sign_in(browser, passkey)
    token = browser.cookies[COOKIE]
    desk.later(IDLE_S_MAX)
    assert anew(desk).find(token) is None


def test_signing_in_gives_a_new_cookie_and_ends_the_old(desk: Desk, passkey: Authenticator) -> None:
    """A cookie that somebody planted is worth nothing: by link, by passkey, and by step-up."""
    browser = desk.browser()
    seen: list[str] = []
    desk.by_link(browser, THERAPIST_EMAIL)
    seen.append(browser.cookies[COOKIE])
    desk.sign_in(browser, passkey)
    seen.append(browser.cookies[COOKIE])
    desk.step_up(browser, passkey)
    assert browser.get("/trail").status_code == 200
    assert len({*seen, browser.cookies[COOKIE]}) == 3
    for planted in (*seen, "x" * 43):
        assert copied(desk, planted).get("/trail").headers["location"] == "/sign-in"


def test_a_step_up_lasts_five_minutes_and_returns_to_our_own_pages_only(
    desk: Desk, passkey: Authenticator
) -> None:
    browser = desk.browser()
    desk.sign_in(browser, passkey)
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example", "/a?b", "", "x"):
        assert desk.step_up(browser, passkey, elsewhere) == "/account"
    assert desk.step_up(browser, passkey, "/members") == "/members"
    desk.later(STEP_UP_US_MAX // SECOND_US - 1)
    assert browser.post("/account/recovery-codes").status_code == 200
    desk.later(1)
    assert browser.post("/account/recovery-codes").status_code == 403


def test_a_step_up_takes_the_persons_own_passkey(desk: Desk, passkey: Authenticator) -> None:
    """Not that of somebody who came by."""
    browser, owner = desk.browser(), desk.browser()
    desk.sign_in(browser, passkey)
    theirs = desk.enrol(owner, OWNER_EMAIL)
    theirs.count += 1
    answer = theirs.get(desk.options(browser, "step-up"))
    assert browser.post("/step-up", data={"answer": answer}).status_code == 403


def test_one_session_or_all_others_are_ended_from_anywhere(
    desk: Desk, passkey: Authenticator
) -> None:
    """At once, and on record; the list says which is which by class of browser only."""
    here, there = desk.browser(), desk.browser("Mozilla/5.0 SecretBuild/77 Chrome/150 Safari/537")
    for browser in (here, there):
        desk.sign_in(browser, passkey)
    page = here.get("/account").text
    assert "Chrome or Chromium" in page
    assert "SecretBuild" not in page
    theirs = page.split("Chrome or Chromium")[1]
    session_id = theirs.split('name="session_id" value="')[1][:36]
    assert here.post("/account/revoke-session", data={"session_id": session_id}).status_code == 303
    assert there.get("/trail").headers["location"] == "/sign-in"
    desk.sign_in(there, passkey)
    here.post("/account/revoke-others")
    assert there.get("/trail").headers["location"] == "/sign-in"
    assert here.get("/trail").status_code == 200
    facts = desk.facts(desk.therapist.person_id)
    assert len([fact for fact in facts if isinstance(fact, SessionRevoked)]) == 3


def test_nobody_ends_a_session_of_somebody_else(desk: Desk, passkey: Authenticator) -> None:
    browser, owner = desk.browser(), desk.browser()
    desk.sign_in(browser, passkey)
    desk.enrol(owner, OWNER_EMAIL)
    session = anew(desk).find(browser.cookies[COOKIE])
    assert session is not None
    owner.post("/account/revoke-session", data={"session_id": str(session.session_id)})
    assert browser.get("/trail").status_code == 200


def test_an_ended_session_lets_no_parallel_request_in(desk: Desk, passkey: Authenticator) -> None:
    """Once ending it has answered, nobody finds it, whatever they remember."""
    browser = desk.browser()
    desk.sign_in(browser, passkey)
    token = browser.cookies[COOKIE]
    sessions = [anew(desk) for _ in range(4)]
    session = sessions[0].find(token)
    assert session is not None
    with ThreadPoolExecutor(8) as pool:
        early = [pool.submit(sessions[place % 4].find, token) for place in range(40)]
        sessions[1].revoke(desk.therapist.person_id, [session.session_id])
        late = [pool.submit(sessions[place % 4].find, token) for place in range(40)]
        assert [each.result() for each in late] == [None] * len(late)
        assert all(each.exception() is None for each in early)


def test_two_step_ups_at_once_leave_one_cookie(desk: Desk, passkey: Authenticator) -> None:
    browser = desk.browser()
    desk.sign_in(browser, passkey)
    token = browser.cookies[COOKIE]
    sessions = anew(desk)
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(sessions.step_up, token) for _ in range(8)]
    assert len([each for each in made if each.result() is not None]) == 1


def test_without_the_database_nobody_passes(desk: Desk, passkey: Authenticator) -> None:
    """A session that cannot be looked up is none."""
    browser = desk.browser()
    desk.sign_in(browser, passkey)
    with desk.database.connect(Role.OWNER) as connection:
        connection.execute("ALTER ROLE therapist_gate CONNECTION LIMIT 0")
        try:
            desk.gate.close()
            with pytest.raises(Unavailable):
                anew(desk).find(browser.cookies[COOKIE])
        finally:
            connection.execute("ALTER ROLE therapist_gate CONNECTION LIMIT -1")


def test_coming_in_is_on_record_with_the_address_sealed(desk: Desk, passkey: Authenticator) -> None:
    """Before the first page is shown, and readable for the person's own trail."""
    browser = desk.browser()
    desk.sign_in(browser, passkey)
    told = [f for f in desk.facts(desk.therapist.person_id) if isinstance(f, SignedIn)][-1]
    assert told.credential_id == passkey.credential_id
    assert told.address.reveal() == ADDRESS
    assert "testclient" not in repr(told)
