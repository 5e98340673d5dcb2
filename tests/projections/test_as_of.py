"""The state at a moment is what the deciders make of the events up to it, and of nothing else."""

import datetime as dt
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.deletion import DeletionReason
from aggregates.diary import Deleted, Logged
from aggregates.practice import PRACTICE, MemberJoined, Opened, PracticeFact, Role
from aggregates.private import Private
from aggregates.session import (
    SESSION,
    SessionCorrected,
    SessionDeleted,
    SessionFact,
    SessionLogged,
)
from aggregates.shredding import KeyShredded, ShredOrdered, ShredReason
from ledger.postgres.connect import Role as Login
from projections.as_of import AsOf, SessionThen, fold
from projections.replay import replay
from projections.therapist import THERAPIST
from projections.trail import TRAIL
from tests.projections.histories import OPENING, OWNER, PRACTICE_ID, History
from tests.projections.world import (
    ALIAS_CANARY,
    FIRST_US,
    NAME_CANARY,
    REMARK_CANARY,
    SETTING_CANARY,
    SUNDAY,
    World,
    entry,
    name,
)

ANA, BEN, SYSTEM = name("ana"), name("ben"), name("system")
Act = tuple[str, int, int]
ACTS = st.tuples(
    st.sampled_from(["log", "correct", "delete", "join", "shred"]),
    st.integers(0, 3),  # which session
    st.integers(1, 40),  # on which day, for how long
)


def shred(history: History, session: int) -> None:
    """Order, and tell of it, as often as is asked."""
    stream_id = name("session", session)
    key_id = name("key", stream_id)
    history.destroyed.add(stream_id)
    reason = ShredReason.DELETION_REQUESTED
    ordered = ShredOrdered(stream_id=stream_id, key_id=key_id, reason=reason)
    history.tell(name("shredding"), SYSTEM, ordered)
    history.tell(
        name("shredding"),
        SYSTEM,
        KeyShredded(
            stream_id=stream_id,
            key_id=key_id,
            wrapped_sha256=bytes(32),
            key_epoch=1,
            destroyed_at_us=FIRST_US,
        ),
    )


def act(history: History, doing: Act) -> None:
    """Do what the deciders would allow here, and nothing otherwise."""
    what, session, number = doing
    stream_id = name("session", session)
    facts = cast("list[SessionFact]", history.facts(stream_id, len(history.events())))
    state = SESSION.replay(facts)
    said = entry(day=number, minutes=number, alias=ALIAS_CANARY)
    match what:
        case "log" if not facts:
            history.tell(stream_id, ANA, SessionLogged(therapist_id=ANA, entry=said))
        case "correct" if isinstance(state, Logged):
            history.tell(stream_id, ANA, SessionCorrected(entry=said))
        case "delete" if isinstance(state, Logged):
            gone = SessionDeleted(reason=DeletionReason.OTHER, remark=Private(REMARK_CANARY))
            history.tell(stream_id, ANA, gone)
        case "join":
            who = name("member", len(history.events()))
            role = list(Role)[number % len(Role)]
            joined = MemberJoined(
                person_id=who, role=role, name=Private(NAME_CANARY), invited_by=OWNER
            )
            history.tell(PRACTICE_ID, OWNER, joined)
        case "shred" if facts and stream_id not in history.destroyed:
            shred(history, session)
        case _:
            pass


def history_of(acts: list[Act]) -> History:
    """Return a history in which these things were tried."""
    history = History()
    for doing in acts:
        act(history, doing)
    return history


def session_of(state: AsOf, session: int) -> SessionThen:
    """Return one session of the state."""
    return next(each for each in state.sessions if each.stream_id == name("session", session))


@given(st.lists(ACTS, max_size=30), st.data())
def test_a_prefix_gives_what_the_deciders_make_of_it(acts: list[Act], data: st.DataObject) -> None:
    """At every position: the members, the agreement, and each session as its decider has it."""
    history = history_of(acts)
    events = history.events()
    size = data.draw(st.integers(0, len(events)))
    state = fold(events[:size])
    assert state.size == size
    practice = PRACTICE.replay(cast("list[PracticeFact]", history.facts(PRACTICE_ID, size)))
    assert state.is_open == isinstance(practice, Opened)
    if isinstance(practice, Opened):
        assert tuple((each.person_id, each.role) for each in state.members) == practice.roles
        assert {each.document_sha256 for each in state.signatures} == practice.documents_signed
    for then in state.sessions:
        now = SESSION.replay(cast("list[SessionFact]", history.facts(then.stream_id, size)))
        assert then.is_deleted == isinstance(now, Deleted)
        is_gone = then.stream_id in history.destroyed
        assert (then.said is None) == is_gone
        if isinstance(now, Logged) and then.said is not None:
            assert (then.said.date, then.said.minutes) == (now.entry.date, now.entry.minutes)
            assert then.therapist_id == now.therapist_id


@given(st.lists(ACTS, max_size=20), st.lists(ACTS, max_size=20))
def test_what_comes_later_changes_no_earlier_state(acts: list[Act], more: list[Act]) -> None:
    """But for keys that are destroyed by then, for nobody can read those again."""
    more = [each for each in more if each[0] != "shred"]
    history = history_of(acts)
    then = fold(history.events())
    for doing in more:
        act(history, doing)
    assert fold(history.events()[: then.size]) == then


@given(st.lists(ACTS, max_size=30))
def test_every_session_stands_in_one_week(acts: list[Act]) -> None:
    state = fold(history_of(acts).events())
    weeks = state.weeks()
    assert [week.first_day for week in weeks] == sorted(
        {week.first_day for week in weeks}, reverse=True
    )
    assert sum(len(week.sessions) for week in weeks) == len(state.sessions)
    assert all(week.first_day.isoweekday() == 7 for week in weeks)


@given(st.lists(ACTS, max_size=20))
def test_no_state_holds_what_names_a_client(acts: list[Act]) -> None:
    """Nor a setting, a name of anybody, a remark or an address, however it is shown."""
    state = fold(history_of(acts).events())
    told = f"{state!r} {state.weeks()!r} {[each.said for each in state.sessions]}"
    for canary in (ALIAS_CANARY, SETTING_CANARY, NAME_CANARY, REMARK_CANARY, "private"):
        assert canary not in told


def test_before_its_first_event_there_is_no_practice() -> None:
    state = fold([])
    assert (state.size, state.recorded_at_us, state.is_open) == (0, None, False)
    assert state.weeks() == ()


def test_a_correction_moves_a_session_and_a_deletion_takes_it_out_of_the_hours() -> None:
    history = history_of([("log", 0, 1), ("log", 1, 2), ("correct", 0, 9), ("delete", 1, 1)])
    state = fold(history.events())
    later, earlier = state.weeks()
    assert (later.first_day, later.minutes) == (SUNDAY + dt.timedelta(days=7), 9)
    assert (earlier.first_day, earlier.minutes) == (SUNDAY, 0)
    assert session_of(state, 0).corrections == 1
    assert session_of(state, 1).corrections == 0
    assert not session_of(state, 1).counts


def test_a_destroyed_session_stands_where_it_was_recorded() -> None:
    """Its order and its destruction are told with their reason and time."""
    history = history_of([("log", 0, 40), ("shred", 0, 1)])
    ordered, done = fold(history.events()[:-1]), fold(history.events())
    assert ordered.destructions[0].destroyed_at_us is None
    assert done.destructions[0].destroyed_at_us == FIRST_US
    assert [week.first_day for week in done.weeks()] == [SUNDAY]


def test_a_destroyed_practice_stream_leaves_a_count() -> None:
    history = History()
    history.destroyed.add(PRACTICE_ID)
    state = fold(history.events())
    assert (state.is_open, state.members, state.unreadable) == (True, (), len(OPENING) - 1)


@pytest.mark.postgres
def test_the_stored_state_at_each_position_is_the_fold_of_its_prefix(world: World) -> None:
    """With no table of a read model there, and whatever such a table says."""
    practice = world.open_practice()
    for number in range(3):
        world.log(practice, number, ANA)
    world.correct(practice, 0, ANA, entry(day=3))
    world.delete(practice, 1, ANA)
    world.log(practice, "b", BEN)
    world.shred(practice, "b")
    every = list(replay(world, practice))
    states = [fold(replay(world, practice, until=at)) for at in range(-1, len(every))]
    assert states == [fold(every[:size]) for size in range(len(every) + 1)]
    world.prepare(THERAPIST, TRAIL)
    world.pull(THERAPIST)
    with world.database.connect(Login.OWNER) as owner:
        owner.execute("DROP SCHEMA views CASCADE")
    assert fold(replay(world, practice)) == states[-1]
