"""Reads stored events back, checks what it reads, and opens what a live key can open."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Protocol
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import leaf as leaves
from ledger.errors import KeyMissing, Tampered
from ledger.keys.records import Destroyed
from ledger.sealing import RecordKey, open_body

PAGE_EVENTS_MAX = 10_000

_COLUMNS = "SELECT practice_id, position, stream_id, version, leaf, body FROM ledger.events"
_PAGE = (
    _COLUMNS
    + " WHERE practice_id = %b AND position > %b AND position <= %b ORDER BY position LIMIT %b"
)
_STREAM = (
    _COLUMNS
    + " WHERE practice_id = %b AND stream_id = %b AND version > %b AND version <= %b"
    + " ORDER BY version LIMIT %b"
)
_STREAM_BACKWARDS = _STREAM.replace("ORDER BY version", "ORDER BY version DESC")
_AT = _COLUMNS + " WHERE practice_id = %b AND position = ANY (%b::bigint[]) ORDER BY position"
_LATEST = (
    "SELECT DISTINCT ON (stream_id) practice_id, position, stream_id, version, leaf, body"
    " FROM ledger.events WHERE practice_id = %b AND stream_id = ANY (%b::uuid[])"
    " ORDER BY stream_id, version DESC"
)
_COMMAND = """
SELECT position, events FROM ledger.commands WHERE practice_id = %b AND command_id = %b
"""
_SIZE = "SELECT size FROM ledger.heads WHERE practice_id = %b"
_SLOT = "SELECT slot FROM ledger.heads WHERE practice_id = %b"
_PRACTICES = "SELECT practice_id, slot, size FROM ledger.heads ORDER BY slot"

NO_LIMIT = (1 << 62) - 1
_PREAMBLE = slice(0, -36)  # all leaf bytes before body_length
Reading = Connection[TupleRow]


class Entry(msgspec.Struct, frozen=True):
    """One stored event: where it stands, its leaf bytes, its leaf taken apart, its stored body."""

    practice_id: UUID
    position: int
    stream_id: UUID
    version: int
    leaf: bytes
    body: bytes
    preamble: leaves.Preamble

    @property
    def type(self) -> str:
        return self.preamble.type.decode("ascii")

    @property
    def event_id(self) -> UUID:
        return UUID(bytes=self.preamble.event_id)

    @property
    def actor_id(self) -> UUID:
        return UUID(bytes=self.preamble.actor_id)

    @property
    def recorded_at_us(self) -> int:
        return self.preamble.recorded_at_us

    @property
    def key_id(self) -> UUID | None:
        seal = self.preamble.seal
        return None if seal is None else UUID(bytes=seal.key_id)


class Shredded(msgspec.Struct, frozen=True):
    """What is left of a body whose key was destroyed: the id of that key, and all proofs."""

    key_id: UUID


class Keys(Protocol):
    """Where keys of many events come from: one look-up for all of them."""

    def get_many(
        self, practice_id: UUID, key_ids: Sequence[UUID]
    ) -> Mapping[UUID, RecordKey | Destroyed]:
        """Return what is known of each key."""
        ...

    def generation(self) -> int:
        """Return a number that every destruction of a key has changed by the next look-up."""
        ...


def entry(row: TupleRow) -> Entry:
    """Read one row strictly. Raises `Malformed` for its leaf, `Tampered` when columns differ."""
    practice_id, position, stream_id, version, leaf, body = row
    preamble = leaves.decode(leaf).preamble
    if (preamble.practice_id, preamble.stream_id, preamble.version) != (
        practice_id.bytes,
        stream_id.bytes,
        version,
    ):
        raise Tampered("an event's columns differ from its leaf; run fsck")
    return Entry(practice_id, position, stream_id, version, leaf, body, preamble)


def page(
    connection: Reading, practice_id: UUID, *, after: int, limit: int, until: int = NO_LIMIT
) -> list[Entry]:
    """Read up to `limit` events at positions after `after` and up to `until`, in log order."""
    bounded = min(limit, PAGE_EVENTS_MAX)
    rows = connection.execute(_PAGE, (practice_id, after, until, bounded), binary=True)
    return [entry(row) for row in rows.fetchall()]


def at_positions(connection: Reading, practice_id: UUID, positions: Sequence[int]) -> list[Entry]:
    """Read the events at these positions, in log order; absent ones are left out."""
    rows = connection.execute(_AT, (practice_id, list(positions)), binary=True)
    return [entry(row) for row in rows.fetchall()]


class Versions(msgspec.Struct, frozen=True):
    """Which versions of a stream: above `after`, up to `until`, `limit` at most, or backwards."""

    after: int = 0
    until: int = NO_LIMIT
    limit: int = NO_LIMIT
    is_backwards: bool = False


def stream(
    connection: Reading, practice_id: UUID, stream_id: UUID, versions: Versions | None = None
) -> list[Entry]:
    """Read a stream's events, all of them or those asked for."""
    asked = versions or Versions()
    rows = connection.execute(
        _STREAM_BACKWARDS if asked.is_backwards else _STREAM,
        (practice_id, stream_id, asked.after, asked.until, asked.limit),
        binary=True,
    )
    return [entry(row) for row in rows.fetchall()]


def latest(connection: Reading, practice_id: UUID, stream_ids: Sequence[UUID]) -> list[Entry]:
    """Read the last event of each of these streams, by stream id; absent ones are left out."""
    rows = connection.execute(_LATEST, (practice_id, list(stream_ids)), binary=True)
    return [entry(row) for row in rows.fetchall()]


def find_command(
    connection: Reading, practice_id: UUID, command_id: UUID
) -> tuple[int, int] | None:
    """Return position and number of the events a command made, None when it never ran here."""
    row = connection.execute(_COMMAND, (practice_id, command_id), binary=True).fetchone()
    return None if row is None else (row[0], row[1])


def size(connection: Reading, practice_id: UUID) -> int:
    """Return how many events the practice's log holds."""
    row = connection.execute(_SIZE, (practice_id,), binary=True).fetchone()
    return 0 if row is None else row[0]


def slot(connection: Reading, practice_id: UUID) -> int | None:
    """Return the slot of the practice's log, None when it has none yet."""
    row = connection.execute(_SLOT, (practice_id,), binary=True).fetchone()
    return None if row is None else row[0]


def practices(connection: Reading) -> list[tuple[UUID, int, int]]:
    """Return practice id, slot and size of every log, by slot."""
    return [(row[0], row[1], row[2]) for row in connection.execute(_PRACTICES, binary=True)]


def open_entries(entries: Sequence[Entry], keys: Keys) -> list[bytes | Shredded]:
    """Open the bodies of one practice's entries, with one look-up for all their keys.

    A destroyed key gives `Shredded`, a value. Raises `Tampered` for a body that is not what its
    leaf says, `KeyMissing` for a key that was never there.
    """
    key_ids = {found.bytes: found for e in entries if (found := e.key_id) is not None}
    if not key_ids:
        return [_clear(e) for e in entries]
    known = keys.get_many(entries[0].practice_id, list(key_ids.values()))
    by_bytes = {raw: known.get(key_id) for raw, key_id in key_ids.items()}
    return [_open(e, by_bytes) for e in entries]


def _open(sealed: Entry, keys: Mapping[bytes, RecordKey | Destroyed | None]) -> bytes | Shredded:
    seal = sealed.preamble.seal
    if seal is None:
        return _clear(sealed)
    key = keys[seal.key_id]
    if key is None:
        raise KeyMissing("an event names a key that the vault does not know; run fsck")
    if isinstance(key, Destroyed):
        return Shredded(UUID(bytes=seal.key_id))
    return open_body(key, sealed.leaf[_PREAMBLE], sealed.body, sealed.leaf[-32:], seal)


def _clear(plain: Entry) -> bytes:
    if sha256(plain.body).digest() != plain.leaf[-32:]:
        raise Tampered("an event's body differs from its leaf; run fsck")
    return plain.body
