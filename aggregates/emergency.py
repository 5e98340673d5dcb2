"""Emergency access: asked, approved by a second person, told to the person concerned, then begun.

One stream a request. Nobody reads before all four are on record, and nobody after the end (P16).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from aggregates.facts import SealedFact
from aggregates.membership import Role
from aggregates.private import Private

MINUTE_US: Final = 60_000_000
MINUTES_MAX: Final = 60
ANSWER_US: Final = 24 * 60 * MINUTE_US

# Whoever runs the service has no role, and so can never ask or approve.
GUARDIANS: Final = frozenset({Role.OWNER, Role.COMPLIANCE_OFFICER})
CONCERNED: Final = frozenset({Role.THERAPIST, Role.OWNER})


class EmergencyReason(StrEnum):
    """Why somebody has to read another member's records."""

    CLIENT_AT_RISK = "client-at-risk"
    MEMBER_UNREACHABLE = "member-unreachable"
    BOARD_REQUEST = "board-request"
    SUSPECTED_BREACH = "suspected-breach"
    OTHER = "other"


class EmergencyEnd(StrEnum):
    """How it ended."""

    ENDED_BY_HAND = "ended-by-hand"
    TIME_OVER = "time-over"
    NOT_BEGUN = "not-begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskEmergency:
    """A member asks to read the records of another, for so many minutes.

    `role` and `whose_role` are what the two are in the practice now, None for who is no member.
    """

    asked_by: UUID
    role: Role | None
    whose: UUID
    whose_role: Role | None
    reason: EmergencyReason
    remark: Private | None
    minutes: int
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveEmergency:
    """A second member says yes."""

    approved_by: UUID
    role: Role | None
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineEmergency:
    """A second member says no."""

    declined_by: UUID
    role: Role | None
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPerson:
    """The person concerned is to find it in their trail, from here on."""

    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginEmergency:
    """Who asked begins; the time runs from here."""

    begun_by: UUID
    role: Role | None
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEmergency:
    """Who asked, who approved, or an owner ends it early."""

    ended_by: UUID
    role: Role | None
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteExpiry:
    """Put on record that its time is over; whether it is, was never a matter of this record."""

    at_us: int


EmergencyCommand: TypeAlias = (
    AskEmergency
    | ApproveEmergency
    | DeclineEmergency
    | TellPerson
    | BeginEmergency
    | EndEmergency
    | NoteExpiry
)


class EmergencyAsked(SealedFact, frozen=True, kw_only=True, tag="emergency-asked.v1"):
    """A member asked to read another's records; unanswered it ends at `expires_at_us`."""

    whose: UUID
    asked_by: UUID
    role: Role
    reason: EmergencyReason
    remark: Private | None
    minutes: int
    expires_at_us: int


class EmergencyApproved(SealedFact, frozen=True, kw_only=True, tag="emergency-approved.v1"):
    """A second member said yes; it opens nothing yet."""

    whose: UUID
    approved_by: UUID
    role: Role


class EmergencyDeclined(SealedFact, frozen=True, kw_only=True, tag="emergency-declined.v1"):
    """A second member said no."""

    whose: UUID
    declined_by: UUID
    role: Role


class EmergencyTold(SealedFact, frozen=True, kw_only=True, tag="emergency-told.v1"):
    """The person concerned was told: this event is the notice, and stands in their trail."""

    whose: UUID
    minutes: int


class EmergencyBegun(SealedFact, frozen=True, kw_only=True, tag="emergency-begun.v1"):
    """Who asked may read from here up to `ends_at_us`, and not at that moment any more."""

    whose: UUID
    begun_by: UUID
    role: Role
    ends_at_us: int


class EmergencyEnded(SealedFact, frozen=True, kw_only=True, tag="emergency-ended.v1"):
    """It is over; `ended_by` and `role` are None where only time has passed."""

    whose: UUID
    how: EmergencyEnd
    ended_by: UUID | None
    role: Role | None


EmergencyFact: TypeAlias = (
    EmergencyAsked
    | EmergencyApproved
    | EmergencyDeclined
    | EmergencyTold
    | EmergencyBegun
    | EmergencyEnded
)


class Stage(StrEnum):
    """How far a request is, by what is on record; its time may be over all the same."""

    NONE = "none"
    ASKED = "asked"
    APPROVED = "approved"
    TOLD = "told"
    BEGUN = "begun"
    DECLINED = "declined"
    ENDED = "ended"


OVER: Final = frozenset({Stage.DECLINED, Stage.ENDED})


@dataclass(frozen=True, slots=True)
class Emergency:
    """A request, and how far it is."""

    stage: Stage = Stage.NONE
    asked: EmergencyAsked | None = None
    approved_by: UUID | None = None
    ends_at_us: int | None = None

    def lets_read(self, person_id: UUID, at_us: int) -> bool:
        """Tell whether this person may read under it at this moment.

        A clock that was set back before the beginning opens nothing either.
        """
        asked, ends_at_us = self.asked, self.ends_at_us
        if self.stage is not Stage.BEGUN or asked is None or ends_at_us is None:
            return False
        began_at_us = ends_at_us - asked.minutes * MINUTE_US
        return asked.asked_by == person_id and began_at_us <= at_us < ends_at_us

    def is_over(self, at_us: int) -> bool:
        """Tell whether nothing more can come of it, on record or by the clock."""
        if self.asked is None or self.stage in OVER:
            return True
        until_us = self.asked.expires_at_us if self.ends_at_us is None else self.ends_at_us
        return until_us <= at_us
