"""The part of the leak test that states a setup and logs an activity, with names in every field."""

import re
from uuid import uuid4

from starlette.testclient import TestClient

PLACE = "Setup canary Ibisgrove 4417"
ADDRESS_LINE = "9 Canary Wharfinger Alley"
SUPERVISOR = "Supervisor canary Quetzalbrook"
LICENCE = "LIC-canary-30317"
REGISTRATION = "AMFT-canary-66102"
SECOND_NUMBER = "AMFT-canary-77213"
TITLE = "Workshop canary Narwhalford"
REFUSED_NAME = "Refused canary Axolotlson"
HOURS_CANARIES = (
    PLACE,
    ADDRESS_LINE,
    SUPERVISOR,
    LICENCE,
    REGISTRATION,
    SECOND_NUMBER,
    TITLE,
    REFUSED_NAME,
)

_ENROLMENT = {
    "track": "lmft",
    "week_start": "sunday",
    "degree_on": "2024-05-18",
    "registration": REGISTRATION,
    "registered_on": "2018-08-12",
    "second_registration": SECOND_NUMBER,
    "second_registered_on": "2025-01-13",
}
_SETTING = {
    "name": PLACE,
    "address": ADDRESS_LINE,
    "kind": "exempt",
    "employment": "employee",
    "is_lawful": "yes",
}
_SUPERVISION = {
    "supervisor_name": SUPERVISOR,
    "licence": "lmft",
    "licence_number": LICENCE,
    "licence_from": "2015-01-01",
    "starts_on": "2024-06-03",
    "video": "not-assessed",
}


def state_hours(client: TestClient, day: str) -> list[bytes]:
    """State a setup, refused once and then taken, and log, correct and copy an activity.

    Returns what can be seen of it from outside: the headers of all answers.
    """
    seen: list[bytes] = []

    def send(path: str, typed: dict[str, str]) -> int:
        answer = client.post(path, data={"command_id": str(uuid4())} | typed)
        seen.append(repr(sorted(answer.headers.items())).encode())
        return answer.status_code

    assert send("/setup/enrolment", _ENROLMENT) == 303
    assert send("/setup/settings/new", _SETTING | {"name": REFUSED_NAME, "kind": "x"}) == 422
    assert send("/setup/settings/new", _SETTING) == 303
    setting_id = _last_id(client.get("/setup").text, "settings")
    stated = _SUPERVISION | {"setting_id": setting_id}
    wrong = stated | {"supervisor_name": REFUSED_NAME, "starts_on": LICENCE}
    assert send("/setup/supervisions/new", wrong) == 422
    assert send("/setup/supervisions/new", stated) == 303
    supervision_id = _last_id(client.get("/setup").text, "supervisions")
    held = {"date": day, "length": "90", "kind": "workshop", "title": TITLE}
    held["supervision"] = supervision_id
    assert send(f"/week/{day}/activity", held | {"length": TITLE}) == 422
    assert send(f"/week/{day}/activity", held) == 303
    page = client.get(f"/week/{day}", follow_redirects=True).text
    assert TITLE in page, "the therapist sees their own"
    path = "/activity/" + page.split('id="a-')[1][:36]
    assert send(path, held | {"version": "1", "length": "2 h"}) == 303
    assert TITLE in client.get(f"/week/{day}/copy").text
    return seen


def _last_id(page: str, kind: str) -> str:
    return re.findall(rf'href="/setup/{kind}/([0-9a-f-]{{36}})"', page)[-1]
