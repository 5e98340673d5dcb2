"""Lends pooled connections, and throws dead ones out together.

Where one connection was lost, others were: nobody else is to find out one by one.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from ledger.errors import Unavailable

Lend = Callable[[], AbstractContextManager[Connection[TupleRow]]]


@contextmanager
def answered() -> Generator[None]:
    """Tell what cannot be read now, and can be later, as `Unavailable`."""
    try:
        yield
    except psycopg.OperationalError:
        raise Unavailable("the database cannot be reached; try again") from None
    except psycopg.errors.UndefinedTable:
        # Just after a first start: whoever follows the log makes the tables of its read models.
        raise Unavailable("the service has just begun; try again in a moment") from None


def lending(pool: ConnectionPool[Connection[TupleRow]]) -> Lend:
    """Return what lends a connection of the pool for the length of a `with` block.

    What the block or the pool raises comes out as it is.
    """

    @contextmanager
    def lend() -> Generator[Connection[TupleRow]]:
        try:
            with pool.connection() as connection:
                yield connection
        except psycopg.OperationalError:
            pool.check()
            raise

    return lend
