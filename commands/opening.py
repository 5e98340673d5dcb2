"""Opens what commands work with, as the settings say, for as long as a block runs."""

from collections.abc import Generator
from contextlib import contextmanager

from commands.context import Context
from commands.open_operator_log import open_operator_log
from ledger.clock import SystemClock
from ledger.ids import RandomIds
from ledger.opening import open_ledger
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings


@contextmanager
def open_context(database: Database, settings: Settings) -> Generator[Context]:
    """Give a context on a migrated database; the operator's log is begun when it is not yet."""
    clock = SystemClock()
    ids = RandomIds(clock)
    with open_ledger(database, settings, clock, ids) as ledger:
        context = Context(ledger, clock, ids)
        open_operator_log(context)
        yield context
