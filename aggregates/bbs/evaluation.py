"""What an evaluation says: rows of weeks, verdicts on requirements, findings, gaps, totals."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aggregates.bbs.bounds import ZERO, Bounds, ColumnBounds, once_signed
from aggregates.bbs.columns import Columns
from aggregates.bbs.history import Signature
from aggregates.bbs.rule import Unit
from aggregates.hours.enrolment_entry import Phase, Track


class Status(StrEnum):
    """How a rule stands."""

    MET = "met"
    OPEN = "open"  # a minimum that is not reached yet
    OVER_CAP = "over-cap"  # more is recorded than counts
    WARNING = "warning"  # hours are lost, something is missing, or the law is unsure
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Minutes of one week that do not count, why, and what to do.

    `minutes` is lost in the strictest reading and in the most generous: conservative is the larger.
    """

    rule_id: str
    citation: str
    first_day: dt.date
    supervision_id: UUID | None
    minutes: Bounds
    sentence: str
    entry_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One week under one supervision in one phase, as the weekly log has it.

    `pending` would count once signed. Units of supervision are of the whole setting in that week,
    and in minutes: 60 are one unit. `signature` is how far the row has come as it now stands.
    """

    first_day: dt.date
    supervision_id: UUID | None
    phase: Phase
    recorded: Columns
    credited: ColumnBounds
    pending: ColumnBounds
    units: Bounds
    units_required: int
    findings: tuple[Finding, ...]
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one week gives to a minimum: minutes, or 1 for a week that counts."""

    first_day: dt.date
    credited: Bounds
    pending: Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one rule stands; `value`, `threshold` and `pending` in minutes or weeks, by `unit`.

    `threshold` is None where a rule has none. `over_cap` is what does not count because of it.
    `entry_ids` are what a minimum is reached with, or what is lost.
    """

    rule_id: str
    citation: str
    status: Status
    unit: Unit
    sentence: str
    threshold: int | None = None
    value: Bounds = ZERO
    pending: Bounds = ZERO
    over_cap: Bounds = ZERO
    shares: tuple[Share, ...] = ()
    weeks: tuple[dt.date, ...] = ()
    entry_ids: tuple[UUID, ...] = ()

    @property
    def once_signed(self) -> Bounds:
        """What the figure will be when everything is signed."""
        return once_signed(self.value, self.pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A paper or a fact that is missing or came late, and what to do about it."""

    rule_id: str
    citation: str
    setting_id: UUID | None
    supervision_id: UUID | None
    due: dt.date | None
    is_late: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What was recorded, what of it counts, and what would count once signed."""

    recorded: Columns
    creditable: ColumnBounds
    pending: ColumnBounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All of it, as of a day."""

    track: Track
    as_of: dt.date
    receipt: dt.date
    rule_set: str
    rows: tuple[Row, ...]
    requirements: tuple[Verdict, ...]
    gaps: tuple[Gap, ...]
    totals: Totals

    def verdict(self, rule_id: str) -> Verdict:
        """Return how a rule of the track stands. Raises KeyError for one that is not judged."""
        for verdict in self.requirements:
            if verdict.rule_id == rule_id:
                return verdict
        raise KeyError(rule_id)
