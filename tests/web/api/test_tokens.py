"""Tokens: given after a fresh check, shown once, kept as a hash, and dead when they should be."""

import datetime as dt
import re
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from psycopg import errors
from starlette.testclient import TestClient

from aggregates.access import RecordsRead
from aggregates.api_token import TOKEN_DAYS_MAX, ApiTokenCreated, ApiTokenRevoked, TokenPurpose
from aggregates.membership import ChangeRole, RemoveMember, Role
from commands.membership import change_membership
from commands.record_access import access_stream
from ledger.postgres.connect import Role as DatabaseRole
from tests.web.api.calls import SAID, SESSIONS, key
from tests.web.identity.authenticator import ORIGIN
from tests.web.identity.desk import ADDRESS, OWNER_EMAIL, SECOND_US, THERAPIST_EMAIL, Desk
from web.access import STEP_UP_US_MAX
from web.identity.api_tokens import TOKENS_MAX
from web.identity.rates import CALLS_BY_TOKEN, WRONG_TOKENS_BY_ADDRESS

pytestmark = pytest.mark.postgres
DAY_S = 24 * 60 * 60
WEEK = "/api/v1/weeks/2026-11-22"
FORM = {"purpose": "log-sessions", "days": "30"}


@pytest.fixture
def browser(desk: Desk) -> TestClient:
    """A browser of the therapist's, checked just now."""
    found = desk.browser()
    desk.enrol(found, THERAPIST_EMAIL)
    return found


def given(browser: TestClient, **more: str) -> str:
    """Give a program a token; returns it."""
    answer = browser.post("/account/tokens", data=FORM | more)
    assert answer.status_code == 200, answer.text
    found = re.search(r"<code>(therapist_os_[A-Za-z0-9_-]{43})</code>", answer.text)
    assert found is not None
    return found[1]


def program(desk: Desk, token: str, address: str = ADDRESS) -> TestClient:
    """Return a program with a token."""
    return TestClient(
        desk.app,
        base_url=ORIGIN,
        headers={"authorization": f"Bearer {token}"},
        client=(address, 50_000),
    )


def test_a_token_is_given_used_and_taken_back(desk: Desk, browser: TestClient) -> None:
    """Both are on record with its purpose; the page shows it once, and then what it is for."""
    token = given(browser)
    logged = program(desk, token).post(SESSIONS, json=SAID, headers=key())
    assert logged.status_code == 201, logged.text
    page = browser.get("/account/tokens").text
    assert token not in page
    assert "log and correct sessions and activities" in page
    found = re.search(r'name="token_id" value="([0-9a-f-]{36})"', page)
    assert found is not None
    for _ in range(2):
        form = {"token_id": found[1]}
        assert browser.post("/account/tokens/revoke", data=form).status_code == 303
        assert program(desk, token).get(WEEK).status_code == 401
    facts = [f for f in facts_of(desk) if isinstance(f, ApiTokenCreated | ApiTokenRevoked)]
    assert [type(fact) for fact in facts] == [ApiTokenCreated, ApiTokenRevoked]
    assert {str(fact.token_id) for fact in facts} == {found[1]}
    assert isinstance(facts[0], ApiTokenCreated)
    assert facts[0].purpose is TokenPurpose.LOG_SESSIONS
    assert "let a program in" in browser.get("/trail").text


def facts_of(desk: Desk) -> list[object]:
    """Return what is on record of the therapist."""
    return desk.facts(desk.therapist.person_id)


def test_the_database_holds_its_hash_only(desk: Desk, browser: TestClient) -> None:
    token = given(browser)
    with desk.gate.transaction() as connection:
        rows = connection.execute("SELECT * FROM gate.api_tokens").fetchall()
    assert [row[0] for row in rows] == [sha256(token.encode()).digest()]
    assert token.encode() not in repr(rows).encode()


def test_giving_and_taking_back_need_a_fresh_check(desk: Desk, browser: TestClient) -> None:
    """Looking at the list does not."""
    given(browser)
    desk.later(STEP_UP_US_MAX // SECOND_US)
    for path, form in (("", FORM), ("/revoke", {"token_id": str(uuid4())})):
        answer = browser.post(f"/account/tokens{path}", data=form)
        assert answer.status_code == 403
        assert "confirm that it is you" in answer.text
    assert "confirm that it is you" in browser.get("/account/tokens").text
    assert len(desk.identity.api_tokens.of_person(desk.therapist.person_id)) == 1


@pytest.mark.parametrize("days", ["0", "91", "-1", "1.5", "", "x", "٣"])
def test_a_token_ends_within_ninety_days(desk: Desk, browser: TestClient, days: str) -> None:
    """What is no number of days is said beside the field, and nothing is given."""
    answer = browser.post("/account/tokens", data=FORM | {"days": days})
    assert answer.status_code == 422
    assert "from 1 to 90 days" in answer.text
    assert desk.identity.api_tokens.of_person(desk.therapist.person_id) == []


def test_a_token_is_dead_after_its_days(desk: Desk, browser: TestClient) -> None:
    token = given(browser, days=str(TOKEN_DAYS_MAX))
    desk.later(TOKEN_DAYS_MAX * DAY_S - 1)
    assert program(desk, token).get(WEEK).status_code == 200
    desk.later(1)
    assert program(desk, token).get(WEEK).status_code == 401


@pytest.mark.parametrize("purpose", ["members", "compliance-review", "everything", ""])
def test_a_purpose_that_the_person_may_not_have_is_not_given(
    desk: Desk, browser: TestClient, purpose: str
) -> None:
    answer = browser.post("/account/tokens", data=FORM | {"purpose": purpose})
    assert answer.status_code == 422
    assert "it can do no more than you" in answer.text
    assert desk.identity.api_tokens.of_person(desk.therapist.person_id) == []


def test_nobody_takes_back_what_is_anothers(desk: Desk, browser: TestClient) -> None:
    token = given(browser)
    (kept,) = desk.identity.api_tokens.of_person(desk.therapist.person_id)
    owner = desk.browser()
    desk.enrol(owner, OWNER_EMAIL)
    owner.post("/account/tokens/revoke", data={"token_id": str(kept.token_id)})
    assert program(desk, token).get(WEEK).status_code == 200


def test_only_so_many_count_at_a_time(desk: Desk, browser: TestClient) -> None:
    for _ in range(TOKENS_MAX):
        given(browser)
    answer = browser.post("/account/tokens", data=FORM)
    assert answer.status_code == 422
    assert "take the access of one back first" in answer.text
    assert len(desk.identity.api_tokens.of_person(desk.therapist.person_id)) == TOKENS_MAX


def test_a_token_dies_with_the_membership_and_does_not_come_back(
    desk: Desk, browser: TestClient
) -> None:
    """Removed on the page of members it is taken back on record, whoever joins again."""
    token = given(browser)
    owner = desk.browser()
    desk.enrol(owner, OWNER_EMAIL)
    form = {"command_id": str(uuid4()), "person_id": str(desk.therapist.person_id)}
    assert owner.post("/members/remove", data=form).status_code == 303
    assert program(desk, token).get(WEEK).status_code == 401
    assert isinstance(facts_of(desk)[-1], ApiTokenRevoked)
    assert desk.identity.api_tokens.of_person(desk.therapist.person_id) == []


def test_a_token_of_who_is_no_member_is_taken_back_when_it_is_sent(
    desk: Desk, browser: TestClient
) -> None:
    """Also where the removal had no time to do so."""
    token = given(browser)
    person_id = desk.therapist.person_id
    removed = RemoveMember(person_id=person_id, removed_by=desk.owner.person_id)
    change_membership(desk.context, desk.owner, removed, uuid4())
    answer = program(desk, token).get(WEEK)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-needed")
    assert desk.identity.api_tokens.of_person(person_id) == []
    assert isinstance(facts_of(desk)[-1], ApiTokenRevoked)


def test_a_token_that_was_taken_back_and_not_told_is_told_when_it_is_again(
    desk: Desk, browser: TestClient
) -> None:
    """As after a crash between the two; and told once."""
    given(browser)
    (kept,) = desk.identity.api_tokens.of_person(desk.therapist.person_id)
    desk.identity.api_tokens.revoke(kept.person_id, kept.token_id)
    for _ in range(2):
        browser.post("/account/tokens/revoke", data={"token_id": str(kept.token_id)})
    assert [type(fact) for fact in facts_of(desk)][-2:] == [ApiTokenCreated, ApiTokenRevoked]


def test_an_auditors_token_ends_with_the_term(desk: Desk, browser: TestClient) -> None:
    """However long was asked for."""
    term_ends_us = desk.clock.us + 2 * DAY_S * SECOND_US
    changed = ChangeRole(
        person_id=desk.therapist.person_id,
        role=Role.AUDITOR,
        changed_by=desk.owner.person_id,
        at_us=desk.clock.us,
        ends_at_us=term_ends_us,
    )
    change_membership(desk.context, desk.owner, changed, uuid4())
    token = given(browser, purpose="read-own", days="90")
    (kept,) = desk.identity.api_tokens.of_person(desk.therapist.person_id)
    assert kept.expires_at_us == term_ends_us
    assert program(desk, token).get("/api/v1/trail").status_code == 200
    assert program(desk, token).get(WEEK).status_code == 403


def test_another_role_takes_tokens_back(desk: Desk, browser: TestClient) -> None:
    token = given(browser)
    owner = desk.browser()
    desk.enrol(owner, OWNER_EMAIL)
    form = {"command_id": str(uuid4()), "person_id": str(desk.therapist.person_id)}
    assert owner.post("/members/role", data=form | {"role": "supervisor"}).status_code == 303
    assert program(desk, token).get("/api/v1/me").status_code == 401


def test_a_cookie_opens_nothing_here_and_a_token_no_page(desk: Desk, browser: TestClient) -> None:
    """Nor does an address that has the token."""
    token = given(browser)
    assert browser.get(WEEK).status_code == 401
    assert browser.post(SESSIONS, json=SAID, headers=key()).status_code == 401
    sent = program(desk, token)
    page = sent.get("/week/2026-11-22", follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    for name in ("access_token", "token", "authorization"):
        answer = desk.browser().get(f"{WEEK}?{name}={token}")
        assert answer.status_code == 401
    twice = [("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}")]
    assert desk.browser().get(WEEK, headers=twice).status_code == 401
    for wrong in (f"Basic {token}", token, f"Bearer {token}x", f"Bearer {token[:-1]}", "Bearer "):
        assert desk.browser().get(WEEK, headers={"authorization": wrong}).status_code == 401


def test_a_look_through_a_token_says_so(desk: Desk, browser: TestClient) -> None:
    """In the event, with the token's id, and in the person's trail."""
    token = given(browser)
    assert program(desk, token).get(WEEK).status_code == 200
    (kept,) = desk.identity.api_tokens.of_person(desk.therapist.person_id)
    looks = looks_of(desk)
    assert looks[-1].token_id == kept.token_id
    assert browser.get("/trail?show=own").status_code == 200
    assert "(a program, with a token)" in browser.get("/trail?show=own").text
    assert looks_of(desk)[-1].token_id is None


def looks_of(desk: Desk) -> list[RecordsRead]:
    """Return the therapist's looks of that day."""
    now = dt.datetime.fromtimestamp(desk.clock.us / 1_000_000, dt.UTC)
    stream: UUID = access_stream(desk.therapist, now.date())
    history = desk.context.history(desk.therapist.practice_id, stream)
    return [each.fact for each in history if isinstance(each.fact, RecordsRead)]


def test_calls_are_counted_by_token(desk: Desk, browser: TestClient) -> None:
    """Wherever they come from; the other token's go on, and this one's after a minute."""
    token, other = given(browser), given(browser)
    sent = program(desk, token)
    for _ in range(CALLS_BY_TOKEN.count):
        assert sent.get("/api/v1/me").status_code == 200
    answer = program(desk, token, "203.0.113.9").get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many")
    assert answer.headers["retry-after"] == "60"
    assert program(desk, other).get("/api/v1/me").status_code == 200
    desk.later(CALLS_BY_TOKEN.window_s)
    assert sent.get("/api/v1/me").status_code == 200


def test_wrong_tokens_are_counted_by_place(desk: Desk, browser: TestClient) -> None:
    """Which keeps nobody out who has a right one."""
    token, wrong = given(browser), program(desk, "therapist_os_" + "A" * 43)
    for _ in range(WRONG_TOKENS_BY_ADDRESS.count):
        assert wrong.get("/api/v1/me").status_code == 401
    assert wrong.get("/api/v1/me").status_code == 429
    assert program(desk, token).get("/api/v1/me").status_code == 200


def test_the_database_takes_no_token_for_longer(desk: Desk, browser: TestClient) -> None:
    """A check of its own, whatever the code says."""
    given(browser)
    statement = "UPDATE gate.api_tokens SET expires_at_us = created_at_us + 7776000000001"
    with (
        desk.database.connect(DatabaseRole.OWNER) as connection,
        pytest.raises(errors.CheckViolation),
    ):
        connection.execute(statement)
