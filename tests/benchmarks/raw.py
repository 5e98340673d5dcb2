"""The bare contestant: single-row inserts of the columns and sizes of our events, unchecked."""

import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Final
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.postgres.connect import Database, Role
from ledger.sealing import TAG_BYTES
from tests.benchmarks import facts
from tests.benchmarks.clients import Step

LEAF_BYTES: Final = 226 + len(facts.LOGGED)
# Far enough apart that no two clients meet.
POSITIONS_PER_CLIENT: Final = 1 << 40

_MAKE = """
CREATE TABLE public.raw (
    practice_id uuid NOT NULL,
    position    bigint NOT NULL,
    stream_id   uuid NOT NULL,
    version     bigint NOT NULL,
    leaf        bytea NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (practice_id, position),
    UNIQUE (practice_id, stream_id, version)
)
"""
_INSERT = "INSERT INTO public.raw VALUES (%b, %b, %b, %b, %b, %b)"


def make_table(database: Database) -> None:
    """Make the table: that of our events, without its triggers."""
    with database.connect(Role.OWNER) as owner:
        owner.execute(_MAKE)


@contextmanager
def clients(database: Database, number: int) -> Generator[list[Step]]:
    """Give this many clients, each with a connection and a stream of its own."""
    practice_id = uuid4()
    with ExitStack() as stack:
        yield [
            _client(stack.enter_context(database.connect(Role.OWNER)), practice_id, client)
            for client in range(number)
        ]


def _client(connection: Connection[TupleRow], practice_id: UUID, client: int) -> Step:
    versions = count(1)
    stream_id = uuid4()
    leaf, body = os.urandom(LEAF_BYTES), os.urandom(len(facts.logged(stream_id, 0)[1]) + TAG_BYTES)

    def step() -> object:
        version = next(versions)
        position = client * POSITIONS_PER_CLIENT + version
        row = (practice_id, position, stream_id, version, leaf, body)
        return connection.execute(_INSERT, row, prepare=True)

    return step
