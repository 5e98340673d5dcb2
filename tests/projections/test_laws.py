"""A read model equals a replay of its events, however they were cut into pages and when (I7)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import TupleRow

from aggregates.deletion import DeletionReason
from aggregates.hours.activity import ActivityCorrected, ActivityDeleted
from aggregates.hours.activity_entry import ActivityEntry
from aggregates.hours.setting_entry import SettingKind
from aggregates.membership import MemberInvited, MemberJoined, MemberLeft, Role
from aggregates.private import Private
from aggregates.session_entry import SessionEntry
from ledger import reader
from projections import definitions
from projections.memberships import MEMBERSHIPS
from projections.notices_table import NOTICES
from projections.pages import Projecting, apply_page, open_page
from projections.read_model import Place, ReadModel, fresh, live
from projections.read_models import READ_MODELS
from projections.rebuild import rebuild
from projections.setup_table import SETUP
from projections.standing import behind
from projections.supervised_table import SUPERVISED
from projections.therapist import THERAPIST
from projections.trail import TRAIL
from projections.weeks_table import WEEKS
from tests.fix_postgres import MakeDatabase
from tests.projections.hours import (
    AMENDED,
    RETURNED,
    SIGNED,
    activity,
    log_activity,
    notice,
    setting_stated,
    statement,
    submitted,
)
from tests.projections.world import World, entry, name, table_rows

pytestmark = pytest.mark.postgres

PERSON = name("ana")
BEN_READS = name("ben reads")
STREAMS = 4
COLUMNS = {
    THERAPIST.name: "practice_id, stream_id, person_id, week, position, version, logged_at_us,"
    " is_activity, is_deleted",
    SETUP.name: "practice_id, stream_id, person_id, kind, position, version, is_fixed, stated_at,"
    " noticed_at",
    WEEKS.name: "practice_id, stream_id, person_id, week, position, version, state, was_signed,"
    " submitted_at_us, returned_at_us, signed_at_us, submission_at, reply_at",
    SUPERVISED.name: "practice_id, stream_id, supervisor_id, person_id, first_day, phase, position,"
    " version, state, was_signed, submitted_at_us, returned_at_us, signed_at_us, submission_at,"
    " setting_id, is_exempt",
    NOTICES.name: "practice_id, stream_id, supervisor_id, position, noticed_at_us",
    MEMBERSHIPS.name: "practice_id, person_id, position, is_member, is_invited",
    TRAIL.name: "practice_id, person_id, position, recorded_at_us, stream_id, version, type,"
    " actor_id, is_access, role, kind",
}
SEALED = {
    THERAPIST.name: ("sealed",),
    SETUP.name: ("stated", "noticed"),
    WEEKS.name: ("submission", "reply"),
    SUPERVISED.name: ("sealed",),
    NOTICES.name: ("sealed",),
}
PARAMETERS = [pytest.param(each, id=each.name) for each in READ_MODELS]

Act = tuple[str, int, int]  # what, on which stream, in which week
STATEMENTS = ("state", "state", "notice", "shred statement")
ROWS = (*("submit", "sign") * 3, *("return", "amend", "set up") * 2, "shred row", "shred setting")
OTHERS = (
    *("write", "write", "write", "delete", "shred"),
    *("look", "refuse", "shred look"),
    *("invite", "join", "leave", "close"),
)
# Histories of hours are about two streams and little else, or few would come to anything.
ABOUT = {SETUP.name: STATEMENTS, NOTICES.name: STATEMENTS} | dict.fromkeys(
    (WEEKS.name, SUPERVISED.name), ROWS
)
FEW_STREAMS = (0, 2)


def acts_about(read_model: ReadModel) -> st.SearchStrategy[list[Act]]:
    """Return histories that try this read model."""
    about = ABOUT.get(read_model.name)
    what = st.sampled_from((*OTHERS, "state", "submit", "sign") if about is None else about)
    stream = st.integers(0, STREAMS - 1) if about is None else st.sampled_from(FEW_STREAMS)
    size = 0 if about is None else 12
    return st.lists(st.tuples(what, stream, st.integers(-2, 2)), min_size=size, max_size=18)


cuts = st.lists(st.integers(1, 5), min_size=1, max_size=6)
few = settings(
    max_examples=max(12, settings().max_examples // 100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class History:
    """Does what can be done: logs or corrects, deletes once, shreds once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.practice = world.open_practice()
        self._ended: set[int] = set()
        self._shredded: set[int] = set()
        self._logged: set[int] = set()
        self._is_closed = False

    def do(self, act: Act) -> None:
        """Do one thing, or nothing when it cannot be done."""
        what, stream, week = act
        said = entry(day=7 * week + stream)
        if what in {"invite", "join", "leave", "close"}:
            self._member(what, name("guest", stream))
        self._hours(what, stream, week)
        if what == "write" and stream not in self._ended:
            self._write(stream, said, activity(day=7 * week + stream))
        elif what == "delete" and stream in self._logged - self._ended:
            self._delete(stream)
        elif what == "look":
            whose = [PERSON, None, name("ben"), BEN_READS][stream]
            self.world.look(self.practice, BEN_READS, whose, stream=("looks", week))
        elif what == "refuse":
            self.world.refuse(self.practice, BEN_READS, PERSON if week > 0 else None)
        elif what == "shred look":
            self._shred_look(week)
        elif what == "shred" and stream in self._logged - self._shredded:
            self.world.shred(self.practice, stream)
            self._ended.add(stream)
            self._shredded.add(stream)

    def _write(self, stream: int, session: SessionEntry, said: ActivityEntry) -> None:
        """Log or correct; the last stream is an activity's."""
        is_logged = stream in self._logged
        self._logged.add(stream)
        if stream < STREAMS - 1:
            write = self.world.correct if is_logged else self.world.log
            write(self.practice, stream, PERSON, session)
        elif is_logged:
            self.world.tell(self.practice, name(stream), PERSON, ActivityCorrected(entry=said))
        else:
            log_activity(self.world, self.practice, stream, said)

    def _delete(self, stream: int) -> None:
        self._ended.add(stream)
        if stream < STREAMS - 1:
            self.world.delete(self.practice, stream, PERSON)
        else:
            gone = ActivityDeleted(reason=DeletionReason.ENTERED_TWICE)
            self.world.tell(self.practice, name(stream), PERSON, gone)

    def _hours(self, what: str, stream: int, week: int) -> None:
        """State what hours rest on, or do something to a row of one's own or another's."""
        stated, row = ("stated", stream), ("row", stream)
        facts = {
            "state": (stated, statement(stream, week)),
            "notice": (stated, notice(stream, week)),
            "set up": ("setting", setting_stated(list(SettingKind)[week % 2])),
            "submit": (row, submitted(week, supervisor=name("supervisor", week % 2))),
            "return": (row, RETURNED),
            "sign": (row, SIGNED),
            "amend": (row, AMENDED),
        }
        if what in {"shred statement", "shred row", "shred setting"}:
            shredded = {"shred row": row, "shred setting": "setting"}.get(what, stated)
            if self.world.has(self.practice, shredded):
                self.world.shred(self.practice, shredded)
        elif what in facts:
            named, fact = facts[what]
            begins = what in {"state", "submit", "set up"}
            is_new = not self.world.was_told(self.practice, named)
            if (begins and is_new) or self.world.has(self.practice, named):
                actor = PERSON if begins else name("supervisor", 0)
                self.world.tell(self.practice, name(named), actor, fact)

    def _shred_look(self, week: int) -> None:
        """Shred a reader's day, if there is one; nobody looks on that day again."""
        if self.world.has(self.practice, ("looks", week)):
            self.world.shred(self.practice, ("looks", week))

    def _member(self, what: str, guest: UUID) -> None:
        """Change who is in, until the key of the practice's own stream is destroyed."""
        if self._is_closed:
            return
        facts = {
            "invite": MemberInvited(
                person_id=guest, role=Role.SUPERVISOR, invited_by=PERSON, expires_at_us=0
            ),
            "join": MemberJoined(
                person_id=guest, role=Role.SUPERVISOR, name=Private("N"), invited_by=PERSON
            ),
            "leave": MemberLeft(
                person_id=guest, before=Role.SUPERVISOR, removed_by=PERSON, was_member=True
            ),
        }
        if what == "close":
            self._is_closed = True
            self.world.shred(self.practice, "one")
        else:
            self.world.tell(self.practice, name("one"), PERSON, facts[what])


def _follow(history: History, connection: Projecting, place: Place, limit: int) -> None:
    behind(connection, place.name, None)
    apply_page(connection, history.world.keys, place, history.practice, limit)


def _content(connection: Projecting, place: Place) -> list[TupleRow]:
    """Rows without their nonces: columns, and whether there is something sealed."""
    name_of = place.read_model.name
    rows = table_rows(connection, place, COLUMNS[name_of])
    for column in SEALED.get(name_of, ()):
        sealed = table_rows(connection, place, f"stream_id, {column}")
        rows += sorted((column, stream, blob is not None) for stream, blob in sealed)
    return rows


@pytest.mark.parametrize("read_model", PARAMETERS)
@few
@given(data=st.data(), cuts=cuts)
def test_a_rebuilt_table_equals_the_one_that_followed(
    make_database: MakeDatabase, read_model: ReadModel, data: st.DataObject, cuts: Sequence[int]
) -> None:
    """The live one saw events as they came, in pages of any size; some were shredded since."""
    acts = data.draw(acts_about(read_model))
    with_world(make_database, lambda world: _check_rebuild(world, read_model, acts, cuts))


def _check_rebuild(
    world: World, read_model: ReadModel, acts: Sequence[Act], cuts: Sequence[int]
) -> None:
    world.prepare(read_model)
    history = History(world)
    place = live(read_model)
    with world.project() as connection:
        for number, act in enumerate(acts):
            history.do(act)
            _follow(history, connection, place, cuts[number % len(cuts)])
        world.pull(read_model)
        followed = _content(connection, place)
        rebuild(world.database, world.keys, read_model)
        assert _content(connection, place) == followed


@pytest.mark.parametrize("read_model", PARAMETERS)
@few
@given(data=st.data(), size=st.integers(1, 7))
def test_a_page_applied_again_changes_nothing(
    make_database: MakeDatabase, read_model: ReadModel, data: st.DataObject, size: int
) -> None:
    acts = data.draw(acts_about(read_model))
    with_world(make_database, lambda world: _check_again(world, read_model, acts, size))


def _check_again(world: World, read_model: ReadModel, acts: Sequence[Act], size: int) -> None:
    world.prepare(read_model)
    history = History(world)
    for act in acts:
        history.do(act)
    world.pull(read_model)
    place = live(read_model)
    with world.project() as connection:
        before = _content(connection, place)
        entries = reader.page(connection, history.practice, after=-1, limit=1_000)
        for start in range(0, len(entries), size):
            part = entries[start : start + size]
            page = open_page(world.keys, read_model, history.practice, part)
            for write in read_model.apply(page):
                text = place.statement(write.statement)
                connection.execute(text, write.parameters, binary=True)
            assert _content(connection, place) == before


def test_a_fresh_table_of_another_definition_leaves_the_live_one_alone(world: World) -> None:
    world.prepare(THERAPIST)
    other = replace(THERAPIST, edition=99)
    with world.project() as connection:
        definitions.create(connection, fresh(other))
        assert definitions.stored(connection, live(THERAPIST)) == THERAPIST.sha256
        assert definitions.stored(connection, fresh(other)) == other.sha256


def with_world(make_database: MakeDatabase, check: Callable[[World], None]) -> None:
    """Run one example in a world of its own."""
    world = World(make_database())
    try:
        check(world)
    finally:
        world.close()
