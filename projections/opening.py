"""Opens what is stored: many entries of one practice with one look-up of their keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from aggregates.catalogue import Fact, decode
from ledger.errors import KeyMissing
from ledger.keys.records import Destroyed
from ledger.reader import Entry, Keys, Shredded, open_entries
from ledger.sealing import RecordKey, open_body

# By the 16 bytes of the key's id, as leaves and rows name it: a page of events is opened and sealed
# without making an object of every id.
Known: TypeAlias = Mapping[bytes, RecordKey | Destroyed]

_PREAMBLE = slice(0, -36)
_BODY_HASH = slice(-32, None)


@dataclass(frozen=True, slots=True)
class Opened:
    """An event's body in the clear, and the fact it is."""

    body: bytes
    fact: Fact


def look_up(keys: Keys, practice_id: UUID, key_ids: Iterable[bytes]) -> Known:
    """Look up the keys of many events or rows at once; none asked, nobody bothered."""
    wanted = {UUID(bytes=raw): raw for raw in dict.fromkeys(key_ids)}
    if not wanted:
        return {}
    found = keys.get_many(practice_id, list(wanted))
    return {wanted[key_id]: key for key_id, key in found.items()}


def open_one(entry: Entry, known: Known) -> Opened | Shredded:
    """Return what an event says, `Shredded` when its key is destroyed.

    Raises `Tampered` for a body that is not what its leaf says, `KeyMissing` for a key that was
    never there, `UnknownEvent` or `EventUnreadable` for a body that is no fact of this program.
    """
    seal = entry.preamble.seal
    if seal is None:
        body = open_entries([entry], _NO_KEYS)[0]
        assert isinstance(body, bytes), "what is clear cannot be shredded"
    else:
        key = known.get(seal.key_id)
        if key is None:
            raise KeyMissing("an event names a key that the vault does not know; run fsck")
        if isinstance(key, Destroyed):
            return Shredded(key.key_id)
        leaf = entry.leaf
        body = open_body(key, leaf[_PREAMBLE], entry.body, leaf[_BODY_HASH], seal)
    return Opened(body, decode(entry.type, body))


def open_facts(entries: Sequence[Entry], keys: Keys) -> list[Fact | Shredded]:
    """Return the fact of each entry of one practice; raises what `open_one` raises."""
    if not entries:
        return []
    known = look_up(keys, entries[0].practice_id, key_ids_of(entries))
    opened = (open_one(entry, known) for entry in entries)
    return [each.fact if isinstance(each, Opened) else each for each in opened]


def key_ids_of(entries: Iterable[Entry]) -> list[bytes]:
    """Return the ids of the keys that these entries are sealed with."""
    return [seal.key_id for entry in entries if (seal := entry.preamble.seal) is not None]


class _NoKeys:
    def get_many(self, practice_id: UUID, key_ids: Sequence[UUID]) -> dict[UUID, RecordKey]:
        del practice_id, key_ids
        return {}

    def generation(self) -> int:
        return 0


_NO_KEYS = _NoKeys()
