"""The versions of one entry or statement and what changed between them, from the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeAlias, TypeVar
from uuid import UUID

from aggregates.catalogue import Fact
from aggregates.hours.activity import ActivityDeleted
from aggregates.session import SessionDeleted
from ledger import reader
from ledger.reader import Entry, Shredded, Versions
from projections.hours_words import DELETION_REASONS
from projections.opening import open_facts
from projections.source import Source

Kind: TypeAlias = Literal["logged", "corrected", "deleted", "stated", "fixed", "noticed"]
E = TypeVar("E")

_FIRST: Final = Versions(until=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after a correction, in plain words; personal, and silent about it."""

    field: str
    before: str
    after: str

    def __repr__(self) -> str:
        return f"<Difference in {self.field}>"


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One version of the entry's story.

    `reason` is what else it says in plain words: why it was deleted, what was given notice of.
    `recorded_at_us` is when the ledger took it, microseconds since 1970 UTC.
    """

    version: int
    recorded_at_us: int
    kind: Kind
    differences: tuple[Difference, ...]
    reason: str | None

    def __repr__(self) -> str:
        return f"<EntryChange {self.version} {self.kind}>"


@dataclass(frozen=True)  # with slots, a generic could not be called under its alias
class EntryHistory(Generic[E]):
    """One entry as it stands, and how it came to be, oldest change first.

    `entry` is what it said last, also when it was deleted since; None when it is shredded.
    """

    stream_id: UUID
    version: int
    entry: E | None
    deleted: bool
    shredded: bool
    changes: tuple[EntryChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKind(Generic[E]):
    """What one kind of entry makes of it: tags, entries, fields and reasons in plain words."""

    kinds: Mapping[str, Kind]
    entry_of: Callable[[Fact | Shredded], E | None]
    fields: Callable[[E], Mapping[str, str]]
    reason_of: Callable[[Fact | Shredded], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which stream of which practice, and for whom."""

    practice_id: UUID
    person_id: UUID
    stream_id: UUID


def entry_history(source: Source, kind: EntryKind[E], asked: Asked) -> EntryHistory[E] | None:
    """Return its history; None when there is no such entry or it is somebody else's."""
    with source.read(asked.practice_id) as connection:
        entries = reader.stream(connection, asked.practice_id, asked.stream_id)
    if not entries or entries[0].actor_id != asked.person_id or not _is_all(kind, entries):
        return None
    changes: list[EntryChange] = []
    standing: E | None = None
    facts = open_facts(entries, source.keys)
    for entry, fact in zip(entries, facts, strict=True):
        said = kind.entry_of(fact)
        changed = () if standing is None or said is None else told(kind, standing, said)
        changes.append(_change(kind, entry, fact, changed))
        standing = said or standing
    return EntryHistory(
        stream_id=asked.stream_id,
        version=entries[-1].version,
        entry=standing,
        deleted=changes[-1].kind == "deleted",
        shredded=any(isinstance(fact, Shredded) for fact in facts),
        changes=tuple(changes),
    )


def stream_owner(source: Source, practice_id: UUID, stream_id: UUID) -> UUID | None:
    """Return who began a stream, whatever it is of; None when the practice has none such."""
    with source.read(practice_id) as connection:
        entries = reader.stream(connection, practice_id, stream_id, _FIRST)
    return entries[0].actor_id if entries else None


def told(kind: EntryKind[E], before: E, after: E) -> tuple[Difference, ...]:
    """Return what a correction changed, field by field, in the order of the form."""
    old, new = kind.fields(before), kind.fields(after)
    return tuple(
        Difference(field, old[field], new[field]) for field in old if old[field] != new[field]
    )


def _is_all(kind: EntryKind[E], entries: list[Entry]) -> bool:
    return all(entry.type in kind.kinds for entry in entries)


def _change(
    kind: EntryKind[E], entry: Entry, fact: Fact | Shredded, changed: tuple[Difference, ...]
) -> EntryChange:
    return EntryChange(
        version=entry.version,
        recorded_at_us=entry.recorded_at_us,
        kind=kind.kinds[entry.type],
        differences=changed,
        reason=kind.reason_of(fact),
    )


def why_deleted(fact: Fact | Shredded) -> str | None:
    """Return why an entry of the diary was deleted, None for everything else."""
    if not isinstance(fact, SessionDeleted | ActivityDeleted):
        return None
    reason = DELETION_REASONS[fact.reason]
    return reason if fact.remark is None else f"{reason} ({fact.remark.reveal()})"
