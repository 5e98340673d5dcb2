"""Nobody reads before two people, one notice and a beginning; nobody reads a moment longer."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.emergency import (
    ANSWER_US,
    CONCERNED,
    GUARDIANS,
    MINUTE_US,
    ApproveEmergency,
    AskEmergency,
    BeginEmergency,
    DeclineEmergency,
    Emergency,
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyCommand,
    EmergencyDeclined,
    EmergencyEnd,
    EmergencyEnded,
    EmergencyFact,
    EmergencyReason,
    EmergencyTold,
    EndEmergency,
    NoteExpiry,
    TellPerson,
)
from aggregates.emergency_rules import EMERGENCY
from aggregates.membership import Role
from aggregates.private import Private
from aggregates.refusal import Refused
from tests.spec import Given

ASKER, SECOND, CONCERNED_ONE, OTHER = (UUID(int=n) for n in (1, 2, 3, 4))
PEOPLE = (ASKER, SECOND, CONCERNED_ONE, OTHER)
NOW = 1_800_000_000_000_000
OFFICER = Role.COMPLIANCE_OFFICER
EMPTY = Given(EMERGENCY)


def ask(
    by: UUID = ASKER,
    role: Role | None = OFFICER,
    whose: UUID = CONCERNED_ONE,
    whose_role: Role | None = Role.THERAPIST,
    minutes: int = 30,
) -> AskEmergency:
    """Ask for access."""
    return AskEmergency(
        asked_by=by,
        role=role,
        whose=whose,
        whose_role=whose_role,
        reason=EmergencyReason.CLIENT_AT_RISK,
        remark=Private("called at noon"),
        minutes=minutes,
        at_us=NOW,
    )


ASKED = EmergencyAsked(
    whose=CONCERNED_ONE,
    asked_by=ASKER,
    role=OFFICER,
    reason=EmergencyReason.CLIENT_AT_RISK,
    remark=Private("called at noon"),
    minutes=30,
    expires_at_us=NOW + ANSWER_US,
)
APPROVED = EmergencyApproved(whose=CONCERNED_ONE, approved_by=SECOND, role=Role.OWNER)
TOLD = EmergencyTold(whose=CONCERNED_ONE, minutes=30)
BEGUN = EmergencyBegun(
    whose=CONCERNED_ONE, begun_by=ASKER, role=OFFICER, ends_at_us=NOW + 30 * MINUTE_US
)
BY_HAND = EmergencyEnded(
    whose=CONCERNED_ONE, how=EmergencyEnd.ENDED_BY_HAND, ended_by=SECOND, role=Role.OWNER
)
WAITING = EMPTY.given(ASKED)
OPEN = WAITING.given(APPROVED, TOLD, BEGUN)


def approve(by: UUID = SECOND, role: Role | None = Role.OWNER, at: int = NOW) -> ApproveEmergency:
    """Say yes."""
    return ApproveEmergency(approved_by=by, role=role, at_us=at)


def begin(by: UUID = ASKER, role: Role | None = OFFICER, at: int = NOW) -> BeginEmergency:
    """Begin."""
    return BeginEmergency(begun_by=by, role=role, at_us=at)


def end(by: UUID, role: Role | None = OFFICER, at: int = NOW) -> EndEmergency:
    """End it early."""
    return EndEmergency(ended_by=by, role=role, at_us=at)


def test_an_officer_asks_a_second_one_approves_the_person_is_told_and_only_then_it_begins() -> None:
    EMPTY.when(ask()).then(ASKED)
    WAITING.when(approve()).then(APPROVED)
    WAITING.given(APPROVED).when(TellPerson(at_us=NOW)).then(TOLD)
    WAITING.given(APPROVED, TOLD).when(begin()).then(BEGUN)


@pytest.mark.parametrize("role", [*Role, None])
def test_only_owners_and_officers_ask_and_answer(role: Role | None) -> None:
    """Whoever runs the service has no role in a practice, and so never can."""
    if role in GUARDIANS:
        assert EMPTY.when(ask(role=role)).facts
        assert WAITING.when(approve(role=role)).facts
    else:
        EMPTY.refuses(ask(role=role), "emergency-role")
        WAITING.refuses(approve(role=role), "emergency-role")
        no = DeclineEmergency(declined_by=SECOND, role=role, at_us=NOW)
        WAITING.refuses(no, "emergency-role")


@pytest.mark.parametrize("role", [*Role, None])
def test_it_is_about_one_other_member_who_logs_sessions(role: Role | None) -> None:
    if role in CONCERNED:
        assert EMPTY.when(ask(whose_role=role)).facts
    else:
        EMPTY.refuses(ask(whose_role=role), "emergency-whose")
    EMPTY.refuses(ask(whose=ASKER), "emergency-whose")


@pytest.mark.parametrize("minutes", [-1, 0, 61, 10_000])
def test_it_is_for_an_hour_at_most(minutes: int) -> None:
    EMPTY.refuses(ask(minutes=minutes), "emergency-minutes")
    assert EMPTY.when(ask(minutes=60)).facts


@pytest.mark.parametrize("person", [ASKER, CONCERNED_ONE])
def test_neither_who_asked_nor_who_is_concerned_answers(person: UUID) -> None:
    WAITING.refuses(approve(by=person), "emergency-second-person")
    no = DeclineEmergency(declined_by=person, role=Role.OWNER, at_us=NOW)
    WAITING.refuses(no, "emergency-second-person")


def test_nothing_begins_before_the_person_was_told() -> None:
    """Not after the asking, and not after the approval: a crash between opens nothing."""
    WAITING.refuses(begin(), "emergency-not-open")
    WAITING.given(APPROVED).refuses(begin(), "emergency-not-open")
    WAITING.refuses(TellPerson(at_us=NOW), "emergency-not-open")


def test_only_who_asked_begins() -> None:
    WAITING.given(APPROVED, TOLD).refuses(begin(by=SECOND), "emergency-not-yours")
    WAITING.given(APPROVED, TOLD).refuses(begin(role=Role.THERAPIST), "emergency-role")


def test_the_notice_is_given_once() -> None:
    WAITING.given(APPROVED, TOLD).when(TellPerson(at_us=NOW)).then_nothing()
    OPEN.when(TellPerson(at_us=NOW)).then_nothing()


def test_declined_is_declined() -> None:
    no = DeclineEmergency(declined_by=SECOND, role=OFFICER, at_us=NOW)
    said = EmergencyDeclined(whose=CONCERNED_ONE, declined_by=SECOND, role=OFFICER)
    WAITING.when(no).then(said)
    WAITING.given(said).refuses(approve(), "emergency-not-open")


def test_what_nobody_answers_or_begins_within_a_day_comes_to_nothing() -> None:
    """Also when it was approved."""
    late = NOW + ANSWER_US
    assert WAITING.when(approve(at=late - 1)).facts
    WAITING.refuses(approve(at=late), "emergency-not-open")
    WAITING.given(APPROVED, TOLD).refuses(begin(at=late), "emergency-not-open")
    nothing = EmergencyEnded(
        whose=CONCERNED_ONE, how=EmergencyEnd.NOT_BEGUN, ended_by=None, role=None
    )
    WAITING.when(NoteExpiry(at_us=late)).then(nothing)
    WAITING.when(NoteExpiry(at_us=late - 1)).then_nothing()


def test_it_ends_by_the_clock_whether_or_not_somebody_notes_it() -> None:
    state = EMERGENCY.replay(OPEN.facts)
    over = NOW + 30 * MINUTE_US
    assert state.lets_read(ASKER, NOW)
    assert state.lets_read(ASKER, over - 1)
    assert not state.lets_read(ASKER, over)
    assert not state.lets_read(ASKER, NOW - 1)
    expired = EmergencyEnded(
        whose=CONCERNED_ONE, how=EmergencyEnd.TIME_OVER, ended_by=None, role=None
    )
    OPEN.when(NoteExpiry(at_us=over)).then(expired)
    OPEN.when(NoteExpiry(at_us=over - 1)).then_nothing()
    OPEN.given(expired).when(NoteExpiry(at_us=over)).then_nothing()


def test_who_asked_who_approved_and_every_owner_end_it_and_nobody_else() -> None:
    OPEN.when(end(SECOND, Role.OWNER)).then(BY_HAND)
    assert OPEN.when(end(ASKER)).facts
    assert OPEN.when(end(OTHER, Role.OWNER)).facts
    OPEN.refuses(end(OTHER, OFFICER), "emergency-not-yours")
    OPEN.given(BY_HAND).when(end(ASKER)).then_nothing()
    assert not EMERGENCY.replay(OPEN.given(BY_HAND).facts).lets_read(ASKER, NOW)


def test_a_request_is_asked_once_and_nothing_is_answered_that_was_not_asked() -> None:
    WAITING.refuses(ask(), "emergency-not-open")
    for command in (approve(), begin(), end(ASKER), TellPerson(at_us=NOW), NoteExpiry(at_us=NOW)):
        EMPTY.refuses(command, "emergency-unknown")


times = st.integers(NOW - MINUTE_US, NOW + ANSWER_US + 90 * MINUTE_US)
roles = st.sampled_from([*Role, None])
people = st.sampled_from(PEOPLE)
commands: st.SearchStrategy[EmergencyCommand] = st.one_of(
    st.builds(
        AskEmergency,
        asked_by=people,
        role=roles,
        whose=people,
        whose_role=roles,
        reason=st.sampled_from(EmergencyReason),
        remark=st.none(),
        minutes=st.integers(-1, 70),
        at_us=times,
    ),
    st.builds(ApproveEmergency, approved_by=people, role=roles, at_us=times),
    st.builds(DeclineEmergency, declined_by=people, role=roles, at_us=times),
    st.builds(TellPerson, at_us=times),
    st.builds(BeginEmergency, begun_by=people, role=roles, at_us=times),
    st.builds(EndEmergency, ended_by=people, role=roles, at_us=times),
    st.builds(NoteExpiry, at_us=times),
)
# The usual way, each step of it there or not, with anything in between: so it gets somewhere.
USUAL = (ask(), approve(), TellPerson(at_us=NOW), begin())
BETWEEN = st.lists(commands, max_size=2)
# Or by somebody else, who may be the one person that must not.
OTHERWISE = st.one_of(
    people.map(lambda by: [approve(by=by)]),
    people.map(lambda by: [begin(by=by, role=Role.OWNER)]),
    people.map(lambda whose: [ask(whose=whose)]),
    BETWEEN,
)
STEPS = st.tuples(BETWEEN, *(st.tuples(st.just([step]) | OTHERWISE, BETWEEN) for step in USUAL))
histories = STEPS.map(
    lambda parts: [*parts[0], *(c for pair in parts[1:] for c in pair[0] + pair[1])]
)


def told_by(sent: list[EmergencyCommand]) -> list[EmergencyFact]:
    """Return what comes of commands, those that are refused left out."""
    facts: list[EmergencyFact] = []
    for command in sent:
        try:
            facts += EMERGENCY.decide(command, EMERGENCY.replay(facts))
        except Refused:
            continue
    return facts


@given(histories, people | st.just(ASKER), times | st.just(NOW))
def test_no_history_lets_anybody_read_without_all_four_steps_of_two_people(
    sent: list[EmergencyCommand], reader: UUID, at_us: int
) -> None:
    """Asked before approved before told before begun, and inside of the minutes asked for."""
    facts = told_by(sent)
    state: Emergency = EMERGENCY.replay(facts)
    if not state.lets_read(reader, at_us):
        return
    asked, approved, told, begun = facts
    assert isinstance(asked, EmergencyAsked)
    assert isinstance(approved, EmergencyApproved)
    assert isinstance(told, EmergencyTold)
    assert isinstance(begun, EmergencyBegun)
    assert reader == asked.asked_by == begun.begun_by
    assert len({asked.asked_by, approved.approved_by, asked.whose}) == 3
    assert {asked.role, approved.role, begun.role} <= GUARDIANS
    assert begun.ends_at_us - 60 * MINUTE_US <= at_us < begun.ends_at_us


@given(histories, people, times)
def test_what_is_over_is_over_for_good(
    sent: list[EmergencyCommand], reader: UUID, at_us: int
) -> None:
    """Once ended or declined on record, no later command opens it again."""
    facts = told_by(sent)
    ends = [n for n, f in enumerate(facts) if isinstance(f, EmergencyEnded | EmergencyDeclined)]
    if ends:
        assert ends == [len(facts) - 1]
        assert not EMERGENCY.replay(facts).lets_read(reader, at_us)
