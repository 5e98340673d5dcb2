"""The signature under a row of a weekly log, while it is the last that happened to the row."""

from uuid import UUID

from aggregates.hours.week_row import WeekSigned
from ledger import reader
from projections.opening import open_facts
from projections.source import Source


def week_signature(
    source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID
) -> WeekSigned | None:
    """Return it as it was recorded, None where there is none that holds or the row is not theirs.

    A row that was opened again has lost its signature; one that is shredded tells nothing.
    """
    with source.read(practice_id) as connection:
        entries = reader.stream(connection, practice_id, stream_id)
    if not entries or entries[0].actor_id != person_id:
        return None
    (last,) = open_facts(entries[-1:], source.keys)
    return last if isinstance(last, WeekSigned) else None
