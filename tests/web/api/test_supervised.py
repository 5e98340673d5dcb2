"""A supervisor's program reads what was handed to them; a therapist's what they stated."""

import pytest
from starlette.testclient import TestClient

from aggregates.access import RecordsRead
from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from tests.fix_real_front import NAME, SETTING, RealFront
from tests.web.api.calls import key
from web.api.table import OPERATIONS

pytestmark = pytest.mark.postgres
SUPERVISED = "/api/v1/supervised"


def program(front: RealFront, role: Role, purpose: TokenPurpose) -> TestClient:
    """Return a program of a member."""
    return front.program(front.token(front.one.members[role], purpose))


def test_a_supervisors_program_reads_what_waits_for_them(real_front: RealFront) -> None:
    """A look at each supervisee is on record; nothing of clients or single entries is shown."""
    one = real_front.one
    supervisor = program(real_front, Role.SUPERVISOR, TokenPurpose.SUPERVISE)
    before = real_front.size(one.practice_id)
    inbox = supervisor.get(SUPERVISED)
    looks = real_front.looks(one.practice_id, before)
    therapist = one.members[Role.THERAPIST].person_id
    assert [each.whose for each in looks if isinstance(each, RecordsRead)] == [therapist]
    told = inbox.json()
    assert told["supervisees"] == [str(therapist)]
    (week,) = told["waiting"]
    assert (week["id"], week["state"]) == (str(one.rows[Role.THERAPIST]), "submitted")
    assert (week["first_day"], week["content"]["supervisee"]) == ("2026-03-08", NAME)
    assert week["content"]["minutes"] == {"a": 0, "a1": 0, "b": 60, "b1": 60, "b2": 0, "c": 60}
    assert supervisor.get(f"{SUPERVISED}/{therapist}").json() == {"weeks": [week]}
    owner = one.members[Role.OWNER].person_id
    assert supervisor.get(f"{SUPERVISED}/{owner}").status_code == 404
    assert "J.D." not in inbox.text


def test_no_token_signs(real_front: RealFront) -> None:
    """There is no such operation, and the page looks at no token."""
    assert not [each.name for each in OPERATIONS if "sign" in each.row.path]
    supervisor = program(real_front, Role.SUPERVISOR, TokenPurpose.SUPERVISE)
    row_id, practice_id = real_front.one.rows[Role.THERAPIST], real_front.one.practice_id
    before = real_front.size(practice_id)
    for path in (f"/sign/{row_id}", f"/sign/{row_id}/return", f"/api/v1/sign/{row_id}"):
        answer = supervisor.post(path, json={}, headers=key())
        assert answer.status_code in {401, 403, 404}, path
    assert real_front.size(practice_id) == before


def test_what_was_stated_is_read_whole(real_front: RealFront) -> None:
    """Each stream with its version; the setting of a supervision is one of those."""
    therapist = program(real_front, Role.THERAPIST, TokenPurpose.READ_OWN)
    stated = therapist.get("/api/v1/setup").json()
    assert (stated["enrolment"]["track"], stated["enrolment"]["week_start"]) == ("lmft", "sunday")
    settings = {each["id"]: each["name"] for each in stated["settings"]}
    hours = real_front.one.hours
    assert settings[str(hours["settings"][Role.THERAPIST])] == SETTING
    supervisions = {each["id"]: each for each in stated["supervisions"]}
    mine = supervisions[str(hours["supervisions"][Role.THERAPIST])]
    assert mine["setting"] == str(hours["settings"][Role.THERAPIST])
    assert mine["supervisor_id"] is None
    assert len(supervisions) == 2
    assert stated["destroyed"] == []
