"""What supervisors are shown does not depend on what is none of their business."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from psycopg.rows import TupleRow

from aggregates.deletion import DeletionReason
from aggregates.hours.setting_entry import SettingKind
from aggregates.hours.week_content import RowMinutes
from aggregates.hours.week_row import WeekSubmitted
from aggregates.private import Private
from aggregates.session import SessionDeleted
from ledger.supervisor_reader import SupervisorReader
from projections.supervised import SupervisedRow, inbox, row, supervisee_weeks
from projections.supervised_table import SUPERVISED, Shown
from tests.fix_postgres import MakeDatabase
from tests.projections.hours import ANA, SETTING, SIGNED, SUPERVISOR, content, setting_stated
from tests.projections.test_laws import few, with_world
from tests.projections.world import ALIAS_CANARY, SUNDAY, World, entry, name

pytestmark = pytest.mark.postgres
ROW = name("row")


@dataclass(frozen=True)
class Telling:
    """What of a week is none of a supervisor's business; its minutes are the same in each."""

    alias: str
    remark: str
    start_minute: int
    sessions: int
    settings_elsewhere: int


WEEK_MINUTES = 240
tellings = st.builds(
    Telling,
    alias=st.sampled_from(["J.D.", ALIAS_CANARY, "C-001"]),
    remark=st.sampled_from(["", "twice", "the long remark of somebody who explains himself"]),
    start_minute=st.integers(0, 900),
    sessions=st.sampled_from([1, 2, 3, 4, 6, 8]),
    settings_elsewhere=st.integers(0, 3),
)


def _tell(world: World, label: str, telling: Telling) -> UUID:
    """Tell a week in a practice of its own: sessions, one deleted, submitted, signed or not."""
    practice = world.open_practice(label)
    world.tell(practice, SETTING, ANA, setting_stated())
    for number in range(telling.settings_elsewhere):
        elsewhere = setting_stated(SettingKind.NONEXEMPT_OTHER)
        world.tell(practice, name(("elsewhere", number)), ANA, elsewhere)
    said = entry(
        minute=telling.start_minute,
        minutes=WEEK_MINUTES // telling.sessions,
        alias=telling.alias,
    )
    for number in range(telling.sessions):
        world.log(practice, ("session", number), ANA, said)
    world.log(practice, "deleted", ANA, said)
    remark = Private(telling.remark) if telling.remark else None
    deleted = SessionDeleted(reason=DeletionReason.ENTERED_TWICE, remark=remark)
    world.tell(practice, name("deleted"), ANA, deleted)
    entries = [(name(("session", number)), 1) for number in range(telling.sessions)]
    minutes = RowMinutes(a=WEEK_MINUTES)
    fact = WeekSubmitted(content=content(entries=entries, minutes=minutes), warnings=("SUP-MIN",))
    world.tell(practice, ROW, ANA, fact)
    later = content(SUNDAY + dt.timedelta(days=7), entries, minutes=minutes)
    world.tell(practice, name("waiting"), ANA, WeekSubmitted(content=later, warnings=()))
    world.tell(practice, ROW, SUPERVISOR, SIGNED)
    return practice


def _seen(world: World, reader: SupervisorReader, practice: UUID) -> list[SupervisedRow | None]:
    """Return all that the functions say to a supervisor, without the hashes of entries."""
    found = [
        *inbox(reader, world.keys, practice, SUPERVISOR),
        *supervisee_weeks(reader, world.keys, practice, SUPERVISOR, ANA),
        row(reader, world.keys, practice, SUPERVISOR, ROW),
    ]
    return [each and replace(each, shown=_without_hash(each)) for each in found]


def _without_hash(seen: SupervisedRow) -> Shown:
    assert seen.shown is not None
    return msgspec.structs.replace(seen.shown, entries_sha256=b"")


def _stored(reader: SupervisorReader, practice: UUID) -> list[TupleRow]:
    """Return what the role can read of the table but places in the log and ciphertext."""
    columns = (
        *("stream_id", "supervisor_id", "person_id", "first_day", "phase", "version", "state"),
        *("was_signed", "submitted_at_us", "returned_at_us", "signed_at_us"),
        *("setting_id", "is_exempt"),
    )
    asked = sql.SQL(
        "SELECT {}, octet_length(sealed) FROM supervisor.week_rows ORDER BY stream_id"
    ).format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    with reader.read(practice, SUPERVISOR) as connection:
        return connection.execute(asked).fetchall()


@given(one=tellings, other=tellings)
@few
def test_a_supervisor_cannot_tell_two_worlds_apart_by_what_is_not_theirs(
    make_database: MakeDatabase, one: Telling, other: Telling
) -> None:
    """Clients, remarks, times, numbers of sessions, other settings: all that is seen is equal.

    But for the hash of the entries, which is over ciphertext and tells nothing but that it differs.
    """

    def check(world: World) -> None:
        world.clock.step_us = 0  # or the number of events before it would show in each time
        practices = [_tell(world, str(place), told) for place, told in enumerate((one, other))]
        world.prepare(SUPERVISED)
        world.pull(SUPERVISED)
        reader = SupervisorReader(world.database)
        try:
            first, second = (_seen(world, reader, practice) for practice in practices)
            assert len(first) == 4
            assert first == second
            stored, again = (_stored(reader, practice) for practice in practices)
            assert stored == again
        finally:
            reader.close()

    with_world(make_database, check)
