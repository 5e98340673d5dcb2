"""A replay tells a practice's history in order, up to a time, and waiting for a view is bounded."""

import time

import pytest

from aggregates.session import SessionCorrected, SessionLogged
from ledger.reader import Shredded
from projections import replay as replaying
from projections.replay import replay
from projections.therapist import THERAPIST
from projections.waiting import wait_for
from tests.projections.world import World, entry, name

pytestmark = pytest.mark.postgres
ANA = name("ana")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even a short history take several pages."""
    monkeypatch.setattr(replaying, "PAGE_EVENTS", 3)


def test_it_gives_every_event_in_order(world: World) -> None:
    practice = world.open_practice()
    for number in range(5):
        world.log(practice, number, ANA)
    told = list(replay(world, practice))
    assert [each.entry.position for each in told] == list(range(9))
    assert isinstance(told[-1].fact, SessionLogged)


def test_it_ends_with_the_last_event_of_the_time_asked_for(world: World) -> None:
    practice = world.open_practice()
    for number in range(5):
        world.log(practice, number, ANA)
    times = [each.entry.recorded_at_us for each in replay(world, practice)]
    assert len(list(replay(world, practice, until_us=times[6]))) == 7
    assert len(list(replay(world, practice, until_us=times[6] - 1))) == 6
    assert list(replay(world, practice, until_us=0)) == []


def test_it_gives_one_stream_when_asked(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.log(practice, "b", ANA)
    for minutes in range(40, 44):
        world.correct(practice, "a", ANA, entry(minutes=minutes))
    told = list(replay(world, practice, stream_id=name("a")))
    assert [each.entry.version for each in told] == [1, 2, 3, 4, 5]
    assert isinstance(told[-1].fact, SessionCorrected)


def test_a_shredded_event_is_told_as_shredded(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.shred(practice, "a")
    told = list(replay(world, practice))
    assert len(told) == 7
    assert isinstance(told[4].fact, Shredded)


def test_an_unknown_practice_has_no_history(world: World) -> None:
    assert list(replay(world, name("nowhere"))) == []


def test_waiting_ends_at_its_time_limit(world: World) -> None:
    practice = world.open_practice()
    started = time.monotonic()
    assert not wait_for(world, THERAPIST.name, practice, 3, 0.2)
    assert 0.2 <= time.monotonic() - started < 2.0


def test_waiting_ends_when_the_position_is_reached(world: World) -> None:
    practice = world.open_practice()
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    assert wait_for(world, THERAPIST.name, practice, 3, 0.0)
    assert not wait_for(world, THERAPIST.name, practice, 4, 0.0)


def test_nobody_waits_for_a_parked_practice(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.prepare(THERAPIST)
    del world.keys.by_id[name("key", practice, name("a"))]
    world.pull(THERAPIST)
    started = time.monotonic()
    assert not wait_for(world, THERAPIST.name, practice, 4, 30.0)
    assert time.monotonic() - started < 5.0
