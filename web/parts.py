"""The parts a page works with, reachable from its request."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from ledger.clock import Clock
from ledger.ids import Ids
from web.browser_sessions import BrowserSessions
from web.development_sign_in import DevelopmentSignIn
from web.identity.identity import Identity
from web.render import Renderer
from web.services import Services
from web.settings import WebSettings

PARTS_KEY: Final = "web.parts"
_US: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the front is made of; built once."""

    settings: WebSettings
    services: Services
    clock: Clock
    ids: Ids
    sessions: BrowserSessions
    renderer: Renderer
    identity: Identity | None
    sign_in: DevelopmentSignIn | None

    def today(self) -> dt.date:
        """Return the calendar day where the practice is."""
        now = dt.datetime.fromtimestamp(self.clock.now_us() / _US, self.settings.time_zone)
        return now.date()


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that serves this request."""
    parts = request.scope[PARTS_KEY]
    assert isinstance(parts, Parts)
    return parts
