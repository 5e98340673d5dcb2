"""Puts sign-in together over a ledger: its own database role, its mail, its sessions."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from aggregates.membership import MembershipCommand
from aggregates.person import PersonCommand
from commands.context import Actor, Context
from commands.handle import Handled
from commands.membership import Standing, change_membership, members_of, standing
from commands.person import record_person
from ledger.keys.root import FileRootKey
from ledger.keys.texts import SealedTexts
from ledger.postgres.connect import Role as DatabaseRole
from projections.memberships import MEMBERSHIPS, memberships
from projections.waiting import wait_for
from web.identity.accounts import KIND, Accounts
from web.identity.api_commands import ApiCommands
from web.identity.api_tokens import ApiTokens
from web.identity.ceremony import RelyingParty
from web.identity.console_mail import ConsoleMailer
from web.identity.gate import Gate
from web.identity.identity import Identity, Registry
from web.identity.links import Links
from web.identity.mail import Mailer
from web.identity.outbox import Outbox
from web.identity.passkeys import Passkeys
from web.identity.recovery import Recovery
from web.identity.resend_mail import ResendMailer
from web.identity.session_store import GateSessions
from web.identity.signing import Signing
from web.settings import WebSettings

WAIT_S_MAX: Final = 2.0


@dataclass(frozen=True, slots=True)
class OpenIdentity:
    """Sign-in, and where its sessions are kept."""

    identity: Identity
    sessions: GateSessions


@contextmanager
def open_identity(
    context: Context, settings: WebSettings, mailer: Mailer
) -> Generator[OpenIdentity]:
    """Give sign-in for as long as the block runs; mail goes out meanwhile."""
    gate = Gate(context.ledger.database)
    outbox = Outbox(mailer)
    outbox.start()
    try:
        identity = _identity(gate, outbox, context, settings)
        yield OpenIdentity(identity, GateSessions(gate))
    finally:
        outbox.stop()
        gate.close()


@contextmanager
def open_accounts(context: Context, settings: WebSettings) -> Generator[Accounts]:
    """Give the accounts alone, for who invites without the pages."""
    gate = Gate(context.ledger.database)
    try:
        yield Accounts(gate, _texts(settings.data_dir))
    finally:
        gate.close()


def mailer_of(settings: WebSettings, say: Callable[[str], object]) -> Mailer:
    """Return Resend where a key is set; else, which only development allows, the terminal."""
    if settings.resend_api_key is None or settings.mail_from is None:
        return ConsoleMailer(say)
    return ResendMailer(settings.resend_api_key, settings.mail_from)


def registry_of(context: Context) -> Registry:
    """Return what sign-in tells and asks the ledger."""

    def person(actor: Actor, person_id: UUID, command: PersonCommand) -> Handled:
        return record_person(context, actor, person_id, command, context.ids.new())

    def membership(actor: Actor, command: MembershipCommand, command_id: UUID) -> Handled:
        return change_membership(context, actor, command, command_id)

    def standings(person_id: UUID) -> list[Standing]:
        with context.ledger.database.connect(DatabaseRole.PROJECTOR) as connection:
            known = memberships(connection, person_id)
        found = (standing(context, each.practice_id, person_id) for each in known)
        return [each for each in found if each is not None]

    def wait(handled: Handled) -> bool:
        practice_id, position = handled.practice_id, handled.position
        return wait_for(context.ledger, MEMBERSHIPS.name, practice_id, position, WAIT_S_MAX)

    return Registry(
        person=person,
        membership=membership,
        members=lambda actor: members_of(context, actor),
        standing=lambda actor: standing(context, actor.practice_id, actor.person_id),
        standings=standings,
        wait=wait,
    )


def _identity(gate: Gate, outbox: Outbox, context: Context, settings: WebSettings) -> Identity:
    accounts = Accounts(gate, _texts(settings.data_dir))
    party = RelyingParty(settings.public_host, settings.public_origin)
    passkeys = Passkeys(gate, accounts, context.clock, party)
    return Identity(
        accounts=accounts,
        links=Links(gate, accounts, context.clock),
        passkeys=passkeys,
        signing=Signing(gate, accounts, context.clock, party, passkeys),
        recovery=Recovery(gate, accounts, context.clock),
        outbox=outbox,
        registry=registry_of(context),
        api_tokens=ApiTokens(gate, accounts, context.clock),
        api_commands=ApiCommands(gate, accounts, context.clock),
    )


def _texts(data_dir: Path) -> SealedTexts:
    return SealedTexts(FileRootKey.open(data_dir), KIND)
