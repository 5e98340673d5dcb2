"""A supervisor sees the notices that they gave, and nobody else does in their role."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

import msgspec
import pytest

from ledger.errors import Tampered
from ledger.supervisor_reader import SupervisorReader
from projections.notices import NoticeGiven, notices
from projections.notices_table import NOTICES
from tests.projections.hours import ANA, SUPERVISION, SUPERVISOR, refusal, statement
from tests.projections.world import SUNDAY, World, name

pytestmark = pytest.mark.postgres
PRACTICE, OTHER = name("practice", "one"), name("supervisor", 1)
LATER = SUNDAY + dt.timedelta(days=30)
TEXT_CANARY = "I leave."


@pytest.fixture
def reader(world: World) -> Iterator[SupervisorReader]:
    """Offer the pool of the role that reads what supervisors are shown."""
    world.open_practice()
    world.tell(PRACTICE, SUPERVISION, ANA, statement(2, 1))
    reader = SupervisorReader(world.database)
    yield reader
    reader.close()


def _given(
    world: World, reader: SupervisorReader, by: UUID = SUPERVISOR
) -> tuple[NoticeGiven, ...]:
    world.prepare(NOTICES)
    world.pull(NOTICES)
    return notices(reader, world.keys, PRACTICE, by)


def test_a_supervisor_is_told_the_last_notice_under_each_supervision(
    world: World, reader: SupervisorReader
) -> None:
    """From which day on, when it was given, and what was written; also across pages."""
    assert _given(world, reader) == ()
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(SUNDAY))
    (first,) = _given(world, reader)
    assert (first.supervision_id, first.from_day) == (SUPERVISION, SUNDAY)
    assert (first.text.reveal(), first.noticed_at_us) == (TEXT_CANARY, world.clock.now)
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(LATER))
    world.tell(PRACTICE, name("elsewhere"), SUPERVISOR, refusal(SUNDAY))
    assert [(each.supervision_id, each.from_day) for each in _given(world, reader)] == [
        (name("elsewhere"), SUNDAY),
        (SUPERVISION, LATER),
    ]


def test_a_notice_is_its_supervisors_alone(world: World, reader: SupervisorReader) -> None:
    """Under the same supervision another one may have given theirs; the policy parts them."""
    other_practice = world.open_practice("two")
    theirs = msgspec.structs.replace(refusal(LATER), supervisor_id=OTHER)
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(SUNDAY))
    world.tell(PRACTICE, SUPERVISION, OTHER, theirs)
    assert [each.from_day for each in _given(world, reader)] == [SUNDAY]
    assert [each.from_day for each in _given(world, reader, OTHER)] == [LATER]
    assert _given(world, reader, ANA) == ()
    everything = "SELECT count(*) FROM supervisor.notices"
    for practice, supervisor, many in (
        (PRACTICE, SUPERVISOR, 1),
        (PRACTICE, ANA, 0),
        (other_practice, SUPERVISOR, 0),
    ):
        with reader.read(practice, supervisor) as connection:
            assert connection.execute(everything).fetchall() == [(many,)]


def test_a_shredded_notice_is_told_no_more(world: World, reader: SupervisorReader) -> None:
    """At once, because its key is gone, and without a row once that is followed."""
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(SUNDAY))
    assert _given(world, reader)
    world.shred(PRACTICE, "supervision")
    assert notices(reader, world.keys, PRACTICE, SUPERVISOR) == ()
    assert _given(world, reader) == ()
    with reader.read(PRACTICE, SUPERVISOR) as connection:
        asked = "SELECT count(*) FROM supervisor.notices"
        assert connection.execute(asked).fetchall() == [(0,)]


def test_what_was_written_stands_sealed_and_in_its_place(
    world: World, reader: SupervisorReader
) -> None:
    world.tell(PRACTICE, SUPERVISION, SUPERVISOR, refusal(SUNDAY))
    _given(world, reader)
    with world.project() as connection:
        ((stored,),) = connection.execute("SELECT t::text FROM supervisor.notices t")
        assert TEXT_CANARY.encode().hex() not in stored
        connection.execute("UPDATE supervisor.notices SET position = position + 1")
    with pytest.raises(Tampered):
        notices(reader, world.keys, PRACTICE, SUPERVISOR)
