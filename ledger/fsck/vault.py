"""Checks that every key a log names is known to the vault, alive or destroyed on record."""

from collections.abc import Mapping
from itertools import islice
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.fsck.difference import Difference, Name

STREAMS_PER_QUESTION = 5_000

_KEYS = """
SELECT uuid_send(k.stream_id), uuid_send(k.key_id) FROM keys.record_keys k
WHERE k.practice_id = %b AND k.stream_id = ANY (%b::uuid[])
"""


def check_keys(vault: Connection[TupleRow], practice_id: UUID, keys: Mapping[bytes, bytes]) -> None:
    """Check the key of each stream, both as 16 bytes. Raises `Difference`."""
    rest = iter(keys.items())
    while part := dict(islice(rest, STREAMS_PER_QUESTION)):
        streams = [UUID(bytes=stream) for stream in part]
        known = dict(vault.execute(_KEYS, (practice_id, streams), binary=True).fetchall())
        for stream, key in part.items():
            if known.get(stream) != key:
                place = f"practice {practice_id} stream {UUID(bytes=stream)}"
                raise Difference(Name.KEY_UNKNOWN, place)
