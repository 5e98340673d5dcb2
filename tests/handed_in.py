"""A week that somebody hands to a supervisor, with everything that it takes."""

import datetime as dt
from uuid import UUID, uuid4

import msgspec

from aggregates.hours.activity_entry import read_activity
from aggregates.hours.enrolment_entry import Phase, WeekStart
from aggregates.hours.week_content import RowKey
from commands.context import Actor, Context
from commands.hours.activities import log_activity
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.streams import row_stream
from commands.hours.submit_week import Submission, submit_week
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, SUPERVISED

SUNDAY = dt.date(2026, 3, 8)
MEETING_DAY = dt.date(2026, 3, 10)


def handed_in(context: Context, person: Actor, supervisor: Actor) -> UUID:
    """Let a person meet their supervisor once, and submit that week; returns its row."""
    enrolled = msgspec.structs.replace(ENROLMENT, week_start=WeekStart.SUNDAY)
    state_enrolment(context, person, enrolled, uuid4())
    setting = state_setting(context, person, None, CLINIC, uuid4())
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=setting.stream_id, supervisor_id=supervisor.person_id
    )
    supervision_id = state_supervision(context, person, None, stated, uuid4()).stream_id
    fields = {
        "date": MEETING_DAY.isoformat(),
        "length": "60",
        "kind": "supervision-individual",
        "modality": "in-person",
        "supervision": str(supervision_id),
    }
    met = log_activity(context, person, read_activity(fields, MEETING_DAY), uuid4())
    key = RowKey(
        person_id=person.person_id,
        supervision_id=supervision_id,
        first_day=SUNDAY,
        phase=Phase.AFTER_DEGREE,
    )
    submit_week(context, person, Submission(key, (met.stream_id,)), uuid4())
    return row_stream(person.practice_id, key)
