"""Two figures where the law leaves something open: what counts for sure, and what may count."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from aggregates.bbs.columns import Columns, Doubt


class Question(StrEnum):
    """What makes the two figures differ: an open question of law, or a fact not stated."""

    OVER_TEN = "over-ten"
    RATIO_WINDOW = "ratio-window"
    FRACTIONS = "fractions"
    OLD_HOURS_IN_CAPS = "old-hours-in-caps"
    PSYCHOTHERAPY_OPEN = "psychotherapy-open"
    NOTES_NOT_NAMED = "notes-not-named"
    UNITS_DAY_MISSING = "units-day-missing"
    PRACTICUM_MISSING = "practicum-missing"
    PRACTICUM_GAP_RUNS = "practicum-gap-runs"
    APPLICATION_MISSING = "application-missing"
    LIVE_SCAN_MISSING = "live-scan-missing"
    REGISTRATION_PENDING = "registration-pending"
    AFTER_RECEIPT = "after-receipt"
    SECOND_REGISTRATION = "second-registration"
    TIE_MISSING = "tie-missing"
    RECORD_ACCESS_MISSING = "record-access-missing"

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Question.OVER_TEN: (
        "Whether the first ten hours of a week with too little supervision count is open."
    ),
    Question.RATIO_WINDOW: (
        "Over which time a trainee's supervision is averaged is open: one week, or the whole stay."
    ),
    Question.FRACTIONS: "Whether contacts of less than an hour add up to a unit is open.",
    Question.OLD_HOURS_IN_CAPS: "Whether hours that are too old use up a limit is open.",
    Question.PSYCHOTHERAPY_OPEN: "Whether some sessions are psychotherapy in A1 is open.",
    Question.NOTES_NOT_NAMED: Doubt.NOTES_NOT_NAMED.sentence,
    Question.UNITS_DAY_MISSING: (
        "State when you completed 12 semester or 18 quarter units; no hours count before."
    ),
    Question.PRACTICUM_MISSING: "State your practicum terms; trainees counsel only within them.",
    Question.PRACTICUM_GAP_RUNS: (
        "These hours count if a practicum or the degree follows in fewer than 90 days."
    ),
    Question.APPLICATION_MISSING: (
        "State when the Board received your application; within 90 days of the degree these hours"
        " count."
    ),
    Question.LIVE_SCAN_MISSING: (
        "State the day of the Live Scan; before the registration hours count from it on."
    ),
    Question.AFTER_RECEIPT: (
        "Whether hours after the Board received the application for licensure count is open."
    ),
    Question.REGISTRATION_PENDING: "These hours count once the Board has registered you.",
    Question.SECOND_REGISTRATION: (
        "A registration ends six years after its month of issue; state the second number you have."
    ),
    Question.TIE_MISSING: (
        "State whether the private practice employs or contracts the supervisor, or is theirs."
    ),
    Question.RECORD_ACCESS_MISSING: (
        "State whether the supervisor sees clients in the private practice, or may see its records."
    ),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the strictest reading gives, and the most generous; minutes, weeks, or units' minutes.

    Of what is credited the first is never more than the second, of what is lost never less. Of what
    waits for a signature either may be more: each reading has what it does not credit yet.
    """

    conservative: int = 0
    optimistic: int = 0
    questions: frozenset[Question] = field(default=frozenset[Question](), compare=False)

    @property
    def is_open(self) -> bool:
        """Whether the two differ."""
        return self.conservative != self.optimistic

    def __add__(self, other: "Bounds") -> "Bounds":
        return Bounds(
            self.conservative + other.conservative,
            self.optimistic + other.optimistic,
            self.questions | other.questions,
        )


QUESTIONS_NONE: Final = frozenset[Question]()
ZERO: Final = Bounds()


def total(each: Iterable[Bounds]) -> Bounds:
    """Return the sum."""
    told = list(each)
    return Bounds(
        sum(bounds.conservative for bounds in told),
        sum(bounds.optimistic for bounds in told),
        QUESTIONS_NONE.union(*(bounds.questions for bounds in told)),
    )


def once_signed(credited: Bounds, pending: Bounds) -> Bounds:
    """Return what counts when everything is signed, in both readings.

    What is open may fill a limit that the strict reading leaves for what waits; then the larger
    figure stands for both.
    """
    both = credited + pending
    return Bounds(both.conservative, max(both.conservative, both.optimistic), both.questions)


@dataclass(frozen=True, slots=True)
class ColumnBounds:
    """Columns in the strictest reading and in the most generous."""

    conservative: Columns
    optimistic: Columns
