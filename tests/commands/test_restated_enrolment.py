"""An enrolment stated anew opens the rows that lose or gain hours by it, in the same append."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from unittest.mock import patch
from uuid import UUID, uuid4

import msgspec
import pytest

from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, WeekStart
from aggregates.hours.moved_rows import Counted
from aggregates.hours.week_content import RowKey
from aggregates.hours.week_row import (
    WEEK_ROW,
    AmendCause,
    AmendWeek,
    ReturnReason,
    WeekAmended,
    WeekCommand,
    WeekFact,
    WeekReturned,
    WeekSigned,
    WeekState,
    WeekSubmitted,
)
from aggregates.refusal import Refused
from aggregates.shredding import ShredReason
from commands.context import Context
from commands.handle import Handled, facts_of
from commands.hours import amend
from commands.hours.setup import state_enrolment
from commands.hours.sign_week import return_week, sign_week
from commands.hours.streams import (
    WEEK_RULES,
    enrolment_stream,
    read_enrolment_of,
    row_stream,
)
from commands.hours.submit_week import Submission, submit_week, take_back_week
from commands.log_session import log_session
from ledger.append.request import EVENTS_PER_REQUEST_MAX
from ledger.opening import open_destroyer
from ledger.postgres.settings import Settings
from retention.shred import shred
from tests.aggregates.hours_examples import ENROLMENT
from tests.fix_hours import SUNDAY, Supervised
from tests.fix_signing import sign_row, signing, submit
from tests.signer import Signer

pytestmark = pytest.mark.postgres

MONDAY, TUESDAY, WEDNESDAY = (SUNDAY + dt.timedelta(days) for days in (1, 2, 3))
WEEK_BEFORE = SUNDAY - dt.timedelta(7)
SIGNED: list[type[WeekFact]] = [WeekSubmitted, WeekSigned]


def enrolled(degree_on: dt.date, week_start: WeekStart = WeekStart.SUNDAY) -> EnrolmentEntry:
    """Return an enrolment with the degree of a day."""
    return msgspec.structs.replace(ENROLMENT, week_start=week_start, degree_on=degree_on)


class Hours:
    """A supervisee's hours of some days: logged, handed in, signed and restated."""

    def __init__(self, context: Context, supervised: Supervised, signer: Signer) -> None:
        self._context, self._supervised, self.signer = context, supervised, signer
        self.entries: dict[dt.date, UUID] = {}

    def log(self, *days: dt.date) -> None:
        """Log a session on each."""
        for day in days:
            session = self._supervised.session(day)
            logged = log_session(self._context, self._supervised.person, session, uuid4())
            self.entries[day] = logged.stream_id

    def row(self, phase: Phase, *days: dt.date, week: dt.date = SUNDAY) -> Submission:
        """Return the row of these days."""
        key = msgspec.structs.replace(self._supervised.key, first_day=week, phase=phase)
        return Submission(key, [self.entries[day] for day in days])

    def sign(self, row: Submission) -> None:
        """Submit it and sign it."""
        sign_row(self._context, self.signer, row, self._supervised.person)

    def restate(self, entry: EnrolmentEntry, command_id: UUID | None = None) -> Handled:
        """State another enrolment, with all the days there are."""
        counted = {Counted(self._supervised.supervision_id, day) for day in self.entries}
        person, by = self._supervised.person, command_id or uuid4()
        return state_enrolment(self._context, person, entry, by, counted)

    def facts(self, key: RowKey) -> list[WeekFact]:
        """Return what happened to a row."""
        practice_id = self._supervised.person.practice_id
        return facts_of(
            WEEK_RULES, self._context.history(practice_id, row_stream(practice_id, key))
        )

    def kinds(self, row: Submission) -> list[type[WeekFact]]:
        """Return it by kind only."""
        return [type(fact) for fact in self.facts(row.key)]


@pytest.fixture
def hours(context: Context, supervised: Supervised, signer: Signer) -> Hours:
    """Sessions of a Monday and a Wednesday; the degree is of the Tuesday between."""
    made = Hours(context, supervised, signer)
    made.log(MONDAY, WEDNESDAY)
    made.restate(enrolled(TUESDAY))
    return made


def test_the_row_that_loses_and_the_row_that_gains_are_opened_in_one_append(
    context: Context, supervised: Supervised, hours: Hours
) -> None:
    """With the cause, and that a signature was on each; both signatures stay on record."""
    before = hours.row(Phase.BEFORE_DEGREE, MONDAY)
    after = hours.row(Phase.AFTER_DEGREE, WEDNESDAY)
    hours.sign(before)
    hours.sign(after)
    command_id, practice_id = uuid4(), supervised.person.practice_id
    handled = hours.restate(enrolled(MONDAY), command_id)
    for row in (before, after):
        assert hours.kinds(row) == [*SIGNED, WeekAmended]
        assert hours.facts(row.key)[-1] == WeekAmended(
            cause=AmendCause.ENROLMENT_RESTATED, stream_id=None, was_signed=True
        )
    found = context.ledger.find_command(practice_id, command_id)
    assert found is not None
    assert {each.stream_id for each in found} == {
        enrolment_stream(practice_id, supervised.person.person_id),
        *(row_stream(practice_id, row.key) for row in (before, after)),
    }
    assert found[-1].position == handled.position


def test_what_now_belongs_together_is_signed_again(hours: Hours) -> None:
    """In the row that gained; the one that lost everything stays open and empty."""
    before = hours.row(Phase.BEFORE_DEGREE, MONDAY)
    after = hours.row(Phase.AFTER_DEGREE, WEDNESDAY)
    hours.sign(before)
    hours.sign(after)
    hours.restate(enrolled(MONDAY))
    hours.sign(hours.row(Phase.AFTER_DEGREE, MONDAY, WEDNESDAY))
    assert hours.kinds(after) == [*SIGNED, WeekAmended, *SIGNED]
    assert hours.kinds(before) == [*SIGNED, WeekAmended]


def test_the_same_command_opens_once(hours: Hours) -> None:
    """From ten threads at once, and a second time later."""
    row = hours.row(Phase.BEFORE_DEGREE, MONDAY)
    hours.sign(row)
    command_id = uuid4()
    with ThreadPoolExecutor(10) as pool:
        sent = [pool.submit(hours.restate, enrolled(MONDAY), command_id) for _ in range(10)]
        done = [each.result() for each in sent]
    done.append(hours.restate(enrolled(MONDAY), command_id))
    assert len({each.position for each in done}) == 1
    assert hours.kinds(row) == [*SIGNED, WeekAmended]


def test_rows_whose_hours_stay_are_left_alone(hours: Hours) -> None:
    """Another week, another statement, and a draft."""
    hours.log(WEEK_BEFORE)
    other = hours.row(Phase.BEFORE_DEGREE, WEEK_BEFORE, week=WEEK_BEFORE)
    before = hours.row(Phase.BEFORE_DEGREE, MONDAY)
    hours.sign(other)
    hours.sign(before)
    hours.restate(msgspec.structs.replace(enrolled(TUESDAY), licensure_on=WEEK_BEFORE))
    assert hours.kinds(before) == SIGNED
    hours.restate(enrolled(MONDAY))
    assert hours.kinds(other) == SIGNED
    assert hours.kinds(hours.row(Phase.AFTER_DEGREE, MONDAY)) == []


def test_weeks_that_begin_on_another_day_come_back_from_the_supervisor(
    context: Context, supervised: Supervised, hours: Hours
) -> None:
    """While none is signed; what was returned stays returned."""
    hours.log(WEEK_BEFORE)
    other = hours.row(Phase.BEFORE_DEGREE, WEEK_BEFORE, week=WEEK_BEFORE)
    row = submit_week(context, supervised.person, other, uuid4()).stream_id
    return_week(context, supervised.supervisor, row, (ReturnReason.OTHER, None), uuid4())
    submit(context, supervised, hours.entries[WEDNESDAY])
    hours.restate(enrolled(TUESDAY, WeekStart.MONDAY))
    assert hours.kinds(other) == [WeekSubmitted, WeekReturned]
    assert hours.facts(supervised.key) == [
        hours.facts(supervised.key)[0],
        WeekAmended(cause=AmendCause.ENROLMENT_RESTATED, stream_id=None, was_signed=False),
    ]


def test_another_first_day_that_is_refused_opens_nothing(hours: Hours) -> None:
    """A week is signed, so weeks keep beginning on the day they begin."""
    row = hours.row(Phase.BEFORE_DEGREE, MONDAY)
    hours.sign(row)
    with pytest.raises(Refused) as refused:
        hours.restate(enrolled(TUESDAY, WeekStart.MONDAY))
    assert refused.value.code.value == "week-start-fixed"
    assert hours.kinds(row) == SIGNED


def test_a_row_that_is_signed_meanwhile_is_opened_as_a_signed_one(
    context: Context, supervised: Supervised, signer: Signer, hours: Hours
) -> None:
    """Its supervisor was faster by a moment: what was decided is decided again."""
    hours.sign(hours.row(Phase.BEFORE_DEGREE, MONDAY))  # which fixes the first day of weeks
    after = hours.row(Phase.AFTER_DEGREE, WEDNESDAY)
    submit(context, supervised, hours.entries[WEDNESDAY])
    answered, command_id = signing(context, supervised, signer), uuid4()
    decided = WEEK_ROW.decide

    def overtaken(command: WeekCommand, state: WeekState) -> tuple[WeekFact, ...]:
        facts = decided(command, state)
        if isinstance(command, AmendWeek):
            sign_week(context, signer.actor, answered, command_id)
        return facts

    with patch.object(amend, "WEEK_ROW", replace(WEEK_ROW, decide=overtaken)):
        hours.restate(enrolled(MONDAY))
    assert hours.kinds(after) == [*SIGNED, WeekAmended]
    assert hours.facts(after.key)[-1].was_signed  # type: ignore[union-attr] -- an amended one


def test_more_rows_than_one_append_holds_are_refused(
    context: Context, supervised: Supervised, hours: Hours
) -> None:
    """Beside the day, and nothing is stated; once one is taken back it is."""
    before, after = hours.row(Phase.BEFORE_DEGREE, MONDAY), hours.row(Phase.AFTER_DEGREE, WEDNESDAY)
    hours.sign(before)
    hours.sign(after)
    with patch.object(amend, "ROWS_MAX", 1):
        with pytest.raises(Refused) as refused:
            hours.restate(enrolled(MONDAY))
        assert (refused.value.code.value, refused.value.field) == ("rows-too-many", "degree_on")
        assert hours.kinds(before) == hours.kinds(after) == SIGNED
        take_back_week(context, supervised.person, before.key, uuid4())
        hours.restate(enrolled(MONDAY))
    assert hours.kinds(after) == [*SIGNED, WeekAmended]


def test_as_many_rows_as_an_append_holds_are_opened(
    context: Context, supervised: Supervised, hours: Hours
) -> None:
    """The statement itself is the last of its events."""
    assert amend.ROWS_MAX + 1 == EVENTS_PER_REQUEST_MAX
    with patch.object(amend, "ROWS_MAX", 2):
        rows = [hours.row(Phase.BEFORE_DEGREE, MONDAY), hours.row(Phase.AFTER_DEGREE, WEDNESDAY)]
        for row in rows:
            submit_week(context, supervised.person, row, uuid4())
        hours.restate(enrolled(MONDAY))
    assert [hours.kinds(row) for row in rows] == [[WeekSubmitted, WeekAmended]] * 2


def test_a_destroyed_row_is_in_nobodys_way(
    context: Context, settings: Settings, supervised: Supervised, hours: Hours
) -> None:
    """It can be opened no more, and the enrolment is stated all the same."""
    before, after = hours.row(Phase.BEFORE_DEGREE, MONDAY), hours.row(Phase.AFTER_DEGREE, WEDNESDAY)
    hours.sign(before)
    hours.sign(after)
    practice_id = supervised.person.practice_id
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        row = row_stream(practice_id, before.key)
        shred(context, destroyer, practice_id, row, ShredReason.RETENTION_ELAPSED)
    hours.restate(enrolled(MONDAY))
    assert hours.kinds(after) == [*SIGNED, WeekAmended]
    stated = read_enrolment_of(context, practice_id, supervised.person.person_id)
    assert stated.entry == enrolled(MONDAY)
