"""Lies about when: events and epochs dated otherwise than they were, and epochs left out for it."""

import struct
from dataclasses import replace
from typing import Final

import pytest

from tests.attacks.bundles import Files, report, verdict
from tests.attacks.forge import START_US, Event, Lie, Told, events, forged, told
from tests.attacks.root_logs import Epoch, filler, held

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US
TIME_AT: Final = 104  # of recorded_at_us in an event leaf


def epochs(log: Told, *ends: tuple[int, int]) -> tuple[Epoch, ...]:
    """Epochs at a time after the start, each of so many events; of none, without the slot."""
    return tuple(
        Epoch(
            START_US + time_us,
            (filler(0), held(log.leaves, size), filler(2)) if size else (filler(0),),
        )
        for time_us, size in ends
    )


def test_an_event_dated_after_the_epoch_that_holds_it_is_found() -> None:
    """By any time at all; a later epoch would have held it."""
    some = events()
    for event in some[2:]:
        event.time_us = START_US + HOUR_US
    assert verdict(forged(told(some))) == "postdated"
    later = tuple(START_US + HOUR_US + n for n in range(3))
    assert verdict(forged(told(some), Lie(epoch_times_us=later))) == "valid"
    earlier = tuple(START_US + HOUR_US - 1 for _ in range(3))
    assert verdict(forged(told(some), Lie(epoch_times_us=earlier))) == "postdated"


def test_an_event_dated_before_an_epoch_that_lacked_it_is_found() -> None:
    """By more than the five minutes that a commit may take."""
    for late_us, code in ((5 * MINUTE_US, "valid"), (5 * MINUTE_US + 1, "backdated")):
        first_us = START_US + 3 * MINUTE_US + late_us  # position 3 is of the third minute
        times = Lie(epoch_times_us=(first_us, first_us + HOUR_US, first_us + 2 * HOUR_US))
        some = [replace(event, time_us=START_US + 3 * MINUTE_US) for event in events()[3:7]]
        last = Event(2, time_us=first_us + HOUR_US)
        assert verdict(forged(told([*events()[:3], *some, last]), times)) == code


def test_the_first_events_are_bound_by_the_epoch_before_them() -> None:
    """An epoch in which the log has no slot yet says that its first event came later."""
    log = told(events())
    for early_us, code in ((5 * MINUTE_US, "valid"), (5 * MINUTE_US + 1, "backdated")):
        some = epochs(log, (early_us, 0), (HOUR_US, 8))
        assert verdict(forged(log, Lie(epochs=some))) == code
    found = report(forged(log, Lie(epochs=epochs(log, (MINUTE_US, 0), (HOUR_US, 8)))))
    assert (found["epochs"], found["widest_gap_us"]) == (2, HOUR_US - MINUTE_US)


def test_events_dated_back_by_a_season_are_found() -> None:
    """With every slot proof they lie before epochs that lacked them; without, those are missed."""
    log = told(events())
    some = epochs(log, (HOUR_US, 3), (30 * DAY_US, 3), (60 * DAY_US, 3), (90 * DAY_US, 8))
    assert verdict(forged(log, Lie(epochs=some))) == "backdated"
    for shown in ((3,), (0, 3), (0, 1, 3), (2, 3), (1, 2, 3)):
        lie = Lie(epochs=some, shown=shown)
        code = "backdated" if shown in {(2, 3), (1, 2, 3)} else "epoch-left-out"
        expected = "epoch-left-out" if shown[0] else code
        assert verdict(forged(log, lie)) == expected, shown


def blocks(bundle: Files) -> list[bytes]:
    """The slot proofs of a bundle, one by one."""
    return [block + b"\n\n" for block in bundle["epochs"].split(b"\n\n")[:-1]]


def without(bundle: Files, number: int) -> Files:
    """The bundle with one slot proof less."""
    every = blocks(bundle)
    return bundle | {"epochs": b"".join(every[:number] + every[number + 1 :])}


@pytest.mark.parametrize("number", range(4))
def test_no_slot_proof_can_be_dropped(number: int) -> None:
    """Not from the front either: before the log's first epoch there is one that lacks it."""
    log = told(events())
    some = epochs(log, (0, 0), (3 * MINUTE_US, 3), (6 * MINUTE_US, 7), (8 * MINUTE_US, 8))
    bundle = forged(log, Lie(epochs=some))
    assert verdict(bundle) == "valid"
    code = "epoch-left-out" if number < 3 else "epochs-malformed"
    assert verdict(without(bundle, number)) == code


def test_a_log_that_was_there_is_not_said_to_be_absent() -> None:
    """A record alone stands only for an epoch with too few slots; and never for the last one."""
    log = told(events())
    bundle = forged(log)
    alone = [b"\n".join(block.split(b"\n")[:2]) + b"\n\n" for block in blocks(bundle)]
    for number in range(3):
        some = [*alone[: number + 1], *blocks(bundle)[number + 1 :]]
        assert verdict(bundle | {"epochs": b"".join(some)}) == "epoch-left-out", number
    gone = epochs(log, (HOUR_US, 8), (2 * HOUR_US, 0))
    assert verdict(forged(log, Lie(epochs=gone))) == "slot-shrinks"
    other = Lie(epochs=[Epoch(START_US + HOUR_US, (filler(0),))])
    assert verdict(forged(log, other)) == "practice-root-differs"


@pytest.mark.parametrize(("time_us", "code"), [(0, "valid"), (-1, "epochs-malformed")])
def test_no_epoch_is_dated_before_1970(time_us: int, code: str) -> None:
    """Not even one that holds nothing."""
    log = told(events())
    some = epochs(log, (time_us - START_US, 0), (HOUR_US, 8))
    assert verdict(forged(log, Lie(epochs=some))) == code


def test_an_epoch_dated_before_the_last_is_found() -> None:
    """Epochs are in order of time."""
    hours = Lie(epoch_times_us=tuple(START_US + h * HOUR_US for h in (3, 2, 4)))
    assert verdict(forged(told(events()), hours)) == "epoch-time-falls"


@pytest.mark.parametrize(
    ("position", "time_us", "code"),
    [(3, START_US, "time-falls"), (0, -1, "time-falls"), (0, 0, "valid")],
)
def test_an_event_dated_before_the_last_is_found(position: int, time_us: int, code: str) -> None:
    """Within the log times never fall, and the first one is not before 1970."""
    some = events()
    some[position].time_us = abs(time_us)
    log = told(some)
    if time_us < 0:  # our own encoder refuses it
        raw = log.leaves[0]
        log.leaves[0] = raw[:TIME_AT] + struct.pack(">q", time_us) + raw[TIME_AT + 8 :]
    assert verdict(forged(log)) == code
