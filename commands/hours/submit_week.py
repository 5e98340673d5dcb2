"""Hands a row of the weekly log to its supervisor, with exactly the entries it sums up."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aggregates.bbs.columns import row_columns
from aggregates.bbs.history import Recorded
from aggregates.hours.activity import ActivityCorrected, ActivityLogged
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.refusals import HoursCode
from aggregates.hours.supervision_entry import SupervisionEntry
from aggregates.hours.week_content import EntryRef, Printed, RowContent, RowKey, RowMinutes
from aggregates.hours.week_row import AmendCause, AmendWeek, SubmitWeek
from aggregates.private import Private
from aggregates.refusal import Refused
from aggregates.session import SessionCorrected, SessionLogged
from aggregates.session_entry import SessionEntry
from aggregates.week import last_day_of
from commands.context import Actor, Context, Latest
from commands.handle import Handled, Order, earlier, handle
from commands.hours.streams import (
    WEEK_RULES,
    read_enrolment_of,
    read_setting_of,
    read_supervision_of,
    row_of,
    row_stream,
)
from commands.membership import name_of
from commands.practice import practice_of_member


@dataclass(frozen=True, slots=True)
class Submission:
    """Which row, the streams of its entries as they were shown, the rules it was warned of."""

    key: RowKey
    entries: Sequence[UUID]
    warnings: tuple[str, ...] = ()


def submit_week(
    context: Context, actor: Actor, submission: Submission, command_id: UUID
) -> Handled:
    """Submit a row of the actor's. Raises `Refused`.

    Every entry is read again here: one that moved to another row, was deleted or is somebody
    else's is `week-changed`. What the row sums up is computed from what was read.
    """
    practice_of_member(context, actor)
    stream_id = row_stream(actor.practice_id, submission.key)
    done = earlier_act(context, actor, submission.key, command_id)
    if done is not None:
        return done
    content = _content(context, actor, submission)
    command = SubmitWeek(content=content, warnings=submission.warnings)
    return handle(context, WEEK_RULES, Order(actor, stream_id, command_id, command))


def earlier_act(context: Context, actor: Actor, key: RowKey, command_id: UUID) -> Handled | None:
    """Return what a command did to a row before, None when it never ran (I10)."""
    return earlier(context, actor, row_stream(actor.practice_id, key), command_id)


def take_back_week(context: Context, actor: Actor, key: RowKey, command_id: UUID) -> Handled:
    """Take a row of the actor's back from its supervisor, or open a signed one again."""
    practice_of_member(context, actor)
    if key.person_id != actor.person_id:
        raise Refused(HoursCode.WEEK_UNKNOWN)
    stream_id = row_stream(actor.practice_id, key)
    command = AmendWeek(cause=AmendCause.TAKEN_BACK)
    return handle(context, WEEK_RULES, Order(actor, stream_id, command_id, command))


def _content(context: Context, actor: Actor, submission: Submission) -> RowContent:
    key = submission.key
    enrolment = read_enrolment_of(context, actor.practice_id, actor.person_id).entry
    if enrolment is None:
        raise Refused(HoursCode.ENROLMENT_MISSING)
    stated = read_supervision_of(context, actor.practice_id, key.supervision_id)
    supervision = stated.entry
    if supervision is None or stated.person_id != actor.person_id:
        raise Refused(HoursCode.SUPERVISION_UNKNOWN)
    # Nobody signs weeks of their own.
    if supervision.supervisor_id is None or supervision.supervisor_id == actor.person_id:
        raise Refused(HoursCode.SUPERVISOR_MISSING)
    found = context.latest(actor.practice_id, submission.entries)
    refs, entries = _entries(actor, submission, enrolment, found)
    number = enrolment.registration_on(last_day_of(key.first_day)).number
    return RowContent(
        key=key,
        track=enrolment.track,
        setting_id=supervision.setting_id,
        supervisor_id=supervision.supervisor_id,
        minutes=_minutes(enrolment.track, entries),
        entries=refs,
        printed=_printed(context, actor, number, supervision),
    )


def _entries(
    actor: Actor,
    submission: Submission,
    enrolment: EnrolmentEntry,
    found: dict[UUID, Latest],
) -> tuple[tuple[EntryRef, ...], list[Recorded]]:
    refs: list[EntryRef] = []
    entries: list[Recorded] = []
    for stream_id in sorted(set(submission.entries), key=lambda each: each.bytes):
        latest = found.get(stream_id)
        entry = entry_of(latest.fact) if latest else None
        if latest is None or entry is None or latest.actor_id != actor.person_id:
            raise Refused(HoursCode.WEEK_CHANGED)
        if row_of(enrolment, actor.person_id, entry) != submission.key:
            raise Refused(HoursCode.WEEK_CHANGED)
        refs.append(EntryRef(stream_id=stream_id, version=latest.version, leaf=latest.leaf))
        entries.append(Recorded(stream_id, entry))
    return tuple(refs), entries


def entry_of(fact: object) -> SessionEntry | ActivityEntry | None:
    """Return the entry as this last fact of its stream left it, None once it does not count."""
    match fact:
        case SessionLogged(entry=entry) | SessionCorrected(entry=entry):
            return entry
        case ActivityLogged(entry=entry) | ActivityCorrected(entry=entry):
            return entry
        case _:
            return None


def _minutes(track: Track, entries: Sequence[Recorded]) -> RowMinutes:
    sums = row_columns(track, entries)
    return RowMinutes(a=sums.a, a1=sums.a1, b=sums.b, b1=sums.b1, b2=sums.b2)


def _printed(
    context: Context, actor: Actor, number: Private | None, supervision: SupervisionEntry
) -> Printed:
    setting = read_setting_of(context, actor.practice_id, supervision.setting_id).entry
    if setting is None:
        raise Refused(HoursCode.SETTING_UNKNOWN)
    return Printed(
        supervisee=name_of(context, actor),
        registration=number,
        setting=setting.name,
        address=setting.address,
        supervisor=supervision.supervisor_name,
        licence=supervision.licence,
        licence_number=supervision.licence_number,
    )
