"""Changes who is a member of a practice: invite, accept, change a role, remove."""

from dataclasses import dataclass
from uuid import UUID

from aggregates.membership import Invitation, MembershipCommand, Role
from aggregates.practice import MemberJoined, Opened, PracticeNamed
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.practice import PRACTICE_RULES, practice_of_member, read_practice, stream_of


@dataclass(frozen=True, slots=True)
class Member:
    """A member as an owner sees them."""

    person_id: UUID
    role: Role
    name: Private
    ends_at_us: int | None


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in a practice, and who may come."""

    members: tuple[Member, ...]
    invitations: tuple[Invitation, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is to a practice: its name, their role and its end, or their invitation."""

    practice_id: UUID
    name: Private
    role: Role | None
    ends_at_us: int | None
    invitation: Invitation | None


def change_membership(
    context: Context, actor: Actor, command: MembershipCommand, command_id: UUID
) -> Handled:
    """Carry out a change of who is a member. Raises `Refused`."""
    order = Order(actor, stream_of(actor.practice_id), command_id, command)
    return handle(context, PRACTICE_RULES, order)


def members_of(context: Context, actor: Actor) -> Members:
    """Return the members of the owner's practice. Raises `Refused` for everybody else."""
    practice = practice_of_member(context, actor)
    if practice.role_of(actor.person_id) is not Role.OWNER:
        raise Refused(RefusalCode.OWNER_ONLY)
    names = _names(context, actor.practice_id)
    now_us = context.clock.now_us()
    members = tuple(
        Member(person_id, role, names[person_id], practice.end_of(person_id))
        for person_id, role in practice.roles
    )
    invited = tuple(i for i in practice.invitations if i.expires_at_us > now_us)
    return Members(members, invited)


def standing(context: Context, practice_id: UUID, person_id: UUID) -> Standing | None:
    """Return what a person is to a practice by now, None for nothing."""
    practice = read_practice(context, practice_id)
    if not isinstance(practice, Opened):
        return None
    now_us = context.clock.now_us()
    role = practice.role_at(person_id, now_us)
    invitation = practice.invitation_of(person_id)
    if invitation is not None and invitation.expires_at_us <= now_us:
        invitation = None
    if role is None and invitation is None:
        return None
    ends_at_us = practice.end_of(person_id) if role else None
    return Standing(practice_id, _name(context, practice_id), role, ends_at_us, invitation)


def name_of(context: Context, actor: Actor) -> Private:
    """Return the name under which a member joined."""
    return _names(context, actor.practice_id)[actor.person_id]


def supervisors_of(context: Context, actor: Actor) -> tuple[tuple[UUID, Private], ...]:
    """Return the supervisors of the actor's practice, with their names. Raises `Refused`."""
    practice = practice_of_member(context, actor)
    names = _names(context, actor.practice_id)
    return tuple((each, names[each]) for each, role in practice.roles if role is Role.SUPERVISOR)


def _facts(context: Context, practice_id: UUID) -> list[object]:
    return [each.fact for each in context.history(practice_id, stream_of(practice_id))]


def _name(context: Context, practice_id: UUID) -> Private:
    named = [f for f in _facts(context, practice_id) if isinstance(f, PracticeNamed)]
    return named[-1].name


def _names(context: Context, practice_id: UUID) -> dict[UUID, Private]:
    joined = (f for f in _facts(context, practice_id) if isinstance(f, MemberJoined))
    return {fact.person_id: fact.name for fact in joined}
