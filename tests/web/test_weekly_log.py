"""My weekly log: what would not count is told before, and what is submitted is what was shown."""

import datetime as dt
import re
from uuid import uuid4

import pytest

from aggregates.access import RecordKind, RecordsRead
from aggregates.hours.week_row import (
    ReturnReason,
    WeekAmended,
    WeekReturned,
    WeekSigned,
    WeekSubmitted,
)
from aggregates.private import Private
from commands.correct_session import correct_session
from commands.hours.sign_week import return_week
from commands.session import Shown
from tests.fix_hours import SUNDAY
from tests.fix_weekly_log import HOURS, LOG, Log

pytestmark = pytest.mark.postgres


def test_what_would_not_count_is_told_before_with_what_to_do(log: Log) -> None:
    """Eleven direct hours need a second unit; once it is logged, all of it would count."""
    page = log.page()
    assert "Units of supervision at this setting: 1; needed: 2" in page
    assert "More than ten direct hours in a week need two units." in page
    assert "Log one more hour of individual or two hours of group supervision" in page
    assert "sectionNum=4980.43.2." in page
    assert "as it is</button>" in page
    log.supervision()
    page = log.page()
    assert "Units of supervision at this setting: 2; needed: 2" in page
    assert "What would not count" not in page
    assert "All of it would count once it is signed." in page


def test_the_row_is_that_of_the_boards_form_and_names_no_client(log: Log) -> None:
    """C is A and B; A1 and B1 are parts, and never added."""
    page = log.page()
    cells = re.findall(r"<td[^>]*>([\d:]+)</td>", page)
    assert cells == ["11:00", "11:00", "1:00", "1:00", "0:00", "12:00"]
    assert "J.D." not in page


def test_submitting_records_what_was_warned_of_and_shows_it_at_once(log: Log) -> None:
    """The rules that the page named are on record with the row."""
    page = log.submit()
    assert "Submitted. Your supervisor sees it now" in page
    assert "Waiting for the signature" in page
    (submitted,) = log.facts()
    assert isinstance(submitted, WeekSubmitted)
    assert submitted.warnings == ("SUP-A10",)
    assert (submitted.content.minutes.a, submitted.content.minutes.b1) == (HOURS * 60, 60)
    assert "Submitted. Your supervisor" not in log.page()


def test_the_same_form_sent_twice_submits_once(log: Log) -> None:
    """Whoever did not see the answer presses again."""
    form = log.form()
    log.submit(form)
    log.submit(form)
    assert [type(fact) for fact in log.facts()] == [WeekSubmitted]


def test_what_changed_since_it_was_shown_is_not_submitted(log: Log) -> None:
    """A plain sentence, and the page as it stands now."""
    form = log.form()
    log.sessions(HOURS)
    answer = log.browser.post(f"{LOG}/submit", data=form)
    assert answer.status_code == 409
    assert "Something in this week changed since it was shown" in answer.text
    assert "12:00" in answer.text
    assert log.facts() == []
    log.submit()
    assert len(log.facts()) == 1


@pytest.mark.parametrize("changed", [{"supervision": str(uuid4())}, {"phase": "later"}])
def test_a_row_that_is_not_there_is_not_submitted(log: Log, changed: dict[str, str]) -> None:
    """The rows that there are stand below the sentence."""
    answer = log.browser.post(f"{LOG}/submit", data=log.form() | changed)
    assert answer.status_code == 422
    assert "There is no such row in this week" in answer.text
    assert "Dana Roe" in answer.text


def test_a_row_is_taken_back_and_submitted_again(log: Log) -> None:
    """Until then the supervisor does not see it."""
    log.submit()
    answer = log.browser.post(f"{LOG}/take-back", data=log.form())
    assert answer.status_code == 303
    page = log.page()
    assert "Taken back." in page
    assert "is to be submitted again" in page
    log.submit()
    assert [type(fact) for fact in log.facts()] == [WeekSubmitted, WeekAmended, WeekSubmitted]


def test_a_returned_row_says_why(log: Log) -> None:
    """Reason and remark of the supervisor, and the button to submit it again."""
    log.submit()
    given_back = (ReturnReason.HOURS_DIFFER, Private("Was Monday not nine hours?"))
    supervisor = log.supervised.supervisor
    log.see(return_week(log.context, supervisor, log.supervised.row, given_back, uuid4()))
    for path in (LOG, "/weeks?show=returned"):
        page = log.page(path)
        assert "the hours differ from what the supervisor knows" in page
        assert "Was Monday not nine hours?" in page
    log.submit()
    assert [type(fact) for fact in log.facts()][1] is WeekReturned


def test_a_signed_row_stands_until_an_entry_of_it_changes(log: Log) -> None:
    """Then the signature is void, the page says so, and the row may be submitted again."""
    stream = log.sessions(HOURS)
    log.submit()
    log.sign()
    page = log.page()
    assert "Signed on" in page
    assert "more than a week after its end" in page
    assert "Open the signed row again" in page
    assert "/submit" not in page
    entry = log.supervised.session(SUNDAY, minutes="45")
    log.see(correct_session(log.context, log.supervised.person, Shown(stream), entry, uuid4()))
    page = log.page()
    assert "Changed since it was signed" in page
    assert "The signature stays on record and counts no more" in page
    assert "/submit" in page
    kinds = [type(fact) for fact in log.facts()]
    assert kinds == [WeekSubmitted, WeekSigned, WeekAmended]


def test_opening_a_signed_row_again_is_on_record(log: Log) -> None:
    """It was signed, says the event."""
    log.submit()
    log.sign()
    assert log.browser.post(f"{LOG}/take-back", data=log.form()).status_code == 303
    (*_, amended) = log.facts()
    assert isinstance(amended, WeekAmended)
    assert amended.was_signed
    assert "Changed since it was signed" in log.page("/weeks?show=void")


def test_the_list_has_each_row_under_its_state(log: Log) -> None:
    """Late ones stand on top; a filter shows one state only."""
    page = log.page("/weeks")
    assert "<b>1 late</b>" in page
    assert page.index("To do first") < page.index('id="week-2026-03-08"')
    assert "A 11:00 · A1 11:00 · B 1:00 · B1 1:00 · B2 0:00 · C 12:00" in page
    assert 'id="week-2026-03-08"' in log.page("/weeks?show=draft")
    assert "No row stands so just now." in log.page("/weeks?show=signed")
    log.submit()
    assert "1 waiting for a signature." in log.page("/weeks")
    log.sign()
    assert 'id="week-2026-03-08"' in log.page("/weeks?show=signed")
    assert "To do first" not in log.page("/weeks")


@pytest.mark.parametrize("query", ["show=unheard", "before=yesterday", "before=2026-3-8"])
def test_an_address_that_means_nothing_is_not_found(log: Log, query: str) -> None:
    """As everywhere."""
    assert log.browser.get(f"/weeks?{query}").status_code == 404


def test_older_rows_are_behind_a_day(log: Log) -> None:
    """Before its first day there is nothing."""
    assert "That was all" in log.page(f"/weeks?before={SUNDAY}")
    assert 'id="week-2026-03-08"' in log.page(f"/weeks?before={SUNDAY + dt.timedelta(days=1)}")


def test_another_day_of_the_week_leads_to_its_first(log: Log) -> None:
    """A week has one address."""
    answer = log.browser.get(f"/weeks/{SUNDAY + dt.timedelta(days=3)}")
    assert (answer.status_code, answer.headers["location"]) == (303, LOG)


def test_each_look_is_on_record_before_anything_is_shown(log: Log) -> None:
    """The log as a weekly log, the progress as progress: one's own."""
    practice_id, person_id = log.supervised.person.practice_id, log.supervised.person.person_id
    before = log.front.size(practice_id)
    for path in ("/weeks", LOG, "/progress"):
        log.page(path)
    looks = log.front.looks(practice_id, before)
    assert all(isinstance(look, RecordsRead) and look.whose == person_id for look in looks)
    kinds = [look.kind for look in looks if isinstance(look, RecordsRead)]
    assert kinds == [RecordKind.WEEKLY_LOG, RecordKind.WEEKLY_LOG, RecordKind.PROGRESS]


def test_progress_shows_what_was_signed_a_moment_ago(log: Log) -> None:
    """What is kept of an evaluation is of the rows as they stand."""
    log.supervision()
    said = ("13 h waiting for a signature", "13 h signed and counted")
    page = log.page("/progress").replace("\N{NO-BREAK SPACE}", " ")
    assert (said[0] in page, said[1] in page) == (True, False)
    log.submit()
    log.sign()
    page = log.page("/progress").replace("\N{NO-BREAK SPACE}", " ")
    assert (said[0] in page, said[1] in page) == (False, True)
