"""`therapist-os status`: what a monitor is told, in words that alarms can be made of."""

import datetime as dt
from collections.abc import Callable
from typing import Final

import msgspec

from ledger.clock import Clock
from ledger.postgres.connect import Database
from ledger.status import Status, read_status

Say = Callable[[str], object]
_US: Final = 1_000_000


def tell_status(database: Database, clock: Clock, say: Say, *, is_json: bool) -> bool:
    """Print it; returns whether all is well: no practice parked, and epochs where events are.

    Raises `Unavailable` as `read_status`.
    """
    status = read_status(database)
    is_well = not any(each.parked for each in status.lags) and (
        status.epochs > 0 or not status.events
    )
    if is_json:
        fields = {**msgspec.structs.asdict(status), "is_well": is_well}
        say(msgspec.json.encode(fields).decode())
        return is_well
    for line in in_words(status, clock.now_us()):
        say(line)
    say("well" if is_well else "not well: see docs/runbook.md")
    return is_well


def in_words(status: Status, now_us: int) -> list[str]:
    """Return a line for each thing that is measured."""
    return [
        f"practices: {status.practices:,}",
        f"events: {status.events:,}, of them under no epoch yet: {status.unsealed:,}",
        f"epochs: {status.epochs:,}, the last one {_age(status.last_epoch_us, now_us)}",
        f"newest epoch under a timestamp: {_age(status.last_stamped_us, now_us)}",
        *(
            f"read model {each.read_model}: {each.behind:,} events behind,"
            f" parked practices: {each.parked:,}"
            for each in status.lags
        ),
    ]


def _age(at_us: int | None, now_us: int) -> str:
    if at_us is None:
        return "none"
    return f"{dt.timedelta(seconds=(now_us - at_us) // _US)} ago"
