"""Members for programs of owners: who is in, invite, change a role, remove."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.membership import Role
from web.api import operation as op
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.structs import Day, Moment, StrictStruct, choice, moment, moment_or_none
from web.forms import parse_id
from web.identity import member_acts
from web.identity.entering import identity_of
from web.identity.member_acts import Acting

EMAIL_LENGTH_MAX: Final = 254


class Member(StrictStruct, frozen=True, kw_only=True):
    """A member as an owner sees them; `ends_at` is an auditor's."""

    person_id: UUID
    name: str
    role: Role
    ends_at: Moment | None


class Invitation(StrictStruct, frozen=True, kw_only=True):
    """Somebody who may join; the address it went to is sealed, and shown to nobody."""

    person_id: UUID
    role: Role
    expires_at: Moment


class Members(StrictStruct, frozen=True, kw_only=True):
    """Who is in the practice, and who may come."""

    members: tuple[Member, ...]
    invitations: tuple[Invitation, ...]


class RoleWanted(StrictStruct, frozen=True, kw_only=True):
    """What a member is to be; an auditor needs a last day."""

    role: Annotated[str, choice(Role, "what the person is to be")]
    until: Day | None = None


class InvitationWanted(StrictStruct, frozen=True, kw_only=True):
    """Whom to invite, and as what."""

    email: Annotated[str, Meta(max_length=EMAIL_LENGTH_MAX)]
    role: Annotated[str, choice(Role, "what the person is to be")]
    until: Day | None = None


class Person(StrictStruct, frozen=True, kw_only=True):
    """Whom it was about."""

    person_id: UUID


def _members(call: Call[Nothing, Nothing]) -> Reply:
    found = identity_of(call.request).registry.members(call.actor)
    members = tuple(
        Member(
            person_id=each.person_id,
            name=each.name.reveal(),
            role=each.role,
            ends_at=moment_or_none(each.ends_at_us),
        )
        for each in found.members
    )
    invitations = tuple(
        Invitation(person_id=each.person_id, role=each.role, expires_at=moment(each.expires_at_us))
        for each in found.invitations
    )
    return Reply(value=Members(members=members, invitations=invitations))


def _invite(call: Call[InvitationWanted, Nothing]) -> Reply:
    said = call.body
    fields = {"email": said.email.strip(), "role": said.role, "until": said.until or ""}
    person_id, _ = member_acts.invite(_acting(call), fields, call.command_id)
    return Reply(value=Person(person_id=person_id))


def _change_role(call: Call[RoleWanted, Nothing]) -> Reply:
    person_id, said = _person(call), call.body
    fields = {"role": said.role, "until": said.until or ""}
    member_acts.change_role(_acting(call), person_id, fields, call.command_id)
    return Reply(value=Person(person_id=person_id))


def _remove(call: Call[Nothing, Nothing]) -> Reply:
    member_acts.remove(_acting(call), _person(call), call.command_id)
    return Reply()


_AnyCall = Call[Nothing, Nothing] | Call[RoleWanted, Nothing] | Call[InvitationWanted, Nothing]


def _acting(call: _AnyCall) -> Acting:
    return Acting(call.request, call.actor)


def _person(call: _AnyCall) -> UUID:
    return parse_id(call.request.path_params["person_id"], "not-found")


_SHOWN: Final = "who is in the practice, for who lets them in; no record"
_CHANGED: Final = "changes who is in, which is an event; shows no record"
_ONE: Final = "/members/{person_id}"
OPERATIONS: Final = (
    Operation(
        row=row("GET", "/members", op.OWNERS, op.MANAGE, why_none=_SHOWN),
        name="listMembers",
        summary="Who is in the practice, and who is invited",
        handler=_members,
        answer=Members,
        body=Nothing,
        query=Nothing,
    ),
    Operation(
        row=row("POST", "/invitations", op.OWNERS, op.MANAGE, why_none=_CHANGED),
        name="inviteMember",
        summary="Invite an address in a role; a letter goes out once",
        handler=_invite,
        answer=Person,
        body=InvitationWanted,
        query=Nothing,
        status=201,
        codes=("member-exists", "members-full"),
    ),
    Operation(
        row=row("PUT", f"{_ONE}/role", op.OWNERS, op.MANAGE, why_none=_CHANGED),
        name="changeRole",
        summary="Give a member another role; their sessions and tokens here end",
        handler=_change_role,
        answer=Person,
        body=RoleWanted,
        query=Nothing,
        codes=("member-unknown", "last-owner"),
    ),
    Operation(
        row=row("DELETE", _ONE, op.OWNERS, op.MANAGE, why_none=_CHANGED),
        name="removeMember",
        summary="End a membership or an invitation; their sessions and tokens here end",
        handler=_remove,
        answer=None,
        body=Nothing,
        query=Nothing,
        status=204,
        codes=("member-unknown", "last-owner"),
    ),
)
