"""What owners do about members, the same from a page and from a program: invite, change, remove."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.requests import Request

from aggregates.api_token import RevokeApiToken
from aggregates.email_address import read_email
from aggregates.form import FormReading, present, read_choice
from aggregates.membership import ChangeRole, InviteMember, MembershipCommand, RemoveMember, Role
from aggregates.person import RevokeSession
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from commands.context import Actor
from commands.handle import Handled
from web.client_address import address_of
from web.identity.entering import identity_of
from web.identity.identity import Identity
from web.identity.mail import Letter, Mail
from web.parts import Parts, parts_of

_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Acting:
    """An owner who acts; all that follows may block."""

    request: Request
    actor: Actor

    @property
    def parts(self) -> Parts:
        """The parts of the front."""
        return parts_of(self.request)

    @property
    def identity(self) -> Identity:
        """The parts of sign-in."""
        return identity_of(self.request)


def invite(acting: Acting, form: Mapping[str, str], command_id: UUID) -> tuple[UUID, Handled]:
    """Invite the address of a form: on record first, then a letter without any name.

    Reads the fields email, role and until. Raises FieldsRefused and Refused. Sent again, the
    invitation is the same and there is no second letter.
    """
    parts, identity = acting.parts, acting.identity
    email, role, ends_at_us = _read_invitation(form, parts)
    now_us = parts.clock.now_us()
    person_id = identity.accounts.open(email, parts.ids.new(), now_us)
    command = InviteMember(
        person_id=person_id,
        role=role,
        invited_by=acting.actor.person_id,
        at_us=now_us,
        ends_at_us=ends_at_us,
    )
    handled = _change(acting, command, command_id)
    if not handled.is_repeated:
        link = Private(f"{parts.settings.public_origin}/sign-in")
        identity.outbox.put(Mail(email, Letter.INVITATION, link))
    return person_id, handled


def change_role(
    acting: Acting, person_id: UUID, form: Mapping[str, str], command_id: UUID
) -> Handled:
    """Give a member another role; what they have open ends, so that the old one is gone at once.

    Reads the fields role and until. Raises Refused.
    """
    command = ChangeRole(
        person_id=person_id,
        role=_role_field(form),
        changed_by=acting.actor.person_id,
        at_us=acting.parts.clock.now_us(),
        ends_at_us=_end_of(form.get("until", ""), acting.parts),
    )
    handled = _change(acting, command, command_id)
    if person_id != acting.actor.person_id:
        _end_access(acting, person_id)
    return handled


def remove(acting: Acting, person_id: UUID, command_id: UUID) -> Handled:
    """End a membership or an invitation, and what the person has open here. Raises Refused."""
    command = RemoveMember(person_id=person_id, removed_by=acting.actor.person_id)
    handled = _change(acting, command, command_id)
    _end_access(acting, person_id)
    return handled


def _change(acting: Acting, command: MembershipCommand, command_id: UUID) -> Handled:
    registry = acting.identity.registry
    handled = registry.membership(acting.actor, command, command_id)
    registry.wait(handled)
    return handled


def _end_access(acting: Acting, person_id: UUID) -> None:
    """End a person's sessions in this practice, and take their programs' tokens for it back."""
    sessions, practice_id = acting.parts.sessions, acting.actor.practice_id
    record, address = acting.identity.registry.person, Private(address_of(acting.request))
    found = sessions.of_person(person_id)
    here = [each.session_id for each in found if each.practice_id == practice_id]
    for session_id in sessions.revoke(person_id, here):
        record(acting.actor, person_id, RevokeSession(session_id=session_id, address=address))
    for token in acting.identity.api_tokens.revoke_in(person_id, practice_id):
        told = RevokeApiToken(person_id=person_id, token_id=token.token_id)
        record(acting.actor, person_id, told)


def _read_invitation(form: Mapping[str, str], parts: Parts) -> tuple[Private, Role, int | None]:
    reading = FormReading(form)
    email = reading.read("email", read_email)
    role = reading.read("role", _role)
    ends_at_us = reading.read("until", lambda text: _end_of(text, parts))
    reading.finish()
    return present(email), present(role), ends_at_us


def _role_field(form: Mapping[str, str]) -> Role:
    try:
        return _role(form.get("role", ""))
    except Refused as refused:
        raise refused.beside("role") from None


def _role(text: str) -> Role:
    return read_choice(text, Role, RefusalCode.ROLE_UNKNOWN)


def _end_of(text: str, parts: Parts) -> int | None:
    """Return the end of the day that was typed, where the practice is; None for none."""
    if not text:
        return None
    try:
        after = dt.date.fromisoformat(text) + dt.timedelta(days=1)
        midnight = dt.datetime.combine(after, dt.time(), parts.settings.time_zone)
        return int(midnight.timestamp()) * _US
    except (ValueError, OverflowError):
        raise Refused(RefusalCode.AUDITOR_END_INVALID, field="until") from None
