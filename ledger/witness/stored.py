"""The cosignatures of the root log's checkpoints as they are stored."""

from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import note as notes
from ledger.cosignature import WitnessKey
from ledger.note import Note, Signature
from ledger.policy import Policy

_ADD: Final = "SELECT ledger.add_cosignature(%b, %b, %b, %b)"
_LAST: Final = """
SELECT coalesce(max(size), 0) FROM ledger.cosignatures WHERE key_name = %b AND key_id = %b
"""
_OF: Final = """
SELECT key_name, key_id, value FROM ledger.cosignatures WHERE size = %b ORDER BY key_name, key_id
"""
_NOTES: Final = """
SELECT size, note FROM ledger.checkpoints WHERE size <= %b ORDER BY size DESC LIMIT 1000
"""
_NEWEST: Final = "SELECT coalesce(max(size), 0) FROM ledger.checkpoints"


def add(connection: Connection[TupleRow], size: int, line: Signature) -> None:
    """Store a witness's cosignature of the checkpoint of this size; its first one stays."""
    connection.execute(_ADD, (size, line.key_name, line.key_id, line.value), binary=True)


def last_size(connection: Connection[TupleRow], key: WitnessKey) -> int:
    """Return the size of the newest checkpoint that this witness has cosigned, 0 for none."""
    row = connection.execute(_LAST, (key.name, key.key_id), binary=True).fetchone()
    return row[0] if row else 0


def lines_of(connection: Connection[TupleRow], size: int) -> list[Signature]:
    """Return all cosignatures of the checkpoint of this size, by name and id of their keys."""
    return [Signature(*row) for row in connection.execute(_OF, (size,), binary=True)]


def with_cosignatures(
    connection: Connection[TupleRow], size: int, note: Note, policy: Policy
) -> tuple[Note, set[str]]:
    """Return a checkpoint's note with what the policy's witnesses added, and their names there."""
    by_id = {(line.key_name, line.key_id): line for line in lines_of(connection, size)}
    found = {
        each.name: by_id[each.key.name, each.key.key_id]
        for each in policy.witnesses
        if (each.key.name, each.key.key_id) in by_id
    }
    return Note(note.text, (*note.signatures, *found.values())), set(found)


def newest_that_meets(connection: Connection[TupleRow], policy: Policy) -> Note | None:
    """Return the newest checkpoint that enough witnesses have cosigned, None for none.

    Looks at the newest thousand.
    """
    newest = connection.execute(_NEWEST).fetchone()
    for size, raw in connection.execute(_NOTES, newest, binary=True).fetchall():
        note, cosigners = with_cosignatures(connection, size, notes.decode(raw), policy)
        if policy.is_met(cosigners):
            return note
    return None
