"""Opens the rows again that a changed entry stands in, in the same append as the change (I9)."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from aggregates.diary import DiaryState, Logged
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment_entry import EnrolmentEntry
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import WEEK_ROW, AmendCause, AmendWeek
from aggregates.session_entry import SessionEntry
from commands.context import Actor, Context, Part
from commands.handle import Also, facts_of
from commands.hours.streams import WEEK_RULES, read_enrolment_of, row_of, row_stream

_State = DiaryState[SessionEntry] | DiaryState[ActivityEntry]


def amending(context: Context, actor: Actor, stream_id: UUID, cause: AmendCause) -> Also[_State]:
    """Return what a change of one entry means for the rows it stood in and stands in now."""
    return partial(_parts, context, actor, AmendWeek(cause=cause, stream_id=stream_id))


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
