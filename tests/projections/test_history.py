"""A history joins what was stated, logged and signed; a signature holds for exactly what it was."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

import msgspec
import pytest

from aggregates.bbs.history import Signature
from aggregates.hours.enrolment import EnrolmentStated
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, WeekStart
from aggregates.hours.setting import SettingStated
from aggregates.hours.supervision import SupervisionStated
from aggregates.hours.week_content import RowContent
from aggregates.hours.week_row import WeekSubmitted
from aggregates.private import Private
from projections.history import history_of
from projections.setup_table import SETUP
from projections.signatures import row_standing, signatures
from projections.therapist import LiveEntry
from projections.therapist_table import THERAPIST
from projections.weeks import WeekRow
from projections.weeks_table import WEEKS, RowState
from tests.projections.hours import (
    AMENDED,
    ANA,
    SETTING,
    SIGNED,
    SUPERVISION,
    SUPERVISOR,
    activity,
    content,
    enrolment,
    log_activity,
    setting,
    supervision,
)
from tests.projections.world import SUNDAY, World, entry, name

PRACTICE = name("practice", "one")
A, B, C = name("a"), name("b"), name("c")
BOTH = [(A, 1), (B, 1)]


def _live(stream_id: UUID, version: int = 1, day: int = 1) -> LiveEntry:
    return LiveEntry(stream_id, version, activity(day=day), 0)


def _row(
    state: RowState, held: RowContent | None, *, was_signed: bool = False, stream: object = "row"
) -> WeekRow:
    return WeekRow(
        stream_id=name(stream),
        person_id=ANA,
        version=1,
        state=state,
        was_signed=was_signed or state is RowState.SIGNED,
        submitted_at_us=0,
        returned_at_us=None,
        signed_at_us=None,
        content=held,
        warnings=(),
        return_reason=None,
        remark=None,
    )


def _of(
    live: Iterable[LiveEntry], *rows: WeekRow, enrolled: EnrolmentEntry | None = None
) -> list[Signature]:
    live = list(live)
    found = signatures(enrolled or enrolment(), live, map(row_standing, rows))
    return [found.get(each.stream_id.int, Signature.NONE) for each in live]


def test_what_is_signed_exactly_as_it_stands_is_signed() -> None:
    row = _row(RowState.SIGNED, content(entries=BOTH))
    assert _of([_live(A), _live(B)], row) == [Signature.SIGNED] * 2


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param([_live(A, 2), _live(B)], [Signature.VOID] * 2, id="corrected"),
        pytest.param([_live(A)], [Signature.VOID], id="deleted"),
        pytest.param([_live(A), _live(B), _live(C)], [Signature.VOID] * 3, id="added"),
        pytest.param([_live(A), _live(B, 2, day=8)], [Signature.VOID] * 2, id="moved away"),
        pytest.param(
            [_live(A), _live(B), _live(C, day=8)],
            [Signature.SIGNED, Signature.SIGNED, Signature.NONE],
            id="of another week",
        ),
    ],
)
def test_one_change_voids_the_signature_of_the_whole_row(
    live: list[LiveEntry], expected: list[Signature]
) -> None:
    assert _of(live, _row(RowState.SIGNED, content(entries=BOTH))) == expected


@pytest.mark.parametrize(
    ("state", "was_signed", "expected"),
    [
        (RowState.SUBMITTED, False, Signature.SUBMITTED),
        (RowState.SUBMITTED, True, Signature.SUBMITTED),
        (RowState.RETURNED, False, Signature.NONE),
        (RowState.RETURNED, True, Signature.VOID),
        (RowState.AMENDED, False, Signature.NONE),
        (RowState.AMENDED, True, Signature.VOID),
    ],
)
def test_what_is_not_signed_now_is_submitted_or_void_or_nothing(
    state: RowState,
    was_signed: bool,  # noqa: FBT001 -- a value of the table
    expected: Signature,
) -> None:
    row = _row(state, content(entries=[(A, 1)]), was_signed=was_signed)
    assert _of([_live(A)], row) == [expected]


def test_a_submission_holds_only_for_what_was_submitted() -> None:
    row = _row(RowState.SUBMITTED, content(entries=BOTH))
    assert _of([_live(A), _live(B, 2)], row) == [Signature.NONE] * 2


def test_a_row_that_nobody_can_read_signs_nothing() -> None:
    assert _of([_live(A)], _row(RowState.SIGNED, None)) == [Signature.NONE]


def test_an_entry_that_moved_into_a_row_that_holds_is_signed_there() -> None:
    """The row it left is void; the one it came to was signed with it."""
    left = _row(RowState.SIGNED, content(entries=BOTH))
    next_sunday = SUNDAY + dt.timedelta(days=7)
    came = _row(RowState.SIGNED, content(next_sunday, [(B, 2)]), stream="next")
    live = [_live(A), _live(B, 2, day=8)]
    assert _of(live, left, came) == _of(live, came, left) == [Signature.VOID, Signature.SIGNED]


def test_rows_go_by_the_persons_own_weeks_and_by_the_degree() -> None:
    mondays = enrolment(WeekStart.MONDAY)
    before = SUNDAY - dt.timedelta(days=6)
    row = _row(RowState.SIGNED, content(before, [(A, 1)]))
    assert _of([_live(A, day=0)], row, enrolled=mondays) == [Signature.SIGNED]
    assert _of([_live(A, day=0)], row) == [Signature.VOID]
    graduated = enrolment(degree_on=SUNDAY)
    after = _row(RowState.SIGNED, content(entries=[(A, 1)], phase=Phase.AFTER_DEGREE))
    assert _of([_live(A)], after, enrolled=graduated) == [Signature.SIGNED]
    assert _of([_live(A)], after) == [Signature.VOID]


def test_what_is_under_no_supervision_is_in_no_row() -> None:
    session = LiveEntry(A, 1, entry(), 0)
    row = _row(RowState.SIGNED, content(entries=[(B, 1)]))
    assert _of([session, _live(B)], row) == [Signature.NONE, Signature.SIGNED]


def _submission(entries: Iterable[tuple[UUID, int]]) -> WeekSubmitted:
    return WeekSubmitted(content=content(entries=entries), warnings=())


def _pull(world: World) -> None:
    for read_model in (THERAPIST, SETUP, WEEKS):
        world.prepare(read_model)
        world.pull(read_model)


@pytest.mark.postgres
def test_without_an_enrolment_there_is_no_history(world: World) -> None:
    world.log(world.open_practice(), "a", ANA)
    _pull(world)
    assert history_of(world, PRACTICE, ANA) is None


@pytest.mark.postgres
def test_a_history_holds_all_that_the_rules_look_at(world: World) -> None:
    """With one look-up of keys for the three views it is joined from."""
    world.open_practice()
    world.tell(PRACTICE, name("enrolment"), ANA, EnrolmentStated(person_id=ANA, entry=enrolment()))
    world.tell(PRACTICE, SETTING, ANA, SettingStated(person_id=ANA, entry=setting()))
    stated = SupervisionStated(person_id=ANA, entry=supervision())
    world.tell(PRACTICE, SUPERVISION, ANA, stated)
    world.log(PRACTICE, "session", ANA)
    log_activity(world, PRACTICE, "a")
    world.tell(PRACTICE, name("row"), ANA, _submission([(A, 1)]))
    world.tell(PRACTICE, name("row"), SUPERVISOR, SIGNED)
    _pull(world)
    world.keys.look_ups = 0
    history = history_of(world, PRACTICE, ANA)
    assert world.keys.look_ups == 1
    assert history is not None
    assert history.enrolment == enrolment()
    assert history.settings == {SETTING: setting()}
    assert history.supervisions == {SUPERVISION: supervision()}
    nobody = msgspec.structs.replace(entry(), alias=Private(""), setting=Private(""))
    told = [(each.entry_id, each.entry, each.signature) for each in history.entries]
    assert told == [(name("session"), nobody, Signature.NONE), (A, activity(), Signature.SIGNED)]


@pytest.mark.postgres
def test_an_amended_row_is_void_in_a_history(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, name("enrolment"), ANA, EnrolmentStated(person_id=ANA, entry=enrolment()))
    log_activity(world, PRACTICE, "a")
    world.tell(PRACTICE, name("row"), ANA, _submission([(A, 1)]))
    world.tell(PRACTICE, name("row"), SUPERVISOR, SIGNED)
    world.tell(PRACTICE, name("row"), ANA, AMENDED)
    _pull(world)
    amended = history_of(world, PRACTICE, ANA)
    assert amended is not None
    assert [each.signature for each in amended.entries] == [Signature.VOID]


@pytest.mark.postgres
def test_shredding_an_entry_voids_the_row_that_named_it(world: World) -> None:
    world.open_practice()
    world.tell(PRACTICE, name("enrolment"), ANA, EnrolmentStated(person_id=ANA, entry=enrolment()))
    log_activity(world, PRACTICE, "a")
    log_activity(world, PRACTICE, "b")
    world.tell(PRACTICE, name("row"), ANA, _submission(BOTH))
    world.tell(PRACTICE, name("row"), SUPERVISOR, SIGNED)
    world.shred(PRACTICE, "b")
    _pull(world)
    history = history_of(world, PRACTICE, ANA)
    assert history is not None
    assert [(each.entry_id, each.signature) for each in history.entries] == [(A, Signature.VOID)]
