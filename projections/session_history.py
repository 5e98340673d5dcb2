"""The versions of one session and what changed between them, read straight from the ledger."""

from typing import Final, TypeAlias
from uuid import UUID

from aggregates.catalogue import Fact
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import SessionEntry
from ledger.reader import Shredded
from projections import plain_words
from projections.entry_history import (
    Asked,
    Difference,
    EntryChange,
    EntryHistory,
    EntryKind,
    entry_history,
    told,
    why_deleted,
)
from projections.hours_words import SERVICES
from projections.read_model import tag_of
from projections.source import Source

SessionChange: TypeAlias = EntryChange
SessionHistory: TypeAlias = EntryHistory[SessionEntry]


def history(
    source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID
) -> SessionHistory | None:
    """Return the session's history; None when there is no such session or it is somebody else's."""
    return entry_history(source, SESSIONS, Asked(practice_id, person_id, stream_id))


def differences(before: SessionEntry, after: SessionEntry) -> tuple[Difference, ...]:
    """Return what a correction changed, field by field, in the order of the form.

    A supervision is told by its id: its name is elsewhere.
    """
    return told(SESSIONS, before, after)


def _entry_of(fact: Fact | Shredded) -> SessionEntry | None:
    return fact.entry if isinstance(fact, SessionLogged | SessionCorrected) else None


def _fields(entry: SessionEntry) -> dict[str, str]:
    return {
        "date": plain_words.say_day(entry.date),
        "start": plain_words.say_minute(entry.start_minute),
        "minutes": plain_words.say_length(entry.minutes),
        "supervision": "" if entry.supervision_id is None else str(entry.supervision_id),
        "setting": entry.setting.reveal(),
        "client": entry.alias.reveal(),
        "modality": plain_words.MODALITIES[entry.modality],
        "participants": plain_words.PARTICIPANTS[entry.participants],
        "service": "not said" if entry.service is None else SERVICES[entry.service],
    }


SESSIONS: Final[EntryKind[SessionEntry]] = EntryKind(
    kinds={
        tag_of(SessionLogged): "logged",
        tag_of(SessionCorrected): "corrected",
        tag_of(SessionDeleted): "deleted",
    },
    entry_of=_entry_of,
    fields=_fields,
    reason_of=why_deleted,
)
