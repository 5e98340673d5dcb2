"""Emergency access with real passkeys: two people, the person told first, an hour at most."""

import datetime as dt
from uuid import uuid4

import pytest

from aggregates.access import Purpose, RecordKind, RecordsRead
from aggregates.emergency import (
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyDeclined,
    EmergencyEnd,
    EmergencyEnded,
    EmergencyTold,
)
from commands.log_session import log_session
from commands.record_access import access_stream
from tests.aggregates.examples import entry
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk
from tests.web.identity.emergency_case import (
    MINUTES,
    OFFICER_EMAIL,
    REMARK,
    Case,
    open_case,
)
from web.access import STEP_UP_US_MAX
from web.identity.mail import Letter

pytestmark = pytest.mark.postgres


@pytest.fixture
def case(desk: Desk) -> Case:
    """A practice with an owner, a therapist and an officer, each with a passkey."""
    return open_case(desk)


def test_two_people_open_what_a_third_one_has_and_they_are_told_before(case: Case) -> None:
    """Asked, approved, told, begun: in this order on record, before the first look."""
    stream_id = case.ask()
    assert case.week(case.officer, stream_id) == 404
    assert case.step(case.owner, "approve", stream_id) == 303
    assert case.week(case.officer, stream_id) == 404
    banner = case.therapist.get("/trail").text
    assert "may read your records for 30 minutes: a client may be in danger" in banner
    assert case.step(case.officer, "begin", stream_id) == 303
    assert case.week(case.officer, stream_id) == 200
    session = case.officer.get(f"/emergency/{stream_id}/session/{case.session_id}")
    assert (session.status_code, '<button type="submit">Save' in session.text) == (200, False)
    order = [EmergencyAsked, EmergencyApproved, EmergencyTold, EmergencyBegun]
    assert case.kinds(stream_id) == order
    case.desk.identity.outbox.flush()
    letters = [m for m in case.desk.mail.sent if m.letter is Letter.NEWS]
    assert [each.address.reveal() for each in letters] == [THERAPIST_EMAIL]
    text = letters[0].letter.text(letters[0].link.reveal())
    assert text == (
        "There is news about your Therapist OS account. Please sign in to read it.\n\n"
        "https://localhost:8443/trail\n"
    )


def test_the_person_reads_who_why_when_and_for_how_long(case: Case) -> None:
    """And each page that was opened, by name; the officer's page marks these looks."""
    stream_id = case.begun()
    assert case.week(case.officer, stream_id) == 200
    trail = case.therapist.get("/trail").text
    for told in (
        "Kim Canary, a compliance officer, asked for emergency access to your records for 30 min",
        f"a client may be in danger ({REMARK})",
        "Robin Canary, an owner, approved emergency access to your records",
        "You were told that your records may be read for up to 30 minutes",
        "Kim Canary, a compliance officer, began emergency access to your records",
        "Kim Canary, a compliance officer, looked at your week of 8 Mar 2026 under emerg",
    ):
        assert told in trail
    assert 'class="tag emergency"' in case.officer.get("/access").text
    today = dt.datetime.fromtimestamp(case.desk.clock.us / 1_000_000, dt.UTC).date()
    looks = case.facts(access_stream(case.asker, today))
    whose = [f.whose for f in looks if isinstance(f, RecordsRead) and f.kind is RecordKind.WEEK]
    assert whose == [case.desk.therapist.person_id]
    assert {f.purpose for f in looks if isinstance(f, RecordsRead)} >= {Purpose.EMERGENCY}


def test_only_who_asked_reads_and_only_of_whom_it_is_for(case: Case) -> None:
    stream_id = case.begun()
    assert case.week(case.owner, stream_id) == 404
    assert case.week(case.therapist, stream_id) == 403
    other = log_session(case.desk.context, case.desk.owner, entry(), uuid4()).stream_id
    for session_id in (other, uuid4(), stream_id):
        page = case.officer.get(f"/emergency/{stream_id}/session/{session_id}")
        assert page.status_code == 404
    assert case.officer.get(f"/session/{case.session_id}").status_code == 403


def test_the_same_person_cannot_approve_and_a_therapist_can_do_nothing(case: Case) -> None:
    stream_id = case.ask()
    assert case.step(case.officer, "approve", stream_id) == 422
    for step in ("approve", "decline", "begin", "end"):
        assert case.step(case.therapist, step, stream_id) == 403
    assert case.therapist.get("/emergency").status_code == 403
    assert case.kinds(stream_id) == [EmergencyAsked]


def test_the_approval_asks_for_a_fresh_check(case: Case) -> None:
    stream_id = case.ask()
    case.desk.later(STEP_UP_US_MAX // 1_000_000)
    assert case.step(case.owner, "approve", stream_id) == 403
    assert case.step(case.officer, "begin", stream_id) == 403
    assert case.kinds(stream_id) == [EmergencyAsked]


def test_it_ends_by_the_clock_although_nothing_swept(case: Case) -> None:
    """The list puts the end on record when somebody looks next."""
    stream_id = case.begun()
    case.desk.clock.us += MINUTES * 60_000_000 - 1
    officer = case.again(OFFICER_EMAIL)
    assert case.week(officer, stream_id) == 200
    case.desk.clock.us += 1
    assert case.week(officer, stream_id) == 404
    assert case.kinds(stream_id)[-1] is EmergencyBegun
    page = officer.get("/emergency").text
    assert "Read the records" not in page
    ended = case.facts(stream_id)[-1]
    assert isinstance(ended, EmergencyEnded)
    assert (ended.how, ended.ended_by) == (EmergencyEnd.TIME_OVER, None)
    assert "ended: its time was over" in case.again(THERAPIST_EMAIL).get("/trail").text


@pytest.mark.parametrize("who", ["officer", "owner"])
def test_who_asked_and_an_owner_end_it_at_once(case: Case, who: str) -> None:
    stream_id = case.begun()
    browser = case.officer if who == "officer" else case.owner
    assert case.step(browser, "end", stream_id) == 303
    assert case.week(case.officer, stream_id) == 404
    assert case.kinds(stream_id)[-1] is EmergencyEnded


def test_declined_opens_nothing_and_a_day_without_an_answer_neither(case: Case) -> None:
    declined, forgotten = case.ask(), case.ask()
    assert case.step(case.owner, "decline", declined) == 303
    assert case.step(case.officer, "begin", declined) == 422
    assert case.kinds(declined) == [EmergencyAsked, EmergencyDeclined]
    case.desk.later(24 * 60 * 60)
    owner = case.again(OWNER_EMAIL)
    assert case.step(owner, "approve", forgotten) == 422
    assert "came to nothing" in owner.get("/emergency").text
    assert case.kinds(forgotten) == [EmergencyAsked, EmergencyEnded]


def test_a_form_that_says_too_little_comes_back_and_asks_nothing(case: Case) -> None:
    form = {"command_id": str(uuid4()), "whose": "", "reason": "", "remark": REMARK, "minutes": "9"}
    page = case.officer.post("/emergency/ask", data=form)
    assert page.status_code == 422
    assert REMARK in page.text
    for sentence in ("Please choose another member", "Please choose the reason", "up to an hour"):
        assert sentence in page.text
