"""The therapist view shows the sessions of a week as they stand, and nothing in the clear."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from aggregates.deletion import DeletionReason
from aggregates.hours.activity import ActivityCorrected, ActivityDeleted
from ledger.errors import Tampered
from projections.therapist import THERAPIST, WeekView, entries, week
from projections.trail import TRAIL
from tests.fix_postgres import MakeDatabase
from tests.projections.hours import activity, log_activity
from tests.projections.test_laws import few, with_world
from tests.projections.world import (
    ALIAS_CANARY,
    NAME_CANARY,
    REMARK_CANARY,
    SETTING_CANARY,
    SUNDAY,
    World,
    entry,
    name,
)

pytestmark = pytest.mark.postgres
ANA, BEN = name("ana"), name("ben")


def _week(world: World, first_day: dt.date = SUNDAY) -> WeekView:
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    return week(world, name("practice", "one"), ANA, first_day)


def test_a_week_shows_its_sessions_by_date_and_start(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "late", ANA, entry(day=2, minute=900))
    world.log(practice, "early", ANA, entry(day=2, minute=540))
    world.log(practice, "first", ANA, entry(day=0, minute=1200))
    world.log(practice, "next week", ANA, entry(day=7))
    world.log(practice, "last week", ANA, entry(day=-1))
    view = _week(world)
    assert [row.stream_id for row in view.sessions] == [name("first"), name("early"), name("late")]
    assert view.sessions[0].entry == entry(day=0, minute=1200)
    assert view.sessions[0].corrections == 0


@given(start=st.integers(0, 6), days=st.lists(st.integers(-14, 20), max_size=6, unique=True))
@few
def test_seven_days_from_any_day_have_exactly_what_is_of_them(
    make_database: MakeDatabase, start: int, days: list[int]
) -> None:
    """People may begin their weeks on Mondays; the stored week begins on a Sunday all the same."""

    def check(world: World) -> None:
        practice = world.open_practice()
        for day in days:
            world.log(practice, ("session", day), ANA, entry(day=day))
            log_activity(world, practice, ("activity", day), activity(day=day))
        first_day = SUNDAY + dt.timedelta(days=start)
        view = _week(world, first_day)
        wanted = [SUNDAY + dt.timedelta(days=day) for day in sorted(days) if 0 <= day - start < 7]
        assert view.first_day == first_day
        assert [row.entry and row.entry.date for row in view.sessions] == wanted
        assert [row.entry and row.entry.date for row in view.activities] == wanted

    with_world(make_database, check)


def test_sessions_and_activities_are_apart_and_change_alike(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "session", ANA)
    log_activity(world, practice, "activity", activity(minutes=30))
    log_activity(world, practice, "deleted")
    world.tell(practice, name("activity"), ANA, ActivityCorrected(entry=activity(minutes=90)))
    gone = ActivityDeleted(reason=DeletionReason.ENTERED_TWICE)
    world.tell(practice, name("deleted"), ANA, gone)
    view = _week(world)
    assert [row.entry for row in view.sessions] == [entry()]
    (row,) = view.activities
    assert (row.stream_id, row.version, row.entry) == (name("activity"), 2, activity(minutes=90))


def test_all_that_counts_comes_at_once_with_its_version(world: World) -> None:
    """Over all weeks, without what was deleted or shredded, and of one person only."""
    practice = world.open_practice()
    world.log(practice, "a", ANA, entry(day=-400))
    world.correct(practice, "a", ANA, entry(day=-401))
    log_activity(world, practice, "b", activity(day=300))
    for stream in ("deleted", "shredded", "key gone"):
        world.log(practice, stream, ANA)
    world.log(practice, "of another", BEN)
    world.delete(practice, "deleted", ANA)
    world.shred(practice, "shredded")
    _week(world)
    world.keys.destroy(name("key", practice, name("key gone")))
    world.keys.look_ups = 0
    found = entries(world, practice, ANA)
    assert world.keys.look_ups == 1
    assert [(each.stream_id, each.version, each.entry) for each in found] == [
        (name("a"), 2, entry(day=-401)),
        (name("b"), 1, activity(day=300)),
    ]


def test_a_row_whose_key_is_gone_shows_in_one_week_however_weeks_begin(world: World) -> None:
    """Until its destruction is followed, where its Sunday is: seven days hold exactly one."""
    practice = world.open_practice()
    world.log(practice, "a", ANA, entry(day=3))
    _week(world)
    world.keys.destroy(name("key", practice, name("a")))
    for start in range(7):
        firsts = [SUNDAY + dt.timedelta(days=start + 7 * step) for step in range(-2, 3)]
        assert sum(len(week(world, practice, ANA, first).sessions) for first in firsts) == 1


def test_nobody_sees_the_sessions_of_another(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "b", BEN)
    assert _week(world).sessions == ()


def test_a_correction_may_move_a_session_to_another_week(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA, entry(day=1))
    assert len(_week(world).sessions) == 1
    world.correct(practice, "a", ANA, entry(day=8, minutes=45))
    assert _week(world).sessions == ()
    (row,) = _week(world, SUNDAY + dt.timedelta(days=7)).sessions
    assert (row.corrections, row.version) == (1, 2)
    assert row.entry == entry(day=8, minutes=45)


def test_a_deleted_session_leaves_the_week(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    assert len(_week(world).sessions) == 1
    world.delete(practice, "a", ANA)
    assert _week(world).sessions == ()


def test_a_session_whose_key_is_gone_shows_as_shredded_at_once(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    _week(world)
    world.keys.destroy(name("key", practice, name("a")))
    (row,) = week(world, practice, ANA, SUNDAY).sessions
    assert row.shredded
    assert row.entry is None


def test_a_shredded_session_keeps_no_date_and_shows_where_it_was_logged(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA, entry(day=-30))
    _week(world)
    world.shred(practice, "a")
    (row,) = _week(world).sessions  # the clock of this world says so: it was logged in this week
    assert row.shredded
    assert _week(world, SUNDAY - dt.timedelta(days=30)).sessions == ()
    with world.project() as connection:
        kept = connection.execute("SELECT week, sealed FROM views.therapist_entries").fetchall()
    assert kept == [(None, None)]


def test_a_week_is_opened_with_one_look_up(world: World) -> None:
    practice = world.open_practice()
    for number in range(5):
        world.log(practice, f"s{number}", ANA)
    _week(world)
    world.keys.look_ups = 0
    assert len(week(world, practice, ANA, SUNDAY).sessions) == 5
    assert world.keys.look_ups == 1


def test_a_row_put_in_the_place_of_another_does_not_open(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.correct(practice, "a", ANA, entry(minutes=45))
    world.log(practice, "b", ANA)
    _week(world)
    with world.project() as connection:
        connection.execute("UPDATE views.therapist_entries SET position = position + 1")
    with pytest.raises(Tampered):
        week(world, practice, ANA, SUNDAY)


def test_no_read_model_holds_personal_text_in_the_clear(world: World) -> None:
    """Every table of the schema, every row, as text and as hex."""
    practice = world.open_practice()
    world.log(practice, "a", ANA, entry(alias=ALIAS_CANARY))
    world.correct(practice, "a", ANA, entry(alias=ALIAS_CANARY, minutes=45))
    world.delete(practice, "a", ANA)
    world.log(practice, "b", ANA, entry(alias=ALIAS_CANARY))
    for read_model in (THERAPIST, TRAIL):
        world.prepare(read_model)
        world.pull(read_model)
    with world.project() as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'views'"
        ).fetchall()
        assert len(tables) == 5
        stored = "\n".join(
            str(row[0])
            for (table,) in tables
            for row in connection.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier("views", table))
            )
        )
    assert str(practice) in stored
    for canary in (ALIAS_CANARY, SETTING_CANARY, NAME_CANARY, REMARK_CANARY):
        assert canary not in stored
        assert canary.encode().hex() not in stored
