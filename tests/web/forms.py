"""The forms a person fills in, with something sensible in every field."""

import re
from uuid import UUID

from starlette.testclient import TestClient

WEEK = "/week/2026-11-22"
FORM_ID = str(UUID(int=77))


def entry(**changed: str) -> dict[str, str]:
    """Return the fields of a session on Tuesday, changed where asked."""
    return {
        "command_id": FORM_ID,
        "date": "2026-11-24",
        "start": "09:00",
        "minutes": "50",
        "client": "John Doe",
        "setting": "Harbor Clinic",
        "modality": "in-person",
        "participants": "individual",
    } | changed


def log(browser: TestClient, form: int = 77, **changed: str) -> str:
    """Log a session and return its id."""
    answer = browser.post(WEEK, data=entry(command_id=str(UUID(int=form)), **changed))
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.headers["location"]).text
    found = re.search(r'<li id="s-([0-9a-f-]{36})" class="fresh">', page)
    assert found is not None
    return found[1]
