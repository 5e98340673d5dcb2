"""Supervisors sign weeks on the real stack: what was shown, once, or nothing at all."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.access import AccessRefused, RecordsRead, RefusedFor
from aggregates.hours.week_row import ReturnReason, WeekReturned
from commands.hours.submit_week import take_back_week
from ledger.postgres.connect import Database
from tests.web.clinic import ALIAS, SUPERVISOR_EMAIL, WEEK, Clinic, join, open_clinic
from tests.web.identity.authenticator import UP, Authenticator
from tests.web.identity.desk import ADDRESS, open_desk
from tests.web.signing_steps import answer, answers, statements_on
from web.addresses import SITTING_MAX

pytestmark = pytest.mark.postgres
OTHER_EMAIL = "noor.canary@practice.example"
BEFORE = WEEK - dt.timedelta(days=7)


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Iterator[Clinic]:
    """A therapist under a supervisor."""
    with open_desk(database, tmp_path / "data") as desk:
        yield open_clinic(desk)


@pytest.fixture
def passkey(clinic: Clinic, browser: TestClient) -> Authenticator:
    """The supervisor's passkey; they are signed in with it."""
    made = clinic.desk.enrol(browser, SUPERVISOR_EMAIL)
    made.count = 10
    return made


@pytest.fixture
def browser(clinic: Clinic) -> TestClient:
    """The supervisor's browser."""
    return clinic.desk.browser()


def test_a_week_is_signed_over_exactly_what_was_shown(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """With where it came from; the inbox is empty then, and says so once."""
    row = clinic.hand_in()
    page = browser.get(f"/sign/{row}").text
    sent = browser.post(f"/sign/{row}", data=answer(page, passkey))
    assert (sent.status_code, sent.headers["location"]) == (303, "/supervise")
    (signed,) = clinic.signatures(row)
    assert [signed.statement.reveal()] == statements_on(page)
    assert signed.ip_address is not None
    assert signed.ip_address.reveal() == ADDRESS
    inbox = browser.get("/supervise").text
    assert "Signed. It stands in the ledger" in inbox
    assert "Nothing waits for you" in inbox
    assert "Signed. It stands" not in browser.get("/supervise").text


def test_a_signature_that_is_sent_twice_is_one(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """The second is answered like the first: it is done."""
    row = clinic.hand_in()
    form = answer(browser.get(f"/sign/{row}").text, passkey)
    for _ in range(2):
        assert browser.post(f"/sign/{row}", data=form).status_code == 303
    assert len(clinic.signatures(row)) == 1


def test_a_signature_that_is_sent_often_at_once_is_one(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    row = clinic.hand_in()
    form = answer(browser.get(f"/sign/{row}").text, passkey)
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(browser.post, f"/sign/{row}", data=form) for _ in range(6)]
        statuses = sorted(each.result().status_code for each in sent)
    assert statuses[0] == 303
    assert set(statuses) <= {303, 409}
    assert len(clinic.signatures(row)) == 1


def test_what_is_older_than_five_minutes_is_shown_anew(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """Nothing is signed; what is shown then can be."""
    row = clinic.hand_in()
    page = browser.get(f"/sign/{row}").text
    form = answer(page, passkey)
    clinic.desk.later(5 * 60 + 1)
    late = browser.post(f"/sign/{row}", data=form)
    assert late.status_code == 409
    assert "More than five minutes have passed" in late.text
    assert clinic.signatures(row) == []
    assert statements_on(late.text) != statements_on(page)
    assert browser.post(f"/sign/{row}", data=answer(late.text, passkey)).status_code == 303
    assert len(clinic.signatures(row)) == 1


def test_a_week_that_was_taken_back_meanwhile_is_not_signed(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """The page says so, and offers nothing to sign."""
    row = clinic.hand_in()
    form = answer(browser.get(f"/sign/{row}").text, passkey)
    take_back_week(clinic.context, clinic.desk.therapist, clinic.key(WEEK), uuid4())
    sent = browser.post(f"/sign/{row}", data=form)
    assert sent.status_code == 409
    assert "was not submitted, or was taken back" in sent.text
    assert statements_on(sent.text) == []
    assert clinic.signatures(row) == []


def test_a_week_that_was_changed_meanwhile_is_not_signed(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """It is open again with its first new entry; submitted anew it says something else."""
    row = clinic.hand_in()
    form = answer(browser.get(f"/sign/{row}").text, passkey)
    clinic.log(WEEK + dt.timedelta(days=3))
    assert browser.post(f"/sign/{row}", data=form).status_code == 409
    clinic.hand_in()
    again = browser.get(f"/sign/{row}").text
    assert "1 h 40 min" in statements_on(again)[0]
    assert browser.post(f"/sign/{row}", data=form).status_code == 409
    assert clinic.signatures(row) == []


@pytest.mark.parametrize("name", ["at_us", "reference", "answer"])
def test_what_was_not_offered_is_not_signed(
    clinic: Clinic, browser: TestClient, passkey: Authenticator, name: str
) -> None:
    """Another time or reference is another statement, and an answer fits only its own."""
    row = clinic.hand_in()
    form = answer(browser.get(f"/sign/{row}").text, passkey)
    other = answer(browser.get(f"/sign/{row}").text, passkey)
    clinic.desk.later(1)
    at_us = {"at_us": str(int(form["at_us"]) + 1)}
    changed = form | ({name: other[name]} if name != "at_us" else at_us)
    sent = browser.post(f"/sign/{row}", data=changed)
    assert sent.status_code == 409
    assert "does not fit what was shown" in sent.text
    assert clinic.signatures(row) == []


def test_a_passkey_that_did_not_verify_the_person_signs_nothing(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    row = clinic.hand_in()
    page = browser.get(f"/sign/{row}").text
    unverified = replace(passkey, flags=UP)
    assert browser.post(f"/sign/{row}", data=answer(page, unverified)).status_code == 409
    assert clinic.signatures(row) == []


def test_an_offer_is_for_the_session_that_got_it(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """Not even the same person's other browser may answer it."""
    row = clinic.hand_in()
    form = answer(browser.get(f"/sign/{row}").text, passkey)
    elsewhere = clinic.desk.browser()
    clinic.desk.sign_in(elsewhere, passkey)
    assert elsewhere.post(f"/sign/{row}", data=form).status_code == 409
    assert clinic.signatures(row) == []


@pytest.mark.parametrize(
    "changed",
    [{"at_us": "x"}, {"at_us": "1" * 17}, {"reference": "00"}, {"version": "-1"}, {"at_us": ""}],
)
def test_a_form_that_is_not_ours_is_refused(
    clinic: Clinic, browser: TestClient, passkey: Authenticator, changed: dict[str, str]
) -> None:
    row = clinic.hand_in()
    form = answer(browser.get(f"/sign/{row}").text, passkey)
    assert browser.post(f"/sign/{row}", data=form | changed).status_code == 400
    assert clinic.signatures(row) == []


def test_several_weeks_are_signed_one_by_one(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """Each by its own answer; what fails leaves the others as they are."""
    first, second = clinic.hand_in(BEFORE), clinic.hand_in(WEEK)
    page = browser.get(f"/sign?row={first}&row={second}").text
    forms = answers(page, passkey)
    assert list(forms) == [f"/sign/{first}", f"/sign/{second}"]
    crossed = forms[f"/sign/{second}"] | {"answer": forms[f"/sign/{first}"]["answer"]}
    assert browser.post(f"/sign/{first}", data=forms[f"/sign/{first}"]).status_code == 303
    assert browser.post(f"/sign/{second}", data=crossed).status_code == 409
    assert [len(clinic.signatures(each)) for each in (first, second)] == [1, 0]
    again = browser.get(f"/sign?row={first}&row={second}")
    assert len(statements_on(again.text)) == 1
    assert browser.post(f"/sign/{second}", data=answer(again.text, passkey)).status_code == 303
    assert [len(clinic.signatures(each)) for each in (first, second)] == [1, 1]


def test_a_sitting_is_bounded(clinic: Clinic, browser: TestClient, passkey: Authenticator) -> None:
    """Nobody chosen leads back; more than fit are refused before anything is looked up."""
    assert passkey
    assert browser.get("/sign").headers["location"] == "/supervise"
    many = "&".join(f"row={uuid4()}" for _ in range(SITTING_MAX + 1))
    answered = browser.get(f"/sign?{many}")
    assert answered.status_code == 400
    assert "at most twenty weeks" in answered.text
    row = clinic.hand_in()
    assert browser.get(f"/sign?row={row}&row={uuid4()}").status_code == 404


def test_a_week_goes_back_with_a_reason(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """Without one the page asks for it; what was written comes to the supervisee as written."""
    assert passkey
    row = clinic.hand_in()
    form = {"command_id": str(uuid4()), "reason": "", "remark": "Please look at Monday"}
    asked = browser.post(f"/sign/{row}/return", data=form)
    assert asked.status_code == 422
    assert "Please choose why the week goes back." in asked.text
    assert 'value="Please look at Monday"' in asked.text
    form["reason"] = ReturnReason.HOURS_DIFFER.value
    for _ in range(2):
        assert browser.post(f"/sign/{row}/return", data=form).status_code == 303
    returned = [fact for fact in clinic.facts(row) if isinstance(fact, WeekReturned)]
    assert [(each.reason, each.remark and each.remark.reveal()) for each in returned] == [
        (ReturnReason.HOURS_DIFFER, "Please look at Monday")
    ]
    assert "Returned. Your supervisee sees" in browser.get("/supervise").text


def test_nobody_else_is_shown_a_week_or_signs_it(clinic: Clinic) -> None:
    """Another supervisor of the practice is refused, and whose week it is learns of it."""
    row = clinic.hand_in()
    other = join(clinic.desk, OTHER_EMAIL, "Noor Canary")
    browser = clinic.desk.browser()
    clinic.desk.enrol(browser, OTHER_EMAIL)
    form = {"at_us": "1", "reference": "00" * 16, "version": "1", "answer": "{}"}
    back = {"command_id": str(uuid4()), "reason": "other"}
    asked = [
        browser.get(f"/sign/{row}"),
        browser.get(f"/sign?row={row}"),
        browser.post(f"/sign/{row}", data=form),
        browser.post(f"/sign/{row}/return", data=back),
        browser.get(f"/supervise/{clinic.desk.therapist.person_id}"),
    ]
    for each in asked:
        assert each.status_code == 404
        assert "Sam Canary" not in each.text
    looks = clinic.looks(other)
    assert [type(each) for each in looks] == [AccessRefused] * len(asked)
    for each in looks:
        assert isinstance(each, AccessRefused)
        assert (each.reason, each.whose) == (
            RefusedFor.NOT_THEIRS,
            clinic.desk.therapist.person_id,
        )
    assert clinic.signatures(row) == []


def test_a_look_at_a_statement_is_written_first_and_names_the_row(
    clinic: Clinic, browser: TestClient, passkey: Authenticator
) -> None:
    """No client is on the page; a signature that is taken shows nothing and writes no look."""
    row = clinic.hand_in()
    page = browser.get(f"/sign/{row}").text
    assert ALIAS not in page
    (look,) = clinic.looks(clinic.supervisor)
    assert isinstance(look, RecordsRead)
    assert (look.whose, look.stream_id) == (clinic.desk.therapist.person_id, row)
    browser.post(f"/sign/{row}", data=answer(page, passkey))
    assert len(clinic.looks(clinic.supervisor)) == 1
