"""Opens the rows again that a change concerns, in the same append as the change (I9)."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from aggregates.diary import DiaryState, Logged
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment import Enrolment
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.moved_rows import Counted, moved_rows
from aggregates.hours.refusals import HoursCode
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import (
    WEEK_ROW,
    AmendCause,
    AmendWeek,
    WeekSigned,
    WeekSubmitted,
)
from aggregates.refusal import Refused
from aggregates.session_entry import SessionEntry
from commands.context import Actor, Context, Part
from commands.handle import Also, facts_of
from commands.hours.streams import WEEK_RULES, read_enrolment_of, row_of, row_stream
from ledger.append.request import EVENTS_PER_REQUEST_MAX

# With the statement they are one append.
ROWS_MAX: Final = EVENTS_PER_REQUEST_MAX - 1

_State = DiaryState[SessionEntry] | DiaryState[ActivityEntry]


def amending(context: Context, actor: Actor, stream_id: UUID, cause: AmendCause) -> Also[_State]:
    """Return what a change of one entry means for the rows it stood in and stands in now."""
    return partial(_parts, context, actor, AmendWeek(cause=cause, stream_id=stream_id))


def restating(context: Context, actor: Actor, counted: Collection[Counted]) -> Also[Enrolment]:
    """Return what another enrolment means for the rows in which these days count, and will.

    Raises `Refused` for more than ROWS_MAX rows that are submitted or signed.
    """
    return partial(_restated, context, actor, counted)


def _parts(
    context: Context, actor: Actor, command: AmendWeek, before: _State, after: _State
) -> Sequence[Part]:
    entries = [state.entry for state in (before, after) if isinstance(state, Logged)]
    if all(entry.supervision_id is None for entry in entries):
        return ()
    enrolment = read_enrolment_of(context, actor.practice_id, actor.person_id).entry
    if enrolment is None:
        return ()
    keys = {key for entry in entries if (key := _key(enrolment, actor, entry)) is not None}
    return _opened(context, actor, command, keys)


def _restated(
    context: Context,
    actor: Actor,
    counted: Collection[Counted],
    before: Enrolment,
    after: Enrolment,
) -> Sequence[Part]:
    if before.entry is None or after.entry is None:
        return ()
    keys = moved_rows(actor.person_id, before.entry, after.entry, counted)
    handed_in = _handed_in(context, actor, keys)
    if len(handed_in) > ROWS_MAX:
        is_week = before.entry.week_start is not after.entry.week_start
        raise Refused(HoursCode.ROWS_TOO_MANY, field="week_start" if is_week else "degree_on")
    return _opened(context, actor, AmendWeek(cause=AmendCause.ENROLMENT_RESTATED), handed_in)


def _handed_in(context: Context, actor: Actor, keys: Iterable[RowKey]) -> list[RowKey]:
    """Return those that stand submitted or signed, with one look-up; nobody opens shredded ones."""
    rows = {row_stream(actor.practice_id, key): key for key in keys}
    latest = context.latest(actor.practice_id, list(rows)) if rows else {}
    return [
        rows[stream_id]
        for stream_id, last in latest.items()
        if isinstance(last.fact, WeekSubmitted | WeekSigned)
    ]


def _opened(
    context: Context, actor: Actor, command: AmendWeek, keys: Iterable[RowKey]
) -> Sequence[Part]:
    parts = (_amended(context, actor, command, key) for key in sorted(keys, key=_order))
    return [part for part in parts if part.facts]


def _key(
    enrolment: EnrolmentEntry, actor: Actor, entry: SessionEntry | ActivityEntry
) -> RowKey | None:
    return row_of(enrolment, actor.person_id, entry)


def _order(key: RowKey) -> tuple[bytes, int, str]:
    return key.supervision_id.bytes, key.first_day.toordinal(), key.phase


def _amended(context: Context, actor: Actor, command: AmendWeek, key: RowKey) -> Part:
    stream_id = row_stream(actor.practice_id, key)
    history = context.history(actor.practice_id, stream_id)
    state = WEEK_ROW.replay(facts_of(WEEK_RULES, history))
    return Part(stream_id, len(history), WEEK_ROW.decide(command, state))
