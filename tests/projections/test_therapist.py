"""The therapist view shows the sessions of a week as they stand, and nothing in the clear."""

import datetime as dt

import pytest
from psycopg import sql

from ledger.errors import Tampered
from projections.therapist import THERAPIST, WeekView, week
from projections.trail import TRAIL
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


def test_any_day_of_a_week_asks_for_that_week(world: World) -> None:
    world.log(world.open_practice(), "a", ANA, entry(day=6))
    assert _week(world, SUNDAY + dt.timedelta(days=3)).first_day == SUNDAY
    assert len(_week(world, SUNDAY + dt.timedelta(days=6)).sessions) == 1


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
        kept = connection.execute("SELECT week, sealed FROM views.therapist_sessions").fetchall()
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
        connection.execute("UPDATE views.therapist_sessions SET position = position + 1")
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
