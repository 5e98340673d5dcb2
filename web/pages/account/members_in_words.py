"""What the page of members shows: who is in, who may come, and who lost their passkeys."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aggregates.membership import Role
from commands.membership import Members
from projections.plain_words import ROLES
from web import calendar
from web.identity.recovery import Asked

ROLE_CHOICES: Final = (
    (Role.THERAPIST.value, "Therapist"),
    (Role.SUPERVISOR.value, "Supervisor"),
    (Role.OWNER.value, "Owner"),
    (Role.COMPLIANCE_OFFICER.value, "Compliance officer"),
    (Role.AUDITOR.value, "Auditor"),
)


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member; `recovery` is "asked" or when an approved one opens."""

    person_id: UUID
    name: str
    role: Role
    role_words: str
    until: str | None
    is_you: bool
    has_asked: bool
    recovery_opens: str | None

    def __repr__(self) -> str:
        return "<MemberLine>"


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """Somebody invited; the address is sealed, so the page tells what for and until when."""

    person_id: UUID
    role_words: str
    expires: str


@dataclass(frozen=True, slots=True)
class MembersPage:
    """The page."""

    members: tuple[MemberLine, ...]
    invitations: tuple[InvitationLine, ...]
    roles: tuple[tuple[str, str], ...] = ROLE_CHOICES


def members_in_words(
    members: Members, asked: Sequence[Asked], viewer_id: UUID, zone: dt.tzinfo
) -> MembersPage:
    """Return what is shown to an owner."""
    recoveries = {each.person_id: each for each in asked}
    lines: list[MemberLine] = []
    for each in members.members:
        recovery = recoveries.get(each.person_id)
        opens_at_us = recovery.opens_at_us if recovery else None
        lines.append(
            MemberLine(
                each.person_id,
                each.name.reveal(),
                each.role,
                ROLES[each.role],
                # It ends at midnight: the day before is the last one.
                _day(each.ends_at_us - 1, zone) if each.ends_at_us else None,
                each.person_id == viewer_id,
                recovery is not None and opens_at_us is None,
                _day(opens_at_us, zone) if opens_at_us else None,
            )
        )
    invitations = tuple(
        InvitationLine(each.person_id, ROLES[each.role], _day(each.expires_at_us, zone))
        for each in members.invitations
    )
    return MembersPage(tuple(lines), invitations)


def _day(at_us: int, zone: dt.tzinfo) -> str:
    return calendar.day_with_year(calendar.local_time(at_us, zone).date())
