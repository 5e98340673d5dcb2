"""The rules of emergency access: two people, one after the other, and the person told between."""

from dataclasses import replace
from typing import Final, assert_never
from uuid import UUID

from aggregates.decider import Decider
from aggregates.emergency import (
    ANSWER_US,
    CONCERNED,
    GUARDIANS,
    MINUTE_US,
    MINUTES_MAX,
    OVER,
    ApproveEmergency,
    AskEmergency,
    BeginEmergency,
    DeclineEmergency,
    Emergency,
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyCommand,
    EmergencyDeclined,
    EmergencyEnd,
    EmergencyEnded,
    EmergencyFact,
    EmergencyTold,
    EndEmergency,
    NoteExpiry,
    Stage,
    TellPerson,
)
from aggregates.membership import Role
from aggregates.refusal import RefusalCode, Refused


def decide(command: EmergencyCommand, state: Emergency) -> tuple[EmergencyFact, ...]:
    """Return what happens; nothing when the step was taken before. Raises `Refused`."""
    if isinstance(command, AskEmergency):
        return (_ask(command, state),)
    asked = state.asked
    if asked is None:
        raise Refused(RefusalCode.EMERGENCY_UNKNOWN)
    match command:
        case ApproveEmergency() | DeclineEmergency():
            return (_answer(command, asked, state),)
        case TellPerson(at_us=at_us):
            return _tell(asked, state, at_us)
        case BeginEmergency():
            return (_begin(command, asked, state),)
        case EndEmergency() | NoteExpiry():
            return _close(command, asked, state)
        case _:
            assert_never(command)


def evolve(state: Emergency, fact: EmergencyFact) -> Emergency:
    """Follow what happened."""
    match fact:
        case EmergencyAsked():
            return Emergency(Stage.ASKED, fact)
        case EmergencyApproved(approved_by=approved_by):
            return replace(state, stage=Stage.APPROVED, approved_by=approved_by)
        case EmergencyBegun(ends_at_us=ends_at_us):
            return replace(state, stage=Stage.BEGUN, ends_at_us=ends_at_us)
        case EmergencyTold():
            return replace(state, stage=Stage.TOLD)
        case EmergencyDeclined() | EmergencyEnded():
            is_declined = isinstance(fact, EmergencyDeclined)
            return replace(state, stage=Stage.DECLINED if is_declined else Stage.ENDED)
        case _:
            assert_never(fact)


def _ask(command: AskEmergency, state: Emergency) -> EmergencyAsked:
    if state.asked is not None:
        raise Refused(RefusalCode.EMERGENCY_NOT_OPEN)
    role = _guardian(command.role)
    if command.whose == command.asked_by or command.whose_role not in CONCERNED:
        raise Refused(RefusalCode.EMERGENCY_WHOSE, field="whose")
    if not 1 <= command.minutes <= MINUTES_MAX:
        raise Refused(RefusalCode.EMERGENCY_MINUTES, field="minutes")
    return EmergencyAsked(
        whose=command.whose,
        asked_by=command.asked_by,
        role=role,
        reason=command.reason,
        remark=command.remark,
        minutes=command.minutes,
        expires_at_us=command.at_us + ANSWER_US,
    )


def _answer(
    command: ApproveEmergency | DeclineEmergency, asked: EmergencyAsked, state: Emergency
) -> EmergencyFact:
    match command:
        case ApproveEmergency(approved_by=person_id):
            role = _second(asked, person_id, command.role)
            _open_at(state, command.at_us, Stage.ASKED)
            return EmergencyApproved(whose=asked.whose, approved_by=person_id, role=role)
        case DeclineEmergency(declined_by=person_id):
            role = _second(asked, person_id, command.role)
            _open_at(state, command.at_us, Stage.ASKED)
            return EmergencyDeclined(whose=asked.whose, declined_by=person_id, role=role)
        case _:
            assert_never(command)


def _tell(asked: EmergencyAsked, state: Emergency, at_us: int) -> tuple[EmergencyFact, ...]:
    if state.stage in {Stage.TOLD, Stage.BEGUN}:
        return ()
    _open_at(state, at_us, Stage.APPROVED)
    return (EmergencyTold(whose=asked.whose, minutes=asked.minutes),)


def _begin(command: BeginEmergency, asked: EmergencyAsked, state: Emergency) -> EmergencyBegun:
    role = _guardian(command.role)
    if command.begun_by != asked.asked_by:
        raise Refused(RefusalCode.EMERGENCY_NOT_YOURS)
    _open_at(state, command.at_us, Stage.TOLD)
    # Asked for once more: nothing but this event lets anybody read.
    assert state.approved_by not in {None, asked.asked_by, asked.whose}
    ends_at_us = command.at_us + asked.minutes * MINUTE_US
    return EmergencyBegun(
        whose=asked.whose, begun_by=command.begun_by, role=role, ends_at_us=ends_at_us
    )


def _close(
    command: EndEmergency | NoteExpiry, asked: EmergencyAsked, state: Emergency
) -> tuple[EmergencyFact, ...]:
    is_by_hand = isinstance(command, EndEmergency)
    if is_by_hand and not _may_end(command, asked, state):
        raise Refused(RefusalCode.EMERGENCY_NOT_YOURS)
    # Ended by hand only while it goes on; its expiry noted only once it is over, and once.
    if state.stage in OVER or state.is_over(command.at_us) == is_by_hand:
        return ()
    if is_by_hand:
        ended_by, role, how = command.ended_by, command.role, EmergencyEnd.ENDED_BY_HAND
    else:
        was_begun = state.stage is Stage.BEGUN
        how = EmergencyEnd.TIME_OVER if was_begun else EmergencyEnd.NOT_BEGUN
        ended_by, role = None, None
    return (EmergencyEnded(whose=asked.whose, how=how, ended_by=ended_by, role=role),)


def _may_end(command: EndEmergency, asked: EmergencyAsked, state: Emergency) -> bool:
    return command.ended_by in {asked.asked_by, state.approved_by} or command.role is Role.OWNER


def _guardian(role: Role | None) -> Role:
    if role is None or role not in GUARDIANS:
        raise Refused(RefusalCode.EMERGENCY_ROLE)
    return role


def _second(asked: EmergencyAsked, person_id: UUID, role: Role | None) -> Role:
    """Return the role of who answers; it is neither who asked nor who is concerned."""
    if person_id in {asked.asked_by, asked.whose}:
        raise Refused(RefusalCode.EMERGENCY_SECOND_PERSON)
    return _guardian(role)


def _open_at(state: Emergency, at_us: int, stage: Stage) -> None:
    if state.stage is not stage or state.is_over(at_us):
        raise Refused(RefusalCode.EMERGENCY_NOT_OPEN)


EMERGENCY: Final[Decider[EmergencyCommand, Emergency, EmergencyFact]] = Decider(
    initial=Emergency(), decide=decide, evolve=evolve
)
