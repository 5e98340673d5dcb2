"""Replays a practice's history in order, as it was known at a time, in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from aggregates.catalogue import Fact
from ledger import reader
from ledger.reader import NO_LIMIT, Entry, Shredded, Versions
from projections.opening import open_facts
from projections.source import Source

PAGE_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """An event and what it says, `Shredded` where its key is gone."""

    entry: Entry
    fact: Fact | Shredded


def replay(
    source: Source,
    practice_id: UUID,
    *,
    until_us: int | None = None,
    stream_id: UUID | None = None,
) -> Iterator[Replayed]:
    """Yield the practice's events, or one stream's, recorded up to and including `until_us`.

    Raises what `open_facts` raises at the event that cannot be opened.
    """
    for entries in _pages(source, practice_id, stream_id):
        # Times in a practice's log never go back, so the first one that is late ends it.
        kept = [e for e in entries if until_us is None or e.recorded_at_us <= until_us]
        yield from map(Replayed, kept, open_facts(kept, source.keys))
        if len(kept) < len(entries):
            return


def _pages(source: Source, practice_id: UUID, stream_id: UUID | None) -> Iterator[Sequence[Entry]]:
    after = -1 if stream_id is None else 0
    while True:
        with source.read() as connection:
            if stream_id is None:
                entries = reader.page(connection, practice_id, after=after, limit=PAGE_EVENTS)
            else:
                versions = Versions(after=after, until=NO_LIMIT, limit=PAGE_EVENTS)
                entries = reader.stream(connection, practice_id, stream_id, versions)
        yield entries
        if len(entries) < PAGE_EVENTS:
            return
        after = entries[-1].position if stream_id is None else entries[-1].version
