"""Legal holds: while one is on, no key of what it covers is destroyed; one stream a practice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import SealedFact
from aggregates.membership import Role
from aggregates.private import Private
from aggregates.refusal import RefusalCode, Refused


class HoldReason(StrEnum):
    """Why records are kept."""

    LITIGATION = "litigation"
    BOARD_INVESTIGATION = "board-investigation"
    CLIENT_REQUEST = "client-request"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    """An officer keeps the records of a person, or one record; `role` is what they are now."""

    hold_id: UUID
    placed_by: UUID
    role: Role | None
    whose: UUID | None
    stream_id: UUID | None
    reason: HoldReason
    remark: Private | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold:
    """An officer ends a hold."""

    hold_id: UUID
    lifted_by: UUID
    role: Role | None


HoldCommand: TypeAlias = PlaceHold | LiftHold


class HoldPlaced(SealedFact, frozen=True, kw_only=True, tag="hold-placed.v1"):
    """These records are kept; of `whose` and `stream_id` exactly one is there."""

    hold_id: UUID
    placed_by: UUID
    whose: UUID | None
    stream_id: UUID | None
    reason: HoldReason
    remark: Private | None


class HoldLifted(SealedFact, frozen=True, kw_only=True, tag="hold-lifted.v1"):
    """A hold is over; whose records it kept is said again."""

    hold_id: UUID
    lifted_by: UUID
    whose: UUID | None
    stream_id: UUID | None


HoldFact: TypeAlias = HoldPlaced | HoldLifted


@dataclass(frozen=True, slots=True)
class Holds:
    """The holds that are on."""

    on: Mapping[UUID, HoldPlaced] = field(default_factory=lambda: MappingProxyType({}))

    def cover(self, stream_id: UUID, person_id: UUID) -> bool:
        """Tell whether one is on this record, or on all of the person's who began it."""
        return any(
            each.stream_id == stream_id or each.whose == person_id for each in self.on.values()
        )


def decide(command: HoldCommand, state: Holds) -> tuple[HoldFact, ...]:
    """Return what is new, nothing for a hold that is on as it is to. Raises `Refused`."""
    if command.role is not Role.COMPLIANCE_OFFICER:
        raise Refused(RefusalCode.HOLD_OFFICER)
    match command:
        case PlaceHold():
            return _place(command, state)
        case LiftHold(hold_id=hold_id, lifted_by=lifted_by):
            placed = state.on.get(hold_id)
            if placed is None:
                raise Refused(RefusalCode.HOLD_UNKNOWN)
            return (
                HoldLifted(
                    hold_id=hold_id,
                    lifted_by=lifted_by,
                    whose=placed.whose,
                    stream_id=placed.stream_id,
                ),
            )
        case _:
            assert_never(command)


def evolve(state: Holds, fact: HoldFact) -> Holds:
    """Follow what happened."""
    match fact:
        case HoldPlaced(hold_id=hold_id):
            return Holds(MappingProxyType({**state.on, hold_id: fact}))
        case HoldLifted(hold_id=hold_id):
            rest = {known: each for known, each in state.on.items() if known != hold_id}
            return Holds(MappingProxyType(rest))
        case _:
            assert_never(fact)


def _place(command: PlaceHold, state: Holds) -> tuple[HoldFact, ...]:
    if (command.whose is None) == (command.stream_id is None):
        raise Refused(RefusalCode.HOLD_TARGET, field="whose")
    if command.hold_id in state.on:
        return ()
    return (
        HoldPlaced(
            hold_id=command.hold_id,
            placed_by=command.placed_by,
            whose=command.whose,
            stream_id=command.stream_id,
            reason=command.reason,
            remark=command.remark,
        ),
    )


HOLDS: Final[Decider[HoldCommand, Holds, HoldFact]] = Decider(
    initial=Holds(), decide=decide, evolve=evolve
)
