"""Only a compliance officer of the practice passes as one."""

from uuid import uuid4

import pytest

from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from commands.context import Actor, Context
from commands.join_member import join_member
from commands.practice import confirm_officer, role_of

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("role", list(Role))
def test_officers_pass_and_other_members_are_refused(
    context: Context, owner: Actor, role: Role
) -> None:
    member = Actor(owner.practice_id, uuid4())
    joined = JoinMember(
        person_id=member.person_id, role=role, name=Private("Kim"), invited_by=owner.person_id
    )
    join_member(context, owner, joined, uuid4())
    assert role_of(context, member) is role
    if role is Role.COMPLIANCE_OFFICER:
        confirm_officer(context, member)
        return
    with pytest.raises(Refused) as refused:
        confirm_officer(context, member)
    assert refused.value.code is RefusalCode.OFFICER_ONLY


def test_officers_of_other_practices_learn_nothing(context: Context, owner: Actor) -> None:
    """Nor does anybody in a practice that is not there."""
    for stranger in (Actor(owner.practice_id, uuid4()), Actor(uuid4(), owner.person_id)):
        assert role_of(context, stranger) is None
        with pytest.raises(Refused) as refused:
            confirm_officer(context, stranger)
        assert refused.value.code is RefusalCode.PRACTICE_UNKNOWN
