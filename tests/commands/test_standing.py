"""How somebody stands in a practice follows from its stream, and from nothing else."""

from uuid import uuid4

import pytest

from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from commands.context import Actor, Context
from commands.join_member import join_member
from commands.practice import Standing, standing_of
from commands.sign_baa import sign_baa
from tests.fix_practice import DOCUMENT

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_a_member_stands_in_their_role(context: Context, owner: Actor, role: Role) -> None:
    """Before the agreement is signed, and after. Auditors are invited, for a time."""
    member = Actor(owner.practice_id, uuid4())
    joined = JoinMember(
        person_id=member.person_id, role=role, name=Private("Kim"), invited_by=owner.person_id
    )
    join_member(context, owner, joined, uuid4())
    assert standing_of(context, member) == Standing(role, baa_signed=False)
    sign_baa(context, owner, DOCUMENT, None, uuid4())
    assert standing_of(context, member) == Standing(role, baa_signed=True)


def test_a_stranger_does_not_stand_anywhere(context: Context, owner: Actor) -> None:
    """Nor does anybody in a practice that is not there."""
    for stranger in (Actor(owner.practice_id, uuid4()), Actor(uuid4(), owner.person_id)):
        assert standing_of(context, stranger) is None
