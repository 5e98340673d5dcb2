"""The timestamps of the root log's checkpoints as they are stored."""

from hashlib import sha256
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.epoch import NO_TIMESTAMP

_ADD = "SELECT ledger.add_timestamp(%b, %b, %b)"
_NEWEST = "SELECT size, response, chain FROM ledger.timestamps ORDER BY size DESC LIMIT 1"
_ALL = "SELECT size, response, chain FROM ledger.timestamps WHERE size <= %b ORDER BY size"
_UNSTAMPED = """
SELECT size, note FROM ledger.checkpoints c
WHERE size > (SELECT coalesce(max(size), 0) FROM ledger.timestamps) ORDER BY size DESC LIMIT 1
"""


class Timestamp(NamedTuple):
    """A checkpoint's size, the authority's response over its note, and the certificates for it."""

    size: int
    response: bytes
    chain: bytes

    @property
    def hash(self) -> bytes:
        """What the epoch records carry of it (docs/format.md)."""
        return sha256(self.response).digest()


def add(connection: Connection[TupleRow], timestamp: Timestamp) -> None:
    """Store a timestamp; the first of a size stays."""
    connection.execute(_ADD, timestamp, binary=True)


def newest(connection: Connection[TupleRow]) -> Timestamp | None:
    """Return the timestamp of the largest checkpoint that has one, None for none."""
    row = connection.execute(_NEWEST, binary=True).fetchone()
    return None if row is None else Timestamp(*row)


def newest_hash(connection: Connection[TupleRow]) -> bytes:
    """Return the hash that the next epoch record carries: 32 bytes, zeros for none."""
    timestamp = newest(connection)
    return NO_TIMESTAMP if timestamp is None else timestamp.hash


def up_to(connection: Connection[TupleRow], size: int) -> list[Timestamp]:
    """Return the timestamps of checkpoints of at most this size, by size."""
    return [Timestamp(*row) for row in connection.execute(_ALL, (size,), binary=True)]


def newest_unstamped(connection: Connection[TupleRow]) -> tuple[int, bytes] | None:
    """Return size and note of the newest checkpoint if no timestamp is of it or a later one."""
    row = connection.execute(_UNSTAMPED, binary=True).fetchone()
    return None if row is None else (row[0], row[1])
