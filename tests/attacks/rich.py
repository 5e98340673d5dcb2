"""An honest bundle with everything that one can hold: every lie has something to change in it."""

import datetime as dt
from typing import Final

from ledger.bundle.log_files import Days
from tests.attacks.forge import MINUTE_US, START_US, Event, Lie, Told, events, forged, told
from tests.attacks.policies import NESTED, WITNESSES
from tests.attacks.root_logs import Bundle, Epoch, filler, held, stamped
from tests.attacks.stamps import granted

SECOND_US: Final = 1_000_000
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US
FIRST_DAY: Final = dt.datetime.fromtimestamp(START_US // SECOND_US, dt.UTC).date()
NEXT_DAY: Final = 208  # the first position that is not in the range


def rich_log() -> Told:
    """408 events of two days, one key destroyed; 256 and 128 of them are whole subtrees."""
    log = [*events(), *(Event(100 + number % 40) for number in range(400))]
    for position in range(NEXT_DAY, len(log)):
        log[position].time_us = START_US + DAY_US + position * MINUTE_US
    return told(log)


def rich_epochs(log: Told) -> tuple[tuple[Epoch, ...], Bundle]:
    """Five epochs: one before the log, one in which nothing happened, two of them stamped."""
    end_us = START_US + len(log.leaves) * MINUTE_US
    sizes = {
        100: START_US + 100 * MINUTE_US,
        NEXT_DAY: START_US + NEXT_DAY * MINUTE_US,
        len(log.leaves): end_us + DAY_US,
    }
    first, second, last = (
        Epoch(time_us, (filler(0), held(log.leaves, size), filler(2)))
        for size, time_us in sizes.items()
    )
    quiet = Epoch(START_US + 10 * HOUR_US, second.slots)
    epochs = (Epoch(START_US - SECOND_US, (filler(0),)), first, second, quiet, last)
    stamps = Bundle()
    for size in (2, 4):
        token = granted(epochs[size - 1].time_us + 30 * SECOND_US)
        epochs, files = stamped(epochs, size, token)
        stamps |= files
    return epochs, stamps


def rich() -> Bundle:
    """Cosigned, stamped twice, of the first day only, with a key of it disclosed."""
    log = rich_log()
    epochs, stamps = rich_epochs(log)
    return forged(
        log,
        Lie(
            epochs=epochs,
            stamps=stamps,
            disclosed=(2, 101),
            policy=NESTED,
            cosigners=tuple(WITNESSES.values()),
            days=Days(FIRST_DAY, FIRST_DAY),
        ),
    )
