"""A key's destruction is ordered, then told; every step may run twice."""

from uuid import UUID

import pytest

from aggregates.shredding import (
    SHREDDING,
    KeyShredded,
    OrderShredding,
    ShredOrdered,
    ShredReason,
    TellShredding,
)
from tests.spec import Given

STREAM, OTHER_STREAM = UUID(int=1), UUID(int=2)
KEY, OTHER_KEY = UUID(int=3), UUID(int=4)
WRAPPED = b"\x5a" * 32


def order(stream_id: UUID = STREAM, key_id: UUID = KEY) -> OrderShredding:
    """Order a key's destruction."""
    return OrderShredding(stream_id=stream_id, key_id=key_id, reason=ShredReason.RETENTION_ELAPSED)


def tell(stream_id: UUID = STREAM, key_id: UUID = KEY) -> TellShredding:
    """Tell that it is destroyed."""
    return TellShredding(
        stream_id=stream_id,
        key_id=key_id,
        wrapped_sha256=WRAPPED,
        key_epoch=7,
        destroyed_at_us=1_800_000_000_000_000,
    )


ORDERED = ShredOrdered(stream_id=STREAM, key_id=KEY, reason=ShredReason.RETENTION_ELAPSED)
SHREDDED = KeyShredded(
    stream_id=STREAM,
    key_id=KEY,
    wrapped_sha256=WRAPPED,
    key_epoch=7,
    destroyed_at_us=1_800_000_000_000_000,
)
SHREDDINGS = Given(SHREDDING)


def test_a_destruction_is_ordered_and_then_told() -> None:
    """In this order, so that a crash between them leaves a trace."""
    SHREDDINGS.when(order()).then(ORDERED)
    SHREDDINGS.given(ORDERED).when(tell()).then(SHREDDED)


def test_a_destruction_without_an_order_is_not_told() -> None:
    """Nobody destroys in silence."""
    SHREDDINGS.refuses(tell(), "shred-not-ordered")
    SHREDDINGS.given(ORDERED).refuses(tell(key_id=OTHER_KEY), "shred-not-ordered")


def test_every_step_may_run_twice() -> None:
    """The second time nothing is added."""
    SHREDDINGS.given(ORDERED).when(order()).then_nothing()
    SHREDDINGS.given(ORDERED, SHREDDED).when(order()).then_nothing()
    SHREDDINGS.given(ORDERED, SHREDDED).when(tell()).then_nothing()


def test_a_key_belongs_to_one_stream() -> None:
    """Evidence for another stream would be false."""
    SHREDDINGS.given(ORDERED).refuses(order(OTHER_STREAM), "shred-mismatch")
    SHREDDINGS.given(ORDERED).refuses(tell(OTHER_STREAM), "shred-mismatch")


def test_a_sweep_resumes_from_what_is_ordered_and_not_told() -> None:
    """Oldest first."""
    second = ShredOrdered(
        stream_id=OTHER_STREAM, key_id=OTHER_KEY, reason=ShredReason.ACCOUNT_CLOSED
    )
    assert SHREDDING.replay([ORDERED, second]).unfinished == (KEY, OTHER_KEY)
    assert SHREDDING.replay([ORDERED, second, SHREDDED]).unfinished == (OTHER_KEY,)


def test_evidence_without_a_hash_is_a_mistake_in_the_code() -> None:
    """It crashes rather than certify nothing."""
    with pytest.raises(ValueError, match="32 bytes"):
        TellShredding(
            stream_id=STREAM, key_id=KEY, wrapped_sha256=b"", key_epoch=7, destroyed_at_us=0
        )
