"""What a monitor is told of a ledger: counts, ages and lags, and nothing of what is in it."""

import msgspec
import psycopg

from ledger.errors import Unavailable
from ledger.postgres.connect import Database, Role

_STATUS = "SELECT * FROM ledger.status()"
_LAGS = "SELECT * FROM views.lags()"


class Lag(msgspec.Struct, frozen=True):
    """How many events a read model is behind, and how many practices it has parked."""

    read_model: str
    behind: int
    parked: int


class Status(msgspec.Struct, frozen=True):
    """Counts of the whole ledger; times in microseconds since 1970 UTC, None before the first.

    `unsealed` are events that no epoch covers yet, `last_stamped_us` is when the newest epoch
    under a timestamp was made.
    """

    practices: int
    events: int
    unsealed: int
    epochs: int
    last_epoch_us: int | None
    last_stamped_us: int | None
    lags: tuple[Lag, ...]


def read_status(database: Database) -> Status:
    """Ask as the monitor, who can read no table.

    Raises `Unavailable` when the database cannot be reached, or is older than these questions.
    """
    with database.connect(Role.MONITOR) as connection:
        try:
            row = connection.execute(_STATUS, binary=True).fetchone()
            lags = connection.execute(_LAGS, binary=True).fetchall()
        except psycopg.Error as error:
            raise Unavailable(
                f"the monitor got no answer (SQLSTATE {error.sqlstate}): is the database migrated?"
            ) from error
    assert row is not None
    practices, events, unsealed, epochs, last_epoch_us, last_stamped_us = row
    told = tuple(Lag(*each) for each in lags)
    return Status(practices, events, unsealed, epochs, last_epoch_us, last_stamped_us, told)
