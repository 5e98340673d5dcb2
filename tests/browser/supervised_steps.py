"""What supervisees and supervisors of the demo do where pages are not what is tested."""

import datetime as dt
from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID, uuid4

import msgspec

from aggregates.hours.activity_entry import read_activity
from aggregates.hours.enrolment_entry import Phase, WeekStart
from aggregates.hours.week_content import RowKey
from aggregates.membership import Role
from aggregates.practice import JoinMember
from aggregates.private import Private
from aggregates.session_entry import read_entry
from commands.context import Actor, Context
from commands.demo_people import DEMO_OWNER, DEMO_THERAPIST
from commands.hours.activities import log_activity
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.streams import row_stream
from commands.join_member import join_member
from commands.log_session import log_session
from commands.opening import open_context
from ledger.clock import SystemClock
from ledger.postgres.opening import open_database
from ledger.postgres.settings import Settings
from projections.waiting import wait_for
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, SUPERVISED
from tests.browser.conftest import Service

WAIT_S = 20.0
WEEK = dt.timedelta(days=7)
HOURS_A_DAY = 3
DAYS = 4
MODELS = ("therapist", "setup", "weeks")


@contextmanager
def ledger_of(service: Service) -> Generator[Context]:
    """Open the running service's ledger beside it, as a second process would."""
    settings = Settings(data_dir=service.output.parent / "data")
    with (
        open_database(settings, SystemClock(), lambda _: None) as database,
        open_context(database, settings) as context,
    ):
        yield context


def supervise(context: Context) -> UUID:
    """Put the demo therapist under a supervisor of the practice; returns the supervision."""
    supervisor = Actor(DEMO_OWNER.practice_id, uuid4())
    joined = JoinMember(
        person_id=supervisor.person_id,
        role=Role.SUPERVISOR,
        name=Private("Dana Roe"),
        invited_by=DEMO_OWNER.person_id,
    )
    join_member(context, DEMO_OWNER, joined, uuid4())
    enrolled = msgspec.structs.replace(
        ENROLMENT, week_start=WeekStart.SUNDAY, registered_until=dt.date(2027, 8, 31)
    )
    state_enrolment(context, DEMO_THERAPIST, enrolled, uuid4())
    setting = state_setting(context, DEMO_THERAPIST, None, CLINIC, uuid4())
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=setting.stream_id, supervisor_id=supervisor.person_id
    )
    return state_supervision(context, DEMO_THERAPIST, None, stated, uuid4()).stream_id


def log_week(context: Context, supervision: UUID, sunday: dt.date) -> None:
    """Log twelve direct hours: more than one unit of supervision is good for."""
    for place in range(DAYS * HOURS_A_DAY):
        fields = {
            "date": (sunday + dt.timedelta(days=place % DAYS)).isoformat(),
            "start": f"{9 + place // DAYS:02}:00",
            "minutes": "60",
            "setting": "Riverside",
            "client": "C-007",
            "modality": "in-person",
            "participants": "couple" if place % 3 == 0 else "individual",
            "supervision": str(supervision),
        }
        entry = read_entry(fields, sunday + 2 * WEEK)
        log_session(context, DEMO_THERAPIST, entry, uuid4())


def log_supervision(context: Context, supervision: UUID, sunday: dt.date) -> None:
    """Log an hour of individual supervision: one unit."""
    fields = {
        "date": sunday.isoformat(),
        "length": "60",
        "kind": "supervision-individual",
        "modality": "in-person",
        "supervision": str(supervision),
    }
    activity = read_activity(fields, sunday + 2 * WEEK)
    done = log_activity(context, DEMO_THERAPIST, activity, uuid4())
    for name in MODELS:
        assert wait_for(context.ledger, name, done.practice_id, done.position, WAIT_S)


def submissions(context: Context, supervision: UUID, sunday: dt.date) -> int:
    """Return how many events the row of a week has."""
    key = RowKey(
        person_id=DEMO_THERAPIST.person_id,
        supervision_id=supervision,
        first_day=sunday,
        phase=Phase.AFTER_DEGREE,
    )
    practice_id = DEMO_THERAPIST.practice_id
    return len(context.history(practice_id, row_stream(practice_id, key)))
