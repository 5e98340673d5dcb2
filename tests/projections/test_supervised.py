"""Supervisors see their own supervisees' rows, in a role that sees nothing of clients at all."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

import msgspec
import psycopg
import pytest

from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.week_content import RowMinutes
from aggregates.hours.week_row import WeekSubmitted
from ledger.errors import Tampered
from ledger.postgres.connect import Role
from ledger.supervisor_reader import SupervisorReader
from projections.supervised import (
    SupervisedRow,
    inbox,
    latest,
    row,
    since,
    supervisee_of,
    supervisee_weeks,
    supervisees,
)
from projections.supervised_table import SUPERVISED, Shown
from projections.weeks_table import RowState
from tests.projections.hours import (
    AMENDED,
    ANA,
    PLACE_CANARY,
    RETURNED,
    SETTING,
    SIGNED,
    SUPERVISEE_CANARY,
    SUPERVISION,
    SUPERVISOR,
    content,
    submitted,
)
from tests.projections.world import SUNDAY, World, name

pytestmark = pytest.mark.postgres
PRACTICE, ROW = name("practice", "one"), name("row")
OTHER = name("supervisor", 1)
_READABLE = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
"""


@pytest.fixture
def reader(world: World) -> Iterator[SupervisorReader]:
    """Offer the pool of the role that reads what supervisors are shown."""
    reader = SupervisorReader(world.database)
    yield reader
    reader.close()


def _pull(world: World) -> None:
    world.prepare(SUPERVISED)
    world.pull(SUPERVISED)


def _one(world: World, reader: SupervisorReader, by: UUID = SUPERVISOR) -> SupervisedRow | None:
    _pull(world)
    return row(reader, world.keys, PRACTICE, by, ROW)


def test_a_submitted_row_is_in_its_supervisors_inbox(
    world: World, reader: SupervisorReader
) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    found = _one(world, reader)
    assert found is not None
    assert inbox(reader, world.keys, PRACTICE, SUPERVISOR) == (found,)
    assert supervisee_weeks(reader, world.keys, PRACTICE, SUPERVISOR, ANA) == (found,)
    assert (found.person_id, found.first_day, found.phase) == (ANA, SUNDAY, Phase.BEFORE_DEGREE)
    assert (found.state, found.version) == (RowState.SUBMITTED, 1)
    assert found.submitted_at_us == world.clock.now
    shown = found.shown
    assert shown is not None
    assert shown.minutes == RowMinutes(a=100, b=60)
    assert shown.printed.setting.reveal() == PLACE_CANARY
    assert shown.printed.supervisee.reveal() == SUPERVISEE_CANARY
    assert (shown.supervision_id, shown.setting_id) == (SUPERVISION, SETTING)
    assert shown.warnings == ("SUP-MIN",)
    assert shown.entries_sha256 == submitted().content.entries_sha256


def test_what_is_shown_names_no_entry_and_does_not_tell_how_many_there_are(
    world: World, reader: SupervisorReader
) -> None:
    """Neither what is sealed nor its length has them: it is as long for one as for many."""
    world.open_practice()
    lengths: set[int] = set()
    for count in (1, 2, 3, 50):
        entries = [(name("entry", number), 1) for number in range(count)]
        fact = WeekSubmitted(content=content(entries=entries), warnings=())
        world.tell(PRACTICE, ROW, ANA, fact)
        found = _one(world, reader)
        assert found is not None
        assert not {"entries", "entry", "alias", "sessions"} & {
            *(field.name for field in msgspec.structs.fields(Shown)),
            *type(found).__slots__,
        }
        with reader.read(PRACTICE, SUPERVISOR) as connection:
            asked = "SELECT octet_length(sealed) FROM supervisor.week_rows"
            lengths |= {row[0] for row in connection.execute(asked)}
    assert len(lengths) == 1


def test_a_row_leaves_the_inbox_and_stays_with_its_supervisor(
    world: World, reader: SupervisorReader
) -> None:
    """Returned, signed, late, amended: each told in a page of its own."""
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    world.tell(PRACTICE, ROW, SUPERVISOR, RETURNED)
    found = _one(world, reader)
    assert found is not None
    assert (found.state, found.returned_at_us) == (RowState.RETURNED, world.clock.now)
    assert inbox(reader, world.keys, PRACTICE, SUPERVISOR) == ()
    world.tell(PRACTICE, ROW, ANA, submitted())
    world.clock.now += 30 * 86_400_000_000
    world.tell(PRACTICE, ROW, SUPERVISOR, SIGNED)
    found = _one(world, reader)
    assert found is not None
    assert (found.is_signed, found.is_signed_late) == (True, True)
    assert found.signed_at_us == world.clock.now
    world.tell(PRACTICE, ROW, ANA, AMENDED)
    found = _one(world, reader)
    assert found is not None
    assert (found.is_signed, found.is_signed_late, found.was_signed) == (False, False, True)
    assert supervisee_weeks(reader, world.keys, PRACTICE, SUPERVISOR, ANA) == (found,)


def test_rows_of_another_supervisor_and_of_another_practice_are_invisible(
    world: World, reader: SupervisorReader
) -> None:
    """Whatever is asked: the policies say so, not the questions."""
    other_practice = world.open_practice("two")
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    world.tell(PRACTICE, name("other's"), ANA, submitted(1, supervisor=OTHER))
    world.tell(other_practice, name("elsewhere"), ANA, submitted())
    _pull(world)
    everything = "SELECT stream_id FROM supervisor.week_rows"
    for practice, supervisor, streams in (
        (PRACTICE, SUPERVISOR, [ROW]),
        (PRACTICE, OTHER, [name("other's")]),
        (other_practice, SUPERVISOR, [name("elsewhere")]),
        (other_practice, OTHER, []),
        (PRACTICE, ANA, []),
    ):
        with reader.read(practice, supervisor) as connection:
            assert [each[0] for each in connection.execute(everything)] == streams
    assert row(reader, world.keys, PRACTICE, SUPERVISOR, name("other's")) is None
    assert supervisee_weeks(reader, world.keys, PRACTICE, SUPERVISOR, name("ben")) == ()


def test_without_a_practice_and_a_person_there_are_no_rows(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    with world.database.connect(Role.SUPERVISOR_READER) as connection, connection.transaction():
        everything = "SELECT * FROM supervisor.week_rows"
        assert connection.execute(everything).fetchall() == []
        connection.execute("SELECT set_config('therapist.practice', %s, true)", (str(PRACTICE),))
        assert connection.execute(everything).fetchall() == []
        connection.execute("SELECT set_config('therapist.person', %s, true)", (str(SUPERVISOR),))
        assert len(connection.execute(everything).fetchall()) == 1


def test_the_role_sees_what_supervisors_are_shown_and_may_not_change_it(
    world: World, reader: SupervisorReader
) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    with reader.read(PRACTICE, SUPERVISOR) as connection:
        assert connection.execute(_READABLE).fetchall() == [("supervisor", "week_rows")]
    for statement in (
        "DELETE FROM supervisor.week_rows",
        "UPDATE supervisor.week_rows SET supervisor_id = person_id",
        "SELECT * FROM views.tracking",
        "SELECT * FROM ledger.events",
        "SELECT * FROM keys.record_keys",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            reader.read(PRACTICE, SUPERVISOR) as connection,
        ):
            connection.execute(statement)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        world.read(PRACTICE) as connection,
    ):
        connection.execute("SELECT * FROM supervisor.week_rows")


def test_a_row_that_is_handed_to_another_supervisor_is_theirs_alone(
    world: World, reader: SupervisorReader
) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    world.tell(PRACTICE, ROW, ANA, submitted(supervisor=OTHER))
    assert _one(world, reader) is None
    assert _one(world, reader, by=OTHER) is not None


def test_a_shredded_row_is_told_at_once_and_gone_when_that_is_followed(
    world: World, reader: SupervisorReader
) -> None:
    """Whom it was submitted to stood in it: nobody can say any more whose it is to see."""
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    world.keys.destroy(name("key", PRACTICE, ROW))
    found = _one(world, reader)
    assert found is not None
    assert found.shredded
    world.shred(PRACTICE, "row")
    assert _one(world, reader) is None


def test_a_row_put_in_the_place_of_another_does_not_open(
    world: World, reader: SupervisorReader
) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    with world.project() as connection:
        connection.execute("UPDATE supervisor.week_rows SET submission_at = submission_at + 1")
    with pytest.raises(Tampered):
        inbox(reader, world.keys, PRACTICE, SUPERVISOR)


def test_nothing_a_supervisor_is_shown_stands_in_the_clear(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, ROW, ANA, submitted())
    _pull(world)
    with world.project() as connection:
        ((stored,),) = connection.execute("SELECT t::text FROM supervisor.week_rows t")
    assert str(PRACTICE) in stored
    for canary in (SUPERVISEE_CANARY, PLACE_CANARY, "SUP-MIN"):
        assert canary not in stored
        assert canary.encode().hex() not in stored


def test_of_several_weeks_the_newest_is_told_and_those_since_a_day(
    world: World, reader: SupervisorReader
) -> None:
    """And whose they are, without opening them; of another supervisor's there is nothing."""
    world.open_practice()
    rows = [name("row", week) for week in range(3)]
    for week, stream_id in enumerate(rows):
        world.tell(PRACTICE, stream_id, ANA, submitted(week))
    world.tell(PRACTICE, ROW, ANA, submitted(5, OTHER))
    _pull(world)
    asked = (reader, world.keys, PRACTICE, SUPERVISOR)
    assert [each.stream_id for each in latest(*asked)] == [rows[2]]
    second = SUNDAY + dt.timedelta(days=7)
    assert [each.stream_id for each in since(*asked, second)] == [rows[2], rows[1]]
    assert supervisees(reader, PRACTICE, SUPERVISOR) == (ANA,)
    assert supervisees(reader, PRACTICE, ANA) == ()
    assert supervisee_of(reader, PRACTICE, SUPERVISOR, rows[0]) == ANA
    assert supervisee_of(reader, PRACTICE, SUPERVISOR, ROW) is None
    assert supervisee_of(reader, PRACTICE, OTHER, ROW) == ANA
