"""Who a program acts for: the person, their membership, and the token itself."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.api_token import TokenPurpose
from aggregates.membership import Role
from web.api import operation as op
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.structs import Moment, StrictStruct, moment, moment_or_none
from web.errors import PageError
from web.identity.entering import identity_of


class Membership(StrictStruct, frozen=True, kw_only=True):
    """The practice the token is for, and what the person is in it; `ends_at` is an auditor's."""

    practice_id: UUID
    practice_name: str
    role: Role
    ends_at: Moment | None
    is_agreement_signed: Annotated[
        bool, Meta(description="whether client data may come in: the BAA is signed")
    ]


class Token(StrictStruct, frozen=True, kw_only=True):
    """The token that was sent."""

    id: UUID
    purpose: TokenPurpose
    created_at: Moment
    expires_at: Moment


class Me(StrictStruct, frozen=True, kw_only=True):
    """Who asks."""

    person_id: UUID
    membership: Membership
    token: Token


def _me(call: Call[Nothing, Nothing]) -> Reply:
    actor, token = call.actor, call.session.token
    here = identity_of(call.request).registry.standing(actor)
    if here is None:  # removed since the guard looked
        raise PageError("token-needed")
    membership = Membership(
        practice_id=actor.practice_id,
        practice_name=here.name.reveal(),
        role=call.standing.role,
        ends_at=moment_or_none(here.ends_at_us),
        is_agreement_signed=call.standing.baa_signed,
    )
    sent = Token(
        id=token.token_id,
        purpose=token.purpose,
        created_at=moment(token.created_at_us),
        expires_at=moment(token.expires_at_us),
    )
    return Reply(value=Me(person_id=actor.person_id, membership=membership, token=sent))


OPERATIONS: Final = (
    Operation(
        row=row("GET", "/me", op.MEMBERS, op.ANY, why_none="one's own membership; no record"),
        name="readMe",
        summary="Whom the token acts for, in which practice, and what it is for",
        handler=_me,
        answer=Me,
        body=Nothing,
        query=Nothing,
    ),
)
