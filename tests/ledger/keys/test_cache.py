"""The cache is bounded, forgets in time, and gives no key whose destruction it has heard of."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.keys.cache import AGE_S_MAX, KEYS_MAX, KeyCache
from ledger.keys.known import Destroyed, Found
from ledger.sealing import RecordKey
from tests.ledger.keys.kit import OTHER_PRACTICE, PRACTICE, Stopwatch


def _found(number: int, *, is_destroyed: bool = False) -> Found:
    key_id, stream_id = UUID(int=number), UUID(int=1_000_000 + number)
    key = Destroyed(key_id, 1, bytes(32), 0) if is_destroyed else RecordKey.of(key_id, bytes(32))
    return Found(PRACTICE, stream_id, key)


FIRST, SECOND, THIRD = _found(1), _found(2), _found(3)


@pytest.fixture
def stopwatch() -> Stopwatch:
    """The time that passes."""
    return Stopwatch()


@pytest.fixture
def cache(stopwatch: Stopwatch) -> KeyCache:
    """A cache that has heard of five destructions."""
    cache = KeyCache(stopwatch, keys_max=3)
    cache.advance(0, 5, None)
    return cache


def test_what_is_put_is_found_by_stream_and_by_key(cache: KeyCache) -> None:
    cache.put([FIRST], 5)
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is FIRST.key
    assert cache.of_key(PRACTICE, FIRST.key.key_id) is FIRST.key
    assert cache.of_stream(PRACTICE, SECOND.stream_id) is None
    assert cache.of_key(PRACTICE, SECOND.key.key_id) is None


def test_another_practice_is_given_nothing(cache: KeyCache) -> None:
    cache.put([FIRST], 5)
    assert cache.of_stream(OTHER_PRACTICE, FIRST.stream_id) is None
    assert cache.of_key(OTHER_PRACTICE, FIRST.key.key_id) is None


def test_a_key_is_given_for_a_minute_at_most(cache: KeyCache, stopwatch: Stopwatch) -> None:
    cache.put([FIRST], 5)
    stopwatch.seconds += AGE_S_MAX
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is FIRST.key
    stopwatch.seconds += 0.001
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is None
    assert cache.of_key(PRACTICE, FIRST.key.key_id) is None


def test_nobody_can_ask_for_a_longer_life(stopwatch: Stopwatch) -> None:
    cache = KeyCache(stopwatch, age_s_max=3_600)
    cache.put([FIRST], 0)
    stopwatch.seconds += AGE_S_MAX + 1
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is None


def test_what_is_too_old_is_freed_although_nobody_asks(
    cache: KeyCache, stopwatch: Stopwatch
) -> None:
    cache.put([FIRST, SECOND], 5)
    stopwatch.seconds += AGE_S_MAX - 1
    cache.put([THIRD], 5)
    stopwatch.seconds += 2
    cache.advance(5, 5, [])
    assert cache.size == 1


def test_the_oldest_makes_room(cache: KeyCache) -> None:
    cache.put([FIRST, SECOND, THIRD], 5)
    cache.put([FIRST], 5)
    cache.put([_found(4)], 5)
    assert cache.size == 3
    assert cache.of_stream(PRACTICE, SECOND.stream_id) is None
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is FIRST.key


def test_the_usual_size_is_bounded(stopwatch: Stopwatch) -> None:
    cache = KeyCache(stopwatch)
    cache.put((_found(i, is_destroyed=True) for i in range(KEYS_MAX + 10)), 0)
    assert cache.size == KEYS_MAX


def test_a_destroyed_key_is_forgotten_and_the_others_stay(cache: KeyCache) -> None:
    cache.put([FIRST, SECOND], 5)
    cache.advance(5, 6, [FIRST.key.key_id])
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is None
    assert cache.of_key(PRACTICE, FIRST.key.key_id) is None
    assert cache.of_stream(PRACTICE, SECOND.stream_id) is SECOND.key


def test_too_many_destructions_forget_all(cache: KeyCache) -> None:
    cache.put([FIRST], 5)
    cache.advance(5, 2_000, None)
    assert cache.size == 0
    assert cache.generation == 2_000


def test_a_read_in_flight_does_not_bring_a_key_back(cache: KeyCache) -> None:
    """Read at generation 5; heard of the destruction, 6, before the answer was put."""
    cache.advance(5, 6, [FIRST.key.key_id])
    cache.put([FIRST], 5)
    assert cache.size == 0


def test_an_answer_from_after_the_destruction_is_kept(cache: KeyCache) -> None:
    cache.put([SECOND], 7)
    assert cache.of_stream(PRACTICE, SECOND.stream_id) is SECOND.key
    cache.advance(5, 7, [FIRST.key.key_id])
    assert cache.of_stream(PRACTICE, SECOND.stream_id) is SECOND.key


def test_a_late_answer_changes_nothing(cache: KeyCache) -> None:
    """Two refreshes cross: the older answer arrives last."""
    cache.advance(5, 7, [])
    cache.put([FIRST], 7)
    cache.advance(5, 6, [FIRST.key.key_id])
    assert cache.generation == 7
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is FIRST.key


def test_a_gap_forgets_all(cache: KeyCache) -> None:
    """Our own destruction was the ninth; of the sixth to eighth nothing was heard."""
    cache.put([FIRST], 5)
    cache.advance(8, 9, [SECOND.key.key_id])
    assert cache.size == 0
    assert cache.generation == 9


def test_a_vault_that_went_back_to_a_backup_forgets_all(cache: KeyCache) -> None:
    cache.put([FIRST], 5)
    cache.advance(5, 2, [])
    assert cache.size == 0
    assert cache.generation == 2


def test_one_stream_can_be_forgotten(cache: KeyCache) -> None:
    cache.put([FIRST, SECOND], 5)
    cache.evict(PRACTICE, FIRST.stream_id)
    cache.evict(PRACTICE, UUID(int=77))
    assert cache.of_key(PRACTICE, FIRST.key.key_id) is None
    assert cache.of_stream(PRACTICE, SECOND.stream_id) is SECOND.key


def test_a_key_that_became_destroyed_replaces_the_key(cache: KeyCache) -> None:
    cache.put([FIRST], 5)
    gone = _found(1, is_destroyed=True)
    cache.put([gone], 5)
    assert cache.of_stream(PRACTICE, FIRST.stream_id) is gone.key
    assert cache.size == 1


class World:
    """A vault, and reads and refreshes in flight."""

    def __init__(self) -> None:
        self.cache = KeyCache(Stopwatch(), keys_max=4)
        self.destroyed_at: dict[int, int] = {}
        self.reads: list[tuple[Found, int]] = []
        self.refreshes: list[tuple[int, int, list[UUID]]] = []

    def destroy(self, number: int) -> None:
        self.destroyed_at.setdefault(number, len(self.destroyed_at) + 1)

    def read(self, number: int) -> None:
        is_destroyed = number in self.destroyed_at
        self.reads.append((_found(number, is_destroyed=is_destroyed), len(self.destroyed_at)))

    def answer(self, number: int) -> None:
        for found, generation in self.reads[number : number + 1]:
            self.cache.put([found], generation)

    def ask(self, _number: int) -> None:
        since = self.cache.generation
        changed = [UUID(int=n) for n, at in self.destroyed_at.items() if at > since]
        self.refreshes.append((since, len(self.destroyed_at), changed))

    def told(self, number: int) -> None:
        for since, generation, changed in self.refreshes[number : number + 1]:
            self.cache.advance(since, generation, changed)

    def check(self) -> None:
        known = [n for n, at in self.destroyed_at.items() if at <= self.cache.generation]
        given_out = [self.cache.of_key(PRACTICE, UUID(int=number)) for number in known]
        assert not any(isinstance(key, RecordKey) for key in given_out)
        assert self.cache.size <= 4


STEPS = st.sampled_from([World.destroy, World.read, World.answer, World.ask, World.told])


@given(st.lists(st.tuples(STEPS, st.integers(0, 5)), max_size=60))
def test_whatever_the_order_no_key_is_given_whose_destruction_was_heard_of(
    steps: list[tuple[Callable[[World, int], None], int]],
) -> None:
    world = World()
    for step, number in steps:
        step(world, number)
        world.check()
