"""Supervisors are shown of each week whether its setting is exempt, and no setting by itself."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from aggregates.hours.setting_entry import SettingKind
from ledger.supervisor_reader import SupervisorReader
from projections.supervised import supervisee_weeks
from projections.supervised_table import SUPERVISED
from tests.projections.hours import ANA, SETTING, SUPERVISOR, setting_stated, submitted
from tests.projections.world import World, name

pytestmark = pytest.mark.postgres
PRACTICE, ROW = name("practice", "one"), name("row")


@pytest.fixture
def reader(world: World) -> Iterator[SupervisorReader]:
    """Offer the pool of the role that reads what supervisors are shown."""
    reader = SupervisorReader(world.database)
    yield reader
    reader.close()


def test_a_row_says_whether_its_setting_is_exempt_as_it_was_stated_last(
    world: World, reader: SupervisorReader
) -> None:
    """Whichever came first, in one page or in several; once shredded nobody can tell."""
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    assert _exempt(world, reader) == {ROW: None}
    world.tell(PRACTICE, SETTING, ANA, setting_stated())
    assert _exempt(world, reader) == {ROW: True}
    later = name("later")
    world.tell(PRACTICE, later, ANA, submitted(1))
    assert _exempt(world, reader) == {ROW: True, later: True}
    world.tell(PRACTICE, SETTING, ANA, setting_stated(SettingKind.NONEXEMPT_OTHER))
    world.tell(PRACTICE, name("in one page"), ANA, submitted(2))
    world.tell(PRACTICE, name("elsewhere"), ANA, setting_stated())
    assert _exempt(world, reader) == {ROW: False, later: False, name("in one page"): False}
    world.shred(PRACTICE, "setting")
    assert set(_exempt(world, reader).values()) == {None}


def _exempt(world: World, reader: SupervisorReader) -> dict[UUID, bool | None]:
    """Return it of all that the role can see, which is no row of a setting."""
    world.prepare(SUPERVISED)
    world.pull(SUPERVISED)
    with reader.read(PRACTICE, SUPERVISOR) as connection:
        asked = "SELECT stream_id, is_exempt FROM supervisor.week_rows"
        stored = dict(connection.execute(asked).fetchall())
    found = supervisee_weeks(reader, world.keys, PRACTICE, SUPERVISOR, ANA)
    assert {each.stream_id: each.is_exempt for each in found} == stored
    return stored
