"""An owner says who comes in as what and for how long; the practice never loses its last owner."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.email_address import read_email
from aggregates.membership import (
    AUDITOR_US_MAX,
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
from aggregates.practice import PRACTICE, JoinMember, Opened, PracticeFact, PracticeOpened
from aggregates.private import Private
from aggregates.refusal import Refused
from tests.spec import Given

OWNER, GUEST, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = 1_800_000_000_000_000
OWNER_JOINED = MemberJoined(
    person_id=OWNER, role=Role.OWNER, name=Private("Robin"), invited_by=OWNER
)
START: tuple[PracticeFact, ...] = (PracticeOpened(), OWNER_JOINED)
OPEN = Given(PRACTICE).given(*START)


def invite(role: Role = Role.SUPERVISOR, ends: int | None = None, by: UUID = OWNER) -> InviteMember:
    """Invite the guest."""
    return InviteMember(person_id=GUEST, role=role, invited_by=by, at_us=NOW, ends_at_us=ends)


def invited(role: Role = Role.SUPERVISOR, ends: int | None = None) -> MemberInvited:
    """Return the invitation."""
    return MemberInvited(
        person_id=GUEST,
        role=role,
        invited_by=OWNER,
        expires_at_us=NOW + INVITATION_US,
        ends_at_us=ends,
    )


def joined(role: Role = Role.SUPERVISOR, ends: int | None = None) -> MemberJoined:
    """Return the joining."""
    return MemberJoined(
        person_id=GUEST, role=role, name=Private("Alex"), invited_by=OWNER, ends_at_us=ends
    )


def accept(at_us: int = NOW, name: str = " Alex ") -> AcceptInvitation:
    """Accept it."""
    return AcceptInvitation(person_id=GUEST, name=Private(name), at_us=at_us)


def change(role: Role, person: UUID = GUEST, ends: int | None = None) -> ChangeRole:
    """Give somebody another role."""
    return ChangeRole(person_id=person, role=role, changed_by=OWNER, at_us=NOW, ends_at_us=ends)


def test_who_is_invited_joins_as_invited() -> None:
    """Under a name of their own."""
    OPEN.when(invite()).then(invited())
    OPEN.given(invited()).when(accept()).then(joined())


def test_an_invitation_is_needed_and_lasts_two_weeks() -> None:
    OPEN.refuses(accept(), "invitation-unknown")
    OPEN.given(invited()).when(accept(NOW + INVITATION_US - 1)).then(joined())
    OPEN.given(invited()).refuses(accept(NOW + INVITATION_US), "invitation-unknown")
    OPEN.given(invited(), joined()).refuses(accept(), "invitation-unknown")
    OPEN.given(invited()).refuses(accept(name=" "), "member-name-invalid")


def test_only_owners_invite_change_and_remove() -> None:
    given_guest = OPEN.given(invited(), joined())
    given_guest.refuses(invite(by=GUEST), "owner-only")
    remove = RemoveMember(person_id=OWNER, removed_by=GUEST)
    given_guest.refuses(remove, "owner-only")
    mine = ChangeRole(person_id=GUEST, role=Role.OWNER, changed_by=GUEST, at_us=NOW)
    given_guest.refuses(mine, "owner-only")


def test_a_member_is_not_invited_again() -> None:
    """But who left may be, and an invitation that is lost may be sent anew."""
    OPEN.given(invited(), joined()).refuses(invite(), "member-exists")
    OPEN.given(invited()).when(invite()).then(invited())
    left = MemberLeft(person_id=GUEST, before=Role.SUPERVISOR, removed_by=OWNER, was_member=True)
    OPEN.given(invited(), joined(), left).when(invite()).then(invited())


@pytest.mark.parametrize("ends", [None, NOW, NOW + AUDITOR_US_MAX + 1])
def test_an_auditor_has_an_end_within_a_year(ends: int | None) -> None:
    OPEN.refuses(invite(Role.AUDITOR, ends), "auditor-end-invalid")


def test_an_auditor_is_a_member_until_the_end() -> None:
    """Not a microsecond longer; others have no end, whatever was typed."""
    end = NOW + 1000
    OPEN.when(invite(Role.AUDITOR, end)).then(invited(Role.AUDITOR, end))
    OPEN.when(invite(Role.THERAPIST, end)).then(invited(Role.THERAPIST))
    state = PRACTICE.replay((*START, invited(Role.AUDITOR, end), joined(Role.AUDITOR, end)))
    assert isinstance(state, Opened)
    assert state.role_at(GUEST, end - 1) is Role.AUDITOR
    assert state.role_at(GUEST, end) is None


def test_a_role_changes_with_before_and_after() -> None:
    """To the same role is no change."""
    member = OPEN.given(invited(), joined())
    member.when(change(Role.THERAPIST)).then(
        MemberRoleChanged(
            person_id=GUEST, before=Role.SUPERVISOR, after=Role.THERAPIST, changed_by=OWNER
        )
    )
    member.when(change(Role.SUPERVISOR)).then()
    member.refuses(change(Role.OWNER, OTHER), "member-unknown")


def test_an_invitation_is_taken_back_and_a_member_removed() -> None:
    remove = RemoveMember(person_id=GUEST, removed_by=OWNER)

    def left(*, was_member: bool) -> MemberLeft:
        return MemberLeft(
            person_id=GUEST, before=Role.SUPERVISOR, removed_by=OWNER, was_member=was_member
        )

    OPEN.given(invited()).when(remove).then(left(was_member=False))
    OPEN.given(invited(), joined()).when(remove).then(left(was_member=True))
    OPEN.when(remove).then()


_PEOPLE = st.sampled_from((OWNER, GUEST, OTHER))
_COMMANDS: st.SearchStrategy[MembershipCommand] = st.one_of(
    st.builds(
        InviteMember,
        person_id=_PEOPLE,
        role=st.sampled_from(Role),
        invited_by=_PEOPLE,
        at_us=st.just(NOW),
        ends_at_us=st.sampled_from((None, NOW + 1)),
    ),
    st.builds(AcceptInvitation, person_id=_PEOPLE, name=st.just(Private("N")), at_us=st.just(NOW)),
    st.builds(
        ChangeRole,
        person_id=_PEOPLE,
        role=st.sampled_from(Role),
        changed_by=_PEOPLE,
        at_us=st.just(NOW),
        ends_at_us=st.sampled_from((None, NOW + 1)),
    ),
    st.builds(RemoveMember, person_id=_PEOPLE, removed_by=_PEOPLE),
)


@given(st.lists(_COMMANDS, max_size=30))
def test_there_is_always_an_owner_and_nobody_is_in_twice(commands: list[MembershipCommand]) -> None:
    """Whatever is asked, by whom, in any order."""
    state = PRACTICE.replay(START)
    for command in commands:
        try:
            facts = PRACTICE.decide(command, state)
        except Refused:
            continue
        for fact in facts:
            state = PRACTICE.evolve(state, fact)
        assert isinstance(state, Opened)
        people = [person for person, _ in state.roles]
        assert len(people) == len(set(people))
        assert Role.OWNER in {role for _, role in state.roles}
        assert {person for person, _ in state.ends} <= set(people)
        auditors = {person for person, role in state.roles if role is Role.AUDITOR}
        assert auditors == {person for person, _ in state.ends}


@pytest.mark.parametrize(
    ("typed", "read"),
    [(" A.B+c@Example.ORG ", "a.b+c@example.org"), ("x@xn--bcher-kva.example", None)],
)
def test_an_address_has_one_form(typed: str, read: str | None) -> None:
    assert read_email(typed).reveal() == (read or typed)


@given(st.text(max_size=300))
def test_what_is_read_as_an_address_is_one_and_stays_so(typed: str) -> None:
    try:
        address = read_email(typed).reveal()
    except Refused:
        return
    assert address.isascii()
    assert address == address.strip().lower()
    assert address.count("@") == 1
    assert read_email(address).reveal() == address


def test_nobody_becomes_an_auditor_without_an_end() -> None:
    """Not by being taken in without an invitation either."""
    taken_in = JoinMember(
        person_id=GUEST, role=Role.AUDITOR, name=Private("Alex"), invited_by=OWNER
    )
    OPEN.refuses(taken_in, "auditor-end-invalid")
