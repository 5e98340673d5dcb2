"""States what a person's hours rest on: enrolment, work settings, supervisions."""

from collections.abc import Collection
from uuid import UUID

from aggregates.hours.enrolment import StateEnrolment
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.moved_rows import Counted
from aggregates.hours.refusals import HoursCode
from aggregates.hours.setting import StateSetting
from aggregates.hours.setting_entry import SettingEntry
from aggregates.hours.supervision import StateSupervision
from aggregates.hours.supervision_entry import SupervisionEntry
from aggregates.practice import Role
from aggregates.refusal import Refused
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.hours.amend import restating
from commands.hours.streams import (
    ENROLMENT_RULES,
    SETTING_RULES,
    SUPERVISION_RULES,
    enrolment_stream,
    read_setting_of,
    read_supervision_of,
    setting_stream,
    supervision_stream,
)
from commands.practice import practice_of_member


def state_enrolment(
    context: Context,
    actor: Actor,
    entry: EnrolmentEntry,
    command_id: UUID,
    counted: Collection[Counted] = (),
) -> Handled:
    """State the actor's enrolment, for the first time or anew. Raises `Refused`.

    `counted` are the days of all the actor has logged under supervisions: submitted and signed rows
    that lose or gain some of them are opened again in the same append.
    """
    practice_of_member(context, actor)
    stream_id = enrolment_stream(actor.practice_id, actor.person_id)
    order = Order(
        actor, stream_id, command_id, StateEnrolment(person_id=actor.person_id, entry=entry)
    )
    return handle(context, ENROLMENT_RULES, order, restating(context, actor, counted))


def state_setting(
    context: Context, actor: Actor, stream_id: UUID | None, entry: SettingEntry, command_id: UUID
) -> Handled:
    """State one of the actor's work settings; `stream_id` is None for a new one.

    Raises `Refused`, for one when it is somebody else's.
    """
    practice_of_member(context, actor)
    command = StateSetting(person_id=actor.person_id, entry=entry)
    where = stream_id or setting_stream(actor, command_id)
    if stream_id is not None:
        check_setting(context, actor, stream_id)
    return handle(context, SETTING_RULES, Order(actor, where, command_id, command))


def state_supervision(
    context: Context,
    actor: Actor,
    stream_id: UUID | None,
    entry: SupervisionEntry,
    command_id: UUID,
) -> Handled:
    """State one of the actor's supervisions; `stream_id` is None for a new one.

    Raises `Refused`: not theirs, not their setting, a supervisor who is no member as one or is
    themselves.
    """
    practice = practice_of_member(context, actor)
    check_setting(context, actor, entry.setting_id)
    supervisor_id = entry.supervisor_id
    if supervisor_id is not None and (
        supervisor_id == actor.person_id or practice.role_of(supervisor_id) is not Role.SUPERVISOR
    ):
        raise Refused(HoursCode.SUPERVISOR_UNKNOWN, field="supervisor_id")
    if stream_id is not None:
        check_supervision(context, actor, stream_id)
    command = StateSupervision(person_id=actor.person_id, entry=entry)
    where = stream_id or supervision_stream(actor, command_id)
    return handle(context, SUPERVISION_RULES, Order(actor, where, command_id, command))


def check_setting(context: Context, actor: Actor, stream_id: UUID) -> None:
    """Refuse, beside its field, a setting that is not the actor's."""
    if read_setting_of(context, actor.practice_id, stream_id).person_id != actor.person_id:
        raise Refused(HoursCode.SETTING_UNKNOWN, field="setting_id")


def check_supervision(context: Context, actor: Actor, stream_id: UUID | None) -> None:
    """Refuse, beside its field, a supervision that is not the actor's; None is no supervision."""
    if stream_id is None:
        return
    if read_supervision_of(context, actor.practice_id, stream_id).person_id != actor.person_id:
        raise Refused(HoursCode.SUPERVISION_UNKNOWN, field="supervision")
