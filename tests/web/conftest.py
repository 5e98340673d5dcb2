"""A front over a practice in memory, and a browser of sorts that is signed in to it."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from commands.context import Actor
from tests.web.fake_practice import CountedIds, FakePractice, FixedClock
from tests.web.fake_sessions import FakeSessions
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.settings import WebSettings

ORIGIN = "https://localhost:8443"
ACTOR = Actor(UUID(int=1), UUID(int=2))


@dataclass(frozen=True)
class Front:
    """The application, what it stands on, and somebody who uses it."""

    app: ASGIApp
    practice: FakePractice
    clock: FixedClock
    sign_in: DevelopmentSignIn
    said: list[str]

    def browser(self) -> TestClient:
        """Return a browser that is not signed in."""
        return TestClient(
            self.app,
            base_url=ORIGIN,
            follow_redirects=False,
            headers={"sec-fetch-site": "same-origin"},
        )

    def signed_in(self, actor: Actor = ACTOR) -> TestClient:
        """Return a browser that is."""
        browser = self.browser()
        code = self.sign_in.link(actor).partition("#")[2]
        assert browser.post("/sign-in", data={"code": code}).status_code == 303
        return browser


@pytest.fixture
def front(tmp_path: Path) -> Front:
    """A front of its own for each test."""
    clock = FixedClock()
    practice = FakePractice(clock)
    settings = WebSettings(data_dir=tmp_path)
    said: list[str] = []
    sign_in = DevelopmentSignIn(settings, clock, said.append)
    built = app.build(
        practice.services(),
        settings,
        clock=clock,
        ids=CountedIds(),
        sessions=FakeSessions(),
        identity=None,
        development_sign_in=sign_in,
    )
    return Front(built, practice, clock, sign_in, said)


@pytest.fixture
def browser(front: Front) -> TestClient:
    """A browser that is signed in."""
    return front.signed_in()
