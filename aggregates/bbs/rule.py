"""What a rule of the Board is, as data: threshold, unit, scope, citation, and how sure we are."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final

from aggregates.hours.enrolment_entry import Track

HOUR: Final = 60


class Does(StrEnum):
    """What a rule does to hours."""

    NEEDS = "needs"  # a minimum for the licence
    CAPS = "caps"  # what is above does not count
    VOIDS = "voids"  # hours that break it do not count at all
    WARNS = "warns"  # says what is missing or unsure, and takes nothing away


class Unit(StrEnum):
    """What a threshold is counted in."""

    HOURS = "hours"
    WEEKS = "weeks"
    DAYS = "days"
    YEARS = "years"
    SUPERVISION = "units of supervision"
    PERSONS = "persons"
    NONE = ""


class Confidence(StrEnum):
    """How a rule was confirmed."""

    VERBATIM = "V"
    SEVERAL = "S"
    SINGLE = "s"
    MEMORY = "M"
    OPEN = "?"

    @property
    def is_sure(self) -> bool:
        """Whether it may take hours away; what is from memory or open only warns."""
        return self not in (Confidence.MEMORY, Confidence.OPEN)


class Check(StrEnum):
    """What the code judges; a track has at most one rule for each."""

    TOTAL = auto()
    WEEKS = auto()
    AFTER_DEGREE = auto()
    DIRECT = auto()
    RELATIONAL = auto()
    PSYCHOTHERAPY = auto()
    LCSW_HOURS = auto()
    ALONE_WEEKS = auto()
    LCSW_WEEKS = auto()
    SEVEN_DAYS = auto()
    SIX_HOURS = auto()
    BEFORE_DEGREE_CONTACT = auto()
    BEFORE_DEGREE = auto()
    NON_CLINICAL = auto()
    LEP = auto()
    SIX_YEARS = auto()
    SIX_YEARS_EXEMPT = auto()
    CONTACT = auto()
    OVER_TEN = auto()
    TRAINEE_RATIO = auto()
    WORKSHOP = auto()
    SAME_WEEK = auto()
    UNIT_ALONE = auto()
    UNIT_TRIADIC = auto()
    UNIT_GROUP = auto()
    GROUP_SIZE = auto()
    GROUP_PART = auto()
    PHONE = auto()
    VIDEO = auto()
    TRAINEE_HOURS = auto()
    TWELVE_UNITS = auto()
    PRACTICUM = auto()
    TRAINEE_PRIVATE = auto()
    REGISTERED = auto()
    REGISTRATION_AGE = auto()
    NINETY_DAYS = auto()
    PRIVATE_UNREGISTERED = auto()
    SUPERVISED = auto()
    EMPLOYMENT = auto()
    LAWFUL = auto()
    RELATED = auto()
    QUALIFIED = auto()
    LICENCE = auto()
    RECORD_ACCESS = auto()
    SIX_SUPERVISEES = auto()
    OVERSIGHT = auto()
    AGREEMENT = auto()
    SCHOOL_SITE = auto()
    PAY_PROOF = auto()
    VOLUNTEER_LETTER = auto()
    WEEK_DEFINED = auto()
    SIX_HOURS_WEEK = auto()
    NOTES = auto()
    FRACTIONS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; `citations` by track are sections of the Business and Professions Code (BPC).

    `check` is None for what is not judged here, and `why_not` says why. The days bound the hours,
    or for a minimum the receipt of the application, that it holds for; None is without bound.
    """

    id: str
    title: str
    does: Does
    citations: Mapping[Track, str]
    confidence: Confidence
    check: Check | None = None
    threshold: int | None = None
    unit: Unit = Unit.NONE
    scope: str = ""
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    why_not: str = ""

    @property
    def minutes(self) -> int:
        """The threshold of a rule in hours."""
        assert self.unit is Unit.HOURS
        return self.count * HOUR

    @property
    def count(self) -> int:
        """The threshold of a rule that has one."""
        assert self.threshold is not None
        return self.threshold

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether it is in force on a day."""
        from_then = self.effective_from is None or self.effective_from <= day
        return from_then and (self.effective_until is None or day <= self.effective_until)


def everywhere(lmft: str, lpcc: str, lcsw: str) -> Mapping[Track, str]:
    """Return the citations of a rule that all three tracks share."""
    return {Track.LMFT: lmft, Track.LPCC: lpcc, Track.LCSW: lcsw}
