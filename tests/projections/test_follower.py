"""A follower applies every event once, whatever happens, and is never stopped by one practice."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from ledger.postgres.connect import Role
from projections.follower import Follower, practice_of
from projections.pages import apply_page
from projections.pulling import Puller, code_of, may_pass
from projections.read_model import Page, ReadModel, Write, live
from projections.rebuild import rebuild
from projections.standing import behind, standing, unpark
from projections.therapist import THERAPIST
from projections.trail import TRAIL
from tests.projections.world import SUNDAY, World, entry, name

pytestmark = pytest.mark.postgres
ANA = name("ana")

# Counts, and so tells when an event was applied twice: the read models proper would not show it.
COUNTED = ReadModel(
    name="counted",
    table="counted",
    edition=1,
    ddl="CREATE TABLE {table} (practice_id uuid PRIMARY KEY, events bigint NOT NULL,"
    " last bigint NOT NULL)",
    reads=(),
    apply=lambda page: [
        Write(
            "INSERT INTO {table} AS t VALUES (%b, %b, %b) ON CONFLICT (practice_id) DO UPDATE"
            " SET events = t.events + excluded.events, last = excluded.last",
            (page.practice_id, len(page.events), page.events[-1][0].position),
        )
    ],
)


def _counts(world: World) -> dict[UUID, int]:
    with world.project() as connection:
        rows = connection.execute("SELECT practice_id, events, last FROM views.counted").fetchall()
    assert all(events == last + 1 for _, events, last in rows)
    return {practice_id: events for practice_id, events, _ in rows}


def _until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def _kill_followers(world: World) -> int:
    """Kill whatever the projector does at this moment; returns how many connections."""
    with world.database.connect(Role.OWNER) as connection:
        return connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'therapist_projector' AND datname = current_database()"
        ).rowcount


def test_a_follower_shows_what_was_there_and_what_comes(world: World) -> None:
    practice = world.open_practice()
    with world.following(THERAPIST, TRAIL):
        for number in range(3):
            position = world.log(practice, number, ANA)
            assert world.wait(THERAPIST, practice, position)
            assert world.wait(TRAIL, practice, position)


def test_two_followers_apply_each_event_once(world: World) -> None:
    practices = [world.open_practice(str(number)) for number in range(3)]
    with world.following(COUNTED, COUNTED):
        for number in range(60):
            world.log(practices[number % 3], number, ANA)
        for practice in practices:
            assert world.wait(COUNTED, practice, 23)
    assert _counts(world) == dict.fromkeys(practices, 24)


def test_connections_killed_in_mid_run_lose_nothing_and_double_nothing(world: World) -> None:
    practice = world.open_practice()
    with world.following(COUNTED, COUNTED):
        for number in range(80):
            world.log(practice, number, ANA)
            if number % 10 == 5:
                assert _until(lambda: _kill_followers(world) > 0)
        assert world.wait(COUNTED, practice, 83)
    assert _counts(world) == {practice: 84}


def test_a_crash_between_the_rows_and_the_position_leaves_neither(world: World) -> None:
    practice = world.open_practice()

    def break_connection(page: Page) -> Sequence[Write]:
        sleep = Write("SELECT pg_terminate_backend(pg_backend_pid())", ())
        return [*COUNTED.apply(page), sleep]

    world.prepare(COUNTED)
    broken = replace(COUNTED, apply=break_connection)
    with world.project() as connection:
        behind(connection, COUNTED.name, None)
        with pytest.raises(psycopg.OperationalError):
            apply_page(connection, world.keys, live(broken), practice)
    assert _counts(world) == {}
    world.pull(COUNTED)
    assert _counts(world) == {practice: 4}


def test_an_event_committed_between_pull_and_listen_is_not_missed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LISTEN comes first, so what is committed after the first pull is heard of."""
    monkeypatch.setattr("projections.follower.LISTENS_PER_LOOK", 10_000)
    practice = world.open_practice()
    pull = Puller.pull
    is_first = True

    def pull_then_commit(puller: Puller, practice_ids: Collection[UUID] | None = None) -> None:
        nonlocal is_first
        pull(puller, practice_ids)
        if is_first:
            is_first = False
            world.log(practice, "meanwhile", ANA)

    monkeypatch.setattr(Puller, "pull", pull_then_commit)
    with world.following(COUNTED):
        assert world.wait(COUNTED, practice, 4)


def test_a_lost_notification_is_made_up_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.follower._LISTEN", "LISTEN nothing")
    monkeypatch.setattr("projections.follower.LISTENS_PER_LOOK", 2)
    practice = world.open_practice()
    with world.following(COUNTED):
        assert world.wait(COUNTED, practice, 3)
        assert world.wait(COUNTED, practice, world.log(practice, "a", ANA))


def test_what_cannot_be_applied_parks_its_practice_and_no_other(world: World) -> None:
    good, bad = world.open_practice("good"), world.open_practice("bad")
    for number in range(20):
        world.log(bad, number, ANA)
        world.log(good, number, ANA)
    stop_at = 4 + 13

    def choke(page: Page) -> Sequence[Write]:
        if page.practice_id == bad and page.events[-1][0].position >= stop_at:
            raise ValueError(SUNDAY)
        return COUNTED.apply(page)

    with world.following(replace(COUNTED, apply=choke)):
        assert world.wait(COUNTED, good, 23)
        assert _until(lambda: _reasons(world) == [(bad, stop_at, "ValueError")])
        assert world.wait(COUNTED, good, world.log(good, "later", ANA))
    assert _counts(world) == {good: 25, bad: stop_at}


def _reasons(world: World) -> list[tuple[UUID, int, str]]:
    with world.project() as connection:
        parked = standing(connection, COUNTED.name).parked
    return [(each.practice_id, each.position, each.reason) for each in parked]


def test_a_parked_practice_is_tried_again_when_unparked(world: World) -> None:
    practice = world.open_practice()
    is_broken = True

    def choke(page: Page) -> Sequence[Write]:
        if is_broken:
            raise KeyError
        return COUNTED.apply(page)

    with world.following(replace(COUNTED, apply=choke)):
        assert _until(lambda: _reasons(world) == [(practice, 0, "KeyError")])
        is_broken = False
        with world.project() as connection:
            assert unpark(connection, COUNTED.name) == 1
        assert world.wait(COUNTED, practice, 3)
    assert _reasons(world) == []


def test_a_parked_practice_is_tried_again_by_a_rebuild(world: World) -> None:
    world.open_practice()
    world.prepare(COUNTED)

    def choke(_page: Page) -> Sequence[Write]:
        raise KeyError

    world.pull(replace(COUNTED, apply=choke))
    assert len(_reasons(world)) == 1
    rebuild(world.database, world.keys, COUNTED)
    assert _reasons(world) == []


def test_a_missing_key_parks_with_its_code(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.prepare(THERAPIST)
    del world.keys.by_id[name("key", practice, name("a"))]
    world.pull(THERAPIST)
    with world.project() as connection:
        (parked,) = standing(connection, THERAPIST.name).parked
    assert (parked.position, parked.reason) == (4, "key-missing")


def test_a_vault_that_is_away_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    practice = world.open_practice()
    position = world.log(practice, "a", ANA)
    get_many = world.keys.get_many

    def away(*_: object) -> None:
        raise psycopg.OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(world.keys, "get_many", away)
        with world.following(THERAPIST) as (follower,):
            assert _until(lambda: follower.status.trouble == "OperationalError")
            assert not follower.status.is_following
            patch.setattr(world.keys, "get_many", get_many)
            assert world.wait(THERAPIST, practice, position)
            assert _until(lambda: follower.status.is_following and not follower.status.trouble)


def test_a_follower_stops_promptly_even_while_the_database_is_away(world: World) -> None:
    follower = Follower(world.database.named("no_such_database"), world.keys, COUNTED)
    follower.start()
    assert _until(lambda: follower.status.trouble == "unavailable")
    started = time.monotonic()
    follower.stop()
    assert time.monotonic() - started < 1.0


def test_a_table_of_another_definition_is_left_to_its_own_followers(world: World) -> None:
    practice = world.open_practice()
    world.prepare(COUNTED)
    newer = replace(COUNTED, edition=2)
    with world.project() as connection:
        Puller(connection, world.keys, live(newer)).pull()
    assert _counts(world) == {}
    world.pull(COUNTED)
    assert _counts(world) == {practice: 4}


def test_a_long_backlog_goes_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.pulling.PAGE_EVENTS", 3)
    monkeypatch.setattr("projections.pulling.TURN_PAGES_MAX", 2)
    practices = [world.open_practice(str(number)) for number in range(2)]
    for number in range(20):
        world.log(practices[0], number, ANA)
    seen: list[tuple[UUID, int]] = []

    def note(page: Page) -> Sequence[Write]:
        seen.append((page.practice_id, len(page.events)))
        return COUNTED.apply(page)

    world.prepare(COUNTED)
    world.pull(replace(COUNTED, apply=note))
    assert max(events for _, events in seen) == 3
    # Nobody waits for the end of another's backlog.
    assert [practice for practice, _ in seen[:4]].count(practices[1]) >= 1
    assert _counts(world) == {practices[0]: 24, practices[1]: 4}


def test_where_it_stands_is_visible_to_the_projector(world: World) -> None:
    practice = world.open_practice()
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    world.log(practice, "a", ANA, entry())
    world.log(world.open_practice("two"), "b", ANA, entry())
    with world.project() as connection:
        now = standing(connection, THERAPIST.name)
    assert (now.practices, now.practices_behind, now.events_behind, now.events) == (2, 2, 6, 10)


def test_a_lock_or_a_lost_connection_may_pass_and_a_slow_statement_does_not() -> None:
    assert may_pass(psycopg.errors.LockNotAvailable())
    assert may_pass(psycopg.errors.AdminShutdown())
    assert not may_pass(psycopg.errors.QueryCanceled())
    assert not may_pass(psycopg.DataError())
    assert code_of(ValueError("J.D.")) == "ValueError"


def test_a_notification_without_a_practice_is_taken_as_any() -> None:
    practice = name("practice")
    assert practice_of(psycopg.Notify("ledger", str(practice), 1)) == practice
    assert practice_of(psycopg.Notify("ledger", "", 1)) is None
