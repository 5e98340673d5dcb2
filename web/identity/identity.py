"""The parts of sign-in, and the few functions through which it tells and asks the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from aggregates.membership import MembershipCommand
from aggregates.person import PersonCommand
from commands.context import Actor
from commands.handle import Handled
from commands.membership import Members, Standing
from web.identity.accounts import Accounts
from web.identity.api_commands import ApiCommands
from web.identity.api_tokens import ApiTokens
from web.identity.links import Links
from web.identity.outbox import Outbox
from web.identity.passkeys import Passkeys
from web.identity.recovery import Recovery
from web.identity.signing import Signing


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What sign-in has of the ledger; all may block and raise what commands raise.

    `person` records what concerns a person in the actor's practice, `membership` changes who is a
    member, `members` lists them for an owner, `standing` tells what a person is in one practice and
    `standings` where they are a member or invited. `wait` waits, bounded, until `standings` knows
    of what was handled.
    """

    person: Callable[[Actor, UUID, PersonCommand], Handled]
    membership: Callable[[Actor, MembershipCommand, UUID], Handled]
    members: Callable[[Actor], Members]
    standing: Callable[[Actor], Standing | None]
    standings: Callable[[UUID], Sequence[Standing]]
    wait: Callable[[Handled], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Everything that sign-in is made of, but for the sessions themselves."""

    accounts: Accounts
    links: Links
    passkeys: Passkeys
    signing: Signing
    recovery: Recovery
    outbox: Outbox
    registry: Registry
    api_tokens: ApiTokens
    api_commands: ApiCommands
