"""The cosignatures of the root log's checkpoints as they are stored."""

from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import note as notes
from ledger.cosignature import WitnessKey
from ledger.merkle import SIZE_MAX
from ledger.note import Note, Signature
from ledger.policy import Policy

_ADD: Final = "SELECT ledger.add_cosignature(%b, %b, %b, %b)"
# Each step passes over all checkpoints that cannot have the quorum, however many these are.
STEPS_MAX: Final = 10_000
LAST: Final = """
SELECT coalesce(max(size), 0) FROM ledger.cosignatures
WHERE key_name = %b AND key_id = %b AND size <= %b
"""
_OF: Final = """
SELECT key_name, key_id, value FROM ledger.cosignatures WHERE size = %b ORDER BY key_name, key_id
"""
_NOTE: Final = "SELECT note FROM ledger.checkpoints WHERE size = %b"
_NEWEST: Final = "SELECT coalesce(max(size), 0) FROM ledger.checkpoints"


def add(connection: Connection[TupleRow], size: int, line: Signature) -> None:
    """Store a witness's cosignature of the checkpoint of this size; its first one stays."""
    connection.execute(_ADD, (size, line.key_name, line.key_id, line.value), binary=True)


def last_size(connection: Connection[TupleRow], key: WitnessKey, up_to: int = SIZE_MAX) -> int:
    """Return the largest size, up to this one, that this witness has cosigned, 0 for none."""
    row = connection.execute(LAST, (key.name, key.key_id, up_to), binary=True).fetchone()
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

    Gives up after `STEPS_MAX` checkpoints where enough were at work, yet not at the same ones.
    """
    newest = connection.execute(_NEWEST).fetchone()
    size = newest[0] if newest else 0
    for _ in range(STEPS_MAX):
        size = _largest_possible(connection, policy, size)
        row = connection.execute(_NOTE, (size,), binary=True).fetchone()
        if row is None:
            return None
        note, cosigners = with_cosignatures(connection, size, notes.decode(row[0]), policy)
        if policy.is_met(cosigners):
            return note
        size -= 1
    return None


def _largest_possible(connection: Connection[TupleRow], policy: Policy, up_to: int) -> int:
    """Return the largest size, up to this one, that may have the quorum, 0 for none.

    A larger one has not: too few witnesses have cosigned anything from there up to `up_to`.
    """
    last = {each.name: last_size(connection, each.key, up_to) for each in policy.witnesses}
    for size in sorted({up_to, *last.values()}, reverse=True):
        if policy.is_met({name for name, cosigned in last.items() if cosigned >= size}):
            return size
    return 0
