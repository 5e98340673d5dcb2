"""A tool of the tests: people come in by mail, with everything planted that must not get out."""

import re
from uuid import uuid4

from httpx2 import Response
from starlette.testclient import TestClient

from aggregates.private import Private
from commands.context import Actor, Context
from ledger.postgres.settings import Settings
from tests.web.identity.authenticator import Authenticator
from tests.web.identity.desk import CHALLENGES, CaughtMail
from web import app
from web.identity.wiring import open_identity
from web.serving import wire
from web.settings import WebSettings

EMAIL = "hippolyta.canary-mail@sealed.example"
GUEST = "umberto.canary-guest@sealed.example"
STRANGER = "nobody.canary-stranger@sealed.example"
ADDRESS = "203.0.113.201"
AGENT = "CanaryBrowser/9.1 (Canary build 55) Firefox/142"
EMAILS = (EMAIL, GUEST, STRANGER, ADDRESS, AGENT)
NAMES = ("Umberto Canaryguestname",)
BAD_REQUEST, FORM_AGAIN = 400, 422
ORIGIN = "https://localhost:8443"


class _Story:
    """A browser, what it was answered, and the secrets that went by."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.seen: list[bytes] = []
        self.secrets: list[str] = []

    def post(self, path: str, **form: str) -> Response:
        """Send a form; headers are kept, and errors whole: neither may hold anything planted.

        A form that comes back with 422 shows the person what they typed, and only them.
        """
        answer = self.client.post(path, data=form)
        headers = [(n, v) for n, v in answer.headers.multi_items() if n != "set-cookie"]
        self.seen.append(repr(headers).encode())
        if answer.status_code >= BAD_REQUEST and answer.status_code != FORM_AGAIN:
            self.seen.append(answer.content)
        return answer

    def check(self, passkey: Authenticator, purpose: str, path: str) -> Response:
        """Answer a challenge with the passkey."""
        passkey.count += 1
        options = self.post(CHALLENGES[purpose]).text
        answer = passkey.create(options) if purpose == "enrol" else passkey.get(options)
        return self.post(path, answer=answer)

    def cookie(self, name: str) -> None:
        """Remember a cookie as a secret."""
        self.secrets.append(self.client.cookies[name])


def come_in_by_mail(
    context: Context, settings: WebSettings, owner: Actor
) -> tuple[list[bytes], list[str]]:
    """Let the owner come in, invite somebody and fail in every way; what was answered, and secrets.

    The secrets are link tokens, cookies and recovery codes: 7 of them.
    """
    mail = CaughtMail()
    with open_identity(context, settings, mail) as opened:
        identity = opened.identity
        identity.accounts.open(Private(EMAIL), owner.person_id, context.clock.now_us())
        pages = app.build(
            wire(context, Settings(settings.data_dir), broken=tuple),
            settings,
            clock=context.clock,
            ids=context.ids,
            sessions=opened.sessions,
            identity=identity,
            development_sign_in=None,
        )
        headers = {"sec-fetch-site": "same-origin", "user-agent": AGENT}
        client = TestClient(
            pages, ORIGIN, follow_redirects=False, headers=headers, client=(ADDRESS, 50_000)
        )
        story = _Story(client)
        for email in (EMAIL, STRANGER):
            story.post("/sign-in/link", email=email)
            story.cookie("__Host-pre-session")
            identity.outbox.flush()
        story.post("/sign-in/link", email=EMAIL)
        identity.outbox.flush()
        token = mail.sent[-1].link.reveal().partition("#")[2]
        story.secrets.append(token)
        _enrol_and_invite(story, token)
    return story.seen, story.secrets


def _enrol_and_invite(story: _Story, token: str) -> None:
    story.post("/sign-in", code=token + "x")
    assert story.post("/sign-in", code=token).status_code == 303
    story.cookie("__Host-session")
    passkey = Authenticator()
    page = story.check(passkey, "enrol", "/passkeys/new").text
    story.secrets += re.findall(r"<code>\d-([A-Z0-9-]+)</code>", page)[:1]
    story.cookie("__Host-session")
    invitation = {"command_id": str(uuid4()), "role": "supervisor", "until": ""}
    assert story.post("/members/invite", email=GUEST, **invitation).status_code == 303
    story.post("/members/invite", email=GUEST, role=NAMES[0], command_id=str(uuid4()))
    story.post("/practices/accept", name=NAMES[0], practice_id=str(uuid4()), command_id="x")
    assert story.check(passkey, "step-up", "/step-up").status_code == 303
    story.cookie("__Host-session")
    story.post("/sign-in/passkey", answer=AGENT)
    story.client.get("/account")
    story.post("/sign-out")
