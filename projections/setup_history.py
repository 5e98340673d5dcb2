"""How an enrolment, a setting or a supervision came to be, read straight from the ledger."""

from typing import Final, TypeAlias
from uuid import UUID

from aggregates.catalogue import Fact
from aggregates.hours.enrolment import EnrolmentStated, WeekStartFixed
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.setting import SettingStated
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision import SigningRefused, SupervisionStated
from aggregates.hours.supervision_entry import SupervisionEntry
from ledger.reader import Shredded
from projections.entry_history import Asked, EntryHistory, EntryKind, entry_history
from projections.plain_words import say_day
from projections.read_model import tag_of
from projections.setup_words import say_enrolment, say_setting, say_supervision
from projections.source import Source

EnrolmentHistory: TypeAlias = EntryHistory[EnrolmentEntry]
SettingHistory: TypeAlias = EntryHistory[SettingEntry]
SupervisionHistory: TypeAlias = EntryHistory[SupervisionEntry]


def enrolment_history(
    source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID
) -> EnrolmentHistory | None:
    """Return the enrolment's history; None when there is none such or it is somebody else's."""
    return entry_history(source, ENROLMENTS, Asked(practice_id, person_id, stream_id))


def setting_history(
    source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID
) -> SettingHistory | None:
    """Return the setting's history; None when there is none such or it is somebody else's."""
    return entry_history(source, SETTINGS, Asked(practice_id, person_id, stream_id))


def supervision_history(
    source: Source, practice_id: UUID, person_id: UUID, stream_id: UUID
) -> SupervisionHistory | None:
    """Return the supervision's history, with notices; None as for the others."""
    return entry_history(source, SUPERVISIONS, Asked(practice_id, person_id, stream_id))


def _enrolment_of(fact: Fact | Shredded) -> EnrolmentEntry | None:
    return fact.entry if isinstance(fact, EnrolmentStated) else None


def _setting_of(fact: Fact | Shredded) -> SettingEntry | None:
    return fact.entry if isinstance(fact, SettingStated) else None


def _supervision_of(fact: Fact | Shredded) -> SupervisionEntry | None:
    return fact.entry if isinstance(fact, SupervisionStated) else None


def _fixed(fact: Fact | Shredded) -> str | None:
    return "a week was signed" if isinstance(fact, WeekStartFixed) else None


def _nothing(_fact: Fact | Shredded) -> None:
    return None


def _noticed(fact: Fact | Shredded) -> str | None:
    """Return what the supervisor wrote, who gave it to be read."""
    if not isinstance(fact, SigningRefused):
        return None
    return f"hours from {say_day(fact.from_day)} on will not be signed ({fact.text.reveal()})"


ENROLMENTS: Final[EntryKind[EnrolmentEntry]] = EntryKind(
    kinds={tag_of(EnrolmentStated): "stated", tag_of(WeekStartFixed): "fixed"},
    entry_of=_enrolment_of,
    fields=say_enrolment,
    reason_of=_fixed,
)
SETTINGS: Final[EntryKind[SettingEntry]] = EntryKind(
    kinds={tag_of(SettingStated): "stated"},
    entry_of=_setting_of,
    fields=say_setting,
    reason_of=_nothing,
)
SUPERVISIONS: Final[EntryKind[SupervisionEntry]] = EntryKind(
    kinds={tag_of(SupervisionStated): "stated", tag_of(SigningRefused): "noticed"},
    entry_of=_supervision_of,
    fields=say_supervision,
    reason_of=_noticed,
)
