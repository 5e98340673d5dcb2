"""While a hold is on, no key of what it covers is destroyed, whatever was ordered before."""

from collections.abc import Iterator
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest

from aggregates.holds import HoldReason
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused
from aggregates.shredding import ShredReason
from commands.context import Actor, Context
from commands.holds import HoldWish, lift_hold, place_hold
from commands.join_member import join_member
from commands.log_session import log_session
from commands.shredding import read_shredding
from ledger.errors import Unavailable
from ledger.keys.destroyer import KeyDestroyer
from ledger.opening import open_destroyer
from ledger.postgres.settings import Settings
from ledger.reader import Shredded
from retention import shred as shredding
from retention.shred import shred, sweep
from tests.aggregates.examples import entry

pytestmark = pytest.mark.postgres
REASON = ShredReason.RETENTION_ELAPSED


@pytest.fixture
def officer(context: Context, therapist: Actor) -> Actor:
    """A compliance officer of the practice."""
    actor = Actor(therapist.practice_id, uuid4())
    joined = JoinMember(
        person_id=actor.person_id,
        role=Role.COMPLIANCE_OFFICER,
        name=Private("Kim"),
        invited_by=therapist.person_id,
    )
    join_member(context, therapist, joined, uuid4())
    return actor


@pytest.fixture
def record(context: Context, therapist: Actor) -> UUID:
    """A session."""
    return log_session(context, therapist, entry(), uuid4()).stream_id


@pytest.fixture
def destroyer(context: Context, settings: Settings) -> Iterator[KeyDestroyer]:
    """The hand that destroys keys."""
    with open_destroyer(context.ledger.database, settings, context.clock) as opened:
        yield opened


def hold(
    context: Context, officer: Actor, whose: UUID | None = None, stream_id: UUID | None = None
) -> UUID:
    """Place a hold; returns its id."""
    hold_id = uuid4()
    wish = HoldWish(whose=whose, stream_id=stream_id, reason=HoldReason.LITIGATION, remark=None)
    place_hold(context, officer, wish, hold_id)
    return hold_id


def is_readable(context: Context, practice_id: UUID, stream_id: UUID) -> bool:
    """Whether the record still opens."""
    context.ledger.keys.refresh()
    facts = [each.fact for each in context.history(practice_id, stream_id)]
    return not any(isinstance(fact, Shredded) for fact in facts)


def test_what_is_on_hold_is_neither_ordered_nor_destroyed(
    context: Context,
    officer: Actor,
    therapist: Actor,
    record: UUID,
    destroyer: KeyDestroyer,
) -> None:
    """Neither by a hold on the person nor by one on the record, until they are lifted."""
    practice_id = therapist.practice_id
    for target in ((therapist.person_id, None), (None, record)):
        hold_id = hold(context, officer, *target)
        with pytest.raises(Refused) as refused:
            shred(context, destroyer, practice_id, record, REASON)
        assert refused.value.code is RefusalCode.HOLD_ON
        assert read_shredding(context, practice_id).streams == {}
        assert is_readable(context, practice_id, record)
        lift_hold(context, officer, hold_id)
    shred(context, destroyer, practice_id, record, REASON)
    assert not is_readable(context, practice_id, record)


def test_another_record_and_another_persons_go_as_they_are_due(
    context: Context, officer: Actor, therapist: Actor, record: UUID, destroyer: KeyDestroyer
) -> None:
    other = log_session(context, therapist, entry(), uuid4()).stream_id
    hold(context, officer, stream_id=record)
    hold(context, officer, whose=officer.person_id)
    shred(context, destroyer, therapist.practice_id, other, REASON)
    assert not is_readable(context, therapist.practice_id, other)


def test_a_sweep_leaves_what_was_ordered_before_the_hold(
    context: Context, officer: Actor, therapist: Actor, record: UUID, destroyer: KeyDestroyer
) -> None:
    """And finishes the rest; once the hold is lifted, this one too."""
    practice_id = therapist.practice_id
    other = log_session(context, therapist, entry(), uuid4()).stream_id
    with patch.object(KeyDestroyer, "destroy", side_effect=Unavailable("away")):
        for stream_id in (record, other):
            with pytest.raises(Unavailable):
                shred(context, destroyer, practice_id, stream_id, REASON)
    hold_id = hold(context, officer, stream_id=record)
    assert sweep(context, destroyer, practice_id) == 1
    assert is_readable(context, practice_id, record)
    assert not is_readable(context, practice_id, other)
    lift_hold(context, officer, hold_id)
    assert sweep(context, destroyer, practice_id) == 1
    assert not is_readable(context, practice_id, record)


def test_a_hold_that_comes_between_order_and_destruction_is_seen(
    context: Context, officer: Actor, therapist: Actor, record: UUID, destroyer: KeyDestroyer
) -> None:
    """The order stands, and nothing is destroyed."""
    practice_id, order = therapist.practice_id, shredding.order_shredding

    def order_then_hold(*asked: object) -> object:
        done = order(*asked)  # type: ignore[arg-type] -- handed on as it came
        hold(context, officer, stream_id=record)
        return done

    with (
        patch.object(shredding, "order_shredding", order_then_hold),
        pytest.raises(Refused, match="hold-on"),
    ):
        shred(context, destroyer, practice_id, record, REASON)
    assert is_readable(context, practice_id, record)
    assert len(read_shredding(context, practice_id).unfinished) == 1


def test_a_hold_is_on_what_is_there(context: Context, officer: Actor, therapist: Actor) -> None:
    """A member, or a record of this practice; and only an officer places one."""
    for target in ({"whose": uuid4()}, {"stream_id": uuid4()}):
        with pytest.raises(Refused, match="hold-target"):
            hold(context, officer, **target)
    with pytest.raises(Refused, match="hold-officer"):
        hold(context, therapist, whose=therapist.person_id)
