"""Signing in: a code works once, for ten minutes, in development; a session ends when it should."""

import weakref
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ledger.errors import SettingsInvalid
from ledger.postgres.settings import Environment
from tests.web.conftest import ACTOR, ORIGIN, Front
from tests.web.fake_practice import CountedIds, FakePractice, FixedClock
from tests.web.fake_sessions import FakeSessions
from web import app
from web.browser_sessions import (
    AGE_S_MAX,
    IDLE_S_MAX,
    SESSIONS_MAX,
    BrowserSession,
    BrowserSessions,
    Notice,
)
from web.development_sign_in import (
    ANEW_INTERVAL_S,
    CODES_MAX,
    LIFETIME_S,
    DevelopmentSignIn,
)
from web.settings import WebSettings

SECOND_US = 1_000_000


def code_of(front: Front) -> str:
    """Return a fresh code."""
    return front.sign_in.link(ACTOR).partition("#")[2]


def test_the_link_holds_the_code_where_browsers_send_it_nowhere(front: Front) -> None:
    """256 bits after the #."""
    address, mark, code = front.sign_in.link(ACTOR).partition("#")
    assert (address, mark) == (f"{ORIGIN}/sign-in", "#")
    assert len(code) == 43


def test_a_code_signs_in_once(front: Front) -> None:
    """The second use is refused like an unknown code."""
    code = code_of(front)
    assert front.browser().post("/sign-in", data={"code": code}).status_code == 303
    again = front.browser().post("/sign-in", data={"code": code})
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert code not in again.text


def test_a_code_is_good_for_ten_minutes(front: Front) -> None:
    """A microsecond before is in time, ten minutes are too late."""
    early, late = code_of(front), code_of(front)
    front.clock.us += LIFETIME_S * SECOND_US - 1
    assert front.browser().post("/sign-in", data={"code": early}).status_code == 303
    front.clock.us += 1
    assert front.browser().post("/sign-in", data={"code": late}).status_code == 403


def test_a_link_that_was_used_is_said_anew_where_the_service_runs(front: Front) -> None:
    """Only there, for the same person, and at most every ten seconds."""
    code = code_of(front)
    front.browser().post("/sign-in", data={"code": code})
    pages = [front.browser().post("/sign-in", data={"code": code}).text for _ in range(3)]
    assert len(front.said) == 1
    anew = front.said[0].partition("#")[2]
    assert all("newest one in the terminal" in page and anew not in page for page in pages)
    front.clock.us += ANEW_INTERVAL_S * SECOND_US
    front.browser().post("/sign-in", data={"code": code})
    assert len(front.said) == 2
    assert front.sign_in.redeem(anew) == ACTOR


def test_a_link_that_is_too_old_is_said_anew(front: Front) -> None:
    """Whoever comes back from lunch does not have to restart the service."""
    code = code_of(front)
    front.clock.us += LIFETIME_S * SECOND_US
    assert front.browser().post("/sign-in", data={"code": code}).status_code == 403
    assert front.sign_in.redeem(front.said[0].partition("#")[2]) == ACTOR


def test_an_unknown_code_says_nothing(front: Front) -> None:
    """A stranger cannot make the terminal scroll."""
    assert front.browser().post("/sign-in", data={"code": "x" * 43}).status_code == 403
    assert front.said == []


def test_looking_at_the_page_uses_nothing_up(front: Front) -> None:
    """Scanners that follow links do no harm."""
    code = code_of(front)
    browser = front.browser()
    for method in ("GET", "HEAD"):
        assert browser.request(method, "/sign-in").status_code == 200
    assert browser.post("/sign-in", data={"code": code}).status_code == 303


def test_codes_are_bounded(front: Front) -> None:
    """The oldest gives way."""
    first = code_of(front)
    for _ in range(CODES_MAX):
        code_of(front)
    assert front.sign_in.redeem(first) is None


def test_one_time_links_refuse_to_exist_in_production(tmp_path: Path) -> None:
    """There is no flag to forget."""
    settings = WebSettings(data_dir=tmp_path, environment=Environment.PRODUCTION)
    with pytest.raises(SettingsInvalid):
        DevelopmentSignIn(settings, FixedClock(), print)


def test_without_a_way_to_sign_in_the_page_says_so(tmp_path: Path) -> None:
    """Production has none yet, and no code works."""
    clock = FixedClock()
    built = app.build(
        FakePractice(clock).services(),
        WebSettings(data_dir=tmp_path),
        clock=clock,
        ids=CountedIds(),
        sessions=FakeSessions(),
        identity=None,
        development_sign_in=None,
    )
    browser = TestClient(built, base_url=ORIGIN, headers={"sec-fetch-site": "same-origin"})
    assert "Nobody can sign in here yet" in browser.get("/sign-in").text
    assert browser.post("/sign-in", data={"code": "x"}).status_code == 403


def test_the_cookie_is_locked_down(front: Front) -> None:
    """Host-only, HTTPS only, unseen by scripts, sent from our own pages only, gone with the tab."""
    answer = front.browser().post("/sign-in", data={"code": code_of(front)})
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-session=")
    assert len(name.partition("=")[2]) == 43
    assert sorted(each.lower() for each in attributes) == [
        "httponly",
        "path=/",
        "samesite=strict",
        "secure",
    ]


def test_signing_in_ends_the_session_before_it(front: Front) -> None:
    """A cookie that somebody planted is worth nothing afterwards."""
    browser = front.signed_in()
    before = browser.cookies["__Host-session"]
    browser.post("/sign-in", data={"code": code_of(front)})
    assert browser.cookies["__Host-session"] != before
    thief = front.browser()
    thief.cookies.set("__Host-session", before)
    assert thief.get("/trail").status_code == 303


def test_a_session_ends_after_fifteen_idle_minutes(front: Front, browser: TestClient) -> None:
    """Each request starts the time anew."""
    for _ in range(3):
        front.clock.us += IDLE_S_MAX * SECOND_US - 1
        assert browser.get("/trail").status_code == 200
    front.clock.us += IDLE_S_MAX * SECOND_US
    assert browser.get("/trail").headers["location"] == "/sign-in"


def test_a_session_ends_after_twelve_hours(front: Front, browser: TestClient) -> None:
    """However busy it was."""
    for _ in range(AGE_S_MAX // 600 - 1):
        front.clock.us += 600 * SECOND_US
        assert browser.get("/trail").status_code == 200
    front.clock.us += 600 * SECOND_US
    assert browser.get("/trail").status_code == 303


def test_signing_out_ends_the_session_and_clears_the_browser(
    front: Front, browser: TestClient
) -> None:
    """The cookie is worth nothing afterwards, also where it was copied."""
    copied = front.browser()
    copied.cookies.set("__Host-session", browser.cookies["__Host-session"])
    answer = browser.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert copied.get("/trail").status_code == 303


def test_signing_out_of_a_session_that_has_ended_clears_the_browser_too(
    front: Front, browser: TestClient
) -> None:
    """What it kept is cleared, whoever finds it open after lunch."""
    front.clock.us += AGE_S_MAX * SECOND_US
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


@pytest.mark.parametrize("path", ["/", "/week/2026-11-22", "/trail", f"/session/{ACTOR.person_id}"])
def test_nobody_sees_a_page_without_signing_in(front: Front, path: str) -> None:
    """They are led to the sign-in page."""
    answer = front.browser().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_form_sent_when_signed_out_says_that_nothing_was_saved(front: Front) -> None:
    """A redirect would hide it."""
    answer = front.browser().post("/week/2026-11-22", data={"client": "Zebulon Quark"})
    assert answer.status_code == 401
    assert "Nothing was saved" in answer.text
    assert "Zebulon" not in answer.text


def test_tokens_are_kept_as_hashes_only(front: Front, browser: TestClient) -> None:
    """What memory holds does not open a session."""
    sessions = BrowserSessions(front.clock, CountedIds(), FakeSessions())
    token = sessions.open(ACTOR)
    assert token not in repr(vars(sessions))
    assert sessions.find(token) is not None
    assert browser.cookies["__Host-session"] not in repr(vars(front.sign_in))


def test_what_sessions_know_is_bounded(front: Front) -> None:
    """The oldest is forgotten, and goes on: only what it would have told next is lost."""
    sessions = BrowserSessions(front.clock, CountedIds(), FakeSessions())
    first = sessions.open(ACTOR)
    found(sessions, first).notice = Notice("logged", ACTOR.person_id, shown=True)
    assert found(sessions, first).notice is not None
    for _ in range(SESSIONS_MAX):
        sessions.open(ACTOR)
    assert found(sessions, first).notice is None


def test_what_an_ended_session_knew_is_forgotten(front: Front) -> None:
    """Its last entry does not stay in memory until somebody comes back with its cookie."""
    sessions = BrowserSessions(front.clock, CountedIds(), FakeSessions())
    ended = weakref.ref(found(sessions, sessions.open(ACTOR)))
    front.clock.us += IDLE_S_MAX * SECOND_US
    sessions.open(ACTOR)
    assert ended() is None


def found(sessions: BrowserSessions, token: str) -> BrowserSession:
    """Return the session, which is there."""
    session = sessions.find(token)
    assert session is not None
    return session


def test_with_passkeys_asked_for_a_development_link_opens_nothing(tmp_path: Path) -> None:
    """DEVELOPMENT_PASSKEYS=1 makes it worth what a link by mail is."""
    clock = FixedClock()
    settings = WebSettings(data_dir=tmp_path, development_passkeys=True)
    sign_in = DevelopmentSignIn(settings, clock, print)
    built = app.build(
        FakePractice(clock).services(),
        settings,
        clock=clock,
        ids=CountedIds(),
        sessions=FakeSessions(),
        identity=None,
        development_sign_in=sign_in,
    )
    browser = TestClient(
        built, base_url=ORIGIN, follow_redirects=False, headers={"sec-fetch-site": "same-origin"}
    )
    code = sign_in.link(ACTOR).partition("#")[2]
    answer = browser.post("/sign-in", data={"code": code})
    assert answer.headers["location"] == "/passkeys/new"
    assert browser.get("/trail").headers["location"] == "/passkeys/new"
    assert browser.post("/week/2026-11-22", data={"client": "x"}).status_code == 403
