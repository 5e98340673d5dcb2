"""A hold is placed and lifted by an officer, on a person's records or on one record."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.holds import HOLDS, HoldLifted, HoldPlaced, HoldReason, LiftHold, PlaceHold
from aggregates.membership import Role
from aggregates.private import Private
from tests.spec import Given

HOLD, OTHER_HOLD, OFFICER, PERSON, STREAM = (UUID(int=n) for n in range(1, 6))
EMPTY = Given(HOLDS)


def place(
    whose: UUID | None = PERSON,
    stream_id: UUID | None = None,
    role: Role | None = Role.COMPLIANCE_OFFICER,
) -> PlaceHold:
    """Place a hold."""
    return PlaceHold(
        hold_id=HOLD,
        placed_by=OFFICER,
        role=role,
        whose=whose,
        stream_id=stream_id,
        reason=HoldReason.LITIGATION,
        remark=Private("docket 12"),
    )


def placed(whose: UUID | None = PERSON, stream_id: UUID | None = None) -> HoldPlaced:
    """Return the placing."""
    return HoldPlaced(
        hold_id=HOLD,
        placed_by=OFFICER,
        whose=whose,
        stream_id=stream_id,
        reason=HoldReason.LITIGATION,
        remark=Private("docket 12"),
    )


def lift(hold_id: UUID = HOLD, role: Role | None = Role.COMPLIANCE_OFFICER) -> LiftHold:
    """Lift it."""
    return LiftHold(hold_id=hold_id, lifted_by=OFFICER, role=role)


def test_an_officer_places_a_hold_and_lifts_it() -> None:
    EMPTY.when(place()).then(placed())
    lifted = HoldLifted(hold_id=HOLD, lifted_by=OFFICER, whose=PERSON, stream_id=None)
    EMPTY.given(placed()).when(lift()).then(lifted)
    EMPTY.given(placed(), lifted).refuses(lift(), "hold-unknown")


@pytest.mark.parametrize("role", [*Role, None])
def test_nobody_else_does(role: Role | None) -> None:
    """An owner neither: who wants records gone must not be who keeps them."""
    if role is not Role.COMPLIANCE_OFFICER:
        EMPTY.refuses(place(role=role), "hold-officer")
        EMPTY.given(placed()).refuses(lift(role=role), "hold-officer")


def test_it_is_on_a_person_or_on_a_record_and_not_on_both_or_nothing() -> None:
    EMPTY.refuses(place(whose=None), "hold-target")
    EMPTY.refuses(place(stream_id=STREAM), "hold-target")
    EMPTY.when(place(whose=None, stream_id=STREAM)).then(placed(None, STREAM))


def test_the_same_hold_twice_is_one_and_an_unknown_one_is_not_lifted() -> None:
    EMPTY.given(placed()).when(place()).then_nothing()
    EMPTY.given(placed()).refuses(lift(OTHER_HOLD), "hold-unknown")


ids = st.sampled_from([PERSON, STREAM, OFFICER])


@given(st.lists(st.tuples(st.booleans(), ids, ids, st.booleans()), max_size=8), ids, ids)
def test_a_record_is_covered_exactly_while_one_of_its_holds_is_on(
    steps: list[tuple[bool, UUID, UUID, bool]], stream_id: UUID, person_id: UUID
) -> None:
    """Other holds, and those that were lifted, do nothing for it."""
    facts: list[HoldPlaced | HoldLifted] = []
    on: dict[UUID, tuple[bool, UUID]] = {}
    for is_person, hold_id, target, is_lifted in steps:
        whose, record = (target, None) if is_person else (None, target)
        if is_lifted:
            facts.append(HoldLifted(hold_id=hold_id, lifted_by=OFFICER, whose=None, stream_id=None))
            on.pop(hold_id, None)
        else:
            fact = HoldPlaced(
                hold_id=hold_id,
                placed_by=OFFICER,
                whose=whose,
                stream_id=record,
                reason=HoldReason.OTHER,
                remark=None,
            )
            facts.append(fact)
            on[hold_id] = (is_person, target)
    expected = bool({(True, person_id), (False, stream_id)} & set(on.values()))
    assert HOLDS.replay(facts).cover(stream_id, person_id) is expected
