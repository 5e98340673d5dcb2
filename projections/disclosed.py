"""What of a practice an auditor may open as it names no client, and what nobody can any more."""

from typing import NamedTuple
from uuid import UUID

from aggregates.disclosure import DISCLOSABLE
from aggregates.shredding import KeyShredded
from ledger import reader
from ledger.bundle.openable import openable
from ledger.ids import shredding_stream
from ledger.ledger import Ledger
from projections.opening import open_facts


class Disclosed(NamedTuple):
    """Record keys by id, and the positions of the events they open, ascending."""

    keys: dict[UUID, bytes]
    positions: list[int]


NOTHING = Disclosed({}, [])


def disclosed(ledger: Ledger, practice_id: UUID, size: int) -> Disclosed:
    """Return what of the first `size` events may be opened; what is shredded is left out.

    That is the practice's own stream, what people state of their way to a licence, and the rows of
    their weekly logs with the signatures. No session, activity, sign-in or look is among them.
    """
    with ledger.read(practice_id) as connection:
        found = openable(connection, practice_id, size, DISCLOSABLE)
    keys = ledger.keys.disclose(practice_id, sorted(each.key_id for each in found))
    opened = (each.positions for each in found if each.key_id in keys)
    return Disclosed(keys, sorted(position for some in opened for position in some))


def shredded(ledger: Ledger, practice_id: UUID, size: int) -> set[UUID]:
    """Return the keys whose destruction is on record in the first `size` events."""
    with ledger.read(practice_id) as connection:
        stream = reader.stream(connection, practice_id, shredding_stream(practice_id))
    facts = open_facts([entry for entry in stream if entry.position < size], ledger.keys)
    return {fact.key_id for fact in facts if isinstance(fact, KeyShredded)}
