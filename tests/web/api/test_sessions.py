"""A program logs, reads, corrects and deletes sessions by the rules of the pages."""

from uuid import UUID, uuid4

import pytest

from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from tests.fix_real_front import RealFront

pytestmark = pytest.mark.postgres
SESSIONS = "/api/v1/sessions"
SAID = {
    "date": "2026-03-09",
    "start": "09:30",
    "minutes": 50,
    "client": "Jane Doe",
    "setting": "Quiet Pond",
    "modality": "video",
    "participants": "individual",
}


def key(text: str = "") -> dict[str, str]:
    """Return the header of a fresh key, or of this one."""
    return {"idempotency-key": text or str(uuid4())}


def test_a_session_is_logged_read_corrected_and_deleted(real_front: RealFront) -> None:
    """Each version has its entity tag, the name became initials, and every act is an event."""
    actor = real_front.one.members[Role.THERAPIST]
    program = real_front.program(real_front.token(actor, TokenPurpose.DELETE_SESSIONS))
    logged = program.post(SESSIONS, json=SAID, headers=key())
    assert logged.status_code == 201, logged.text
    place = logged.headers["location"]
    assert place == f"{SESSIONS}/{logged.json()['id']}"
    assert logged.headers["etag"] == '"1"'
    shown = program.get(place)
    assert shown.json()["entry"] == SAID | {"client": "J.D."}
    tag = {"if-match": shown.headers["etag"]}
    corrected = program.put(place, json=SAID | {"minutes": 45}, headers=key() | tag)
    assert (corrected.status_code, corrected.headers["etag"]) == (200, '"2"'), corrected.text
    week = program.get("/api/v1/weeks/2026-03-10").json()
    assert week["first_day"] == "2026-03-08"
    assert [each["entry"]["minutes"] for each in week["sessions"]] == [50, 45]
    gone = {"reason": "other", "remark": "mine"}
    stale = program.post(f"{place}/deletion", json=gone, headers=key() | tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
    deleted = program.post(f"{place}/deletion", json=gone, headers=key() | {"if-match": '"2"'})
    assert deleted.json() == {"id": logged.json()["id"], "version": 3}
    history = program.get(place).json()
    assert [each["kind"] for each in history["changes"]] == ["logged", "corrected", "deleted"]
    assert history["is_deleted"]
    facts = real_front.context.history(actor.practice_id, UUID(logged.json()["id"]))
    assert [type(each.fact) for each in facts] == [SessionLogged, SessionCorrected, SessionDeleted]
