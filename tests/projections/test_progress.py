"""Progress is evaluated anew with any change of its rows, and kept a little while there is none."""

import datetime as dt
from collections.abc import Callable
from typing import Final

import pytest

from aggregates.bbs.telling import plain_of
from projections.progress import KEPT_MAX, KEPT_US_MAX, Progress, Progresses
from projections.setup_table import SETUP
from projections.therapist_table import THERAPIST
from projections.weeks_table import WEEKS
from tests.projections.hours import (
    AMENDED,
    ANA,
    PLACE_CANARY,
    RETURNED,
    SETTING,
    SIGNED,
    SUPERVISION,
    SUPERVISOR,
    log_activity,
    refusal,
    statement,
    submitted,
)
from tests.projections.world import SUNDAY, World, entry, name

pytestmark = pytest.mark.postgres
PRACTICE, ROW, BEN = name("practice", "one"), name("row"), name("ben")
DAY: Final = SUNDAY + dt.timedelta(days=6)


@pytest.fixture
def progresses(world: World) -> Progresses:
    """Of somebody who stated an enrolment and a setting and logged a session and an activity."""
    world.open_practice()
    for place, stream in enumerate((name("enrolment"), SETTING, SUPERVISION)):
        world.tell(PRACTICE, stream, ANA, statement(place, 1))
    world.log(PRACTICE, "session", ANA)
    log_activity(world, PRACTICE, "activity")
    world.tell(PRACTICE, ROW, ANA, submitted())
    for model in (SETUP, THERAPIST, WEEKS):
        world.prepare(model)
    return Progresses(world, world.clock)


def _now(world: World, progresses: Progresses, day: dt.date = DAY) -> Progress:
    """Follow, and ask."""
    for model in (SETUP, THERAPIST, WEEKS):
        world.pull(model)
    found = progresses.of(PRACTICE, ANA, day)
    assert found is not None
    return found


def test_while_nothing_changes_it_is_kept_also_after_looks(
    world: World, progresses: Progresses
) -> None:
    """Each look is an event, which every read model goes past."""
    before = _now(world, progresses)
    world.look(PRACTICE, ANA, ANA)
    world.log(PRACTICE, "of another", BEN)
    assert _now(world, progresses) is before


CHANGES: Final[dict[str, Callable[[World], object]]] = {
    "a session": lambda world: world.log(PRACTICE, "second", ANA),
    "an activity": lambda world: log_activity(world, PRACTICE, "third"),
    "a correction": lambda world: world.correct(PRACTICE, "session", ANA, entry(minutes=45)),
    "a deletion": lambda world: world.delete(PRACTICE, "session", ANA),
    "a statement": lambda world: world.tell(PRACTICE, SETTING, ANA, statement(1, 2)),
    "a notice": lambda world: world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(SUNDAY)),
    "a return": lambda world: world.tell(PRACTICE, ROW, SUPERVISOR, RETURNED),
    "a signature": lambda world: world.tell(PRACTICE, ROW, SUPERVISOR, SIGNED),
    "an amendment": lambda world: world.tell(PRACTICE, ROW, ANA, AMENDED),
    "a new row": lambda world: world.tell(PRACTICE, name("row", 2), ANA, submitted(1)),
    "a shredded session": lambda world: world.shred(PRACTICE, "session"),
    "a shredded row": lambda world: world.shred(PRACTICE, "row"),
    "a shredded statement": lambda world: world.shred(PRACTICE, "supervision"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_a_row_evaluates_anew(
    world: World, progresses: Progresses, change: Callable[[World], object]
) -> None:
    before = _now(world, progresses)
    change(world)
    after = _now(world, progresses)
    assert after is not before
    assert after is _now(world, progresses)
    assert after == Progresses(world, world.clock).of(PRACTICE, ANA, DAY)


def test_it_is_kept_for_its_time_only(world: World, progresses: Progresses) -> None:
    before = _now(world, progresses)
    world.clock.now += KEPT_US_MAX
    after = _now(world, progresses)
    assert after is not before
    assert after == before


def test_only_so_many_are_kept(world: World, progresses: Progresses) -> None:
    """The oldest goes first."""
    days = [DAY + dt.timedelta(days=place) for place in range(KEPT_MAX + 1)]
    first, *_, last = [_now(world, progresses, day) for day in days]
    assert _now(world, progresses, days[-1]) is last
    assert _now(world, progresses, days[0]) is not first


def test_each_day_has_its_own(world: World, progresses: Progresses) -> None:
    before = _now(world, progresses, SUNDAY - dt.timedelta(days=1))
    assert before.evaluation.totals.recorded.c == 0
    assert _now(world, progresses).evaluation.totals.recorded.c > 0


def test_somebody_without_an_enrolment_has_none(world: World, progresses: Progresses) -> None:
    _now(world, progresses)
    assert progresses.of(PRACTICE, BEN, DAY) is None


def test_what_is_kept_holds_no_personal_text(world: World, progresses: Progresses) -> None:
    """Numbers, days, ids, codes and the rules' own sentences: all of it can be written out."""
    plain = str(plain_of(_now(world, progresses).evaluation))
    assert not any(word in plain for word in (PLACE_CANARY, "Dana Roe", "AMFT", "J.D."))
