"""Programs read whom they act for, the trail page by page, and the practice as it was."""

import datetime as dt

import pytest
from starlette.testclient import TestClient

from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from tests.fix_real_front import NAME, SETTING, RealFront
from tests.web.api.calls import SAID, SESSIONS, key

pytestmark = pytest.mark.postgres


def program(front: RealFront, role: Role, purpose: TokenPurpose) -> TestClient:
    """Return a program of a member."""
    return front.program(front.token(front.one.members[role], purpose))


def test_a_program_can_ask_whom_it_acts_for(real_front: RealFront) -> None:
    """Of the one practice that its token is for, and of the token."""
    told = program(real_front, Role.AUDITOR, TokenPurpose.READ_OWN).get("/api/v1/me").json()
    one = real_front.one
    assert told["person_id"] == str(one.members[Role.AUDITOR].person_id)
    membership, token = told["membership"], told["token"]
    assert membership["practice_id"] == str(one.practice_id)
    assert (membership["practice_name"], membership["role"]) == ("Practice", "auditor")
    assert membership["is_agreement_signed"]
    now_us = real_front.context.clock.now_us()
    ends = dt.datetime.fromisoformat(membership["ends_at"])
    assert dt.timedelta(29) < ends - dt.datetime.fromtimestamp(now_us / 1e6, dt.UTC)
    assert token["purpose"] == "read-own"


def test_the_trail_comes_page_by_page(real_front: RealFront) -> None:
    """Newest first, without a gap or a repetition, each page a look of its own."""
    therapist = program(real_front, Role.THERAPIST, TokenPurpose.LOG_SESSIONS)
    for minutes in range(10, 17):
        sent = therapist.post(SESSIONS, json=SAID | {"minutes": minutes}, headers=key())
        assert sent.status_code == 201
    whole = therapist.get("/api/v1/trail?show=changes&limit=100").json()
    assert whole["next_before"] is None
    positions: list[int] = []
    before = ""
    while True:
        page = therapist.get(f"/api/v1/trail?show=changes&limit=3{before}").json()
        positions += [each["position"] for each in page["items"]]
        if page["next_before"] is None:
            break
        assert page["next_before"] == positions[-1]
        before = f"&before={page['next_before']}"
    assert positions == [each["position"] for each in whole["items"]]
    assert positions == sorted(positions, reverse=True)
    assert "logged a session" in whole["items"][0]["sentence"]
    own = therapist.get("/api/v1/trail?show=own").json()["items"]
    assert {each["type"] for each in own} == {"records-read.v1"}
    assert all(each["sentence"].endswith("(a program, with a token)") for each in own)


def test_an_officers_program_sees_the_practice_as_it_was(real_front: RealFront) -> None:
    """At a position, at a time, or now; with proofs, and without any name, client or setting."""
    officer = program(real_front, Role.COMPLIANCE_OFFICER, TokenPurpose.COMPLIANCE_REVIEW)
    now = officer.get("/api/v1/replay?week=2026-03-09").json()
    one = real_front.one
    assert {each["role"] for each in now["members"]} == {role.value for role in Role}
    assert {each["id"] for each in now["sessions"]} <= {str(e) for e in one.sessions.values()}
    assert all(event["holds"] for event in now["events"])
    first = officer.get("/api/v1/replay?position=0").json()
    assert (first["position"], first["members"], first["weeks"]) == (0, [], [])
    at = first["recorded_at"]
    then = officer.get("/api/v1/replay", params={"at": at})
    assert then.json()["position"] >= 0
    before = officer.get("/api/v1/replay", params={"at": "2001-01-01T00:00:00+05:30"}).json()
    assert (before["position"], before["recorded_at"]) == (-1, None)
    text = then.text + str(now) + str(first)
    for word in (NAME, SETTING, "J.D."):
        assert word not in text


@pytest.mark.parametrize(
    "query", ["at=2026-01-01T00:00:00", "at=x", "position=0&at=2026-01-01T00:00:00Z", "week=x"]
)
def test_a_moment_that_is_none_is_named(real_front: RealFront, query: str) -> None:
    """A time without an offset may be two times."""
    officer = program(real_front, Role.COMPLIANCE_OFFICER, TokenPurpose.COMPLIANCE_REVIEW)
    answer = officer.get(f"/api/v1/replay?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "fields-invalid")
    expected = "week" if "week" in query else "at"
    assert [each["parameter"] for each in answer.json()["errors"]] == [expected]


def test_the_role_is_looked_up_with_each_call(real_front: RealFront) -> None:
    """A token for reviews is worth nothing to who is no officer."""
    owner = program(real_front, Role.OWNER, TokenPurpose.COMPLIANCE_REVIEW)
    answer = owner.get("/api/v1/replay")
    assert (answer.status_code, answer.json()["code"]) == (403, "officer-only")
