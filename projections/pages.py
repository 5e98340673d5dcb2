"""Applies one page of events to a read model: rows and position commit together, exactly once."""

from collections.abc import Sequence
from itertools import compress
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import reader, tracking
from ledger.errors import Tampered
from ledger.reader import Entry, Keys
from projections.opening import key_ids_of, look_up, open_one
from projections.read_model import Page, Place, ReadModel

PAGE_EVENTS = 1_000

# Whoever swaps in a rebuilt table takes the lock that this one waits for, so that no page is
# written to a table that is on its way out.
_HOLD_TABLE = "LOCK TABLE {table} IN ROW EXCLUSIVE MODE"
# No row when another follower is at this practice, or the table was made by another definition.
_CLAIM = """
SELECT t.position FROM views.tracking t
JOIN views.definitions d ON d.read_model = t.read_model AND d.sha256 = %b
WHERE t.read_model = %b AND t.practice_id = %b
FOR UPDATE OF t SKIP LOCKED
"""

Projecting = Connection[TupleRow]


def apply_page(
    connection: Projecting, keys: Keys, place: Place, practice_id: UUID, limit: int = PAGE_EVENTS
) -> int | None:
    """Apply up to `limit` events after the read model's position in one transaction.

    Returns how many there were, None when this practice is not ours to work on now. Needs a row in
    `views.tracking`. Raises whatever reading, opening, applying or writing raises; nothing is
    written then.
    """
    read_model = place.read_model
    with connection.transaction():
        connection.execute(place.statement(_HOLD_TABLE))
        claim = (read_model.sha256, place.name, practice_id)
        row = connection.execute(_CLAIM, claim, binary=True).fetchone()
        if row is None:
            return None
        after: int = row[0]
        entries = reader.page(connection, practice_id, after=after, limit=limit)
        if not entries:
            return 0
        last = entries[-1].position
        if last - after != len(entries):
            raise Tampered("events are missing from a log; run fsck")
        for write in read_model.apply(open_page(keys, read_model, practice_id, entries)):
            connection.execute(place.statement(write.statement), write.parameters, binary=True)
        tracking.advance(connection, place.name, practice_id, last)
    return len(entries)


def open_page(
    keys: Keys, read_model: ReadModel, practice_id: UUID, entries: Sequence[Entry]
) -> Page:
    """Open what the read model reads, with one look-up for all keys."""
    tags = read_model.tags
    is_wanted = [entry.preamble.type in tags for entry in entries]
    known = look_up(keys, practice_id, key_ids_of(compress(entries, is_wanted)))
    events = [
        (entry, open_one(entry, known) if wanted else None)
        for entry, wanted in zip(entries, is_wanted, strict=True)
    ]
    return Page(practice_id, events, known)
