"""The weeks show each row's state, times and content, for the supervisee and for the officer."""

import datetime as dt

import pytest

from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.setting import SettingStated
from aggregates.hours.week_row import ReturnReason, WeekSubmitted
from aggregates.private import Private
from ledger.errors import Tampered
from projections.compliance import week_states
from projections.read_model import ReadModel
from projections.setup_table import SETUP
from projections.signing_time import is_late
from projections.standing import standing
from projections.supervised_table import SUPERVISED
from projections.therapist_table import THERAPIST
from projections.weeks import WeekRow, week_row, weeks
from projections.weeks_table import WEEKS, RowState
from tests.projections.hours import (
    AMENDED,
    ANA,
    PLACE_CANARY,
    RETURN_CANARY,
    RETURNED,
    SETTING,
    SIGNED,
    SUPERVISEE_CANARY,
    SUPERVISION,
    SUPERVISOR,
    content,
    setting,
    submitted,
)
from tests.projections.world import FIRST_US, SUNDAY, World, name

pytestmark = pytest.mark.postgres
BEN, PRACTICE, ROW = name("ben"), name("practice", "one"), name("row")
DAY_US = 86_400_000_000
SUNDAY_US = int(dt.datetime(2026, 9, 20, tzinfo=dt.UTC).timestamp()) * 1_000_000


def _pull(world: World) -> tuple[WeekRow, ...]:
    world.prepare(WEEKS)
    world.pull(WEEKS)
    return weeks(world, PRACTICE, ANA)


def test_a_submitted_row_shows_what_was_submitted_and_when(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    (row,) = _pull(world)
    assert (row.stream_id, row.person_id, row.version) == (ROW, ANA, 1)
    assert (row.state, row.content) == (RowState.SUBMITTED, submitted().content)
    assert row.warnings == ("SUP-MIN",)
    assert row.submitted_at_us == world.clock.now
    assert (row.returned_at_us, row.signed_at_us, row.was_signed) == (None, None, False)
    assert week_row(world, PRACTICE, ANA, ROW) == row


def test_a_row_goes_through_its_states_and_keeps_what_came_before(world: World) -> None:
    """Each event comes in a page of its own."""
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    world.tell(PRACTICE, ROW, SUPERVISOR, RETURNED)
    (row,) = _pull(world)
    assert (row.state, row.returned_at_us) == (RowState.RETURNED, world.clock.now)
    assert (row.return_reason, row.remark) == (ReturnReason.HOURS_DIFFER, Private(RETURN_CANARY))
    assert row.content == submitted().content
    world.tell(PRACTICE, ROW, ANA, submitted())
    world.tell(PRACTICE, ROW, SUPERVISOR, SIGNED)
    signed_at_us = world.clock.now
    (row,) = _pull(world)
    assert (row.state, row.signed_at_us, row.was_signed) == (RowState.SIGNED, signed_at_us, True)
    world.tell(PRACTICE, ROW, ANA, AMENDED)
    (row,) = _pull(world)
    assert (row.state, row.signed_at_us, row.was_signed) == (RowState.AMENDED, signed_at_us, True)
    assert (row.version, row.content) == (5, submitted().content)


def test_nobody_sees_the_rows_of_another(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, BEN, submitted())
    assert _pull(world) == ()
    assert week_row(world, PRACTICE, ANA, ROW) is None


def test_a_shredded_row_keeps_its_state_and_times_and_nothing_else(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    world.tell(PRACTICE, ROW, SUPERVISOR, RETURNED)
    (before,) = _pull(world)
    world.keys.destroy(name("key", PRACTICE, ROW))
    (at_once,) = weeks(world, PRACTICE, ANA)
    world.shred(PRACTICE, "row")
    (after,) = _pull(world)
    assert at_once == after
    assert after.shredded
    assert (after.state, after.returned_at_us) == (before.state, before.returned_at_us)
    assert (after.warnings, after.return_reason, after.remark) == ((), None, None)


def test_rows_are_opened_with_one_look_up_and_only_in_their_place(world: World) -> None:
    world.open_practice()
    for week in range(3):
        world.tell(PRACTICE, name("row", week), ANA, submitted(week))
    _pull(world)
    world.keys.look_ups = 0
    rows = weeks(world, PRACTICE, ANA)
    assert world.keys.look_ups == 1
    assert [row.content and row.content.key.first_day for row in rows] == [
        SUNDAY + dt.timedelta(days=7 * week) for week in range(3)
    ]
    with world.project() as connection:
        connection.execute("UPDATE views.week_rows SET submission_at = submission_at + 1")
    with pytest.raises(Tampered):
        weeks(world, PRACTICE, ANA)


def test_no_view_of_hours_holds_personal_text_in_the_clear(world: World) -> None:
    """Each row of both tables, as text and as hex."""
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    world.tell(PRACTICE, ROW, SUPERVISOR, RETURNED)
    world.tell(PRACTICE, SETTING, ANA, SettingStated(person_id=ANA, entry=setting()))
    _pull(world)
    world.prepare(SETUP)
    world.pull(SETUP)
    with world.project() as connection:
        ((row,),) = connection.execute("SELECT t::text FROM views.week_rows t")
        ((stated,),) = connection.execute("SELECT t::text FROM views.setups t")
    for stored in (row, stated):
        assert str(PRACTICE) in stored
        for canary in (PLACE_CANARY, SUPERVISEE_CANARY, RETURN_CANARY, "Elm Street", "SUP-MIN"):
            assert canary not in stored
            assert canary.encode().hex() not in stored


@pytest.mark.parametrize(
    ("read_model", "tag"),
    [
        pytest.param(THERAPIST, "activity-logged.v1", id="therapist"),
        pytest.param(SETUP, "setting-stated.v1", id="setup"),
        pytest.param(WEEKS, "week-submitted.v1", id="weeks"),
        pytest.param(SUPERVISED, "week-submitted.v1", id="supervised"),
    ],
)
def test_a_body_that_this_program_cannot_read_parks_the_practice(
    world: World, read_model: ReadModel, tag: str
) -> None:
    """As one that a later version wrote would; the rows before it stay as they were."""
    world.open_practice()
    position = world.tell_body(PRACTICE, name("strange"), ANA, (tag, b"no fact"))
    world.prepare(read_model)
    world.pull(read_model)
    with world.project() as connection:
        (parked,) = standing(connection, read_model.name).parked
    assert (parked.practice_id, parked.position) == (PRACTICE, position)
    assert parked.reason == "event-unreadable"


def test_the_officer_sees_how_far_all_rows_of_a_span_have_come(world: World) -> None:
    """Of everybody, by week; under whom, where, in which phase: no entry, no name, no hours."""
    world.open_practice()
    monday = SUNDAY + dt.timedelta(days=1)
    bens = WeekSubmitted(content=content(monday), warnings=())
    world.tell(PRACTICE, ROW, ANA, submitted())
    world.tell(PRACTICE, name("ben's"), BEN, bens)
    world.tell(PRACTICE, name("later"), ANA, submitted(2))
    _pull(world)
    sunday_after = SUNDAY + dt.timedelta(days=7)
    for first, last, streams in (
        (SUNDAY, SUNDAY, {ROW}),
        (SUNDAY, monday, {ROW, name("ben's")}),
        (sunday_after, sunday_after, {name("ben's")}),
        (sunday_after + dt.timedelta(days=1), sunday_after, set[object]()),
        (SUNDAY, SUNDAY + dt.timedelta(days=14), {ROW, name("ben's"), name("later")}),
    ):
        found = week_states(world, PRACTICE, first, last)
        assert {row.stream_id for row in found} == streams
    (row, *_) = week_states(world, PRACTICE, SUNDAY, SUNDAY)
    place = row.place
    assert place is not None
    assert (row.person_id, row.state, row.is_signed) == (ANA, RowState.SUBMITTED, False)
    assert (place.supervision_id, place.supervisor_id) == (SUPERVISION, SUPERVISOR)
    assert (place.setting_id, place.phase, place.first_day) == (
        *(SETTING, Phase.BEFORE_DEGREE),
        SUNDAY,
    )


def test_the_officer_sees_what_was_signed_late_and_what_is_shredded(world: World) -> None:
    world.open_practice()
    for stream, day in (("in time", 13), ("late", 14)):
        world.tell(PRACTICE, name(stream), ANA, submitted())
        world.clock.now = SUNDAY_US + (day + 1) * DAY_US - 3_600_000_000
        world.tell(PRACTICE, name(stream), SUPERVISOR, SIGNED)
    world.tell(PRACTICE, name("gone"), ANA, submitted(40))
    world.shred(PRACTICE, "gone")
    _pull(world)
    rows = {row.stream_id: row for row in week_states(world, PRACTICE, SUNDAY, SUNDAY)}
    assert {stream_id: row.is_signed_late for stream_id, row in rows.items()} == {
        name("in time"): False,
        name("late"): True,
        name("gone"): False,
    }
    assert rows[name("gone")].place is None


def test_a_week_is_signed_late_after_the_seventh_day_that_follows_it() -> None:
    """By California's days: its evening is the next day by UTC."""
    last_moment_us = SUNDAY_US + 14 * DAY_US + 7 * 3_600_000_000 - 1_000_000
    assert FIRST_US > SUNDAY_US
    assert not is_late(SUNDAY, None)
    assert not is_late(SUNDAY, last_moment_us)
    assert is_late(SUNDAY, last_moment_us + 1_000_000)
