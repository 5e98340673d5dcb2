"""How a statement came to be stands on its page, over the real ledger, for its person only."""

import re
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.testclient import TestClient

from aggregates.access import RecordKind, RecordsRead
from aggregates.hours.enrolment_entry import enrolment_fields
from aggregates.hours.supervision_entry import supervision_fields
from aggregates.practice import Role
from aggregates.shredding import ShredReason
from commands.context import Actor
from ledger.opening import open_destroyer
from retention.shred import shred
from tests.aggregates.hours_examples import SUPERVISED
from tests.fix_real_front import ENROLLED, NAME, SETTING, RealFront

pytestmark = pytest.mark.postgres
PLACE = {"name": "Heron Marsh Annex", "kind": "exempt", "employment": "volunteer"}


@pytest.fixture
def actor(real_front: RealFront) -> Actor:
    """Somebody who stated an enrolment, a setting and a supervision."""
    return real_front.one.members[Role.THERAPIST]


@pytest.fixture
def owner(real_front: RealFront, actor: Actor) -> TestClient:
    """Their browser."""
    return real_front.signed_in(actor)


def told(page: str) -> str:
    """Return the history of a page, without its tags."""
    (found,) = re.findall(r'<section class="history".*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def streams(real_front: RealFront, kind: str) -> UUID:
    """Return their one of a kind."""
    return real_front.one.hours[kind][Role.THERAPIST]


def test_a_setting_tells_how_it_came_to_be(real_front: RealFront, owner: TestClient) -> None:
    """Newest first, with what was there before; a new one has no history yet."""
    path = f"/setup/settings/{streams(real_front, 'settings')}"
    assert re.fullmatch(r"History Stated \w+day, .* Nothing here .*", told(owner.get(path).text))
    assert owner.post(path, data=PLACE | {"command_id": str(uuid4())}).status_code == 303
    history = told(owner.get(path).text)
    assert history.index("Changed") < history.index("Stated")
    assert f"Name {SETTING} \u2192 Heron Marsh Annex" in history
    assert "Lawful yes \u2192 no" in history
    assert "You are Employee \u2192 Volunteer" in history
    assert 'class="history"' not in owner.get("/setup/settings/new").text


def test_an_enrolment_tells_it_without_an_address_of_its_own(owner: TestClient) -> None:
    """There is one for each person."""
    changed = enrolment_fields(ENROLLED) | {"live_scan_on": "", "command_id": str(uuid4())}
    assert owner.post("/setup/enrolment", data=changed).status_code == 303
    history = told(owner.get("/setup/enrolment").text)
    assert "Live Scan Sat 1 Jun 2024 \u2192 not stated" in history


def test_a_supervision_names_setting_and_member(real_front: RealFront, owner: TestClient) -> None:
    """No id stands there."""
    path = f"/setup/supervisions/{streams(real_front, 'supervisions')}"
    setting_id = streams(real_front, "settings")
    supervisor_id = real_front.one.members[Role.SUPERVISOR].person_id
    stated = msgspec.structs.replace(
        SUPERVISED, setting_id=setting_id, supervisor_id=supervisor_id, is_related=True
    )
    form = supervision_fields(stated) | {"command_id": str(uuid4())}
    assert owner.post(path, data=form).status_code == 303
    history = told(owner.get(path).text)
    assert f"Signs here none chosen \u2192 {NAME}" in history
    assert "Related no \u2192 yes" in history
    assert str(supervisor_id) not in history


def test_a_form_with_a_mistake_keeps_the_history(real_front: RealFront, owner: TestClient) -> None:
    """Beside what was typed."""
    path = f"/setup/settings/{streams(real_front, 'settings')}"
    answer = owner.post(path, data=PLACE | {"command_id": str(uuid4()), "kind": "x"})
    assert answer.status_code == 422
    assert "Stated" in told(answer.text)


def test_each_look_at_a_statement_is_on_record_by_its_stream(
    real_front: RealFront, owner: TestClient, actor: Actor
) -> None:
    """The enrolment has no address of its own, so its look is one at the setup."""
    practice_id = real_front.one.practice_id
    for kind in ("settings", "supervisions"):
        before = real_front.size(practice_id)
        stream_id = streams(real_front, kind)
        assert owner.get(f"/setup/{kind}/{stream_id}").status_code == 200
        (look,) = real_front.looks(practice_id, before)
        assert isinstance(look, RecordsRead)
        assert (look.kind, look.stream_id, look.whose) == (
            RecordKind.SETUP,
            stream_id,
            actor.person_id,
        )
    before = real_front.size(practice_id)
    owner.get("/setup/enrolment")
    (look,) = real_front.looks(practice_id, before)
    assert isinstance(look, RecordsRead)
    assert (look.kind, look.stream_id) == (RecordKind.SETUP, None)


def test_a_destroyed_statement_keeps_its_steps(
    real_front: RealFront, owner: TestClient, actor: Actor
) -> None:
    """Told as destroyed: no form, and nothing of what it said."""
    context, stream_id = real_front.context, streams(real_front, "settings")
    path = f"/setup/settings/{stream_id}"
    assert owner.post(path, data=PLACE | {"command_id": str(uuid4())}).status_code == 303
    with open_destroyer(context.ledger.database, real_front.settings, context.clock) as destroyer:
        shred(context, destroyer, actor.practice_id, stream_id, ShredReason.RETENTION_ELAPSED)
    real_front.follow()
    page = owner.get(path).text
    assert "A destroyed statement" in page
    assert "was destroyed" in page
    assert "<form" not in page.partition("<main")[2]
    assert "Heron Marsh" not in page
    assert re.search(r"Changed .* Stated", told(page))
