"""The SQL of the write path: four reads and the one function that appends."""

from collections.abc import Collection, Sequence
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.append.chain import Head, Link, Tip

VERDICT_APPENDED, VERDICT_HEAD_MOVED, VERDICT_REPEATED, VERDICT_REFUSED = 0, 1, 2, 3

_APPEND = """
SELECT ledger.append(
    %b::uuid[], %b::bigint[], %b::bytea[], %b::bytea[], %b::bigint[],
    %b::integer[], %b::bigint[], %b::boolean[], %b::bytea[], %b::bytea[])
"""
_APPEND_AT = _APPEND + "FROM keys.generation WHERE generation = %b"
_HEADS = """
SELECT practice_id, size, root, frontier, recorded_at_us FROM ledger.heads
WHERE practice_id = ANY (%b::uuid[])
"""
_LOCK_HEAD = """
SELECT practice_id, size, root, frontier, recorded_at_us FROM ledger.lock_head(%b)
"""
_TIPS = """
SELECT e.stream_id, e.version, sha256('\\x00'::bytea || e.leaf)
FROM unnest(%b::uuid[]) AS s (stream_id)
CROSS JOIN LATERAL (
    SELECT x.stream_id, x.version, x.leaf FROM ledger.events x
    WHERE x.practice_id = %b AND x.stream_id = s.stream_id
    ORDER BY x.version DESC LIMIT 1) e
"""
_COMMANDS = """
SELECT command_id, position, events FROM ledger.commands
WHERE practice_id = %b AND command_id = ANY (%b::uuid[])
"""

Service = Connection[TupleRow]


def append(
    connection: Service, links: Sequence[Link], key_generation: int | None = None
) -> list[int] | None:
    """Commit the links as one statement; returns a verdict for each.

    With a generation of the keys: None, and nothing is committed, when the vault is at another.
    """
    event_links = [i for i, link in enumerate(links, 1) for _ in link.leaves]
    arrays = (
        [link.practice_id for link in links],
        [link.old_size for link in links],
        [link.frontier.root() for link in links],
        [link.frontier.encode() for link in links],
        [link.recorded_at_us for link in links],
        event_links,
        [version for link in links for version in link.versions],
        [begins for link in links for begins in link.begins],
        [leaf for link in links for leaf in link.leaves],
        [body for link in links for body in link.bodies],
    )
    if key_generation is None:
        row = connection.execute(_APPEND, arrays, prepare=True).fetchone()
    else:
        row = connection.execute(_APPEND_AT, (*arrays, key_generation), prepare=True).fetchone()
    return None if row is None else list(row[0])


def read_heads(connection: Service, practice_ids: Collection[UUID]) -> dict[UUID, Head]:
    """Read the heads of the practices that have one."""
    rows = connection.execute(_HEADS, (list(practice_ids),), prepare=True)
    return {row[0]: Head.stored(*row[1:]) for row in rows}


def lock_head(connection: Service, practice_id: UUID) -> Head:
    """Read one head and hold it to the end of the transaction; an empty one when there is none."""
    row = connection.execute(_LOCK_HEAD, (practice_id,), prepare=True).fetchone()
    return Head.empty() if row is None else Head.stored(*row[1:])


def read_tips(
    connection: Service, practice_id: UUID, stream_ids: Collection[UUID]
) -> dict[UUID, Tip]:
    """Read the last event of each of these streams that has one."""
    rows = connection.execute(_TIPS, (list(stream_ids), practice_id), prepare=True)
    return {stream_id: Tip(version, leaf_hash) for stream_id, version, leaf_hash in rows}


def read_commands(
    connection: Service, practice_id: UUID, command_ids: Collection[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Read where these commands stand, of those that were here before: position and events."""
    rows = connection.execute(_COMMANDS, (practice_id, list(command_ids)), prepare=True)
    return {command_id: (position, events) for command_id, position, events in rows}
