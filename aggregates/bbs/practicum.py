"""Whether a trainee was in practicum on a day, or in a gap that the law forgives."""

import datetime as dt
from enum import Enum, auto

from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_of
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track


class Practicum(Enum):
    """How it stands on a day."""

    ENROLLED = auto()  # or in a gap of fewer than 90 days, with practicum or degree after it
    NOT_ENROLLED = auto()
    UNKNOWN = auto()  # the gap may still end in time


def practicum_on(day: dt.date, enrolment: EnrolmentEntry, as_of: dt.date) -> Practicum:
    """Tell how it stood (BPC 4980.42(c)); `as_of` is how far a gap has run that has no end."""
    if any(span.has(day) for span in enrolment.practicum):
        return Practicum.ENROLLED
    before = [span.last for span in enrolment.practicum if span.last and span.last < day]
    if not before:
        return Practicum.NOT_ENROLLED
    after = [span.first for span in enrolment.practicum if day < span.first]
    if enrolment.degree_on is not None and day < enrolment.degree_on:
        after.append(enrolment.degree_on)
    ends = min(after, default=None)
    gap_days = ((ends or as_of + dt.timedelta(days=1)) - max(before)).days - 1
    if gap_days >= rule_of(Check.PRACTICUM, Track.LMFT).count:
        return Practicum.NOT_ENROLLED
    return Practicum.UNKNOWN if ends is None else Practicum.ENROLLED
