"""What the rules are evaluated over: a person's enrolment, settings, supervisions and entries."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision_entry import SupervisionEntry
from aggregates.session_entry import SessionEntry


class Signature(StrEnum):
    """How far the weekly log that an entry stands in has come."""

    NONE = "none"
    SUBMITTED = "submitted"
    SIGNED = "signed"
    VOID = "void"  # signed once, and changed since


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry as it now stands: a session with a client, or an activity."""

    entry_id: UUID
    entry: SessionEntry | ActivityEntry
    signature: Signature = Signature.NONE

    @property
    def day(self) -> dt.date:
        """The day it took place on."""
        return self.entry.date

    @property
    def minutes(self) -> int:
        """Its length."""
        return self.entry.minutes


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one person; order says nothing."""

    enrolment: EnrolmentEntry
    settings: Mapping[UUID, SettingEntry] = field(default_factory=dict[UUID, SettingEntry])
    supervisions: Mapping[UUID, SupervisionEntry] = field(
        default_factory=dict[UUID, SupervisionEntry]
    )
    entries: tuple[Recorded, ...] = ()
