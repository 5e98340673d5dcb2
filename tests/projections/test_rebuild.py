"""A rebuild gives readers the old table or the new one, and a changed definition asks for one."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Thread

import pytest

from ledger.errors import Unavailable
from ledger.reader import Keys
from projections import definitions
from projections import rebuild as rebuilding
from projections.pages import Projecting
from projections.read_model import Page, ReadModel, Write, fresh, live
from projections.standing import standing
from projections.therapist import THERAPIST, week
from tests.projections.world import SUNDAY, World, entry, name, table_rows

pytestmark = pytest.mark.postgres
ANA = name("ana")


def _other_edition() -> ReadModel:
    """Return the therapist view as a later program would bring it, with a column more."""
    ddl = THERAPIST.ddl.replace("sealed       bytea,", "sealed       bytea, later integer,")
    return replace(THERAPIST, ddl=ddl)


def test_a_changed_definition_rebuilds_when_a_follower_starts(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    newer = _other_edition()
    with world.following(newer):
        assert world.wait(newer, practice, world.log(practice, "b", ANA))
    with world.project() as connection:
        assert definitions.stored(connection, live(newer)) == newer.sha256
        assert table_rows(connection, live(newer), "later") == [(None,), (None,)]
    assert len(week(world, practice, ANA, SUNDAY).sessions) == 2


def test_an_unchanged_definition_leaves_the_table_alone(world: World) -> None:
    world.log(world.open_practice(), "a", ANA)
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    with world.project() as connection:
        before = _table_id(connection)
        world.prepare(THERAPIST)
        assert _table_id(connection) == before
        rebuilding.rebuild(world.database, world.keys, THERAPIST)
        assert _table_id(connection) != before


def _table_id(connection: Projecting, table: str = "views.therapist_entries") -> object:
    row = connection.execute("SELECT to_regclass(%s)::oid", (table,)).fetchone()
    return row and row[0]


def test_readers_see_the_old_table_until_the_new_one_is_whole(world: World) -> None:
    practice = world.open_practice()
    for number in range(10):
        world.log(practice, number, ANA, entry(minute=540 + number))
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    seen: set[int] = set()

    def look(_done: int, _total: int) -> None:
        seen.add(len(week(world, practice, ANA, SUNDAY).sessions))

    rebuilding.rebuild(world.database, world.keys, THERAPIST, progress=look)
    look(0, 0)
    assert seen == {10}


def test_a_reader_in_mid_swap_waits_and_reads_the_whole_new_table(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    counts: list[int] = []
    stop = Event()

    def read() -> None:
        while not stop.is_set():
            counts.append(len(week(world, practice, ANA, SUNDAY).sessions))

    reader = Thread(target=read)
    reader.start()
    for _ in range(5):
        rebuilding.rebuild(world.database, world.keys, THERAPIST)
    stop.set()
    reader.join()
    assert len(counts) > 5
    assert set(counts) == {1}


def test_what_readers_saw_before_the_swap_they_see_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events, and a whole new practice, come in and are shown after the replay had ended."""
    practice = world.open_practice()
    world.prepare(THERAPIST)
    swap = rebuilding.swap

    def swap_late(connection: Projecting, keys: Keys, read_model: ReadModel) -> None:
        world.log(practice, "late", ANA)
        world.log(world.open_practice("late"), "new", ANA)
        world.pull(THERAPIST)
        swap(connection, keys, read_model)

    monkeypatch.setattr(rebuilding, "swap", swap_late)
    rebuilding.rebuild(world.database, world.keys, THERAPIST)
    with world.project() as connection:
        assert standing(connection, THERAPIST.name).events_behind == 0
    assert len(week(world, practice, ANA, SUNDAY).sessions) == 1
    assert len(week(world, name("practice", "late"), ANA, SUNDAY).sessions) == 1


def test_a_rebuild_that_is_stopped_leaves_the_old_table_and_nothing_else(world: World) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    rebuilding.rebuild(world.database, world.keys, THERAPIST, stopping=lambda: True)
    assert len(week(world, practice, ANA, SUNDAY).sessions) == 1
    with world.project() as connection:
        assert definitions.stored(connection, fresh(THERAPIST)) is None
        assert _table_id(connection, "views.therapist_entries__next") is None


def test_readers_who_hold_on_to_the_table_make_the_rebuild_give_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = world.open_practice()
    world.log(practice, "a", ANA)
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    at_once = "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT"
    monkeypatch.setattr(rebuilding, "_EXCLUDE_ALL", at_once)
    with world.read(practice) as reader:
        reader.execute("SELECT FROM views.therapist_entries")
        with pytest.raises(Unavailable):
            rebuilding.rebuild(world.database, world.keys, THERAPIST)
    assert len(week(world, practice, ANA, SUNDAY).sessions) == 1


def test_two_processes_that_find_a_changed_definition_rebuild_once(world: World) -> None:
    world.log(world.open_practice(), "a", ANA)
    world.prepare(THERAPIST)
    world.pull(THERAPIST)
    pages = 0

    def count(page: Page) -> Sequence[Write]:
        nonlocal pages
        pages += 1
        return THERAPIST.apply(page)

    newer = replace(_other_edition(), apply=count)
    threads = [Thread(target=world.prepare, args=(newer,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pages == 1


def test_progress_ends_at_the_number_of_events(world: World) -> None:
    world.log(world.open_practice(), "a", ANA)
    world.prepare(THERAPIST)
    told: list[tuple[int, int]] = []
    rebuilding.rebuild(
        world.database,
        world.keys,
        THERAPIST,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[0] == (0, 5)
    assert told[-1] == (5, 5)
