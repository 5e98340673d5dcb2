"""What of a practice an auditor may open as it names no client, and what nobody can any more."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from aggregates.disclosure import is_disclosable
from aggregates.shredding import KeyShredded
from ledger import reader
from ledger.ids import shredding_stream
from ledger.ledger import Ledger
from ledger.reader import Entry
from projections.opening import open_facts


class Disclosed(NamedTuple):
    """Record keys by id, and the positions of the events they open, ascending."""

    keys: dict[UUID, bytes]
    positions: list[int]


NOTHING = Disclosed({}, [])


def disclosed(ledger: Ledger, practice_id: UUID, size: int) -> Disclosed:
    """Return what of the first `size` events may be opened; what is shredded is left out.

    So far that is the practice's own stream: its name, members and agreement. The weekly logs and
    their signatures come with the streams of the weeks.
    """
    with ledger.read(practice_id) as connection:
        stream = reader.stream(connection, practice_id, practice_id)
    sealed = [entry for entry in stream if entry.key_id is not None and entry.position < size]
    if not is_disclosable(frozenset(entry.type for entry in sealed)):
        return NOTHING
    return _opened(ledger, practice_id, sealed)


def shredded(ledger: Ledger, practice_id: UUID, size: int) -> set[UUID]:
    """Return the keys whose destruction is on record in the first `size` events."""
    with ledger.read(practice_id) as connection:
        stream = reader.stream(connection, practice_id, shredding_stream(practice_id))
    facts = open_facts([entry for entry in stream if entry.position < size], ledger.keys)
    return {fact.key_id for fact in facts if isinstance(fact, KeyShredded)}


def _opened(ledger: Ledger, practice_id: UUID, sealed: Sequence[Entry]) -> Disclosed:
    key_ids = {entry.key_id for entry in sealed if entry.key_id is not None}
    keys = ledger.keys.disclose(practice_id, sorted(key_ids))
    return Disclosed(keys, [entry.position for entry in sealed if entry.key_id in keys])
