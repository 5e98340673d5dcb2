"""A tool of the tests: a practice in which somebody may have to open another's records."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from starlette.testclient import TestClient

from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from commands.context import Actor
from commands.emergency import emergency_stream
from commands.join_member import join_member
from commands.log_session import log_session
from projections.waiting import wait_for
from tests.aggregates.examples import entry
from tests.web.identity.authenticator import Authenticator
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk

OFFICER_EMAIL = "kim.canaryofficer@practice.example"
REMARK = "Quillfeather canary remark"
SETTING = "Heron Marsh Clinic"
WEEK = "2026-03-08"
MINUTES = 30


@dataclass
class Case:
    """An officer who asks, an owner who answers, a therapist with a session."""

    desk: Desk
    officer: TestClient
    owner: TestClient
    therapist: TestClient
    asker: Actor
    session_id: UUID
    passkeys: dict[str, Authenticator]

    def again(self, email: str) -> TestClient:
        """Sign in once more: sessions end while nobody uses them."""
        browser = self.desk.browser()
        assert self.desk.sign_in(browser, self.passkeys[email]) == "/"
        return browser

    def ask(self, **changed: str) -> UUID:
        """Ask for the therapist's records; returns the request's stream."""
        key = uuid4()
        form = {
            "command_id": str(key),
            "whose": str(self.desk.therapist.person_id),
            "reason": "client-at-risk",
            "remark": REMARK,
            "minutes": str(MINUTES),
        } | changed
        answer = self.officer.post("/emergency/ask", data=form)
        assert answer.status_code == 303, answer.text
        return emergency_stream(self.asker, key)

    def step(self, browser: TestClient, step: str, stream_id: UUID) -> int:
        """Take a step; returns the status."""
        form = {"request_id": str(stream_id)}
        return browser.post(f"/emergency/{step}", data=form).status_code

    def begun(self) -> UUID:
        """Ask, approve, begin."""
        stream_id = self.ask()
        assert self.step(self.owner, "approve", stream_id) == 303
        assert self.step(self.officer, "begin", stream_id) == 303
        return stream_id

    def week(self, browser: TestClient, stream_id: UUID) -> int:
        """Ask for the week under a request; returns the status, after a look at the text."""
        answer = browser.get(f"/emergency/{stream_id}/week/{WEEK}")
        assert (SETTING in answer.text) == (answer.status_code == 200)
        return answer.status_code

    def facts(self, stream_id: UUID) -> list[object]:
        """Return what is on record of a request."""
        practice_id = self.desk.owner.practice_id
        return [each.fact for each in self.desk.context.history(practice_id, stream_id)]

    def kinds(self, stream_id: UUID) -> list[type]:
        """Return the kinds of it."""
        return [type(fact) for fact in self.facts(stream_id)]


def open_case(desk: Desk) -> Case:
    """Return a practice with an owner, a therapist and an officer, each with a passkey."""
    context, now_us = desk.context, desk.clock.now_us()
    person_id = desk.identity.accounts.open(Private(OFFICER_EMAIL), context.ids.new(), now_us)
    joined = JoinMember(
        person_id=person_id,
        role=Role.COMPLIANCE_OFFICER,
        name=Private("Kim Canary"),
        invited_by=desk.owner.person_id,
    )
    done = join_member(context, desk.owner, joined, uuid4())
    assert wait_for(context.ledger, "memberships", done.practice_id, done.position, 20.0)
    said = entry(setting=SETTING)
    session_id = log_session(context, desk.therapist, said, uuid4()).stream_id
    officer = Actor(desk.owner.practice_id, person_id)
    browsers = {each: desk.browser() for each in (OFFICER_EMAIL, OWNER_EMAIL, THERAPIST_EMAIL)}
    passkeys = {email: desk.enrol(browser, email) for email, browser in browsers.items()}
    return Case(
        desk,
        browsers[OFFICER_EMAIL],
        browsers[OWNER_EMAIL],
        browsers[THERAPIST_EMAIL],
        officer,
        session_id,
        passkeys,
    )
