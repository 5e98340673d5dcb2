"""A supervision: stated by the supervisee; its supervisor may give notice that signing will end."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import SealedFact
from aggregates.hours.refusals import HoursCode
from aggregates.hours.supervision_entry import (
    SupervisionEntry,
    read_supervision,
    supervision_fields,
)
from aggregates.private import Private
from aggregates.refusal import Refused

NOTICE: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSupervision:
    """A supervisee states who supervises them where, as a whole."""

    person_id: UUID
    entry: SupervisionEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveNotice:
    """The supervisor will sign no hours from a day on: 16 CCR 1833.1 asks for a week, in writing.

    `text` is the notice as written.
    """

    supervisor_id: UUID
    from_day: dt.date
    today: dt.date
    text: Private


SupervisionCommand: TypeAlias = StateSupervision | GiveNotice


class SupervisionStated(SealedFact, frozen=True, kw_only=True, tag="supervision-stated.v1"):
    """A supervisee stated a supervision: setting, supervisor, licence, days, papers."""

    person_id: UUID
    entry: SupervisionEntry


class SigningRefused(SealedFact, frozen=True, kw_only=True, tag="signing-refused.v1"):
    """A supervisor gave written notice that hours from a day on will not be signed."""

    supervisor_id: UUID
    from_day: dt.date
    text: Private


SupervisionFact: TypeAlias = SupervisionStated | SigningRefused


@dataclass(frozen=True, slots=True)
class Supervision:
    """Whose it is, what was stated last, and from when on hours are refused by notice."""

    person_id: UUID | None = None
    entry: SupervisionEntry | None = None
    refused_from: dt.date | None = None


def decide(command: SupervisionCommand, state: Supervision) -> tuple[SupervisionFact, ...]:
    """Return what happens, nothing for what stands already. Raises Refused, FieldsRefused."""
    match command:
        case StateSupervision():
            return _state(command, state)
        case GiveNotice():
            return _give_notice(command, state)
        case _:
            assert_never(command)


def evolve(state: Supervision, fact: SupervisionFact) -> Supervision:
    """Follow what happened."""
    match fact:
        case SupervisionStated(person_id=person_id, entry=entry):
            return replace(state, person_id=person_id, entry=entry)
        case SigningRefused(from_day=from_day):
            return replace(state, refused_from=from_day)
        case _:
            assert_never(fact)


def _state(command: StateSupervision, state: Supervision) -> tuple[SupervisionFact, ...]:
    if state.person_id not in (None, command.person_id):
        raise Refused(HoursCode.SUPERVISION_UNKNOWN)
    if command.entry == state.entry:
        return ()
    if read_supervision(supervision_fields(command.entry)) != command.entry:
        raise ValueError("supervisions are made by read_supervision")
    return (SupervisionStated(person_id=command.person_id, entry=command.entry),)


def _give_notice(command: GiveNotice, state: Supervision) -> tuple[SupervisionFact, ...]:
    if state.entry is None or state.entry.supervisor_id != command.supervisor_id:
        raise Refused(HoursCode.SUPERVISION_UNKNOWN)
    if command.from_day < command.today + NOTICE:
        raise Refused(HoursCode.NOTICE_TOO_SHORT, field="from_day")
    noticed = SigningRefused(
        supervisor_id=command.supervisor_id, from_day=command.from_day, text=command.text
    )
    return () if state.refused_from == command.from_day else (noticed,)


SUPERVISION: Decider[SupervisionCommand, Supervision, SupervisionFact] = Decider(
    initial=Supervision(), decide=decide, evolve=evolve
)
