"""Where a person's hours stand: the streams of an enrolment, a setting, a supervision, a row."""

from typing import get_args
from uuid import UUID

from aggregates.hours.activity import ACTIVITY, ActivityFact
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.enrolment import ENROLMENT, Enrolment, EnrolmentFact
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase
from aggregates.hours.moved_rows import Counted, row_on
from aggregates.hours.refusals import HoursCode
from aggregates.hours.setting import SETTING, Setting, SettingStated
from aggregates.hours.supervision import SUPERVISION, Supervision, SupervisionFact
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import WEEK_ROW, WeekFact
from aggregates.session_entry import SessionEntry
from commands.context import Actor, Context
from commands.handle import Rules, facts_of
from ledger.ids import derived

ACTIVITY_RULES = Rules(ACTIVITY, get_args(ActivityFact), HoursCode.ACTIVITY_UNKNOWN)
ENROLMENT_RULES = Rules(ENROLMENT, get_args(EnrolmentFact), HoursCode.ENROLMENT_MISSING)
SETTING_RULES = Rules(SETTING, (SettingStated,), HoursCode.SETTING_UNKNOWN)
SUPERVISION_RULES = Rules(SUPERVISION, get_args(SupervisionFact), HoursCode.SUPERVISION_UNKNOWN)
WEEK_RULES = Rules(WEEK_ROW, get_args(WeekFact), HoursCode.WEEK_UNKNOWN)

_PHASES = {Phase.BEFORE_DEGREE: 0, Phase.AFTER_DEGREE: 1}


def activity_stream(actor: Actor, command_id: UUID) -> UUID:
    """Return the stream of the activity that a command logs: one command, one activity."""
    return derived("activity", actor.practice_id, actor.person_id, command_id)


def enrolment_stream(practice_id: UUID, person_id: UUID) -> UUID:
    """Return the stream of a person's one enrolment in a practice."""
    return derived("enrolment", practice_id, person_id)


def setting_stream(actor: Actor, command_id: UUID) -> UUID:
    """Return the stream of the setting that a command states first."""
    return derived("setting", actor.practice_id, actor.person_id, command_id)


def supervision_stream(actor: Actor, command_id: UUID) -> UUID:
    """Return the stream of the supervision that a command states first."""
    return derived("supervision", actor.practice_id, actor.person_id, command_id)


def row_stream(practice_id: UUID, key: RowKey) -> UUID:
    """Return the stream of a row; it follows from its key, so there is one for each."""
    place = UUID(int=key.first_day.toordinal() << 1 | _PHASES[key.phase])
    return derived("week", practice_id, key.person_id, key.supervision_id, place)


def row_of(
    enrolment: EnrolmentEntry, person_id: UUID, entry: SessionEntry | ActivityEntry
) -> RowKey | None:
    """Return the row that an entry counts in, None while it names no supervision."""
    if entry.supervision_id is None:
        return None
    return row_on(enrolment, person_id, Counted(entry.supervision_id, entry.date))


def read_enrolment_of(context: Context, practice_id: UUID, person_id: UUID) -> Enrolment:
    """Replay a person's enrolment."""
    history = context.history(practice_id, enrolment_stream(practice_id, person_id))
    return ENROLMENT.replay(facts_of(ENROLMENT_RULES, history))


def read_setting_of(context: Context, practice_id: UUID, stream_id: UUID) -> Setting:
    """Replay a setting. Raises `Refused` for a stream of another kind."""
    return SETTING.replay(facts_of(SETTING_RULES, context.history(practice_id, stream_id)))


def read_supervision_of(context: Context, practice_id: UUID, stream_id: UUID) -> Supervision:
    """Replay a supervision. Raises `Refused` for a stream of another kind."""
    return SUPERVISION.replay(facts_of(SUPERVISION_RULES, context.history(practice_id, stream_id)))
