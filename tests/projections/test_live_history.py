"""A history kept in memory is what the read models hold, whatever changed, and holds no names."""

from collections.abc import Callable
from random import Random
from typing import TypeAlias

import pytest

from aggregates.bbs.history import History, Signature
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.session_entry import SessionEntry
from projections.history import KEPT_US_MAX, Histories, history_of
from projections.setup_table import SETUP
from projections.therapist_table import THERAPIST
from projections.weeks_table import WEEKS
from tests.projections.hours import (
    AMENDED,
    ANA,
    SETTING,
    SIGNED,
    SUPERVISION,
    SUPERVISOR,
    log_activity,
    statement,
    submitted,
)
from tests.projections.world import World, entry, name

pytestmark = pytest.mark.postgres
PRACTICE, ROW, BEN = name("practice", "one"), name("row"), name("ben")
Act: TypeAlias = Callable[[], object]
MODELS = (SETUP, THERAPIST, WEEKS)


@pytest.fixture
def histories(world: World) -> Histories:
    """Of somebody who stated what they must, and logged some."""
    world.open_practice()
    for place, stream in enumerate((name("enrolment"), SETTING, SUPERVISION)):
        world.tell(PRACTICE, stream, ANA, statement(place, 1))
    for number in range(5):
        world.log(PRACTICE, f"session {number}", ANA)
    log_activity(world, PRACTICE, "activity")
    world.tell(PRACTICE, ROW, ANA, submitted())
    for model in MODELS:
        world.prepare(model)
    return Histories(world, world.clock)


def _now(world: World, histories: Histories) -> History:
    for model in MODELS:
        world.pull(model)
    found = histories.of(PRACTICE, ANA)
    assert found is not None
    return found


def _told(history: History) -> dict[object, object]:
    """Return it in a form in which order says nothing."""
    entries = {each.entry_id: (each.entry, each.signature) for each in history.entries}
    assert len(entries) == len(history.entries)
    return {**entries, 0: history.enrolment, 1: history.settings, 2: history.supervisions}


def _change(world: World, chance: Random, number: int, deleted: set[str]) -> None:
    """Let one thing happen, of those that can; `number` is of this one alone."""
    stream = f"session {chance.randrange(5)}"
    is_live = world.has(PRACTICE, stream) and stream not in deleted
    always: list[Act] = [
        lambda: world.log(PRACTICE, f"new {number}", ANA),
        lambda: log_activity(world, PRACTICE, f"new activity {number}"),
        lambda: world.tell(PRACTICE, SETTING, ANA, statement(1, 2)),
        lambda: world.tell(PRACTICE, ROW, SUPERVISOR, SIGNED),
        lambda: world.tell(PRACTICE, ROW, ANA, AMENDED),
        lambda: world.tell(PRACTICE, name("row", number), ANA, submitted(1)),
    ]
    while_live: list[Act] = [
        lambda: world.correct(PRACTICE, stream, ANA, entry(minutes=30 + number)),
        lambda: (world.delete(PRACTICE, stream, ANA), deleted.add(stream)),
        lambda: world.shred(PRACTICE, stream),
    ]
    chance.choice(always + while_live if is_live else always)()


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_it_is_as_if_read_anew(
    world: World, histories: Histories, seed: int
) -> None:
    chance, deleted = Random(seed), set[str]()
    _now(world, histories)
    for number in range(0, 60, 5):
        for more in range(chance.randint(1, 3)):
            _change(world, chance, number + more, deleted)
        found, whole = _now(world, histories), history_of(world, PRACTICE, ANA)
        assert whole is not None
        assert _told(found) == _told(whole)


def test_only_keys_of_what_changed_are_asked_for(world: World, histories: Histories) -> None:
    """Ten rows at first; then one entry, and the three statements, which are always read."""
    _now(world, histories)
    assert world.keys.asked[-1] == 10
    world.correct(PRACTICE, "session 1", ANA, entry(minutes=45))
    _now(world, histories)
    assert world.keys.asked[-1] == 4


def test_while_nothing_changes_it_is_the_same(world: World, histories: Histories) -> None:
    before = _now(world, histories)
    world.look(PRACTICE, ANA, ANA)
    world.log(PRACTICE, "of another", BEN)
    assert _now(world, histories) is before


def test_it_is_read_anew_after_its_time(world: World, histories: Histories) -> None:
    before = _now(world, histories)
    world.clock.now += KEPT_US_MAX
    assert _now(world, histories) is not before


def test_a_destroyed_key_takes_its_entry_away_at_once(world: World, histories: Histories) -> None:
    """Also while no read model has followed the destruction (I6)."""
    before = _now(world, histories)
    world.keys.destroy(name("key", PRACTICE, name("session 2")))
    after = _now(world, histories)
    gone = {each.entry_id for each in before.entries} - {each.entry_id for each in after.entries}
    assert gone == {name("session 2")}


def test_rows_that_say_less_than_before_are_all_read_again(
    world: World, histories: Histories
) -> None:
    """A view may lose what a key opened long after the key is gone: its row's place stays."""
    _now(world, histories)
    with world.project() as connection:
        connection.execute(
            "UPDATE views.therapist_entries SET week = NULL, sealed = NULL WHERE stream_id = %b",
            (name("session 2"),),
        )
    found, whole = _now(world, histories), history_of(world, PRACTICE, ANA)
    assert whole is not None
    assert _told(found) == _told(whole)


def test_a_row_that_holds_no_more_is_void_in_it(world: World, histories: Histories) -> None:
    before = _now(world, histories)
    world.tell(PRACTICE, ROW, SUPERVISOR, SIGNED)
    _now(world, histories)
    world.tell(PRACTICE, ROW, ANA, AMENDED)
    after = _now(world, histories)
    kept = {each.entry_id: each for each in before.entries}
    assert {each.signature for each in after.entries} <= {Signature.NONE, Signature.VOID}
    assert any(each is kept.get(each.entry_id) for each in after.entries), "what is as it was stays"


def test_what_is_kept_has_no_personal_text_of_entries(world: World, histories: Histories) -> None:
    for each in _now(world, histories).entries:
        match each.entry:
            case SessionEntry(alias=alias, setting=setting):
                assert alias.reveal() == setting.reveal() == ""
            case ActivityEntry(title=title):
                assert title is None
