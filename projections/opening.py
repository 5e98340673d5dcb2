"""Opens what is stored: many entries of one practice with one look-up of their keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from aggregates.catalogue import Fact, decode
from ledger.keys.records import Destroyed
from ledger.reader import Entry, Keys, Shredded, open_entries
from ledger.sealing import RecordKey


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Keys that were looked up already; gives out what it has and asks nobody."""

    known: Mapping[UUID, RecordKey | Destroyed]

    def get_many(
        self, practice_id: UUID, key_ids: Sequence[UUID]
    ) -> Mapping[UUID, RecordKey | Destroyed]:
        """Return what is known, whatever is asked."""
        del practice_id, key_ids
        return self.known


def look_up(
    keys: Keys, practice_id: UUID, key_ids: Iterable[UUID]
) -> Mapping[UUID, RecordKey | Destroyed]:
    """Look up the keys of many events or rows at once; none asked, nobody bothered."""
    wanted = list(dict.fromkeys(key_ids))
    return keys.get_many(practice_id, wanted) if wanted else {}


def open_facts(entries: Sequence[Entry], keys: Keys) -> list[Fact | Shredded]:
    """Return the fact of each entry, `Shredded` where its key is gone.

    Raises what `open_entries` raises, and `UnknownEvent` or `EventUnreadable` for a body that is
    no fact of this program.
    """
    return [
        body if isinstance(body, Shredded) else decode(entry.type, body)
        for entry, body in zip(entries, open_entries(entries, keys), strict=True)
    ]
