"""What a compliance officer is shown of hours: states and rules, and nothing of entries."""

import datetime as dt
import re
from uuid import uuid4

import pytest

from aggregates.access import AccessRefused, Purpose, RecordKind, RecordsRead
from aggregates.hours.week_row import ReturnReason
from aggregates.membership import Role
from aggregates.practice import JoinMember
from aggregates.private import Private
from commands.context import Actor
from commands.correct_session import correct_session
from commands.hours.sign_week import return_week
from commands.join_member import join_member
from commands.log_session import log_session
from commands.session import Shown
from ledger import reader
from projections.compliance_review import LOOK_BACK, ReviewState, review, reviews
from projections.progress import Progresses
from projections.trail import TRAIL
from projections.waiting import wait_for
from tests.fix_hours import SUNDAY
from tests.fix_weekly_log import HOURS, WAIT_S, Log

pytestmark = pytest.mark.postgres
AS_OF = dt.date(2026, 3, 14)
NONCE = re.compile(r'nonce="[^"]*"')


class Officer:
    """A compliance officer of the supervisee's practice, and their browser."""

    def __init__(self, log: Log) -> None:
        self.log = log
        owner = log.supervised.person
        self.actor = Actor(owner.practice_id, uuid4())
        joined = JoinMember(
            person_id=self.actor.person_id,
            role=Role.COMPLIANCE_OFFICER,
            name=Private("Kim Canary"),
            invited_by=owner.person_id,
        )
        log.see(join_member(log.context, owner, joined, uuid4()))
        self.browser = log.front.signed_in(self.actor)

    def page(self, path: str) -> str:
        """Return a page's text."""
        answer = self.browser.get(path)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.text)

    def person(self) -> str:
        """Return the supervisee's page."""
        return self.page(f"/compliance/{self.log.supervised.person.person_id}")

    def looks(self) -> list[RecordsRead | AccessRefused]:
        """Return the officer's looks."""
        found = self.log.front.looks(self.actor.practice_id)
        mine = [each for each in found if isinstance(each, RecordsRead | AccessRefused)]
        return [each for each in mine if each.reader_id == self.actor.person_id]


@pytest.fixture
def officer(log: Log) -> Officer:
    """An officer; nothing is handed in yet."""
    return Officer(log)


def state_of(page: str) -> str:
    """Return what the one group of weeks comes to."""
    found = re.search(r"<p>Weeks: (.*?)\.</p>", page)
    assert found is not None
    return found[1]


def test_a_row_is_told_with_how_far_it_has_come(log: Log, officer: Officer) -> None:
    """Logged, handed in, returned without the remark, handed in again."""
    assert state_of(officer.person()) == "1 not handed in"
    log.submit()
    assert state_of(officer.person()) == "1 waiting for the supervisor"
    given = return_week(
        log.context,
        log.supervised.supervisor,
        log.supervised.row,
        (ReturnReason.HOURS_DIFFER, Private("Remark canary")),
        uuid4(),
    )
    log.see(given)
    page = officer.person()
    assert state_of(page) == "1 returned"
    assert "Remark canary" not in page
    log.submit()
    assert state_of(officer.person()) == "1 waiting for the supervisor"


def test_a_signed_row_is_void_once_an_entry_is_corrected(log: Log, officer: Officer) -> None:
    """Although nothing happened to the row itself, on both pages."""
    last = log.sessions(HOURS)
    log.submit()
    log.sign()
    page = officer.person()
    assert state_of(page) == "1 signed"
    assert "Dana Roe" in page
    day = SUNDAY + dt.timedelta(days=1 + HOURS % 2)
    changed = log.supervised.session(day, start=f"{8 + HOURS // 2:02}:00", minutes="50")
    shown = Shown(last)
    log.see(correct_session(log.context, log.supervised.person, shown, changed, uuid4()))
    page = officer.person()
    assert state_of(page) == "1 changed since signed"
    assert "the signature counts no more" in page
    assert ">late</span>" in page
    progresses = Progresses(log.context.ledger, log.context.clock)
    everybody = reviews(log.context.ledger, progresses, officer.actor.practice_id, AS_OF)
    rows = everybody[log.supervised.person.person_id].rows
    assert [(row.state, row.is_late) for row in rows] == [(ReviewState.VOID, False)]


@pytest.mark.parametrize("days", range(-1, 8))
def test_a_week_that_a_year_ends_in_is_told_as_it_stands(log: Log, days: int) -> None:
    """Signed as long as one of its days is within the year, and then not at all."""
    log.submit()
    log.sign()
    ledger, person = log.context.ledger, log.supervised.person
    progresses = Progresses(ledger, log.context.clock)
    as_of = SUNDAY + dt.timedelta(days=days) + LOOK_BACK
    found = reviews(ledger, progresses, person.practice_id, as_of)
    rows = found[person.person_id].rows
    assert [row.state for row in rows] == [ReviewState.SIGNED] * (days < 7)


def test_rules_gaps_and_columns_are_shown_with_citations(officer: Officer) -> None:
    """The columns as on the Board's form; the rules with their sections and what is lost."""
    page = officer.person()
    cells = re.findall(r'data-column="(\w+)">([\d:]+)<', page)
    assert cells == [
        ("A", "11:00"),
        ("A1", "11:00"),
        ("B", "1:00"),
        ("B1", "1:00"),
        ("B2", "0:00"),
        ("C", "12:00"),
    ]
    assert "Direct counseling with one unit of supervision; above, two: 1 h" in page
    assert "sectionNum=4980.43.2." in page
    assert "What the licence needs" in page
    assert re.search(r"\d of \d+ minimums reached", page)


def test_it_is_said_whom_the_sentences_of_rules_are_said_to(officer: Officer) -> None:
    """They say "you" and mean the supervisee: above each list of them, and once for all."""
    page = officer.person()
    (name,) = set(re.findall(r'<p class="hint">Said to (.*?):</p>', page))
    assert f"<h1>{name}</h1>" in page
    assert f"is written to {name}: “you” and “your” mean them" in page
    lists = page.count('aria-labelledby="results-') + page.count('aria-labelledby="gaps"')
    assert page.count(f"Said to {name}:") == lists > 2


def test_no_client_and_no_entry_is_shown(log: Log, officer: Officer) -> None:
    """No alias, no modality, no way to a record."""
    log.submit()
    log.sign()
    for page in (officer.page("/compliance"), officer.person()):
        assert "J.D." not in page
        assert "/session/" not in page
        assert "/activity/" not in page


def test_how_many_sessions_there_were_is_not_told(log: Log, officer: Officer) -> None:
    """An hour split into two sessions leaves both pages as they were, to the byte."""
    last = log.sessions(HOURS)
    before = officer.page("/compliance"), officer.person()
    day, start = SUNDAY + dt.timedelta(days=1 + HOURS % 2), 8 + HOURS // 2
    half = log.supervised.session(day, start=f"{start:02}:00", minutes="30")
    rest = log.supervised.session(day, start=f"{start:02}:30", minutes="30")
    person = log.supervised.person
    log.see(correct_session(log.context, person, Shown(last), half, uuid4()))
    log.see(log_session(log.context, person, rest, uuid4()))
    after = officer.page("/compliance"), officer.person()
    assert [NONCE.sub("", page) for page in after] == [NONCE.sub("", page) for page in before]


def test_what_the_officers_functions_return_holds_no_entry(log: Log, officer: Officer) -> None:
    """Not an id of one, although the rules themselves know them."""
    ledger, person = log.context.ledger, log.supervised.person
    progresses = Progresses(ledger, log.context.clock)
    known = progresses.of(person.practice_id, person.person_id, AS_OF)
    assert known is not None
    assert any(each.entry_ids for each in known.evaluation.requirements)
    found = review(ledger, progresses, officer.actor.practice_id, person.person_id, AS_OF)
    assert found.progress is not None
    evaluation = found.progress.evaluation
    assert not any(each.entry_ids for each in evaluation.requirements)
    findings = [each for row in evaluation.rows for each in row.findings]
    assert findings
    assert not any(each.entry_ids for each in findings)
    assert [row.state for row in found.rows] == [ReviewState.DRAFT]


def test_each_look_is_on_record_and_in_the_supervisees_trail(log: Log, officer: Officer) -> None:
    """The page of all is a look at the whole practice, a person's is one at theirs."""
    officer.page("/compliance")
    officer.person()
    whose = log.supervised.person.person_id
    looks = [each for each in officer.looks() if isinstance(each, RecordsRead)]
    assert [(each.kind, each.whose, each.purpose) for each in looks] == [
        (RecordKind.REVIEWS, None, Purpose.COMPLIANCE_REVIEW),
        (RecordKind.REVIEW, whose, Purpose.COMPLIANCE_REVIEW),
    ]
    with log.context.ledger.read(officer.actor.practice_id) as connection:
        size = reader.size(connection, officer.actor.practice_id)
    assert wait_for(log.context.ledger, TRAIL.name, officer.actor.practice_id, size - 1, WAIT_S)
    trail = log.page("/trail?show=others")
    assert "looked at your weekly logs and what the rules find, without clients" in trail
    assert "looked at how far everybody" in trail


def test_who_logs_no_hours_here_answers_like_nobody(log: Log, officer: Officer) -> None:
    """A supervisor, the officer themselves, a person of another practice, nobody at all."""
    elsewhere = log.front.one.members[Role.THERAPIST].person_id
    supervisor = log.supervised.supervisor.person_id
    for person_id in (supervisor, officer.actor.person_id, elsewhere, uuid4()):
        assert officer.browser.get(f"/compliance/{person_id}").status_code == 404
    told = [each.whose for each in officer.looks() if isinstance(each, AccessRefused)]
    assert told == [supervisor, officer.actor.person_id, None, None]
