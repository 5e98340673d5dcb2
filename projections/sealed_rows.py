"""Seals what a row of a read model holds, and opens it again: nothing of it where a key is gone."""

from collections.abc import Iterable
from uuid import UUID

from ledger.reader import Entry, Keys
from ledger.sealing import RecordKey, open_row, row_key_id, row_place, seal_row
from projections.opening import Known, look_up
from projections.read_model import Page


def seal(name: str, page: Page, entry: Entry, body: bytes) -> bytes:
    """Seal a body under the key of the event it comes from, for this event's place in the view."""
    sealed_with = entry.preamble.seal
    assert sealed_with is not None, "what is stored in the clear is not sealed in a row"
    key = page.keys[sealed_with.key_id]
    assert isinstance(key, RecordKey), "what was opened can be sealed"
    return seal_row(key, row_place(name, page.practice_id, entry.stream_id, entry.position), body)


def keys_of(keys: Keys, practice_id: UUID, sealed: Iterable[bytes | None]) -> Known:
    """Look up the keys of many rows at once."""
    return look_up(keys, practice_id, (row_key_id(row) for row in sealed if row is not None))


def open_sealed(
    name: str, known: Known, place: tuple[UUID, UUID, int | None], sealed: bytes | None
) -> bytes | None:
    """Open what was sealed for a place (practice, stream, position).

    Returns None where nothing was, or its key is gone. Raises `Tampered` for a row that was not
    sealed for its place.
    """
    practice_id, stream_id, position = place
    if sealed is None or position is None:
        return None
    key = known.get(row_key_id(sealed))
    if not isinstance(key, RecordKey):
        return None
    return open_row(key, row_place(name, practice_id, stream_id, position), sealed)
