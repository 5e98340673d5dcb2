"""Who may come into a practice and as what: invited, joined, given another role, gone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.facts import SealedFact
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused

_DAY_US: Final = 86_400_000_000
INVITATION_US: Final = 14 * _DAY_US
AUDITOR_US_MAX: Final = 366 * _DAY_US


class Role(StrEnum):
    """What a member may do in the practice."""

    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    OWNER = "owner"
    COMPLIANCE_OFFICER = "compliance-officer"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteMember:
    """An owner invites a person; an auditor is invited up to a moment, others without end."""

    person_id: UUID
    role: Role
    invited_by: UUID
    at_us: int
    ends_at_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitation:
    """The person who was invited joins, under a name of their choosing."""

    person_id: UUID
    name: Private
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole:
    """An owner gives a member another role."""

    person_id: UUID
    role: Role
    changed_by: UUID
    at_us: int
    ends_at_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMember:
    """An owner ends a membership, or an invitation."""

    person_id: UUID
    removed_by: UUID


MembershipCommand: TypeAlias = InviteMember | AcceptInvitation | ChangeRole | RemoveMember


class MemberJoined(SealedFact, frozen=True, kw_only=True, tag="member-joined.v1"):
    """A person became a member; the owner's own first joining names the owner as the inviter."""

    person_id: UUID
    role: Role
    name: Private
    invited_by: UUID
    ends_at_us: int | None = None


class MemberInvited(SealedFact, frozen=True, kw_only=True, tag="member-invited.v1"):
    """An owner invited a person; the address it went to stands nowhere in the log."""

    person_id: UUID
    role: Role
    invited_by: UUID
    expires_at_us: int
    ends_at_us: int | None = None


class MemberRoleChanged(SealedFact, frozen=True, kw_only=True, tag="member-role-changed.v1"):
    """A member has another role from here on: what it was, and what it is."""

    person_id: UUID
    before: Role
    after: Role
    changed_by: UUID
    ends_at_us_before: int | None = None
    ends_at_us_after: int | None = None


class MemberLeft(SealedFact, frozen=True, kw_only=True, tag="member-left.v1"):
    """A member is none any more, or an invitation was taken back; `before` is the role it was."""

    person_id: UUID
    before: Role
    removed_by: UUID
    was_member: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who may join."""

    person_id: UUID
    role: Role
    invited_by: UUID
    expires_at_us: int
    ends_at_us: int | None


def term(role: Role, ends_at_us: int | None, at_us: int) -> int | None:
    """Return when a membership in this role ends, None for never.

    Raises `Refused` for an auditor without an end within a year; others have none.
    """
    if role is not Role.AUDITOR:
        return None
    if ends_at_us is None or not at_us < ends_at_us <= at_us + AUDITOR_US_MAX:
        raise Refused(RefusalCode.AUDITOR_END_INVALID, field="until")
    return ends_at_us
