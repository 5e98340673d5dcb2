"""Owners alone say who is in, each change is on record, and who is out is out at once."""

from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.membership import MemberInvited, MemberJoined, MemberLeft, MemberRoleChanged, Role
from tests.web.identity.authenticator import Authenticator
from tests.web.identity.desk import (
    OWNER_EMAIL,
    SECOND_US,
    THERAPIST_EMAIL,
    Desk,
    open_a_practice,
)
from web.access import STEP_UP_US_MAX
from web.identity.mail import Letter

pytestmark = pytest.mark.postgres
GUEST = "alex.canaryguest@elsewhere.example"


@pytest.fixture
def owner(desk: Desk) -> TestClient:
    """A browser of the owner's, checked just now."""
    browser = desk.browser()
    desk.enrol(browser, OWNER_EMAIL)
    return browser


def invitation(email: str = GUEST, role: str = "supervisor", until: str = "") -> dict[str, str]:
    """Return the form of an invitation."""
    return {"command_id": str(uuid4()), "email": email, "role": role, "until": until}


def practice_facts(desk: Desk) -> list[object]:
    """Return what is on record of the practice."""
    practice_id = desk.owner.practice_id
    return [each.fact for each in desk.context.history(practice_id, practice_id)]


def join(desk: Desk, email: str = GUEST) -> tuple[TestClient, Authenticator]:
    """Enrol somebody who was invited, and accept."""
    browser = desk.browser()
    passkey = desk.enrol(browser, email)
    assert accept(desk, browser).status_code == 303
    return browser, passkey


def accept(desk: Desk, browser: TestClient, name: str = "Alex Guest"):  # noqa: ANN201 -- httpx's
    """Accept the invitation of the practice."""
    form = {
        "practice_id": str(desk.owner.practice_id),
        "command_id": str(uuid4()),
        "name": name,
    }
    return browser.post("/practices/accept", data=form)


def change(owner: TestClient, what: str, person: UUID, **more: str) -> int:
    """Send a form about a member; returns the status."""
    form = {"command_id": str(uuid4()), "person_id": str(person), **more}
    return owner.post(f"/members/{what}", data=form).status_code


def test_who_is_invited_enrols_accepts_and_is_in(desk: Desk, owner: TestClient) -> None:
    """The letter names nobody; the log has no address."""
    assert owner.post("/members/invite", data=invitation()).status_code == 303
    desk.identity.outbox.flush()
    mail = desk.mail.sent[-1]
    assert (mail.letter, mail.address.reveal()) == (Letter.INVITATION, GUEST)
    assert mail.link.reveal() == "https://localhost:8443/sign-in"
    browser, passkey = join(desk)
    assert browser.get("/trail").status_code == 200
    invited = [f for f in practice_facts(desk) if isinstance(f, MemberInvited)]
    joined = [f for f in practice_facts(desk) if isinstance(f, MemberJoined)]
    assert [each.person_id for each in invited] == [passkey.person()]
    assert (joined[-1].role, joined[-1].name.reveal()) == (Role.SUPERVISOR, "Alex Guest")
    assert "Alex Guest" in owner.get("/members").text


def test_nobody_accepts_what_they_were_not_invited_to(desk: Desk, owner: TestClient) -> None:
    """Nor twice, nor after two weeks, nor under no name."""
    owner.post("/members/invite", data=invitation())
    browser = desk.browser()
    guest = desk.enrol(browser, GUEST)
    assert accept(desk, browser, name=" ").status_code == 422
    stranger = desk.browser()
    desk.enrol(stranger, THERAPIST_EMAIL)
    assert accept(desk, stranger).status_code == 422
    desk.later(14 * 24 * 60 * 60)
    late = desk.browser()
    desk.sign_in(late, guest)
    assert accept(desk, late).status_code == 422


@pytest.mark.parametrize("path", ["invite", "role", "remove", "recovery"])
def test_changes_need_a_fresh_check(desk: Desk, owner: TestClient, path: str) -> None:
    desk.later(STEP_UP_US_MAX // SECOND_US)
    answer = owner.post(f"/members/{path}", data=invitation())
    assert answer.status_code == 403
    assert "confirm that it is you" in answer.text


@pytest.mark.parametrize("path", ["invite", "role", "remove"])
def test_only_owners_change_members(desk: Desk, path: str) -> None:
    """A therapist does not even see who is in, and makes no account for anybody."""
    browser = desk.browser()
    desk.enrol(browser, THERAPIST_EMAIL)
    assert browser.get("/members").status_code == 403
    form = {**invitation(), "person_id": str(desk.owner.person_id)}
    assert browser.post(f"/members/{path}", data=form).status_code in {403, 422}
    with desk.gate.transaction() as connection:
        row = connection.execute("SELECT count(*) FROM gate.accounts").fetchone()
    assert row == (2,)
    assert not any(isinstance(f, MemberInvited | MemberLeft) for f in practice_facts(desk))


def test_an_auditor_is_in_for_a_time(desk: Desk, owner: TestClient) -> None:
    """An end is needed; after it every page is closed, also in a session that is open."""
    assert owner.post("/members/invite", data=invitation(role="auditor")).status_code == 422
    form = invitation(role="auditor", until="2026-11-24")
    assert owner.post("/members/invite", data=form).status_code == 303
    browser, passkey = join(desk)
    for _ in range(14 * 6 - 1):  # ten in the morning until midnight
        desk.later(600)
        if browser.get("/trail").status_code != 200:
            break
        if desk.clock.us % (4 * 3600 * 1_000_000) == 0:
            desk.sign_in(browser, passkey)
    desk.later(700)
    assert browser.get("/trail").headers["location"] == "/sign-in"
    late = desk.browser()
    assert desk.sign_in(late, passkey) == "/practices"
    assert late.get("/trail").headers["location"] == "/practices"


def test_a_removed_member_is_out_at_once(desk: Desk, owner: TestClient) -> None:
    """Their open session ends with the removal; the log says what they were."""
    browser = desk.browser()
    passkey = desk.enrol(browser, THERAPIST_EMAIL)
    assert change(owner, "remove", desk.therapist.person_id) == 303
    assert browser.get("/trail").headers["location"] == "/sign-in"
    assert desk.sign_in(browser, passkey) == "/practices"
    practice = {"practice_id": str(desk.owner.practice_id)}
    assert browser.post("/practices", data=practice).status_code == 404
    left = [f for f in practice_facts(desk) if isinstance(f, MemberLeft)]
    assert [(each.before, each.was_member) for each in left] == [(Role.THERAPIST, True)]


def test_a_changed_role_is_on_record_with_before_and_after(desk: Desk, owner: TestClient) -> None:
    """And takes effect at once."""
    browser = desk.browser()
    passkey = desk.enrol(browser, THERAPIST_EMAIL)
    person = desk.therapist.person_id
    assert change(owner, "role", person, role="compliance-officer") == 303
    assert browser.get("/trail").headers["location"] == "/sign-in"
    desk.sign_in(browser, passkey)
    assert browser.get("/").headers["location"] == "/replay"
    changed = [f for f in practice_facts(desk) if isinstance(f, MemberRoleChanged)]
    expected = [(Role.THERAPIST, Role.COMPLIANCE_OFFICER)]
    assert [(each.before, each.after) for each in changed] == expected


def test_a_practice_keeps_an_owner(desk: Desk, owner: TestClient) -> None:
    for what, more in (("remove", {}), ("role", {"role": "therapist"})):
        assert change(owner, what, desk.owner.person_id, **more) == 422
    assert owner.get("/members").status_code == 200


def test_a_person_of_two_practices_chooses(desk: Desk) -> None:
    """What is shown is the chosen one's; the passkey stands in both logs."""
    emails = ("second.owner@practice.example", THERAPIST_EMAIL)
    other_owner, same = open_a_practice(desk.context, desk.identity, emails)
    assert same.person_id == desk.therapist.person_id
    browser = desk.browser()
    passkey = desk.enrol(browser, THERAPIST_EMAIL)
    assert browser.get("/").headers["location"] == "/practices"
    ends: list[str] = []
    for practice_id in (desk.owner.practice_id, other_owner.practice_id):
        answer = browser.post("/practices", data={"practice_id": str(practice_id)})
        assert answer.headers["location"] == "/"
        assert browser.get("/trail").status_code == 200
        ends.append(browser.cookies["__Host-session"])
        registered = desk.identity.passkeys.of_person(passkey.person())
        assert len(registered) == 1
    assert len(set(ends)) == 2


def test_choosing_a_practice_neither_refreshes_the_check_nor_the_time(desk: Desk) -> None:
    """A session is not made longer or surer by opening another practice."""
    emails = ("second.owner@practice.example", THERAPIST_EMAIL)
    open_a_practice(desk.context, desk.identity, emails)
    browser = desk.browser()
    desk.enrol(browser, THERAPIST_EMAIL)
    for _ in range(50):
        desk.later(14 * 60)
        browser.post("/practices", data={"practice_id": str(desk.owner.practice_id)})
    assert browser.post("/account/recovery-codes").status_code == 403
    desk.later(14 * 60)
    browser.get("/trail")
    desk.later(14 * 60)
    assert browser.get("/trail").headers["location"] == "/sign-in"


def test_an_invitation_is_taken_back(desk: Desk, owner: TestClient) -> None:
    owner.post("/members/invite", data=invitation())
    browser = desk.browser()
    guest = desk.enrol(browser, GUEST)
    assert change(owner, "remove", guest.person()) == 303
    assert accept(desk, browser).status_code == 422
