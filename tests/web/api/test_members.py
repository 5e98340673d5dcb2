"""Programs of owners do what owners do: invite, change a role, remove, by the same rules."""

from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.api_token import TokenPurpose
from aggregates.membership import MemberInvited, MemberLeft, MemberRoleChanged, Role
from tests.web.api.calls import key
from tests.web.identity.authenticator import ORIGIN
from tests.web.identity.desk import ADDRESS, OWNER_EMAIL, THERAPIST_EMAIL, Desk
from web.identity.api_tokens import ApiToken
from web.identity.mail import Letter

pytestmark = pytest.mark.postgres
GUEST = "alex.canaryguest@elsewhere.example"
MONTH_US = 30 * 86_400_000_000
WANTED = {"email": GUEST, "role": "supervisor"}


def program(desk: Desk, person_id: UUID, purpose: TokenPurpose) -> TestClient:
    """Return a program of a person's with a fresh token."""
    now_us = desk.clock.now_us()
    token = desk.identity.api_tokens.create(
        ApiToken(
            token_id=uuid4(),
            person_id=person_id,
            practice_id=desk.owner.practice_id,
            purpose=purpose,
            created_at_us=now_us,
            expires_at_us=now_us + MONTH_US,
        )
    )
    headers = {"authorization": f"Bearer {token}"}
    return TestClient(desk.app, base_url=ORIGIN, headers=headers, client=(ADDRESS, 50_000))


@pytest.fixture
def owner(desk: Desk) -> TestClient:
    """A program of the owner's."""
    return program(desk, desk.owner.person_id, TokenPurpose.MEMBERS)


def practice_facts(desk: Desk, kind: type) -> list[object]:
    """Return what is on record of the practice."""
    practice_id = desk.owner.practice_id
    facts = (each.fact for each in desk.context.history(practice_id, practice_id))
    return [fact for fact in facts if isinstance(fact, kind)]


def test_an_invitation_sent_twice_is_one_with_one_letter(desk: Desk, owner: TestClient) -> None:
    """The letter names nobody; the list tells what for and until when, and no address."""
    same = key()
    first, again = (owner.post("/api/v1/invitations", json=WANTED, headers=same) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content), first.text
    desk.identity.outbox.flush()
    assert [each.letter for each in desk.mail.sent] == [Letter.INVITATION]
    assert len(practice_facts(desk, MemberInvited)) == 1
    told = owner.get("/api/v1/members")
    (invitation,) = told.json()["invitations"]
    assert invitation["person_id"] == first.json()["person_id"]
    assert invitation["role"] == "supervisor"
    assert invitation["expires_at"] == "2026-12-08T18:00:00Z"
    assert GUEST not in told.text
    assert [each["name"] for each in told.json()["members"]] == ["Robin Canary", "Sam Canary"]


def test_an_invitation_is_taken_back(desk: Desk, owner: TestClient) -> None:
    invited = owner.post("/api/v1/invitations", json=WANTED, headers=key())
    place = f"/api/v1/members/{invited.json()['person_id']}"
    answer = owner.delete(place, headers=key())
    assert (answer.status_code, answer.content) == (204, b"")
    assert owner.get("/api/v1/members").json()["invitations"] == []
    assert len(practice_facts(desk, MemberLeft)) == 1


@pytest.mark.parametrize(
    ("wrong", "pointers"),
    [
        ({"email": "alex"}, {"/email": "email-invalid"}),
        ({"role": "boss"}, {"/role": "role-unknown"}),
        ({"role": "auditor"}, {"/until": "auditor-end-invalid"}),
        ({"role": "auditor", "until": "2026-13-01"}, {"/until": "auditor-end-invalid"}),
        ({"role": "auditor", "until": "9999-12-31"}, {"/until": "auditor-end-invalid"}),
        ({"email": "", "role": ""}, {"/email": "email-invalid", "/role": "role-unknown"}),
    ],
)
def test_what_is_wrong_with_an_invitation_is_named(
    desk: Desk, owner: TestClient, wrong: dict[str, str], pointers: dict[str, str]
) -> None:
    """And nobody is invited, nor written to."""
    answer = owner.post("/api/v1/invitations", json=WANTED | wrong, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "fields-invalid"), answer.text
    assert {each["pointer"]: each["code"] for each in answer.json()["errors"]} == pointers
    desk.identity.outbox.flush()
    assert (desk.mail.sent, practice_facts(desk, MemberInvited)) == ([], [])


def test_another_role_ends_what_the_member_has_open(desk: Desk, owner: TestClient) -> None:
    """Sessions and tokens; the role is on record with what it was."""
    browser = desk.browser()
    desk.enrol(browser, THERAPIST_EMAIL)
    person_id = desk.therapist.person_id
    theirs = program(desk, person_id, TokenPurpose.READ_OWN)
    assert theirs.get("/api/v1/me").json()["membership"]["role"] == "therapist"
    place = f"/api/v1/members/{person_id}/role"
    answer = owner.put(place, json={"role": "compliance-officer"}, headers=key())
    assert (answer.status_code, answer.json()) == (200, {"person_id": str(person_id)})
    assert theirs.get("/api/v1/me").status_code == 401
    assert browser.get("/trail").headers["location"] == "/sign-in"
    (changed,) = practice_facts(desk, MemberRoleChanged)
    assert isinstance(changed, MemberRoleChanged)
    assert (changed.before, changed.after) == (Role.THERAPIST, Role.COMPLIANCE_OFFICER)
    wrong = owner.put(place, json={"role": "boss"}, headers=key())
    assert [each["code"] for each in wrong.json()["errors"]] == ["role-unknown"]


def test_a_practice_keeps_an_owner_and_changes_nobody_it_does_not_have(
    desk: Desk, owner: TestClient
) -> None:
    place = f"/api/v1/members/{desk.owner.person_id}"
    for answer, code in (
        (owner.delete(place, headers=key()), "last-owner"),
        (owner.put(f"{place}/role", json={"role": "therapist"}, headers=key()), "last-owner"),
        (
            owner.put(f"/api/v1/members/{uuid4()}/role", json={"role": "owner"}, headers=key()),
            "member-unknown",
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert owner.delete("/api/v1/members/x", headers=key()).status_code == 404


def test_only_a_purpose_that_names_it_replaces_the_fresh_check(desk: Desk) -> None:
    """An owner's token for sessions does nothing about members."""
    for purpose in set(TokenPurpose) - {TokenPurpose.MEMBERS}:
        other = program(desk, desk.owner.person_id, purpose)
        answer = other.post("/api/v1/invitations", json=WANTED, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (403, "purpose-needed")
    browser = desk.browser()
    desk.enrol(browser, OWNER_EMAIL)
    assert practice_facts(desk, MemberInvited) == []
