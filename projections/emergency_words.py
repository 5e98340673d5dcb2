"""Says in plain English what happened around emergency access and holds."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, assert_never
from uuid import UUID

from aggregates.emergency import (
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyDeclined,
    EmergencyEnd,
    EmergencyEnded,
    EmergencyFact,
    EmergencyReason,
    EmergencyTold,
)
from aggregates.holds import HoldFact, HoldLifted, HoldPlaced, HoldReason
from aggregates.private import Private

EMERGENCY_REASONS: Final[Mapping[EmergencyReason, str]] = MappingProxyType(
    {
        EmergencyReason.CLIENT_AT_RISK: "a client may be in danger",
        EmergencyReason.MEMBER_UNREACHABLE: "the member cannot be reached and something is due",
        EmergencyReason.BOARD_REQUEST: "the Board asks and the member cannot answer",
        EmergencyReason.SUSPECTED_BREACH: "a breach of records is suspected",
        EmergencyReason.OTHER: "another reason",
    }
)
HOLD_REASONS: Final[Mapping[HoldReason, str]] = MappingProxyType(
    {
        HoldReason.LITIGATION: "a lawsuit",
        HoldReason.BOARD_INVESTIGATION: "an investigation of the Board",
        HoldReason.CLIENT_REQUEST: "a client asks for it",
        HoldReason.OTHER: "another reason",
    }
)


def describe_emergency(
    fact: EmergencyFact, *, by: str, reveal: bool, viewer_id: UUID | None = None
) -> str:
    """Return one sentence without its full stop; `viewer_id` is who reads it."""
    is_yours = fact.whose == viewer_id
    whose = "your records" if is_yours else "a member's records"
    match fact:
        case EmergencyAsked(reason=reason, remark=remark, minutes=minutes):
            why = why_in_words(EMERGENCY_REASONS[reason], remark if reveal else None)
            return f"{by} asked for emergency access to {whose} for {minutes} minutes: {why}"
        case EmergencyApproved() | EmergencyDeclined() | EmergencyBegun():
            return f"{by} {_did(fact)} emergency access to {whose}"
        case EmergencyTold(minutes=minutes):
            who = "You were" if is_yours else "The member was"
            return f"{who} told that {whose} may be read for up to {minutes} minutes"
        case EmergencyEnded(how=how):
            return _ended(how, by, whose)
        case _:
            assert_never(fact)


def describe_hold(fact: HoldFact, *, by: str, reveal: bool, viewer_id: UUID | None = None) -> str:
    """Return one sentence without its full stop."""
    records = "one record"
    if fact.whose is not None:
        records = "your records" if fact.whose == viewer_id else "a member's records"
    match fact:
        case HoldPlaced(reason=reason, remark=remark):
            why = why_in_words(HOLD_REASONS[reason], remark if reveal else None)
            return f"{by} placed a legal hold on {records}, which keeps what is due to go: {why}"
        case HoldLifted():
            return f"{by} lifted a legal hold on {records}"
        case _:
            assert_never(fact)


def why_in_words(reason: str, remark: Private | None) -> str:
    """Return the reason, with the remark behind it."""
    return reason if remark is None else f"{reason} ({remark.reveal()})"


def _did(fact: EmergencyApproved | EmergencyDeclined | EmergencyBegun) -> str:
    match fact:
        case EmergencyApproved():
            return "approved"
        case EmergencyDeclined():
            return "declined"
        case EmergencyBegun():
            return "began"
        case _:
            assert_never(fact)


def _ended(how: EmergencyEnd, by: str, whose: str) -> str:
    match how:
        case EmergencyEnd.ENDED_BY_HAND:
            return f"{by} ended emergency access to {whose}"
        case EmergencyEnd.TIME_OVER:
            return f"Emergency access to {whose} ended: its time was over"
        case EmergencyEnd.NOT_BEGUN:
            return f"Emergency access to {whose} came to nothing: nobody began it within a day"
        case _:
            assert_never(how)
