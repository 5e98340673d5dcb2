"""A practice: opened by its owner, joined by its members, bound by a signed agreement (P1)."""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import ClearFact, SealedFact
from aggregates.membership import (
    INVITATION_US,
    AcceptInvitation,
    ChangeRole,
    InviteMember,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    MembershipCommand,
    RemoveMember,
    Role,
)
from aggregates.membership_rules import MEMBERS_MAX, accept, decide_as_owner, read_name
from aggregates.practice_state import NotOpened, Opened, PracticeState, with_member
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused

SHA256_BYTES: Final = 32
DOCUMENT_VERSION_LENGTH_MAX: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPractice:
    """The owner opens the practice and is its first member."""

    practice_name: Private
    owner_id: UUID
    owner_name: Private


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPractice:
    """Whoever runs the service opens a practice and invites its first owner, who names themself.

    Again, it invites somebody anew for as long as nobody has come. `founded_by` is nobody's id.
    """

    practice_name: Private
    owner_id: UUID
    founded_by: UUID
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinMember:
    """An owner takes a person in."""

    person_id: UUID
    role: Role
    name: Private
    invited_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignBaa:
    """An owner signs one version of the Business Associate Agreement.

    `document_sha256` is of the bytes shown to the signer, `ip_address` is where they signed (I9);
    ValueError if the hash is none or the version is not a short one: both come from our own files.
    """

    document_sha256: bytes
    document_version: str
    signer_id: UUID
    ip_address: Private | None = None

    def __post_init__(self) -> None:
        if len(self.document_sha256) != SHA256_BYTES:
            raise ValueError("a SHA-256 has 32 bytes")
        if not 1 <= len(self.document_version) <= DOCUMENT_VERSION_LENGTH_MAX:
            raise ValueError("a document version has 1 to 40 characters")


PracticeCommand: TypeAlias = OpenPractice | FoundPractice | JoinMember | SignBaa | MembershipCommand


class PracticeOpened(ClearFact, frozen=True, kw_only=True, tag="practice-opened.v1"):
    """The practice's log begins; holds nothing, least of all a name."""


class PracticeNamed(SealedFact, frozen=True, kw_only=True, tag="practice-named.v1"):
    """The practice goes by this name."""

    name: Private


class BaaSigned(SealedFact, frozen=True, kw_only=True, tag="baa-signed.v1"):
    """An owner signed this version of the agreement; client data may come in from here on."""

    document_sha256: bytes
    document_version: str
    signer_id: UUID
    ip_address: Private | None = None


PracticeFact: TypeAlias = (
    PracticeOpened
    | PracticeNamed
    | MemberJoined
    | MemberInvited
    | MemberRoleChanged
    | MemberLeft
    | BaaSigned
)


def decide(command: PracticeCommand, state: PracticeState) -> tuple[PracticeFact, ...]:
    """Return what happens; raises Refused, beside a field where a name is at fault."""
    match command:
        case OpenPractice() | FoundPractice():
            is_by_owner = isinstance(command, OpenPractice)
            return _open(command, state) if is_by_owner else _found(command, state)
        case JoinMember():
            return _join(command, _open_to_owner(command.invited_by, state))
        case SignBaa():
            return _sign(command, _open_to_owner(command.signer_id, state))
        case AcceptInvitation():
            return accept(command, state)
        case InviteMember() | ChangeRole() | RemoveMember():
            return decide_as_owner(command, _open_to_owner(_owner(command), state))
        case _:
            assert_never(command)


def evolve(state: PracticeState, fact: PracticeFact) -> PracticeState:
    """Follow what happened."""
    match fact:
        case PracticeOpened():
            return Opened()
        case PracticeNamed():
            return state
        case BaaSigned(document_sha256=digest):
            opened = _opened(state)
            return replace(opened, documents_signed=opened.documents_signed | {digest})
        case MemberJoined() | MemberInvited() | MemberRoleChanged() | MemberLeft():
            return with_member(_opened(state), fact)
        case _:
            assert_never(fact)


def _open(command: OpenPractice, state: PracticeState) -> tuple[PracticeFact, ...]:
    if isinstance(state, Opened):
        raise Refused(RefusalCode.PRACTICE_EXISTS)
    return (
        PracticeOpened(),
        PracticeNamed(
            name=read_name(
                command.practice_name, "practice_name", RefusalCode.PRACTICE_NAME_INVALID
            )
        ),
        MemberJoined(
            person_id=command.owner_id,
            role=Role.OWNER,
            name=read_name(command.owner_name, "owner_name", RefusalCode.MEMBER_NAME_INVALID),
            invited_by=command.owner_id,
        ),
    )


def _found(command: FoundPractice, state: PracticeState) -> tuple[PracticeFact, ...]:
    if isinstance(state, Opened) and state.roles:
        raise Refused(RefusalCode.PRACTICE_EXISTS)
    invited = MemberInvited(
        person_id=command.owner_id,
        role=Role.OWNER,
        invited_by=command.founded_by,
        expires_at_us=command.at_us + INVITATION_US,
    )
    if isinstance(state, Opened):
        return (invited,)
    name = read_name(command.practice_name, "practice_name", RefusalCode.PRACTICE_NAME_INVALID)
    return (PracticeOpened(), PracticeNamed(name=name), invited)


def _join(command: JoinMember, practice: Opened) -> tuple[PracticeFact, ...]:
    if practice.role_of(command.person_id) is not None:
        raise Refused(RefusalCode.MEMBER_EXISTS)
    if len(practice.roles) >= MEMBERS_MAX:
        raise Refused(RefusalCode.MEMBERS_FULL)
    if command.role is Role.AUDITOR:
        raise Refused(RefusalCode.AUDITOR_END_INVALID)  # they are invited, with an end
    name = read_name(command.name, "name", RefusalCode.MEMBER_NAME_INVALID)
    return (
        MemberJoined(
            person_id=command.person_id,
            role=command.role,
            name=name,
            invited_by=command.invited_by,
        ),
    )


def _sign(command: SignBaa, practice: Opened) -> tuple[PracticeFact, ...]:
    if command.document_sha256 in practice.documents_signed:
        raise Refused(RefusalCode.BAA_ALREADY_SIGNED)
    return (
        BaaSigned(
            document_sha256=command.document_sha256,
            document_version=command.document_version,
            signer_id=command.signer_id,
            ip_address=command.ip_address,
        ),
    )


def _owner(command: InviteMember | ChangeRole | RemoveMember) -> UUID:
    match command:
        case InviteMember(invited_by=owner_id):
            return owner_id
        case ChangeRole(changed_by=owner_id):
            return owner_id
        case RemoveMember(removed_by=owner_id):
            return owner_id
        case _:
            assert_never(command)


def _open_to_owner(person_id: UUID, state: PracticeState) -> Opened:
    if isinstance(state, NotOpened):
        raise Refused(RefusalCode.PRACTICE_UNKNOWN)
    if state.role_of(person_id) is not Role.OWNER:
        raise Refused(RefusalCode.OWNER_ONLY)
    return state


def _opened(state: PracticeState) -> Opened:
    # Version 1 of a practice's stream is always practice-opened.v1.
    assert isinstance(state, Opened)
    return state


PRACTICE: Decider[PracticeCommand, PracticeState, PracticeFact] = Decider(
    initial=NotOpened(), decide=decide, evolve=evolve
)
