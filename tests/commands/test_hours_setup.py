"""What hours rest on is stated by its person alone, about supervisors the practice has."""

from uuid import uuid4

import msgspec
import pytest

from aggregates.hours.enrolment_entry import WeekStart
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from aggregates.refusal import Refused
from commands.context import Actor, Context
from commands.hours.activities import log_activity
from commands.hours.setup import state_enrolment, state_setting, state_supervision
from commands.hours.streams import read_enrolment_of, read_setting_of, read_supervision_of
from commands.join_member import join_member
from commands.log_session import log_session
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, SUPERVISED
from tests.fix_hours import Supervised

pytestmark = pytest.mark.postgres


@pytest.fixture
def colleague(context: Context, therapist: Actor) -> Actor:
    """Another therapist of the practice."""
    actor = Actor(therapist.practice_id, uuid4())
    joined = JoinMember(
        person_id=actor.person_id,
        role=Role.THERAPIST,
        name=Private("Lee Roe"),
        invited_by=therapist.person_id,
    )
    join_member(context, therapist, joined, uuid4())
    return actor


def test_each_is_stated_and_restated(context: Context, supervised: Supervised) -> None:
    """In a stream of its own, sent twice or not."""
    person, practice_id = supervised.person, supervised.person.practice_id
    mondays = msgspec.structs.replace(ENROLMENT, week_start=WeekStart.MONDAY)
    command_id = uuid4()
    first = state_enrolment(context, person, mondays, command_id)
    assert state_enrolment(context, person, mondays, command_id).version == first.version
    assert read_enrolment_of(context, practice_id, person.person_id).entry == mondays
    renamed = msgspec.structs.replace(CLINIC, name=Private("Harbor School"))
    again = state_setting(context, person, supervised.setting_id, renamed, uuid4())
    assert (again.stream_id, again.version) == (supervised.setting_id, 2)
    assert read_setting_of(context, practice_id, supervised.setting_id).entry == renamed


def test_somebody_elses_are_not_there(
    context: Context, supervised: Supervised, colleague: Actor
) -> None:
    """Neither to be changed nor to be worked under."""
    theirs = msgspec.structs.replace(
        SUPERVISED, setting_id=supervised.setting_id, supervisor_id=None
    )
    attempts = (
        lambda: state_setting(context, colleague, supervised.setting_id, CLINIC, uuid4()),
        lambda: state_supervision(context, colleague, None, theirs, uuid4()),
        lambda: log_activity(context, colleague, supervised.supervision(), uuid4()),
        lambda: log_session(context, colleague, supervised.session(), uuid4()),
    )
    codes: list[str] = []
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        codes.append(refused.value.code.value)
    assert codes == [
        "setting-unknown",
        "setting-unknown",
        "supervision-unknown",
        "supervision-unknown",
    ]


def test_only_a_member_in_the_role_of_a_supervisor_supervises(
    context: Context, supervised: Supervised, colleague: Actor
) -> None:
    """Nobody can be made to sign by naming them."""
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=supervised.setting_id, supervisor_id=colleague.person_id
    )
    with pytest.raises(Refused) as refused:
        state_supervision(context, supervised.person, None, stated, uuid4())
    assert refused.value.code.value == "supervisor-unknown"
    assert refused.value.field == "supervisor_id"


def test_nobody_supervises_themselves(context: Context, supervised: Supervised) -> None:
    """Not even who is a supervisor in the practice."""
    actor = supervised.supervisor
    setting = state_setting(context, actor, None, CLINIC, uuid4())
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=setting.stream_id, supervisor_id=actor.person_id
    )
    with pytest.raises(Refused) as refused:
        state_supervision(context, actor, None, stated, uuid4())
    assert refused.value.code.value == "supervisor-unknown"
    assert refused.value.field == "supervisor_id"


def test_a_supervisor_who_is_no_member_yet_is_named_only(
    context: Context, supervised: Supervised
) -> None:
    """Hours can be logged under them, and signed once they came."""
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=supervised.setting_id, supervisor_id=None
    )
    handled = state_supervision(context, supervised.person, None, stated, uuid4())
    read = read_supervision_of(context, handled.practice_id, handled.stream_id)
    assert read.entry == stated


def test_a_stream_of_another_kind_is_no_supervision(
    context: Context, supervised: Supervised
) -> None:
    """Not even one's own."""
    entry = msgspec.structs.replace(supervised.supervision(), supervision_id=supervised.setting_id)
    with pytest.raises(Refused) as refused:
        log_activity(context, supervised.person, entry, uuid4())
    assert refused.value.code.value == "supervision-unknown"
