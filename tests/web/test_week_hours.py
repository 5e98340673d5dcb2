"""My week with a setup: supervisions to choose, activities, columns, and the day weeks begin on."""

import datetime as dt
import re
from uuid import UUID

import msgspec
import pytest
from starlette.testclient import TestClient

from aggregates.access import ReadRecords
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track, WeekStart
from ledger.errors import Busy
from projections.setup import Setup
from tests.aggregates.hours_examples import CLINIC, ENROLMENT, SETTING, SUPERVISED, SUPERVISION
from tests.web.conftest import ACTOR, Front
from tests.web.forms import WEEK, entry

LABEL = "Dana Roe, Caf\u00e9 Rivi\u00e8re"


def stated(**changes: object) -> Setup:
    """Return a setup with this enrolment changed; weeks begin on Sunday unless said."""
    changes = {"week_start": WeekStart.SUNDAY} | changes
    return Setup(
        enrolment=msgspec.structs.replace(ENROLMENT, **changes),
        settings={SETTING: CLINIC},
        supervisions={SUPERVISION: SUPERVISED},
    )


def activity(**changes: str) -> dict[str, str]:
    """Return the fields of an hour of supervision on Tuesday, changed where asked."""
    return {
        "command_id": str(UUID(int=78)),
        "date": "2026-11-24",
        "length": "60",
        "kind": "supervision-individual",
        "supervision": str(SUPERVISION),
        "modality": "in-person",
    } | changes


def send(browser: TestClient, **changes: str) -> str:
    """Log an activity and return the page that follows."""
    answer = browser.post(f"{WEEK}/activity", data=activity(**changes))
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["location"]).text


def squeezed(page: str) -> str:
    """Return a page with its white space made even."""
    return re.sub(r"\s+", " ", page)


def test_somebody_without_a_setup_is_led_to_it(browser: TestClient) -> None:
    """Sessions can be logged; what counts needs a supervision."""
    assert 'href="/setup">in the setup' in browser.get(WEEK).text
    page = browser.get(f"{WEEK}/activity").text
    assert "Go to the setup" in page
    assert "Log activity" not in page


def test_a_session_is_logged_under_a_supervision(browser: TestClient, front: Front) -> None:
    """The setting is taken from it, whatever the field said."""
    front.practice.hours.setup = stated()
    assert f'value="{SUPERVISION}" selected>{LABEL}' in browser.get(WEEK).text
    chosen = entry(supervision=str(SUPERVISION), setting="")
    answer = browser.post(WEEK, data=chosen)
    assert answer.status_code == 303, answer.text
    assert f"{LABEL} \u00b7 In person \u00b7 Individual" in browser.get(WEEK).text
    (row,) = front.practice.week(ACTOR, dt.date(2026, 11, 22)).sessions
    assert row.entry is not None
    assert row.entry.setting.reveal() == "Caf\u00e9 Rivi\u00e8re"


def test_without_a_supervision_the_setting_is_asked_for(browser: TestClient, front: Front) -> None:
    """It is one or the other."""
    front.practice.hours.setup = stated()
    answer = browser.post(WEEK, data=entry(supervision="", setting=""))
    assert answer.status_code == 422
    assert 'id="setting-error"' in answer.text
    assert LABEL in answer.text


def test_the_supervision_used_last_is_chosen_again(browser: TestClient, front: Front) -> None:
    """Before the first time, the one that was begun last."""
    other, later = UUID(int=50), msgspec.structs.replace(SUPERVISED, starts_on=ENROLMENT.degree_on)
    front.practice.hours.setup = stated()
    front.practice.hours.setup.supervisions[other] = later
    assert f'value="{SUPERVISION}" selected' in browser.get(WEEK).text
    browser.post(WEEK, data=entry(supervision=str(other)))
    assert f'value="{other}" selected' in browser.get(WEEK).text


@pytest.mark.parametrize(("track", "asked"), [(Track.LCSW, True), (Track.LMFT, False)])
def test_only_social_workers_say_what_was_done(
    browser: TestClient, front: Front, track: Track, *, asked: bool
) -> None:
    """For LCSW psychotherapy is counted apart; nobody else is asked."""
    front.practice.hours.setup = stated(track=track)
    assert ('name="service" value="psychotherapy"' in browser.get(WEEK).text) is asked
    answer = browser.post(WEEK, data=entry(supervision=str(SUPERVISION), service="psychotherapy"))
    assert answer.status_code == 303


def test_an_activity_shows_in_its_day_with_the_sums(browser: TestClient, front: Front) -> None:
    """Read your writes: notice, line, totals and columns."""
    front.practice.hours.setup = stated()
    browser.post(WEEK, data=entry(supervision=str(SUPERVISION), participants="couple"))
    page = squeezed(send(browser, length="1.5 h"))
    assert "Logged: Supervision, individual, Tuesday, November 24, 1 h 30 min." in page
    assert "<strong>2 h 20 min</strong>" in page
    assert "in 1 session and 1 activity" in page
    assert "<td>0:50</td><td>0:50</td><td>1:30</td><td>1:30</td><td>0:00</td><td>2:20</td>" in page


def test_what_is_under_no_supervision_is_told_apart(browser: TestClient, front: Front) -> None:
    """It counts nowhere yet."""
    front.practice.hours.setup = stated()
    browser.post(WEEK, data=entry(supervision=""))
    page = squeezed(browser.get(WEEK).text)
    assert "Under no supervision" in page
    assert "counts nowhere yet" in page


def test_counselors_have_no_column_a1(browser: TestClient, front: Front) -> None:
    """Their form has none."""
    front.practice.hours.setup = stated(track=Track.LPCC)
    browser.post(WEEK, data=entry(supervision=str(SUPERVISION), participants="couple"))
    page = browser.get(WEEK).text
    assert '<th scope="col">A</th><th scope="col">B</th>' in page


@pytest.mark.parametrize(
    ("track", "offered", "law"),
    [(Track.LMFT, False, "BPC 4980.43(c)(10)"), (Track.LCSW, True, "BPC 4996.23(d)(3)")],
)
def test_each_kind_has_its_column_and_statute(
    browser: TestClient, front: Front, track: Track, law: str, *, offered: bool
) -> None:
    """Kinds that the track's statute does not name are not offered."""
    front.practice.hours.setup = stated(track=track)
    page = squeezed(browser.get(f"{WEEK}/activity").text)
    assert '<b>Supervision, group</b> <span class="tag">B and B2</span>' in page
    assert ('value="consultation"' in page) is offered
    assert law in page
    assert "An insurance or referral call for a client</dt>" in page
    assert 'A staff meeting</dt><dd><b class="no">Does not count.</b>' in page
    assert "never a category of its own" in page


def test_mistakes_in_an_activity_stand_beside_their_fields(
    browser: TestClient, front: Front
) -> None:
    """And the rest is kept, the form's id among it."""
    front.practice.hours.setup = stated()
    wrong = activity(kind="supervision-group", length="2 h", segments="60", supervisees="")
    answer = browser.post(f"{WEEK}/activity", data=wrong)
    assert answer.status_code == 422
    assert 'id="supervisees-error"' in answer.text
    assert 'id="segments-error"' in answer.text
    assert 'value="supervision-group" checked' in answer.text
    assert f'value="{UUID(int=78)}"' in answer.text


def test_an_activity_sent_twice_is_one(browser: TestClient, front: Front) -> None:
    """A double click logs once."""
    front.practice.hours.setup = stated()
    for _ in range(2):
        send(browser)
    assert len(front.practice.hours.activities) == 1


def test_a_ledger_out_of_reach_keeps_the_activity(browser: TestClient, front: Front) -> None:
    """Also where not even the look can be written down."""
    front.practice.hours.setup = stated()
    front.practice.faults["log_activity"] = Busy("full")
    answer = browser.post(f"{WEEK}/activity", data=activity(length="75"))
    assert answer.status_code == 503
    assert re.search(r'id="length"[^>]* value="75"', answer.text)
    front.practice.faults["log_activity"] = Busy("full")
    front.practice.faults["record_access"] = Busy("full")
    answer = browser.post(f"{WEEK}/activity", data=activity(length="75"))
    assert answer.status_code == 503
    assert "Not saved yet" in answer.text
    assert f'value="{SUPERVISION}" selected>As chosen before' in answer.text
    assert 'name="kind" value="supervision-individual" checked' in answer.text


def test_the_last_session_is_repeated_whole(browser: TestClient, front: Front) -> None:
    """Client, start and all, on today's date; the cursor stands at the start."""
    front.practice.hours.setup = stated()
    browser.post(WEEK, data=entry(date="2026-11-23", supervision=str(SUPERVISION)))
    page = browser.get(f"{WEEK}?repeat=last").text
    assert re.search(r'id="client"[^>]* value="J.D."', page)
    assert re.search(r'id="start"[^>]* value="09:00"[^>]* autofocus', page)
    assert re.search(r'id="date"[^>]* value="2026-11-24"', page)


def test_the_last_activity_is_repeated_whole(browser: TestClient, front: Front) -> None:
    """Also in a browser that did not log it."""
    front.practice.hours.setup = stated()
    send(browser, kind="workshop", length="3 h", title="Trauma")
    page = front.signed_in().get(f"{WEEK}/activity?repeat=last").text
    assert re.search(r'id="title"[^>]* value="Trauma"', page)
    assert re.search(r'id="length"[^>]* value="180"', page)
    assert 'value="workshop" checked' in page
    assert re.search(r'id="title"[^>]* value=""', browser.get(f"{WEEK}/activity").text)


def test_weeks_begin_on_the_day_that_was_chosen(browser: TestClient, front: Front) -> None:
    """Pages, pager and what follows a form; Sunday is the last day then."""
    front.practice.hours.setup = stated(week_start=WeekStart.MONDAY)
    answer = browser.get(WEEK)
    assert (answer.status_code, answer.headers["location"]) == (303, "/week/2026-11-16")
    page = browser.get("/week/2026-11-23").text
    assert "November 23 \u2013 29, 2026" in page
    assert 'href="/week/2026-11-16"' in page
    answer = browser.post("/week/2026-11-23", data=entry(date="2026-11-22", setting="There"))
    assert answer.headers["location"] == "/week/2026-11-16"
    assert browser.get("/").headers["location"] == "/week/2026-11-23"
    assert browser.get("/week/2026-11-24/activity").headers["location"] == (
        "/week/2026-11-23/activity"
    )


def test_a_look_is_written_with_the_week_as_it_was_shown(browser: TestClient, front: Front) -> None:
    """The day on record is the first of the week that the page shows."""
    front.practice.hours.setup = stated(week_start=WeekStart.MONDAY)
    for _ in range(2):
        browser.get("/week/2026-11-23")
    look = front.practice.looks[-1]
    assert isinstance(look, ReadRecords)
    assert look.day == dt.date(2026, 11, 23)


def test_a_refused_supervision_stands_beside_its_field(browser: TestClient, front: Front) -> None:
    """Somebody else's, or none at all."""
    front.practice.hours.setup = stated()
    answer = browser.post(f"{WEEK}/activity", data=activity(supervision="none"))
    assert answer.status_code == 422
    assert 'id="supervision-error"' in answer.text


def test_an_enrolment_alone_offers_no_supervision(browser: TestClient, front: Front) -> None:
    """The form of a session works as before, with a hint."""
    front.practice.hours.setup = Setup(
        EnrolmentEntry(track=Track.LMFT, week_start=WeekStart.SUNDAY)
    )
    page = browser.get(WEEK).text
    assert "Under which supervision" not in page
    assert "in the setup" in page
    assert "What counts where?" in page
    assert browser.post(WEEK, data=entry()).status_code == 303
