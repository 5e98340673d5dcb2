"""The versions of one session and what changed between them, read straight from the ledger."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from uuid import UUID

from aggregates.catalogue import Fact
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import SessionEntry
from ledger import reader
from ledger.reader import Entry, Shredded, Versions
from projections import plain_words
from projections.hours_words import DELETION_REASONS
from projections.opening import open_facts
from projections.read_model import tag_of
from projections.source import Source

Kind: TypeAlias = Literal["logged", "corrected", "deleted"]
Field: TypeAlias = Literal[
    "date", "start", "minutes", "setting", "client", "modality", "participants"
]

_KINDS: Final[dict[str, Kind]] = {
    tag_of(SessionLogged): "logged",
    tag_of(SessionCorrected): "corrected",
    tag_of(SessionDeleted): "deleted",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after a correction, in plain words; personal, and silent about it."""

    field: Field
    before: str
    after: str

    def __repr__(self) -> str:
        return f"<Difference in {self.field}>"


@dataclass(frozen=True, slots=True)
class SessionChange:
    """One version of the session's story.

    `reason` is why it was deleted, in plain words, None otherwise; `recorded_at_us` is when the
    ledger took it, microseconds since 1970 UTC.
    """

    version: int
    recorded_at_us: int
    kind: Kind
    differences: tuple[Difference, ...]
    reason: str | None

    def __repr__(self) -> str:
        return f"<SessionChange {self.version} {self.kind}>"


@dataclass(frozen=True, slots=True)
class SessionHistory:
    """One session as it stands, and how it came to be, oldest change first.

    `entry` is what it said last, also when it was deleted since; None when it is shredded.
    """

    stream_id: UUID
    version: int
    entry: SessionEntry | None
    deleted: bool
    shredded: bool
    changes: tuple[SessionChange, ...]


def history(
    source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID
) -> SessionHistory | None:
    """Return the session's history; None when there is no such session or it is somebody else's."""
    with source.read(practice_id) as connection:
        entries = reader.stream(connection, practice_id, stream_id)
    if not entries or entries[0].actor_id != person_id or not _is_session(entries):
        return None
    changes: list[SessionChange] = []
    standing: SessionEntry | None = None
    facts = open_facts(entries, source.keys)
    for entry, fact in zip(entries, facts, strict=True):
        said = _entry_of(fact)
        changes.append(_change(entry, fact, standing, said))
        standing = said or standing
    return SessionHistory(
        stream_id=stream_id,
        version=entries[-1].version,
        entry=standing,
        deleted=changes[-1].kind == "deleted",
        shredded=any(isinstance(fact, Shredded) for fact in facts),
        changes=tuple(changes),
    )


def session_owner(source: Source, practice_id: UUID, stream_id: UUID) -> UUID | None:
    """Return whose session it is; None when the practice has no such session."""
    with source.read(practice_id) as connection:
        entries = reader.stream(connection, practice_id, stream_id, Versions(until=1))
    return entries[0].actor_id if entries and _is_session(entries) else None


def _is_session(entries: list[Entry]) -> bool:
    return all(entry.type in _KINDS for entry in entries)


def _entry_of(fact: Fact | Shredded) -> SessionEntry | None:
    return fact.entry if isinstance(fact, SessionLogged | SessionCorrected) else None


def _change(
    entry: Entry, fact: Fact | Shredded, before: SessionEntry | None, after: SessionEntry | None
) -> SessionChange:
    changed = () if before is None or after is None else differences(before, after)
    return SessionChange(
        version=entry.version,
        recorded_at_us=entry.recorded_at_us,
        kind=_KINDS[entry.type],
        differences=changed,
        reason=_reason(fact) if isinstance(fact, SessionDeleted) else None,
    )


def _reason(fact: SessionDeleted) -> str:
    reason = DELETION_REASONS[fact.reason]
    return reason if fact.remark is None else f"{reason} ({fact.remark.reveal()})"


def differences(before: SessionEntry, after: SessionEntry) -> tuple[Difference, ...]:
    """Return what a correction changed, field by field, in the order of the form."""
    old, new = _fields(before), _fields(after)
    return tuple(
        Difference(field, old[field], new[field]) for field in old if old[field] != new[field]
    )


def _fields(entry: SessionEntry) -> dict[Field, str]:
    return {
        "date": plain_words.say_day(entry.date),
        "start": plain_words.say_minute(entry.start_minute),
        "minutes": plain_words.say_length(entry.minutes),
        "setting": entry.setting.reveal(),
        "client": entry.alias.reveal(),
        "modality": plain_words.MODALITIES[entry.modality],
        "participants": plain_words.PARTICIPANTS[entry.participants],
    }
