"""The state of a practice: its members, whom it invited, and what it signed."""

from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never
from uuid import UUID

from aggregates.membership import (
    Invitation,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    Role,
)


@dataclass(frozen=True, slots=True)
class NotOpened:
    """There is no such practice yet."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A practice; the members in the order of joining, the agreements signed by their hash.

    `ends` has when a membership ends, for those that do.
    """

    roles: tuple[tuple[UUID, Role], ...] = ()
    documents_signed: frozenset[bytes] = frozenset()
    invitations: tuple[Invitation, ...] = ()
    ends: tuple[tuple[UUID, int], ...] = ()

    @property
    def baa_signed(self) -> bool:
        """Tell whether client data may come in."""
        return bool(self.documents_signed)

    def role_of(self, person_id: UUID) -> Role | None:
        """Return a member's role, or None for anybody else."""
        return dict(self.roles).get(person_id)

    def role_at(self, person_id: UUID, at_us: int) -> Role | None:
        """Return the role of who is a member at this moment."""
        ends_at_us = self.end_of(person_id)
        return None if ends_at_us is not None and ends_at_us <= at_us else self.role_of(person_id)

    def end_of(self, person_id: UUID) -> int | None:
        """Return when a membership ends, None for one without an end."""
        return dict(self.ends).get(person_id)

    def invitation_of(self, person_id: UUID) -> Invitation | None:
        """Return somebody's invitation."""
        return next((each for each in self.invitations if each.person_id == person_id), None)

    def without(self, person_id: UUID) -> "Opened":
        """Return the practice as if this person had never been heard of."""
        return replace(
            self,
            roles=tuple(each for each in self.roles if each[0] != person_id),
            invitations=tuple(i for i in self.invitations if i.person_id != person_id),
            ends=tuple(each for each in self.ends if each[0] != person_id),
        )


PracticeState: TypeAlias = NotOpened | Opened


def with_member(
    practice: Opened, fact: MemberJoined | MemberInvited | MemberRoleChanged | MemberLeft
) -> Opened:
    """Return the practice after one of its members' facts."""
    others = practice.without(fact.person_id)
    match fact:
        case MemberInvited(person_id=person_id, role=role):
            invited = Invitation(
                person_id, role, fact.invited_by, fact.expires_at_us, fact.ends_at_us
            )
            return replace(others, invitations=(*others.invitations, invited))
        case MemberJoined(person_id=person_id, role=role, ends_at_us=ends_at_us):
            joined = replace(others, roles=(*others.roles, (person_id, role)))
            return _ending(joined, person_id, ends_at_us)
        case MemberRoleChanged(person_id=person_id, after=after):
            roles = tuple((p, after if p == person_id else r) for p, r in practice.roles)
            changed = replace(practice, roles=roles, ends=others.ends)
            return _ending(changed, person_id, fact.ends_at_us_after)
        case MemberLeft():
            return others
        case _:
            assert_never(fact)


def _ending(practice: Opened, person_id: UUID, ends_at_us: int | None) -> Opened:
    if ends_at_us is None:
        return practice
    return replace(practice, ends=(*practice.ends, (person_id, ends_at_us)))
