"""A supervisee with an enrolment, a setting and a supervisor, on a real ledger."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

import msgspec
import pytest

from aggregates.hours.activity_entry import ActivityEntry, read_activity
from aggregates.hours.enrolment_entry import Phase, WeekStart
from aggregates.hours.week_content import RowKey
from aggregates.membership import Role
from aggregates.practice import JoinMember
from aggregates.private import Private
from aggregates.session_entry import SessionEntry, read_entry
from commands.context import Actor, Context
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.streams import row_stream
from commands.join_member import join_member
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, SUPERVISED

TODAY = dt.date(2026, 3, 14)
SUNDAY = dt.date(2026, 3, 8)


@dataclass(frozen=True)
class Supervised:
    """Who works under whom: the supervisee, the supervisor, the supervision's stream."""

    person: Actor
    supervisor: Actor
    setting_id: UUID
    supervision_id: UUID

    @property
    def key(self) -> RowKey:
        """The row of the week of these tests."""
        return RowKey(
            person_id=self.person.person_id,
            supervision_id=self.supervision_id,
            first_day=SUNDAY,
            phase=Phase.AFTER_DEGREE,
        )

    @property
    def row(self) -> UUID:
        """Its stream."""
        return row_stream(self.person.practice_id, self.key)

    def session(self, day: dt.date = dt.date(2026, 3, 9), **changes: str) -> SessionEntry:
        """Return a session under the supervision."""
        fields = {
            "date": day.isoformat(),
            "start": "09:00",
            "minutes": "50",
            "setting": "Riverside",
            "client": "J.D.",
            "modality": "in-person",
            "participants": "couple",
            "supervision": str(self.supervision_id),
        }
        return read_entry({**fields, **changes}, TODAY)

    def supervision(self, minutes: int = 60) -> ActivityEntry:
        """Return an hour of individual supervision."""
        fields = {
            "date": "2026-03-10",
            "length": str(minutes),
            "kind": "supervision-individual",
            "modality": "in-person",
            "supervision": str(self.supervision_id),
        }
        return read_activity(fields, TODAY)


@pytest.fixture
def supervised(context: Context, therapist: Actor) -> Supervised:
    """The practice's owner, who works under a supervisor of the practice; weeks from Sunday."""
    supervisor = Actor(therapist.practice_id, uuid4())
    joined = JoinMember(
        person_id=supervisor.person_id,
        role=Role.SUPERVISOR,
        name=Private("Dana Roe"),
        invited_by=therapist.person_id,
    )
    join_member(context, therapist, joined, uuid4())
    enrolled = msgspec.structs.replace(ENROLMENT, week_start=WeekStart.SUNDAY)
    state_enrolment(context, therapist, enrolled, uuid4())
    setting = state_setting(context, therapist, None, CLINIC, uuid4())
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=setting.stream_id, supervisor_id=supervisor.person_id
    )
    supervision = state_supervision(context, therapist, None, stated, uuid4())
    return Supervised(therapist, supervisor, setting.stream_id, supervision.stream_id)
