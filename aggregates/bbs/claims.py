"""An entry prepared for judging: with its week, setting, phase and columns."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from aggregates.bbs.columns import Column, Placement, column_of
from aggregates.bbs.history import History, Recorded, Signature
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision_entry import Licence, SupervisionEntry
from aggregates.session_entry import Modality


@dataclass(frozen=True, slots=True)
class Claim:
    """One entry with all that its rules ask for.

    `is_direct` is column A, `is_supervision` contact with the supervisor, `is_alone` such contact
    alone or in threes, `is_workshop` a workshop, seminar, training or conference.
    """

    entry_id: UUID
    day: dt.date
    ordinal: int
    minutes: int
    first_day: dt.date
    phase: Phase
    placement: Placement
    activity: ActivityEntry | None
    modality: Modality | None
    supervision_id: UUID | None
    supervision: SupervisionEntry | None
    setting_id: UUID | None
    setting: SettingEntry | None
    signature: Signature
    is_direct: bool
    is_supervision: bool
    is_alone: bool
    is_workshop: bool

    @property
    def is_signed(self) -> bool:
        """Whether it stands in a row that is signed and holds."""
        return self.signature is Signature.SIGNED

    def is_under(self, licence: Licence) -> bool:
        """Tell whether its supervisor has this licence."""
        return self.supervision is not None and self.supervision.licence is licence


def claim_of(history: History, recorded: Recorded, first_day: dt.date) -> Claim:
    """Return an entry of the week that begins on a day, with all that its rules ask for."""
    entry, enrolment = recorded.entry, history.enrolment
    day = entry.date
    supervision_id = entry.supervision_id
    supervision = history.supervisions.get(supervision_id) if supervision_id else None
    activity = entry if isinstance(entry, ActivityEntry) else None
    placement = column_of(enrolment.track, recorded)
    return Claim(
        entry_id=recorded.entry_id,
        day=day,
        ordinal=day.toordinal(),
        minutes=entry.minutes,
        first_day=first_day,
        phase=enrolment.phase_of(day),
        placement=placement,
        activity=activity,
        modality=entry.modality,
        supervision_id=supervision_id,
        supervision=supervision,
        setting_id=supervision.setting_id if supervision else None,
        setting=history.settings.get(supervision.setting_id) if supervision else None,
        signature=recorded.signature,
        is_direct=Column.A in placement.columns,
        is_supervision=activity is not None and activity.kind.is_supervision,
        is_alone=Column.B1 in placement.columns,
        is_workshop=activity is not None and activity.kind is ActivityKind.WORKSHOP,
    )
