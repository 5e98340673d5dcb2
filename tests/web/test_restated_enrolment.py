"""Whoever restates their enrolment is asked first when weeks would have to be signed again."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from httpx2 import Response

from aggregates.hours.enrolment_entry import enrolment_fields
from aggregates.hours.week_row import AmendCause, WeekAmended, WeekSigned, WeekSubmitted
from commands.hours.streams import read_enrolment_of
from tests.aggregates.hours_examples import ENROLMENT
from tests.fix_hours import SUNDAY
from tests.fix_weekly_log import Log

pytestmark = pytest.mark.postgres

PATH = "/setup/enrolment"
LATER = {"degree_on": (SUNDAY + dt.timedelta(days=30)).isoformat()}
ASKED = "Not saved yet: 1 signed week would have to be signed again"
AGREED = {"signed_again": "1"}


def form(**changes: str) -> dict[str, str]:
    """Return the form as it stands, with these answers."""
    stands = enrolment_fields(ENROLMENT) | {
        "week_start": "sunday",
        "registered_until": "2027-08-31",
        "command_id": str(uuid4()),
    }
    return stands | changes


def sent(log: Log, data: dict[str, str]) -> Response:
    """Send the form."""
    return log.browser.post(PATH, data=data)


def degree(log: Log) -> dt.date | None:
    """Return the day that stands."""
    person = log.supervised.person
    entry = read_enrolment_of(log.context, person.practice_id, person.person_id).entry
    return entry.degree_on if entry else None


@pytest.fixture
def signed(log: Log) -> Log:
    """With the week signed."""
    log.submit()
    log.sign()
    return log


def test_nothing_is_saved_before_the_box_is_ticked(signed: Log) -> None:
    """The form comes back with the answers, the number of weeks and the box; then it is done."""
    first = form(**LATER)
    answer = sent(signed, first)
    page = re.sub(r"\s+", " ", answer.text)
    assert answer.status_code == 422
    assert ASKED in page
    assert 'name="signed_again" value="1" aria-describedby="asked" autofocus>' in page
    assert "Save it, and have 1 signed week signed again" in page
    assert f'value="{LATER["degree_on"]}"' in page
    assert f'value="{first["command_id"]}"' in page
    assert degree(signed) == ENROLMENT.degree_on
    assert [type(fact) for fact in signed.facts()] == [WeekSubmitted, WeekSigned]
    assert sent(signed, first | AGREED).status_code == 303
    assert degree(signed) == dt.date.fromisoformat(LATER["degree_on"])
    assert signed.facts()[-1] == WeekAmended(
        cause=AmendCause.ENROLMENT_RESTATED, stream_id=None, was_signed=True
    )


def test_the_same_form_sent_twice_opens_once(signed: Log) -> None:
    """Whoever did not see the answer presses again, and is asked nothing more."""
    data = form(**LATER) | AGREED
    for _ in range(2):
        assert sent(signed, data).status_code == 303
    assert len([fact for fact in signed.facts() if isinstance(fact, WeekAmended)]) == 1


@pytest.mark.parametrize("answer", ["", "yes", "2", "01"])
def test_who_agreed_to_another_number_is_asked_again(signed: Log, answer: str) -> None:
    """More weeks may have been signed since it was shown."""
    shown = sent(signed, form(**LATER, signed_again=answer))
    assert ASKED in shown.text
    assert " checked" not in shown.text.partition('name="signed_again"')[2].partition(">")[0]


def test_what_moves_no_signed_week_is_saved_without_a_question(signed: Log) -> None:
    """Another registration, and a degree before the same week."""
    assert sent(signed, form(registration="AMFT 140001")).status_code == 303
    earlier = (SUNDAY - dt.timedelta(days=1)).isoformat()
    assert sent(signed, form(degree_on=earlier)).status_code == 303
    assert [type(fact) for fact in signed.facts()] == [WeekSubmitted, WeekSigned]


def test_a_week_that_waits_for_its_signature_comes_back_without_a_question(log: Log) -> None:
    """Nobody signed it yet; its supervisor sees that it was opened again."""
    log.submit()
    assert sent(log, form(**LATER)).status_code == 303
    assert [type(fact) for fact in log.facts()] == [WeekSubmitted, WeekAmended]


def test_another_first_day_of_weeks_is_refused_and_not_asked_about(signed: Log) -> None:
    """It is fixed since the week was signed."""
    answer = sent(signed, form(week_start="monday"))
    assert answer.status_code == 422
    assert "weeks keep beginning on the day they begin now" in answer.text
    assert "signed_again" not in answer.text


def test_a_mistake_stands_beside_its_field_before_anything_is_asked(signed: Log) -> None:
    """One thing after the other."""
    answer = sent(signed, form(**LATER, registered_on="soon"))
    assert 'id="registered_on-error"' in answer.text
    assert "signed_again" not in answer.text


def test_the_weekly_log_and_the_trail_say_that_it_was_opened(signed: Log) -> None:
    """With what did it, in plain words."""
    assert sent(signed, form(**LATER) | AGREED).status_code == 303
    words = "opened a week again: the way to a licence was stated anew, so its signature counts no"
    assert words in signed.page("/trail")
    assert "Changed since it was signed" in signed.page("/weeks")
