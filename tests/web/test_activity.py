"""One activity, over the real ledger: corrected and deleted with its history, by its owner only."""

import re
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.practice import Role
from tests.fix_real_front import RealFront

pytestmark = pytest.mark.postgres


@pytest.fixture
def owner(real_front: RealFront) -> TestClient:
    """Somebody who logged two hours of group supervision on Monday 9 March 2026."""
    return real_front.signed_in(real_front.one.members[Role.THERAPIST])


@pytest.fixture
def stream(real_front: RealFront) -> UUID:
    """Its stream."""
    return real_front.one.hours["activity"][Role.THERAPIST]


def correction(real_front: RealFront, **changes: str) -> dict[str, str]:
    """Return the form that corrects it."""
    return {
        "command_id": str(uuid4()),
        "version": "1",
        "date": "2026-03-09",
        "length": "120",
        "kind": "supervision-group",
        "supervision": str(real_front.one.hours["supervisions"][Role.THERAPIST]),
        "modality": "video",
        "supervisees": "8",
        "segments": "60 60",
    } | changes


def test_the_form_is_filled_with_what_is_logged(owner: TestClient, stream: UUID) -> None:
    """Parts and size of the group included."""
    page = owner.get(f"/activity/{stream}").text
    assert re.search(r'id="segments"[^>]* value="60 60"', page)
    assert re.search(r'id="supervisees"[^>]* value="8"', page)
    assert 'value="supervision-group" checked' in page


def test_a_correction_shows_what_changed(
    real_front: RealFront, owner: TestClient, stream: UUID
) -> None:
    """Before and after stand in the history, and in the week."""
    changed = correction(real_front, kind="workshop", length="3.25 h", title="Trauma")
    answer = owner.post(f"/activity/{stream}", data=changed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/week/2026-03-08/activity")
    assert "Corrected: Workshop or training" in owner.get(answer.headers["location"]).text
    page = owner.get(f"/activity/{stream}").text
    assert re.search(r"<dt>Length</dt><dd><del>120.min</del>.*<ins>195.min</ins>", page)
    assert "<ins>Trauma</ins>" in page
    assert "<del>60 min + 60 min</del>" in page


def test_nothing_changed_and_changed_meanwhile_are_told(
    real_front: RealFront, owner: TestClient, stream: UUID
) -> None:
    """With what was entered still there."""
    path = f"/activity/{stream}"
    answer = owner.post(path, data=correction(real_front))
    assert answer.status_code == 422
    assert "Nothing is different" in answer.text
    assert owner.post(path, data=correction(real_front, supervisees="7")).status_code == 303
    answer = owner.post(path, data=correction(real_front, supervisees="6"))
    assert answer.status_code == 409
    assert re.search(r'id="supervisees"[^>]* value="6"', answer.text)
    assert 'name="version" value="2"' in answer.text


def test_a_supervision_of_somebody_else_is_refused_beside_its_field(
    real_front: RealFront, owner: TestClient, stream: UUID
) -> None:
    """Whether it exists is nobody's business."""
    others = str(real_front.one.hours["supervisions"][Role.OWNER])
    answer = owner.post(f"/activity/{stream}", data=correction(real_front, supervision=others))
    assert answer.status_code == 422
    assert 'id="supervision-error"' in answer.text


def test_a_deleted_activity_leaves_the_week_and_keeps_its_history(
    owner: TestClient, stream: UUID
) -> None:
    """The reason stands in it; deleting it again says that it is gone."""
    asked = {"command_id": str(uuid4()), "version": "1", "reason": "entered-twice", "remark": ""}
    assert "Delete this activity?" in owner.get(f"/activity/{stream}/delete").text
    answer = owner.post(f"/activity/{stream}/delete", data=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, "/week/2026-03-08")
    assert f"a-{stream}" not in owner.get("/week/2026-03-08").text
    page = owner.get(f"/activity/{stream}").text
    assert "This activity was deleted" in page
    assert "it was entered twice" in page
    assert owner.get(f"/activity/{stream}/delete").status_code == 410


def test_a_session_is_no_activity(real_front: RealFront, owner: TestClient, stream: UUID) -> None:
    """One's own stream of another kind has no page here, nor there."""
    session = real_front.one.sessions[Role.THERAPIST]
    assert owner.get(f"/activity/{session}").status_code == 404
    assert owner.get(f"/session/{stream}").status_code == 404
