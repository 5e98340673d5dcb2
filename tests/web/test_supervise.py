"""What supervisors are shown on the real stack: weeks as sums, and each look is written down."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.access import Purpose, RecordKind, RecordsRead
from aggregates.hours.setting_entry import SettingKind
from aggregates.hours.supervision import SigningRefused
from aggregates.practice import Role as MemberRole
from ledger.errors import Unavailable
from ledger.ledger import Ledger
from ledger.postgres.connect import Database, Role
from tests.fix_real_front import RealFront
from tests.web.clinic import ALIAS, SUPERVISOR_EMAIL, TODAY, WEEK, Clinic, join, open_clinic
from tests.web.identity.desk import THERAPIST_EMAIL, open_desk

pytestmark = pytest.mark.postgres
LATE = WEEK - dt.timedelta(days=14)


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Iterator[Clinic]:
    """A therapist under a supervisor."""
    with open_desk(database, tmp_path / "data") as desk:
        yield open_clinic(desk)


@pytest.fixture
def browser(clinic: Clinic) -> TestClient:
    """The supervisor's browser, signed in."""
    browser = clinic.desk.browser()
    clinic.desk.enrol(browser, SUPERVISOR_EMAIL)
    return browser


def test_the_weeks_to_sign_are_where_a_supervisor_arrives(
    clinic: Clinic, browser: TestClient
) -> None:
    """With nobody's weeks it says so, and has nothing to write down."""
    assert browser.get("/").headers["location"] == "/supervise"
    assert "Nothing waits for you" in browser.get("/supervise").text
    assert clinic.looks(clinic.supervisor) == []


def test_what_was_warned_of_and_what_is_late_comes_first(
    clinic: Clinic, browser: TestClient
) -> None:
    """Each warning in words, with where it is written; no client, and how many there were."""
    plain = clinic.hand_in(WEEK)
    warned = clinic.hand_in(WEEK + dt.timedelta(days=7), "SUP-MIN")
    late = clinic.hand_in(LATE)
    page = browser.get("/supervise").text
    order = re.findall(r'name="row" value="([0-9a-f-]{36})"', page)
    assert order == [str(late), str(warned), str(plain)]
    assert "3 weeks wait for you, 1 late" in page
    assert "Supervision for the week" in page
    assert "BPC 4980.43.2(a)(1)" in page
    assert ALIAS not in page


def test_each_supervisee_learns_of_each_look(clinic: Clinic, browser: TestClient) -> None:
    """One event a supervisee, for supervision; it stands in their trail in plain words."""
    clinic.hand_in()
    for path in ("/supervise", f"/supervise/{clinic.desk.therapist.person_id}"):
        assert "Sam Canary" in browser.get(path).text
    looks = clinic.looks(clinic.supervisor)
    assert len(looks) == 2
    for look in looks:
        assert isinstance(look, RecordsRead)
        assert (look.whose, look.kind, look.purpose) == (
            clinic.desk.therapist.person_id,
            RecordKind.SUPERVISED,
            Purpose.SUPERVISION,
        )
    therapist = clinic.desk.browser()
    clinic.desk.enrol(therapist, THERAPIST_EMAIL)
    clinic.settle()
    trail = therapist.get("/trail?show=others").text
    assert "looked at your weekly log, to sign it" in trail


def test_one_look_at_the_inbox_is_an_event_for_each_supervisee(
    clinic: Clinic, browser: TestClient
) -> None:
    second = join(clinic.desk, "lee.canary@practice.example", "Lee Canary", MemberRole.THERAPIST)
    clinic.hand_in()
    clinic.of(second).hand_in()
    assert "Lee Canary" in browser.get("/supervise").text
    whose = {
        look.whose for look in clinic.looks(clinic.supervisor) if isinstance(look, RecordsRead)
    }
    assert whose == {clinic.desk.therapist.person_id, second.person_id}
    assert len(clinic.looks(clinic.supervisor)) == 2


def test_whoever_was_not_told_of_is_not_shown(clinic: Clinic, browser: TestClient) -> None:
    """A week that comes between the look and the reading waits for the next look."""
    second = join(clinic.desk, "lee.canary@practice.example", "Lee Canary", MemberRole.THERAPIST)
    clinic.hand_in()
    known = clinic.desk.therapist.person_id
    clinic.of(second).hand_in()
    with patch("projections.supervised.supervisees", return_value=(known,)):
        page = browser.get("/supervise").text
    assert "Sam Canary" in page
    assert "Lee Canary" not in page


def test_where_no_look_can_be_written_nothing_is_shown(clinic: Clinic, browser: TestClient) -> None:
    row = clinic.hand_in()
    person_id = clinic.desk.therapist.person_id
    with patch.object(Ledger, "append", side_effect=Unavailable("down")):
        for path in ("/supervise", f"/supervise/{person_id}", f"/sign/{row}", f"/sign?row={row}"):
            answer = browser.get(path)
            assert answer.status_code == 503
            assert "Sam Canary" not in answer.text


def test_the_pages_read_in_the_role_that_can_read_nothing_else(
    clinic: Clinic, browser: TestClient
) -> None:
    """Once that role may not read the weeks, no other is used in its place."""
    row = clinic.hand_in()
    paths = ("/supervise", f"/supervise/{clinic.desk.therapist.person_id}", f"/sign/{row}")
    assert [browser.get(path).status_code for path in paths] == [200] * 3
    with clinic.desk.database.connect(Role.PROJECTOR) as projector:
        projector.execute("REVOKE SELECT ON supervisor.week_rows FROM therapist_supervisor_reader")
    answers = [browser.get(path) for path in paths]
    assert [each.status_code for each in answers] == [500] * 3
    assert all("Sam Canary" not in each.text for each in answers)


def test_a_supervisee_is_shown_by_week_and_column(clinic: Clinic, browser: TestClient) -> None:
    """In a plot and in a table that says the same; signed, returned and late ones tell so."""
    clinic.hand_in(LATE)
    clinic.log(WEEK + dt.timedelta(days=1), minutes=90)
    clinic.hand_in(WEEK)
    page = browser.get(f"/supervise/{clinic.desk.therapist.person_id}").text
    assert "Café Rivière: 3\u00a0h 20\u00a0min in the last 26 weeks" in page
    assert len(re.findall(r'<circle class="is-submitted" cx="[0-9]{2,}"', page)) == 2
    assert '<td class="number" data-column="A1">1\u00a0h 30\u00a0min</td>' in page
    assert page.count(">late</span>") == 1


def test_the_six_are_counted_by_who_was_met_alone(clinic: Clinic, browser: TestClient) -> None:
    """Outside exempt settings seven are too many, and the page says where that is written."""
    clinic.hand_in()
    assert "you met no supervisee alone" in browser.get("/supervise").text
    for number in range(7):
        email, name = f"s{number}.canary@practice.example", f"Supervisee {number}"
        person = join(clinic.desk, email, name, MemberRole.THERAPIST)
        clinic.of(person, SettingKind.NONEXEMPT_OTHER).hand_in()
        if number == 5:
            page = browser.get("/supervise").text
            assert '<p class="hint">Outside exempt settings you met 6 supervisees alone' in page
    page = browser.get("/supervise").text
    assert '<p class="notice trouble">Outside exempt settings you met 7 supervisees' in page
    assert "BPC 4980.43.4(c)" in page


def test_notice_is_given_in_writing_a_week_ahead(clinic: Clinic, browser: TestClient) -> None:
    """Sooner, or without a word, the page asks again and shows what was typed."""
    clinic.hand_in()
    path = f"/supervise/{clinic.desk.therapist.person_id}"
    form = {
        "command_id": str(uuid4()),
        "supervision": str(clinic.supervision_id),
        "from_day": (TODAY + dt.timedelta(days=6)).isoformat(),
        "text": "I am leaving the practice.",
    }
    asked = browser.post(f"{path}/notice", data=form)
    assert asked.status_code == 422
    assert "at least seven days from today" in asked.text
    assert "I am leaving the practice." in asked.text
    asked = browser.post(f"{path}/notice", data=form | {"text": " "})
    assert "the Board asks for notice in writing" in asked.text
    form["from_day"] = (TODAY + dt.timedelta(days=7)).isoformat()
    for _ in range(2):
        assert browser.post(f"{path}/notice", data=form).headers["location"] == path
    noticed = [f for f in clinic.facts(clinic.supervision_id) if isinstance(f, SigningRefused)]
    assert [(each.from_day, each.text.reveal()) for each in noticed] == [
        (TODAY + dt.timedelta(days=7), "I am leaving the practice.")
    ]
    page = browser.get(path).text
    assert "Your notice is on record" in page
    assert "Café Rivière: you sign no hours from Tuesday, December 1, 2026 on." in page
    assert "You gave notice on Tuesday, November 24, 2026" in page
    assert "I am leaving the practice." in page
    other = clinic.of(join(clinic.desk, "o.canary@practice.example", "O", MemberRole.THERAPIST))
    other.hand_in()
    page = browser.get(f"/supervise/{other.person.person_id}").text
    assert "Write a notice" in page
    assert "you sign no hours from" not in page


def test_other_practices_of_a_supervisor_are_one_step_away(
    clinic: Clinic, browser: TestClient
) -> None:
    """By name and role alone: what waits there is told there."""
    assert "Your other practices" not in browser.get("/supervise").text
    other = clinic.elsewhere("Second Meadow")
    page = browser.get("/supervise").text
    assert "Second Meadow" in page
    answer = browser.post("/practices", data={"practice_id": str(other)})
    assert answer.headers["location"] == "/"
    assert "Canary Meadow" in browser.get("/supervise").text


def test_who_has_no_passkey_is_told_what_to_do(real_front: RealFront) -> None:
    """A link of the development environment opens the pages and signs nothing."""
    browser = real_front.signed_in(real_front.one.members[MemberRole.SUPERVISOR])
    page = browser.get(f"/sign/{real_front.one.rows[MemberRole.THERAPIST]}").text
    assert "No passkey of yours is registered" in page
    assert "a link of the development environment" in page
    assert '<a href="/passkeys/new">' in page
    assert '<pre class="statement"' in page
    assert "data-passkey" not in page
    assert "Return this week" in page
