"""Lends pooled connections, and throws dead ones out together.

Where one connection was lost, others were: nobody else is to find out one by one.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Lend = Callable[[], AbstractContextManager[Connection[TupleRow]]]


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
