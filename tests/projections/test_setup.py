"""The setup shows what a person stated last, with notices and versions, and nothing of others."""

import datetime as dt

import pytest

from aggregates.hours.enrolment import EnrolmentStated, WeekStartFixed
from aggregates.hours.enrolment_entry import WeekStart
from aggregates.hours.setting import SettingStated
from aggregates.hours.supervision import SupervisionStated
from ledger.errors import Tampered
from projections.setup import Setup, setup
from projections.setup_table import SETUP
from tests.projections.hours import (
    ANA,
    SETTING,
    SUPERVISION,
    SUPERVISOR,
    enrolment,
    refusal,
    setting,
    supervision,
)
from tests.projections.world import SUNDAY, World, name

pytestmark = pytest.mark.postgres
BEN, PRACTICE = name("ben"), name("practice", "one")
ENROLMENT = name("enrolment")
MONDAYS = EnrolmentStated(person_id=ANA, entry=enrolment(WeekStart.MONDAY))


def _setup(world: World) -> Setup:
    world.prepare(SETUP)
    world.pull(SETUP)
    return setup(world, PRACTICE, ANA)


def _state_all(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, ENROLMENT, ANA, MONDAYS)
    world.tell(PRACTICE, SETTING, ANA, SettingStated(person_id=ANA, entry=setting()))
    stated = SupervisionStated(person_id=ANA, entry=supervision())
    world.tell(PRACTICE, SUPERVISION, ANA, stated)


def test_nothing_stated_is_an_empty_setup(world: World) -> None:
    world.open_practice()
    assert _setup(world) == Setup()


def test_what_was_stated_stands_under_its_stream_with_its_version(world: World) -> None:
    _state_all(world)
    found = _setup(world)
    assert (found.enrolment, found.enrolment_id) == (MONDAYS.entry, ENROLMENT)
    assert found.settings == {SETTING: setting()}
    assert found.supervisions == {SUPERVISION: supervision()}
    assert found.versions == {ENROLMENT: 1, SETTING: 1, SUPERVISION: 1}
    assert (found.is_week_start_fixed, found.notices, found.shredded) == (False, {}, frozenset())


def test_the_last_statement_counts_also_when_a_notice_came_between(world: World) -> None:
    """Each comes in a page of its own, so that a page never has the whole stream."""
    _state_all(world)
    _setup(world)
    notice = refusal(SUNDAY + dt.timedelta(days=9))
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, notice)
    found = _setup(world)
    assert found.supervisions == {SUPERVISION: supervision()}
    assert found.notices == {SUPERVISION: notice.from_day}
    restated = SupervisionStated(person_id=ANA, entry=supervision(7))
    world.tell(PRACTICE, SUPERVISION, ANA, restated)
    found = _setup(world)
    assert found.supervisions == {SUPERVISION: supervision(7)}
    assert found.notices == {SUPERVISION: notice.from_day}
    assert found.versions[SUPERVISION] == 3


def test_a_fixed_start_of_weeks_stays_fixed_and_the_enrolment_stays_shown(world: World) -> None:
    _state_all(world)
    _setup(world)
    world.tell(PRACTICE, ENROLMENT, SUPERVISOR, WeekStartFixed())
    assert (_setup(world).is_week_start_fixed, _setup(world).enrolment) == (True, MONDAYS.entry)
    world.tell(PRACTICE, ENROLMENT, ANA, EnrolmentStated(person_id=ANA, entry=enrolment()))
    found = _setup(world)
    assert (found.is_week_start_fixed, found.enrolment) == (True, enrolment())
    assert found.versions[ENROLMENT] == 3


def test_nobody_sees_what_another_stated(world: World) -> None:
    world.open_practice()
    stated = SettingStated(person_id=BEN, entry=setting())
    world.tell(PRACTICE, SETTING, BEN, stated)
    assert _setup(world).settings == {}


def test_what_is_shredded_is_told_as_such(world: World) -> None:
    """At once when the key is gone, and for ever after."""
    _state_all(world)
    _setup(world)
    world.keys.destroy(name("key", PRACTICE, SETTING))
    assert setup(world, PRACTICE, ANA).shredded == {SETTING}
    world.shred(PRACTICE, "enrolment")
    found = _setup(world)
    assert (found.enrolment, found.settings) == (None, {})
    assert found.shredded == {ENROLMENT, SETTING}
    assert found.supervisions == {SUPERVISION: supervision()}


def test_a_setup_is_opened_with_one_look_up(world: World) -> None:
    _state_all(world)
    _setup(world)
    world.keys.look_ups = 0
    setup(world, PRACTICE, ANA)
    assert world.keys.look_ups == 1


def test_a_statement_put_in_the_place_of_a_notice_does_not_open(world: World) -> None:
    _state_all(world)
    _setup(world)
    with world.project() as connection:
        connection.execute("UPDATE views.setups SET noticed = stated, noticed_at = stated_at + 1")
    with pytest.raises(Tampered):
        setup(world, PRACTICE, ANA)
