"""The setup: stated in forms that help, refused beside fields, and told with what is missing."""

import datetime as dt
import re
from uuid import UUID

import msgspec
import pytest
from starlette.testclient import TestClient

from aggregates.private import Private
from ledger.errors import Busy, LedgerError, Quarantined
from projections.setup import Setup
from tests.aggregates.hours_examples import (
    CLINIC,
    ENROLMENT,
    SETTING,
    SUPERVISED,
    SUPERVISION,
    SUPERVISOR,
)
from tests.web.conftest import Front

FORM = {"command_id": str(UUID(int=77))}
ENROLLED = {**FORM, "track": "lmft", "week_start": "monday", "degree_on": "2025-05-20"}
PLACE = {
    **FORM,
    "name": "Heron Marsh Clinic",
    "kind": "exempt",
    "employment": "employee",
    "is_lawful": "yes",
}
WHO = {
    **FORM,
    "setting_id": str(SETTING),
    "supervisor_id": "",
    "supervisor_name": "Ottoline Roe",
    "licence": "lmft",
    "licence_number": "98765",
    "licence_from": "2015-01-01",
    "starts_on": "2026-10-01",
    "video": "not-assessed",
}
STATED = Setup(
    enrolment=msgspec.structs.replace(ENROLMENT, registered_until=dt.date(2027, 8, 31)),
    settings={SETTING: CLINIC},
    supervisions={SUPERVISION: SUPERVISED},
)


def test_somebody_new_is_told_where_to_begin(browser: TestClient) -> None:
    """One thing at a time: first the licence."""
    page = browser.get("/setup").text
    assert "Say which licence you are working towards" in page
    assert 'href="/setup/enrolment"' in page
    assert "/setup/settings/new" not in page


def test_an_enrolment_is_stated_and_shown(browser: TestClient, front: Front) -> None:
    """What was typed is what stands."""
    answer = browser.post("/setup/enrolment", data=ENROLLED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")
    entry = front.practice.hours.setup.enrolment
    assert entry is not None
    assert entry.degree_on == dt.date(2025, 5, 20)
    page = browser.get("/setup").text
    assert "Saved." in page
    assert "Weeks begin on Monday" in page
    form = browser.get("/setup/enrolment").text
    assert re.search(r'id="degree_on"[^>]* value="2025-05-20"', form)
    assert 'value="monday" checked' in form


def test_each_field_has_its_help_and_its_statute(browser: TestClient, front: Front) -> None:
    """Before a track is chosen the law of each is cited; afterwards only one's own."""
    page = browser.get("/setup/enrolment").text
    assert "LMFT: BPC 4980.43(c)(6)" in page
    assert "LCSW: BPC 4996.23(b), (c)" in page
    front.practice.hours.setup = STATED
    page = browser.get("/setup/enrolment").text
    assert "LCSW: BPC" not in page
    assert "BPC 4980.43(b)(1)(A)-(C)" in page
    assert "within 60 days of the start" in browser.get("/setup/supervisions/new").text


def test_a_second_number_is_stated_with_its_days(browser: TestClient, front: Front) -> None:
    """Without the day of issue it is refused; the overview tells it beside the first."""
    numbered = {**ENROLLED, "registered_on": "2018-08-12", "second_registration": "AMFT 2"}
    answer = browser.post("/setup/enrolment", data=numbered)
    assert answer.status_code == 422
    assert 'id="second_registered_on-error"' in answer.text
    assert 'value="AMFT 2"' in answer.text
    issued = {**numbered, "second_registered_on": "2024-09-16"}
    assert browser.post("/setup/enrolment", data=issued).status_code == 303
    assert front.practice.hours.setup.enrolment is not None
    page = browser.get("/setup").text
    assert "Registered: since Aug 12, 2018; then AMFT 2, since Sep 16, 2024" in page


def test_practicum_terms_have_room_for_more(browser: TestClient, front: Front) -> None:
    """One is filled in, two more are empty; never more than six."""
    front.practice.hours.setup = STATED
    page = browser.get("/setup/enrolment").text
    assert re.search(r'id="practicum_1_first"[^>]* value="2023-01-09"', page)
    assert 'id="practicum_3_last"' in page
    assert 'id="practicum_4_first"' not in page


def test_mistakes_stand_beside_their_fields_and_the_rest_stays(browser: TestClient) -> None:
    """Also the names, for they are the person's own to state."""
    wrong = {**WHO, "licence_from": "soon", "ends_on": "2026-01-01", "licence": ""}
    answer = browser.post("/setup/supervisions/new", data=wrong)
    assert answer.status_code == 422
    assert "3 answers need another look" in answer.text
    for field in ("licence", "licence_from", "ends_on"):
        assert f'id="{field}-error"' in answer.text
    assert 'value="Ottoline Roe"' in answer.text
    assert f'value="{FORM["command_id"]}"' in answer.text
    assert re.search(r'id="ends_on"[^>]* autofocus', answer.text)


def test_what_was_typed_is_cut_to_what_a_field_holds(browser: TestClient) -> None:
    """No request makes a page grow."""
    answer = browser.post("/setup/settings/new", data={**PLACE, "name": "x" * 5_000})
    assert answer.status_code == 422
    assert "x" * 121 not in answer.text


def test_the_years_of_w2_forms_are_typed_apart(browser: TestClient, front: Front) -> None:
    """What is no year is refused beside them, with what was typed still there."""
    path = "/setup/settings/new"
    answer = browser.post(path, data={**PLACE, "w2_years": "24, 25"})
    assert answer.status_code == 422
    assert re.search(r'id="w2_years"[^>]* value="24, 25"[^>]* autofocus', answer.text)
    assert 'id="w2_years-error"' in answer.text
    assert browser.post(path, data={**PLACE, "w2_years": "2025, 2024"}).status_code == 303
    (entry,) = front.practice.hours.setup.settings.values()
    assert entry.w2_years == (2024, 2025)


def test_a_setting_and_a_supervision_follow(browser: TestClient, front: Front) -> None:
    """The supervisor is chosen among the members of the practice."""
    browser.post("/setup/enrolment", data=ENROLLED)
    assert browser.post("/setup/settings/new", data=PLACE).status_code == 303
    front.practice.hours.supervisors = ((SUPERVISOR, Private("Dana Roe")),)
    form = browser.get("/setup/supervisions/new").text
    assert f'<option value="{SUPERVISOR}">Dana Roe</option>' in form
    assert "Heron Marsh Clinic</option>" in form
    chosen = {**WHO, "supervisor_id": str(SUPERVISOR)}
    assert browser.post("/setup/supervisions/new", data=chosen).status_code == 303
    (entry,) = front.practice.hours.setup.supervisions.values()
    assert entry.supervisor_id == SUPERVISOR
    page = browser.get("/setup").text
    assert "LMFT 98765" in page


def test_the_same_form_sent_twice_states_one_setting(browser: TestClient, front: Front) -> None:
    """A double click adds one place."""
    for _ in range(2):
        assert browser.post("/setup/settings/new", data=PLACE).status_code == 303
    assert len(front.practice.hours.setup.settings) == 1


def test_a_statement_is_changed_where_it_stands(browser: TestClient, front: Front) -> None:
    """Its own address shows it; saving keeps its stream."""
    front.practice.hours.setup = Setup(ENROLMENT, settings={SETTING: CLINIC})
    front.practice.owners[SETTING] = UUID(int=2)
    path = f"/setup/settings/{SETTING}"
    assert 'value="Caf\u00e9 Rivi\u00e8re"' in browser.get(path).text
    assert browser.post(path, data=PLACE).status_code == 303
    assert front.practice.hours.setup.settings[SETTING].name.reveal() == "Heron Marsh Clinic"


@pytest.mark.parametrize("kind", ["settings", "supervisions"])
def test_what_is_not_theirs_is_not_there(browser: TestClient, front: Front, kind: str) -> None:
    """Neither somebody else's stream nor one of another kind."""
    assert browser.get(f"/setup/{kind}/{UUID(int=5)}").status_code == 404
    front.practice.owners[UUID(int=5)] = UUID(int=2)
    assert browser.get(f"/setup/{kind}/{UUID(int=5)}").status_code == 404


def test_a_destroyed_statement_says_so(browser: TestClient, front: Front) -> None:
    """Its key is gone; the overview counts it."""
    front.practice.hours.setup = Setup(ENROLMENT, shredded=frozenset({SETTING}))
    front.practice.owners[SETTING] = UUID(int=2)
    assert browser.get(f"/setup/settings/{SETTING}").status_code == 410
    assert "1 earlier statement" in browser.get("/setup").text


@pytest.mark.parametrize("fault", [Busy("full"), Quarantined("behind")])
def test_a_ledger_out_of_reach_keeps_the_form(
    browser: TestClient, front: Front, fault: LedgerError
) -> None:
    """The same form is offered again, with the same id."""
    front.practice.faults["state_setting"] = fault
    answer = browser.post("/setup/settings/new", data=PLACE)
    assert answer.status_code == 503
    assert 'value="Heron Marsh Clinic"' in answer.text
    assert f'value="{FORM["command_id"]}"' in answer.text


def test_without_a_look_on_record_only_the_form_is_shown(browser: TestClient, front: Front) -> None:
    """No setting is listed then, and the chosen one is kept."""
    front.practice.hours.setup = STATED
    front.practice.faults["state_supervision"] = Busy("full")
    front.practice.faults["record_access"] = Busy("full")
    answer = browser.post("/setup/supervisions/new", data=WHO)
    assert answer.status_code == 503
    assert "Not saved yet" in answer.text
    assert "Caf\u00e9" not in answer.text
    assert f'<option value="{SETTING}" selected>' in answer.text


def test_the_setup_needs_no_agreement(browser: TestClient, front: Front) -> None:
    """It holds nothing of clients."""
    front.practice.baa_signed = False
    assert browser.post("/setup/settings/new", data=PLACE).status_code == 303
