"""What one row of a weekly log holds: whose, which week, the form's columns, and what they sum."""

import datetime as dt
from hashlib import sha256
from struct import pack
from typing import Final
from uuid import UUID

from aggregates.facts import Silent
from aggregates.hours.enrolment_entry import Phase, Track
from aggregates.hours.supervision_entry import Licence
from aggregates.private import Private

ENTRIES_DOMAIN: Final = b"therapist-os/week-entries/v1\n"
_LAST: Final = dt.timedelta(days=6)


class RowKey(Silent, frozen=True, kw_only=True):
    """One row: a person's week under one supervision, before or after the degree.

    A supervision is one supervisor at one setting, so that a row is what the Board's form has.
    """

    person_id: UUID
    supervision_id: UUID
    first_day: dt.date
    phase: Phase

    @property
    def last_day(self) -> dt.date:
        """The seventh day."""
        return self.first_day + _LAST


class RowMinutes(Silent, frozen=True, kw_only=True):
    """The columns of forms 37A-525 and 37A-638, in minutes; A1 is of A, B1 and B2 are of B."""

    a: int = 0
    a1: int = 0
    b: int = 0
    b1: int = 0
    b2: int = 0

    @property
    def c(self) -> int:
        """Column C, the whole week: A + B, and never a subset again."""
        return self.a + self.b


class EntryRef(Silent, frozen=True, kw_only=True):
    """One entry as it stood: its stream, the version, and the leaf hash of that event."""

    stream_id: UUID
    version: int
    leaf: bytes


class Printed(Silent, frozen=True, kw_only=True):
    """The names that stand on the form, as they were when the week was submitted."""

    supervisee: Private
    registration: Private | None
    setting: Private
    address: Private | None
    supervisor: Private
    licence: Licence
    licence_number: Private


class RowContent(Silent, frozen=True, kw_only=True):
    """A whole row; `entries` in the order of their streams' ids."""

    key: RowKey
    track: Track
    setting_id: UUID
    supervisor_id: UUID
    minutes: RowMinutes
    entries: tuple[EntryRef, ...]
    printed: Printed

    @property
    def entries_sha256(self) -> bytes:
        """Return the hash of exactly which entries, at which versions, the row sums up."""
        return entries_sha256(self.entries)


def entries_sha256(entries: tuple[EntryRef, ...]) -> bytes:
    """Return SHA-256 of the domain and, by stream id, stream (16), version (u64), leaf (32)."""
    hashed = sha256(ENTRIES_DOMAIN)
    for each in sorted(entries, key=lambda ref: ref.stream_id.bytes):
        hashed.update(each.stream_id.bytes + pack(">Q", each.version) + each.leaf)
    return hashed.digest()
