"""The rules of membership: who may be invited, join, get another role, and be removed."""

from typing import Final, assert_never
from uuid import UUID

from aggregates.membership import (
    INVITATION_US,
    AcceptInvitation,
    ChangeRole,
    InviteMember,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    RemoveMember,
    Role,
    term,
)
from aggregates.practice_state import NotOpened, Opened, PracticeState
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from aggregates.short_text import one_line

NAME_LENGTH_MAX: Final = 120
MEMBERS_MAX: Final = 1000


def decide_as_owner(
    command: InviteMember | ChangeRole | RemoveMember, practice: Opened
) -> tuple[MemberInvited | MemberRoleChanged | MemberLeft, ...]:
    """Return what an owner's wish comes to; nothing when it is so already. Raises `Refused`."""
    match command:
        case InviteMember():
            return _invite(command, practice)
        case ChangeRole():
            return _change(command, practice)
        case RemoveMember():
            return _remove(command, practice)
        case _:
            assert_never(command)


def accept(command: AcceptInvitation, state: PracticeState) -> tuple[MemberJoined, ...]:
    """Join as the invitation says. Raises `Refused` without one, or when it is too old."""
    if isinstance(state, NotOpened):
        raise Refused(RefusalCode.PRACTICE_UNKNOWN)
    invitation = state.invitation_of(command.person_id)
    if invitation is None or invitation.expires_at_us <= command.at_us:
        raise Refused(RefusalCode.INVITATION_UNKNOWN)
    return (
        MemberJoined(
            person_id=command.person_id,
            role=invitation.role,
            name=read_name(command.name, "name", RefusalCode.MEMBER_NAME_INVALID),
            invited_by=invitation.invited_by,
            ends_at_us=invitation.ends_at_us,
        ),
    )


def read_name(name: Private, field: str, invalid: RefusalCode) -> Private:
    """Return the name trimmed; raises Refused beside the field."""
    try:
        text = one_line(name.reveal(), length_max=NAME_LENGTH_MAX, too_long=invalid, hidden=invalid)
    except Refused:
        text = ""
    if not text:
        raise Refused(invalid, field=field)
    return Private(text)


def _invite(command: InviteMember, practice: Opened) -> tuple[MemberInvited, ...]:
    if practice.role_at(command.person_id, command.at_us) is not None:
        raise Refused(RefusalCode.MEMBER_EXISTS)
    if len(practice.roles) + len(practice.invitations) >= MEMBERS_MAX:
        raise Refused(RefusalCode.MEMBERS_FULL)
    return (
        MemberInvited(
            person_id=command.person_id,
            role=command.role,
            invited_by=command.invited_by,
            expires_at_us=command.at_us + INVITATION_US,
            ends_at_us=term(command.role, command.ends_at_us, command.at_us),
        ),
    )


def _change(command: ChangeRole, practice: Opened) -> tuple[MemberRoleChanged, ...]:
    before = practice.role_of(command.person_id)
    if before is None:
        raise Refused(RefusalCode.MEMBER_UNKNOWN)
    ends_at_us = term(command.role, command.ends_at_us, command.at_us)
    ended_at_us = practice.end_of(command.person_id)
    if (before, ended_at_us) == (command.role, ends_at_us):
        return ()
    _keep_an_owner(practice, command.person_id, command.role)
    return (
        MemberRoleChanged(
            person_id=command.person_id,
            before=before,
            after=command.role,
            changed_by=command.changed_by,
            ends_at_us_before=ended_at_us,
            ends_at_us_after=ends_at_us,
        ),
    )


def _remove(command: RemoveMember, practice: Opened) -> tuple[MemberLeft, ...]:
    invitation = practice.invitation_of(command.person_id)
    before = practice.role_of(command.person_id)
    role = before or (invitation.role if invitation else None)
    if role is None:
        return ()
    _keep_an_owner(practice, command.person_id, None)
    return (
        MemberLeft(
            person_id=command.person_id,
            before=role,
            removed_by=command.removed_by,
            was_member=before is not None,
        ),
    )


def _keep_an_owner(practice: Opened, person_id: UUID, role: Role | None) -> None:
    """Refuse what would leave the practice without an owner: nobody could ever take one in."""
    owners = {each for each, held in practice.roles if held is Role.OWNER}
    if owners == {person_id} and role is not Role.OWNER:
        raise Refused(RefusalCode.LAST_OWNER)
