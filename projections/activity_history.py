"""The versions of one activity and what changed between them, read straight from the ledger."""

from typing import Final, TypeAlias
from uuid import UUID

from aggregates.catalogue import Fact
from aggregates.hours.activity import ActivityCorrected, ActivityDeleted, ActivityLogged
from aggregates.hours.activity_entry import ActivityEntry
from ledger.reader import Shredded
from projections import plain_words
from projections.entry_history import Asked, EntryHistory, EntryKind, entry_history, why_deleted
from projections.hours_words import ACTIVITIES
from projections.read_model import tag_of
from projections.source import Source

ActivityHistory: TypeAlias = EntryHistory[ActivityEntry]
_NONE: Final = "none"


def activity_history(
    source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID
) -> ActivityHistory | None:
    """Return the activity's history; None when there is none such or it is somebody else's."""
    return entry_history(source, _ACTIVITIES, Asked(practice_id, person_id, stream_id))


def _entry_of(fact: Fact | Shredded) -> ActivityEntry | None:
    return fact.entry if isinstance(fact, ActivityLogged | ActivityCorrected) else None


def _fields(entry: ActivityEntry) -> dict[str, str]:
    """Return its fields; a supervision is told by its id: its name is elsewhere."""
    return {
        "date": plain_words.say_day(entry.date),
        "length": plain_words.say_length(entry.minutes),
        "kind": ACTIVITIES[entry.kind],
        "supervision": str(entry.supervision_id),
        "modality": _NONE if entry.modality is None else plain_words.MODALITIES[entry.modality],
        "supervisees": _NONE if entry.supervisees is None else str(entry.supervisees),
        "segments": " + ".join(plain_words.say_length(part) for part in entry.segments) or _NONE,
        "title": _NONE if entry.title is None else entry.title.reveal(),
    }


_ACTIVITIES: Final[EntryKind[ActivityEntry]] = EntryKind(
    kinds={
        tag_of(ActivityLogged): "logged",
        tag_of(ActivityCorrected): "corrected",
        tag_of(ActivityDeleted): "deleted",
    },
    entry_of=_entry_of,
    fields=_fields,
    reason_of=why_deleted,
)
