"""A front over the real stack: PostgreSQL, ledger and gate; mail is caught, time is set."""

import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from commands.context import Actor, Context
from commands.join_member import join_member
from commands.open_operator_log import open_operator_log
from commands.open_practice import open_practice
from commands.person import person_stream
from commands.sign_baa import sign_baa
from ledger.ids import Ids, RandomIds
from ledger.opening import open_ledger
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings
from projections.read_models import Followers
from projections.waiting import wait_for
from tests.web.fake_practice import FixedClock
from tests.web.identity.authenticator import ORIGIN, Authenticator
from web import app
from web.identity.gate import Gate
from web.identity.identity import Identity
from web.identity.mail import Mail
from web.identity.wiring import open_identity
from web.serving import wire
from web.settings import WebSettings

OWNER_EMAIL = "robin.canaryowner@practice.example"
THERAPIST_EMAIL = "sam.canarytherapist@practice.example"
SECOND_US = 1_000_000
ADDRESS = "198.51.100.23"
CHALLENGES = {
    "enrol": "/passkeys/challenge",
    "sign-in": "/sign-in/challenge",
    "step-up": "/step-up/challenge",
}


class CaughtMail:
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> None:
        self.sent.append(mail)


@dataclass
class Desk:
    """The application over real parts, and what a test needs to look behind it."""

    app: ASGIApp
    context: Context
    clock: FixedClock
    identity: Identity
    mail: CaughtMail
    owner: Actor
    therapist: Actor
    database: Database
    settings: WebSettings
    gate: Gate
    seen: list[str] = field(default_factory=list[str])

    def browser(self, agent: str = "Mozilla/5.0 Firefox/142.0") -> TestClient:
        """Return a browser that nobody is signed in with."""
        headers = {"sec-fetch-site": "same-origin", "user-agent": agent}
        client = (ADDRESS, 50_000)
        return TestClient(
            self.app, base_url=ORIGIN, follow_redirects=False, headers=headers, client=client
        )

    def ask(self, browser: TestClient, email: str) -> str:
        """Ask for a link; returns the compare code that is shown."""
        answer = browser.post("/sign-in/link", data={"email": email})
        assert answer.status_code == 200, answer.text
        found = re.search(r'compare-code"[^>]*>(\d{3} \d{3})<', answer.text)
        assert found is not None
        return found[1]

    def token(self) -> str:
        """Return the token of the newest link that was sent."""
        self.identity.outbox.flush()
        return self.mail.sent[-1].link.reveal().partition("#")[2]

    def by_link(self, browser: TestClient, email: str) -> None:
        """Come in by a link, as far as a link goes."""
        self.ask(browser, email)
        answer = browser.post("/sign-in", data={"code": self.token()})
        assert answer.headers["location"] == "/passkeys/new", answer.text

    def options(self, browser: TestClient, purpose: str) -> str:
        """Return what the page is given for a passkey."""
        answer = browser.post(CHALLENGES[purpose])
        assert answer.status_code == 200, answer.text
        return answer.text

    def enrol(self, browser: TestClient, email: str) -> Authenticator:
        """Create the first passkey of a person; they are signed in then."""
        self.by_link(browser, email)
        made = Authenticator()
        answer = made.create(self.options(browser, "enrol"))
        page = browser.post("/passkeys/new", data={"answer": answer})
        assert page.status_code == 200, page.text
        self.seen = re.findall(r"<code>([0-9]-[A-Z0-9-]+)</code>", page.text)
        return made

    def sign_in(self, browser: TestClient, passkey: Authenticator) -> str:
        """Sign in with a passkey; returns where that leads."""
        passkey.count += 1
        answer = passkey.get(self.options(browser, "sign-in"))
        response = browser.post("/sign-in/passkey", data={"answer": answer})
        assert response.status_code == 303, response.text
        return response.headers["location"]

    def step_up(self, browser: TestClient, passkey: Authenticator, next_path: str = "") -> str:
        """Confirm with the passkey; returns where that leads."""
        passkey.count += 1
        answer = passkey.get(self.options(browser, "step-up"))
        response = browser.post("/step-up", data={"answer": answer, "next": next_path})
        assert response.status_code == 303, response.text
        return response.headers["location"]

    def later(self, seconds: int) -> None:
        """Let time pass."""
        self.clock.us += seconds * SECOND_US

    def facts(self, person_id: UUID) -> list[object]:
        """Return what is on record of a person in the practice."""
        practice_id = self.owner.practice_id
        stream = person_stream(practice_id, person_id)
        return [each.fact for each in self.context.history(practice_id, stream)]


@contextmanager
def open_desk(
    database: Database, data_dir: Path, port: int = 8443, ids: Ids | None = None
) -> Generator[Desk]:
    """Give a practice with an owner and a therapist who have addresses and no passkeys yet."""
    clock = FixedClock()
    ids = ids or RandomIds(clock)
    settings = Settings(data_dir=data_dir)
    web_settings = WebSettings(data_dir=data_dir, https_port=port, public_port=port, http_port=0)
    mail = CaughtMail()
    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(database, settings, clock, ids))
        context = Context(ledger, clock, ids)
        open_operator_log(context)
        _follow(stack, context)
        gate = Gate(database)
        stack.callback(gate.close)
        opened = stack.enter_context(open_identity(context, web_settings, mail))
        owner, therapist = open_a_practice(context, opened.identity)
        built = app.build(
            wire(context, settings, broken=tuple),
            web_settings,
            clock=clock,
            ids=ids,
            sessions=opened.sessions,
            identity=opened.identity,
            development_sign_in=None,
        )
        yield Desk(
            app=built,
            context=context,
            clock=clock,
            identity=opened.identity,
            mail=mail,
            owner=owner,
            therapist=therapist,
            database=database,
            settings=web_settings,
            gate=gate,
        )


def _follow(stack: ExitStack, context: Context) -> None:
    followers = Followers(context.ledger.database, context.ledger.keys)
    followers.start()
    stack.callback(followers.stop)


def open_a_practice(
    context: Context,
    identity: Identity,
    emails: tuple[str, str] = (OWNER_EMAIL, THERAPIST_EMAIL),
) -> tuple[Actor, Actor]:
    """Return the owner and the therapist of a new practice."""
    now_us = context.clock.now_us()
    people = [identity.accounts.open(Private(each), context.ids.new(), now_us) for each in emails]
    practice_id = context.ids.new()
    owner, therapist = (Actor(practice_id, person_id) for person_id in people)
    open_practice(context, owner, Private("Canary Meadow"), Private("Robin Canary"), uuid4())
    sign_baa(context, owner, ("1", bytes(32)), None, uuid4())
    joined = JoinMember(
        person_id=therapist.person_id,
        role=Role.THERAPIST,
        name=Private("Sam Canary"),
        invited_by=owner.person_id,
    )
    done = join_member(context, owner, joined, uuid4())
    assert wait_for(context.ledger, "memberships", practice_id, done.position, 20.0)
    return owner, therapist
