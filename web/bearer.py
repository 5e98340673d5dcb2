"""A program that acts for a person: the token it sent, and nothing a browser would send by itself.

A cookie is never looked at here, so no other site can make a browser act (no CSRF); and a token is
taken from the header alone, never from an address, where logs and histories would keep it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from starlette.requests import Request

from aggregates.api_token import RevokeApiToken, TokenPurpose
from aggregates.hours.enrolment_entry import WeekStart
from commands.context import Actor
from ledger.ids import NIL
from web.access import NEVER_STEPPED_UP
from web.assurance import Assurance
from web.client_address import address_of
from web.errors import PageError
from web.identity.api_tokens import ApiToken, NotAdmitted
from web.parts import parts_of

_SCHEME: Final = "bearer "


@dataclass(frozen=True, slots=True)
class TokenSession:
    """What the guard asks of a token; a passkey was checked when it was given."""

    token: ApiToken

    @property
    def actor(self) -> Actor:
        """Whom it acts for, in the one practice it is for."""
        return Actor(self.token.practice_id, self.token.person_id)

    @property
    def purpose(self) -> TokenPurpose:
        """What it is for."""
        return self.token.purpose

    @property
    def assurance(self) -> Literal[Assurance.PASSKEY]:
        """As of the passkey check before it was given."""
        return Assurance.PASSKEY

    @property
    def stepped_up_at_us(self) -> int:
        """Never fresh: what takes a fresh check on a page is named by the purpose, or refused."""
        return NEVER_STEPPED_UP

    @property
    def week_start(self) -> WeekStart:
        """Programs ask for weeks from Sunday, whatever day a person's own begin on."""
        return WeekStart.SUNDAY

    @property
    def has_practice(self) -> bool:
        """Always."""
        return True


def find_token(request: Request) -> TokenSession | None:
    """Return who asks, None for nobody; may block. Raises PageError too-many."""
    identity = parts_of(request).identity
    given = request.headers.getlist("authorization")
    if identity is None or len(given) != 1 or not given[0].lower().startswith(_SCHEME):
        return None
    text = given[0][len(_SCHEME) :].strip(" ")
    admitted = identity.api_tokens.admit(text, address_of(request))
    if admitted is NotAdmitted.TOO_MANY:
        raise PageError("too-many")
    return TokenSession(admitted) if isinstance(admitted, ApiToken) else None


def forget_tokens(request: Request, actor: Actor) -> None:
    """Take all of a person's tokens for a practice back, which they are no member of any more."""
    identity = parts_of(request).identity
    if identity is None:
        return
    for token in identity.api_tokens.revoke_in(actor.person_id, actor.practice_id):
        told = RevokeApiToken(person_id=actor.person_id, token_id=token.token_id)
        identity.registry.person(Actor(actor.practice_id, NIL), actor.person_id, told)
