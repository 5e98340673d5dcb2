"""A person's enrolment in a practice: stated and restated; the week's first day becomes fixed."""

from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import ClearFact, SealedFact
from aggregates.hours.enrolment_entry import EnrolmentEntry, enrolment_fields, read_enrolment
from aggregates.hours.refusals import HoursCode
from aggregates.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEnrolment:
    """A person states their own, as a whole."""

    person_id: UUID
    entry: EnrolmentEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class FixWeekStart:
    """A week is about to be signed: from here on weeks begin on the day they begin now."""


EnrolmentCommand: TypeAlias = StateEnrolment | FixWeekStart


class EnrolmentStated(SealedFact, frozen=True, kw_only=True, tag="enrolment-stated.v1"):
    """A person stated track, degree, registration and practicum; all of it as it now stands."""

    person_id: UUID
    entry: EnrolmentEntry


class WeekStartFixed(ClearFact, frozen=True, kw_only=True, tag="week-start-fixed.v1"):
    """The first day of the week changes no more: a week was signed by it."""


EnrolmentFact: TypeAlias = EnrolmentStated | WeekStartFixed


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What was stated last, None before the first time; whether the week's first day is fixed."""

    entry: EnrolmentEntry | None = None
    is_week_start_fixed: bool = False


def decide(command: EnrolmentCommand, state: Enrolment) -> tuple[EnrolmentFact, ...]:
    """Return what happens, nothing for what stands already. Raises Refused, FieldsRefused."""
    match command:
        case StateEnrolment():
            return _state(command, state)
        case FixWeekStart():
            if state.entry is None:
                raise Refused(HoursCode.ENROLMENT_MISSING)
            return () if state.is_week_start_fixed else (WeekStartFixed(),)
        case _:
            assert_never(command)


def evolve(state: Enrolment, fact: EnrolmentFact) -> Enrolment:
    """Follow what happened."""
    match fact:
        case EnrolmentStated(entry=entry):
            return replace(state, entry=entry)
        case WeekStartFixed():
            return replace(state, is_week_start_fixed=True)
        case _:
            assert_never(fact)


def _state(command: StateEnrolment, state: Enrolment) -> tuple[EnrolmentFact, ...]:
    entry, stated = command.entry, state.entry
    if entry == stated:
        return ()
    if state.is_week_start_fixed and stated and stated.week_start is not entry.week_start:
        raise Refused(HoursCode.WEEK_START_FIXED, field="week_start")
    if read_enrolment(enrolment_fields(entry)) != entry:
        raise ValueError("enrolments are made by read_enrolment")
    return (EnrolmentStated(person_id=command.person_id, entry=entry),)


ENROLMENT: Decider[EnrolmentCommand, Enrolment, EnrolmentFact] = Decider(
    initial=Enrolment(), decide=decide, evolve=evolve
)
