"""A program logs, reads, corrects and deletes sessions by the rules of the pages."""

from uuid import UUID

import pytest
from starlette.testclient import TestClient

from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from tests.fix_real_front import RealFront
from tests.web.api.calls import PROBLEM, SAID, SESSIONS, key, seen

pytestmark = pytest.mark.postgres
GONE = {"reason": "other", "remark": "mine"}


@pytest.fixture
def program(real_front: RealFront) -> TestClient:
    """A program of a therapist that may delete, too."""
    actor = real_front.one.members[Role.THERAPIST]
    return real_front.program(real_front.token(actor, TokenPurpose.DELETE_SESSIONS))


def test_a_session_is_logged_and_read_with_initials(program: TestClient) -> None:
    """A full name becomes initials before anything is kept."""
    logged = program.post(SESSIONS, json=SAID | {"client": "Jane Doe"}, headers=key())
    assert logged.status_code == 201, logged.text
    place = logged.headers["location"]
    assert place == f"{SESSIONS}/{logged.json()['id']}"
    assert logged.headers["etag"] == '"1"'
    shown = program.get(place)
    assert (shown.json()["entry"], shown.headers["etag"]) == (SAID, '"1"')
    assert shown.headers["cache-control"] == "no-store"
    week = program.get("/api/v1/weeks/2026-03-10").json()
    assert week["first_day"] == "2026-03-08"
    assert logged.json()["id"] in {each["id"] for each in week["sessions"]}


def test_it_is_corrected_and_deleted_and_its_history_stays(
    real_front: RealFront, program: TestClient
) -> None:
    """Each version has its entity tag, and each act is one event."""
    place = program.post(SESSIONS, json=SAID, headers=key()).headers["location"]
    corrected = program.put(place, json=SAID | {"minutes": 45}, headers=key() | seen(1))
    assert (corrected.status_code, corrected.headers["etag"]) == (200, '"2"'), corrected.text
    deleted = program.post(f"{place}/deletion", json=GONE, headers=key() | seen(2))
    assert (deleted.status_code, deleted.json()["version"]) == (200, 3)
    history = program.get(place).json()
    assert [each["kind"] for each in history["changes"]] == ["logged", "corrected", "deleted"]
    assert history["changes"][1]["differences"][0]["field"] == "minutes"
    assert history["is_deleted"]
    again = program.put(place, json=SAID, headers=key() | seen(3))
    assert (again.status_code, again.json()["code"]) == (410, "session-deleted")
    practice_id = real_front.one.practice_id
    facts = real_front.context.history(practice_id, UUID(place.rpartition("/")[2]))
    assert [type(each.fact) for each in facts] == [SessionLogged, SessionCorrected, SessionDeleted]


@pytest.mark.parametrize("given", ['"2"', 'W/"1"', "1", "*", '"1", "2"', '"0"', '"x"', ""])
def test_what_was_not_seen_as_it_is_changes_nothing(program: TestClient, given: str) -> None:
    """Only the one strong entity tag of the version there is matches."""
    place = program.post(SESSIONS, json=SAID, headers=key()).headers["location"]
    for method, path, body in (
        ("PUT", place, SAID | {"minutes": 45}),
        ("POST", f"{place}/deletion", GONE),
    ):
        stale = program.request(method, path, json=body, headers=key() | {"if-match": given})
        assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
        blind = program.request(method, path, json=body, headers=key())
        assert (blind.status_code, blind.json()["code"]) == (428, "version-needed")
    assert program.get(place).headers["etag"] == '"1"'


def test_every_wrong_field_is_named_with_the_codes_of_the_form(program: TestClient) -> None:
    """All at once, as beside the fields of the page."""
    wrong = SAID | {"date": "2026-3-9", "client": "J D 5", "modality": "fax", "minutes": 0}
    answer = program.post(SESSIONS, json=wrong, headers=key())
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    told = answer.json()
    assert (told["code"], told["type"]) == ("fields-invalid", "/api/v1/problems/fields-invalid")
    assert {each["pointer"]: each["code"] for each in told["errors"]} == {
        "/date": "date-invalid",
        "/minutes": "minutes-out-of-range",
        "/client": "client-digits",
        "/modality": "modality-unknown",
    }


def test_a_correction_that_changes_nothing_is_refused(program: TestClient) -> None:
    place = program.post(SESSIONS, json=SAID, headers=key()).headers["location"]
    answer = program.put(place, json=SAID, headers=key() | seen(1))
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing-changed")
