"""A row is submitted with what stands in the ledger, and any change of an entry opens it again."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import msgspec
import pytest

from aggregates.deletion import Deletion, DeletionReason
from aggregates.hours.enrolment_entry import Phase, WeekStart
from aggregates.hours.moved_rows import Counted
from aggregates.hours.supervision import SupervisionStated
from aggregates.hours.week_content import RowContent, RowMinutes
from aggregates.hours.week_row import (
    WEEK_ROW,
    AmendCause,
    Submitted,
    WeekAmended,
    WeekFact,
    WeekSubmitted,
)
from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from aggregates.refusal import Refused
from commands.context import Actor, Context, Part
from commands.correct_session import correct_session
from commands.delete_session import delete_session
from commands.handle import Handled, facts_of
from commands.hours.activities import correct_activity, delete_activity, log_activity
from commands.hours.setup import state_enrolment
from commands.hours.streams import WEEK_RULES
from commands.hours.submit_week import Submission, submit_week, take_back_week
from commands.join_member import join_member
from commands.log_session import log_session
from commands.session import Shown
from ledger.errors import Conflict
from tests.aggregates.hours_examples import ENROLMENT, SUPERVISED
from tests.fix_hours import Supervised

pytestmark = pytest.mark.postgres

DELETION = Deletion(reason=DeletionReason.ENTERED_TWICE)
LATER = msgspec.structs.replace(
    ENROLMENT, week_start=WeekStart.SUNDAY, degree_on=dt.date(2026, 3, 11)
)


@pytest.fixture
def entries(context: Context, supervised: Supervised) -> list[Handled]:
    """Two sessions and an hour of supervision."""
    person = supervised.person
    return [
        log_session(context, person, supervised.session(), uuid4()),
        log_session(context, person, supervised.session(participants="individual"), uuid4()),
        log_activity(context, person, supervised.supervision(), uuid4()),
    ]


def ids(entries: list[Handled]) -> list[UUID]:
    """Return their streams."""
    return [each.stream_id for each in entries]


def submit(context: Context, supervised: Supervised, entries: list[Handled]) -> Handled:
    """Submit the row of these."""
    submission = Submission(supervised.key, ids(entries), ("SUP-MIN",))
    return submit_week(context, supervised.person, submission, uuid4())


def row_facts(context: Context, supervised: Supervised) -> list[WeekFact]:
    """Return what happened to the row."""
    history = context.history(supervised.person.practice_id, supervised.row)
    return facts_of(WEEK_RULES, history)


def submitted_content(context: Context, supervised: Supervised) -> RowContent:
    """Return the row as it is with the supervisor."""
    state = WEEK_ROW.replay(row_facts(context, supervised))
    assert isinstance(state, Submitted)
    return state.content


def test_a_row_sums_up_what_was_read_from_the_ledger(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """Columns, versions, leaf hashes and the names that are printed."""
    handled = submit(context, supervised, entries)
    assert handled.stream_id == supervised.row
    content = submitted_content(context, supervised)
    assert content.minutes == RowMinutes(a=100, a1=50, b=60, b1=60, b2=0)
    assert [ref.stream_id for ref in content.entries] == sorted(ids(entries), key=lambda i: i.bytes)
    latest = context.latest(supervised.person.practice_id, ids(entries))
    assert {ref.leaf for ref in content.entries} == {each.leaf for each in latest.values()}
    assert content.printed.supervisee == Private("Owner")
    assert content.printed.supervisor == Private("Dana Roe")
    assert content.supervisor_id == supervised.supervisor.person_id


@pytest.mark.parametrize(("day", "number"), [(14, "AMFT 150001"), (15, "AMFT 140000")])
def test_the_number_that_is_printed_was_held_at_the_end_of_the_week(
    context: Context, supervised: Supervised, entries: list[Handled], day: int, number: str
) -> None:
    """A second registration issued on its last day is; one of the next day is not yet."""
    second = msgspec.structs.replace(
        ENROLMENT,
        week_start=WeekStart.SUNDAY,
        second_registration=Private("AMFT 150001"),
        second_registered_on=dt.date(2026, 3, day),
    )
    state_enrolment(context, supervised.person, second, uuid4())
    submit(context, supervised, entries)
    assert submitted_content(context, supervised).printed.registration == Private(number)


def test_the_same_command_submits_once(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """Sent by ten threads at once."""
    submission, command_id = Submission(supervised.key, ids(entries)), uuid4()
    with ThreadPoolExecutor(10) as pool:
        sent = [
            pool.submit(submit_week, context, supervised.person, submission, command_id)
            for _ in range(10)
        ]
        done = [each.result() for each in sent]
    assert {each.position for each in done} == {done[0].position}
    assert len(row_facts(context, supervised)) == 1


def test_entries_of_another_row_are_not_summed_up(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """Another phase, a deleted one, none at all, somebody else's."""
    person = supervised.person
    unknown = Submission(supervised.key, [*ids(entries), uuid4()])
    before = msgspec.structs.replace(supervised.key, phase=Phase.BEFORE_DEGREE)
    delete_session(context, person, Shown(entries[0].stream_id), DELETION, uuid4())
    for submission, code in (
        (unknown, "week-changed"),
        (Submission(before, ids(entries[1:])), "week-changed"),
        (Submission(supervised.key, ids(entries)), "week-changed"),
        (Submission(supervised.key, ()), "week-empty"),
    ):
        with pytest.raises(Refused) as refused:
            submit_week(context, person, submission, uuid4())
        assert refused.value.code.value == code
    assert row_facts(context, supervised) == []


def test_a_row_is_not_handed_to_its_own_supervisee(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """Whatever stands in the supervision."""
    person, stream_id = supervised.person, supervised.supervision_id
    own = msgspec.structs.replace(
        SUPERVISED, setting_id=supervised.setting_id, supervisor_id=person.person_id
    )
    stated = SupervisionStated(person_id=person.person_id, entry=own)
    context.record(person, uuid4(), [Part(stream_id, 1, [stated])])
    with pytest.raises(Refused) as refused:
        submit(context, supervised, entries)
    assert refused.value.code.value == "supervisor-missing"


def test_somebody_elses_row_is_not_submitted(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """Not by another therapist of the practice."""
    colleague = Actor(supervised.person.practice_id, uuid4())
    joined = JoinMember(
        person_id=colleague.person_id,
        role=Role.THERAPIST,
        name=Private("Lee Roe"),
        invited_by=supervised.person.person_id,
    )
    join_member(context, supervised.person, joined, uuid4())
    with pytest.raises(Refused) as refused:
        submit_week(context, colleague, Submission(supervised.key, ids(entries)), uuid4())
    assert refused.value.code.value == "enrolment-missing"


CHANGES: dict[AmendCause, Callable[[Context, Supervised, list[Handled]], Handled]] = {
    AmendCause.ENTRY_LOGGED: lambda context, s, _: log_session(
        context, s.person, s.session(start="15:00"), uuid4()
    ),
    AmendCause.ENTRY_CORRECTED: lambda context, s, entries: correct_session(
        context, s.person, Shown(entries[0].stream_id, 1), s.session(minutes="80"), uuid4()
    ),
    AmendCause.ENTRY_DELETED: lambda context, s, entries: delete_activity(
        context, s.person, Shown(entries[2].stream_id), DELETION, uuid4()
    ),
    AmendCause.TAKEN_BACK: lambda context, s, _: take_back_week(context, s.person, s.key, uuid4()),
    AmendCause.ENROLMENT_RESTATED: lambda context, s, _: state_enrolment(
        context, s.person, LATER, uuid4(), {Counted(s.supervision_id, dt.date(2026, 3, 9))}
    ),
}


@pytest.mark.parametrize("cause", list(AmendCause), ids=str)
def test_a_change_opens_the_row_again_in_the_same_append(
    context: Context, supervised: Supervised, entries: list[Handled], cause: AmendCause
) -> None:
    """And says what it was."""
    submit(context, supervised, entries)
    changed = CHANGES[cause](context, supervised, entries)
    last = row_facts(context, supervised)[-1]
    assert isinstance(last, WeekAmended)
    is_of_no_entry = cause in (AmendCause.TAKEN_BACK, AmendCause.ENROLMENT_RESTATED)
    assert (last.cause, last.was_signed) == (cause, False)
    assert last.stream_id == (None if is_of_no_entry else changed.stream_id)
    found = context.ledger.find_command(changed.practice_id, _command_at(context, changed))
    assert found is not None
    assert supervised.row in {event.stream_id for event in found}


def test_an_entry_that_moves_to_another_week_opens_the_one_it_left(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """Its old row loses it, its new row was never submitted."""
    submit(context, supervised, entries)
    shorter = msgspec.structs.replace(
        supervised.supervision(), date=supervised.session().date.replace(day=7)
    )
    correct_activity(context, supervised.person, Shown(entries[2].stream_id), shorter, uuid4())
    assert isinstance(row_facts(context, supervised)[-1], WeekAmended)
    handled = submit(context, supervised, entries[:2])
    assert handled.version == 3


def test_a_change_outside_the_row_leaves_it_alone(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """Another week, or no supervision."""
    submit(context, supervised, entries)
    log_session(context, supervised.person, supervised.session(supervision=""), uuid4())
    sunday_before = supervised.session(supervised.key.first_day.replace(day=7))
    log_session(context, supervised.person, sunday_before, uuid4())
    assert [type(fact) for fact in row_facts(context, supervised)] == [WeekSubmitted]


def test_a_change_that_is_refused_opens_nothing(
    context: Context, supervised: Supervised, entries: list[Handled]
) -> None:
    """All or none."""
    submit(context, supervised, entries)
    with pytest.raises(Conflict):
        correct_session(
            context,
            supervised.person,
            Shown(entries[0].stream_id, 7),
            supervised.session(minutes="80"),
            uuid4(),
        )
    assert [type(fact) for fact in row_facts(context, supervised)] == [WeekSubmitted]


def _command_at(context: Context, handled: Handled) -> UUID:
    """Return the command that wrote the event at a position."""
    with context.ledger.read(handled.practice_id) as connection:
        row = connection.execute(
            "SELECT command_id FROM ledger.commands WHERE practice_id = %b"
            " AND position <= %b AND position + events > %b",
            (handled.practice_id, handled.position, handled.position),
            binary=True,
        ).fetchone()
    assert row is not None
    return row[0]
