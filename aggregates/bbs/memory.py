"""What an evaluation leaves for the next one of the same person: the results of each week."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from aggregates.bbs.claimed import Claimed
from aggregates.bbs.figures import WeekFigures
from aggregates.bbs.history import History
from aggregates.bbs.judging import JudgedWeek
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision_entry import SupervisionEntry


@dataclass(frozen=True, slots=True)
class _Stated:
    """What every week rests on."""

    as_of: dt.date
    enrolment: EnrolmentEntry
    settings: Mapping[UUID, SettingEntry]
    supervisions: Mapping[UUID, SupervisionEntry]


@dataclass(slots=True)
class Memory:
    """Weeks as they were prepared and told, each with what it was made from.

    A week is used again while that is still the same. Not for more than one thread at a time.
    """

    claimed: Claimed = field(default_factory=Claimed)
    figured: dict[dt.date, tuple[JudgedWeek, WeekFigures]] = field(
        default_factory=dict[dt.date, tuple[JudgedWeek, WeekFigures]]
    )
    _stated: _Stated | None = None

    def begin(self, history: History, as_of: dt.date) -> None:
        """Forget everything when it is another day or the person stated something else."""
        stated = _Stated(as_of, history.enrolment, history.settings, history.supervisions)
        if self._stated != stated:
            self.claimed.clear()
            self.figured.clear()
            self._stated = stated
