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
    until: int | None = None,
    stream_id: UUID | None = None,
) -> Iterator[Replayed]:
    """Yield the practice's events, or one stream's, in order.

    They are those recorded up to and including the time `until_us` and the position `until`. Raises
    what `open_facts` raises at the event that cannot be opened.
    """
    last_us = NO_LIMIT if until_us is None else until_us
    last = NO_LIMIT if until is None else until
    for entries in _pages(source, practice_id, stream_id):
        # Neither times nor positions go back, so the first event that is late ends it.
        kept = [e for e in entries if e.recorded_at_us <= last_us and e.position <= last]
        yield from map(Replayed, kept, open_facts(kept, source.keys))
        if len(kept) < len(entries):
            return


def _pages(source: Source, practice_id: UUID, stream_id: UUID | None) -> Iterator[Sequence[Entry]]:
    after = -1 if stream_id is None else 0
    while True:
        with source.read(practice_id) as connection:
            if stream_id is None:
                entries = reader.page(connection, practice_id, after=after, limit=PAGE_EVENTS)
            else:
                versions = Versions(after=after, until=NO_LIMIT, limit=PAGE_EVENTS)
                entries = reader.stream(connection, practice_id, stream_id, versions)
        yield entries
        if len(entries) < PAGE_EVENTS:
            return
        after = entries[-1].position if stream_id is None else entries[-1].version
