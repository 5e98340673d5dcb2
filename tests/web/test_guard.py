"""The guard: who looks is on record before the page is made, or nothing is shown."""

import re
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
from starlette.testclient import TestClient

import web.pages
from aggregates.access import (
    AccessCommand,
    Purpose,
    ReadRecords,
    RecordKind,
    RefuseAccess,
    RefusedFor,
)
from aggregates.practice import Role
from commands.context import Actor
from ledger.audit_files import TEXT, Served
from ledger.errors import Busy, Quarantined, Unavailable
from tests.web.conftest import ACTOR, Front
from tests.web.fake_past import OFFICER
from tests.web.forms import WEEK, entry, log
from web.access import STEP_UP_US_MAX

COLLEAGUE = Actor(ACTOR.practice_id, UUID(int=4))
FAULTS = (Unavailable("x"), Busy("x"), Quarantined("x"))


def kinds(front: Front) -> list[RecordKind]:
    """Return what was looked at."""
    return [look.kind for look in front.practice.looks]


def last(front: Front) -> AccessCommand:
    """Return the newest event."""
    return front.practice.looks[-1]


def test_a_look_is_written_before_the_page_is_made(front: Front, browser: TestClient) -> None:
    """Also where making the page fails: then it was written and not shown, never the other way."""
    front.practice.faults["week"] = RuntimeError("late")
    assert browser.get(WEEK).status_code == 500
    assert kinds(front) == [RecordKind.WEEK]


def test_it_says_who_looked_at_what_and_why(front: Front, browser: TestClient) -> None:
    stream = log(browser)
    front.practice.looks.clear()
    browser.get(f"/session/{stream}")
    look = last(front)
    assert isinstance(look, ReadRecords)
    assert (look.reader_id, look.whose, look.role) == (ACTOR.person_id,) * 2 + (Role.THERAPIST,)
    assert (look.kind, look.purpose) == (RecordKind.SESSION, Purpose.OWN_RECORD)
    assert (look.stream_id, look.day, look.ip_address) == (UUID(stream), None, None)


def test_a_week_is_named_by_its_sunday(front: Front, browser: TestClient) -> None:
    """Whatever day of it was asked for, though that only leads to the Sunday."""
    for day in ("2026-11-22", "2026-11-24"):
        front.practice.looks.clear()
        browser.get(f"/week/{day}")
        look = last(front)
        assert isinstance(look, ReadRecords)
        assert str(look.day) == "2026-11-22"


def test_head_is_a_look(front: Front, browser: TestClient) -> None:
    """The length of an answer tells something of what is in it."""
    assert browser.head(WEEK).status_code == 200
    assert kinds(front) == [RecordKind.WEEK]


def test_no_answer_comes_from_a_cache_of_ours(front: Front, browser: TestClient) -> None:
    """There is no 304: who asks again looks again."""
    etag = {"if-none-match": "*", "if-modified-since": "Thu, 01 Jan 2037 00:00:00 GMT"}
    for _ in range(2):
        assert browser.get(WEEK, headers=etag).status_code == 200
    assert kinds(front) == [RecordKind.WEEK] * 2


def test_a_form_that_is_taken_shows_nothing_and_writes_no_look(
    front: Front, browser: TestClient
) -> None:
    assert browser.post(WEEK, data=entry()).status_code == 303
    assert kinds(front) == []


def test_a_form_that_comes_back_is_shown_among_records_and_is_a_look(
    front: Front, browser: TestClient
) -> None:
    stream = log(browser)
    front.practice.looks.clear()
    assert browser.post(WEEK, data=entry(minutes="x")).status_code == 422
    wrong = entry(minutes="x") | {"version": "1"}
    assert browser.post(f"/session/{stream}", data=wrong).status_code == 422
    assert kinds(front) == [RecordKind.WEEK, RecordKind.SESSION]


@pytest.mark.parametrize("path", ["/sign-in", "/audit/checkpoint", "/healthz", "/static/x/y"])
def test_what_is_public_writes_nothing(front: Front, browser: TestClient, path: str) -> None:
    """Nor does the page that only leads elsewhere."""
    front.practice.files[None, "checkpoint"] = Served(b"note\n", TEXT, is_immutable=False)
    browser.get(path)
    browser.get("/")
    assert kinds(front) == []


def test_files_of_the_practices_log_are_a_look_at_the_practice(
    front: Front, browser: TestClient
) -> None:
    front.practice.files[7, "checkpoint"] = Served(b"note\n", TEXT, is_immutable=False)
    assert browser.get("/audit/p/7/checkpoint").status_code == 200
    look = last(front)
    assert isinstance(look, ReadRecords)
    assert (look.kind, look.whose, look.purpose) == (
        *(RecordKind.LOG_FILES, None),
        Purpose.VERIFICATION,
    )


def test_another_practices_log_is_refused_on_record(front: Front, browser: TestClient) -> None:
    """Whether there is such a log or not."""
    front.practice.files[8, "checkpoint"] = Served(b"note\n", TEXT, is_immutable=False)
    for slot in (8, 9):
        assert browser.get(f"/audit/p/{slot}/checkpoint").status_code == 404
        look = last(front)
        assert isinstance(look, RefuseAccess)
        assert look.reason is RefusedFor.NOT_THEIRS
    assert len(front.practice.looks) == 2


@pytest.mark.parametrize("ending", ["", "/delete"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_anothers_session_and_one_that_is_not_there_are_refused_alike(
    front: Front, browser: TestClient, method: str, ending: str
) -> None:
    """The answers are the same to the byte, and each is one event: nothing tells them apart."""
    theirs, nobodys = log(browser), str(UUID(int=999))
    front.practice.looks.clear()
    other, answers = front.signed_in(COLLEAGUE), list[bytes]()
    for stream in (theirs, nobodys):
        answer = other.request(method, f"/session/{stream}{ending}", data=entry())
        assert answer.status_code == 404
        answers.append(re.sub(rb'nonce="[^"]*"', b"", answer.content))
    assert answers[0] == answers[1]
    told = [
        (look.whose, str(look.stream_id), look.reason)
        for look in front.practice.looks
        if isinstance(look, RefuseAccess)
    ]
    expected = [(ACTOR.person_id, theirs), (None, nobodys)]
    assert told == [(*each, RefusedFor.NOT_THEIRS) for each in expected]


@pytest.mark.parametrize(
    ("who", "path", "kind"),
    [
        (ACTOR, "/replay", RecordKind.REPLAY),
        (ACTOR, "/access", RecordKind.ACCESSES),
        (OFFICER, WEEK, RecordKind.WEEK),
        (OFFICER, f"/session/{UUID(int=9)}", RecordKind.SESSION),
    ],
)
def test_a_page_of_another_role_is_refused_on_record(
    front: Front, who: Actor, path: str, kind: RecordKind
) -> None:
    assert front.signed_in(who).get(path).status_code == 403
    look = last(front)
    assert isinstance(look, RefuseAccess)
    assert (look.kind, look.whose, look.reason) == (kind, None, RefusedFor.ROLE)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_what_cannot_be_written_down_is_not_shown(front: Front, fault: Exception) -> None:
    """503 on every page that shows records, for a refusal too; and nothing is read."""
    browser, officer = front.signed_in(), front.signed_in(OFFICER)
    stream = log(browser, client="J.D.", setting="Quiet Pond")
    front.practice.faults["record_access"] = fault
    front.practice.files[7, "checkpoint"] = Served(b"Quiet Pond", TEXT, is_immutable=False)
    pages = [WEEK, f"/session/{stream}", f"/session/{stream}/delete", "/trail", "/replay"]
    asked = [(browser, each) for each in [*pages, "/access", "/audit/p/7/checkpoint"]]
    asked += [(officer, each) for each in ("/replay", "/access", "/trail", WEEK)]
    for client, path in asked:
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "Quiet Pond" not in answer.text
        assert "J.D." not in answer.text


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_form_is_kept_though_no_record_may_be_shown(front: Front, fault: Exception) -> None:
    """What was typed comes back alone: with its id, so that sent again it counts once."""
    browser = front.signed_in()
    stream = log(browser, client="J.D.", setting="Quiet Pond")
    front.practice.faults["record_access"] = fault
    front.practice.faults["log_session"] = fault
    typed = entry(setting="Loud Creek", command_id=str(UUID(int=88)))
    front.practice.faults["correct_session"] = fault
    corrected = typed | {"version": "1"}
    deleted = {"command_id": str(UUID(int=89)), "version": "1", "reason": "other", "remark": "mine"}
    for path, form, kept in (
        (WEEK, typed, "Loud Creek"),
        (f"/session/{stream}", corrected, "Loud Creek"),
        (WEEK, typed | {"minutes": "x"}, "Loud Creek"),
        (f"/session/{stream}/delete", deleted, 'value="mine"'),
    ):
        answer = browser.post(path, data=form)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert kept in answer.text
        assert form["command_id"] in answer.text
        assert f'action="{path}"' in answer.text
        assert "Quiet Pond" not in answer.text


def test_a_removed_member_loses_access_at_once(front: Front, browser: TestClient) -> None:
    """With the next request, and it is as if there were nothing."""
    assert browser.get(WEEK).status_code == 200
    del front.practice.roles[ACTOR.person_id]
    front.practice.looks.clear()
    for path in ("/", WEEK, "/trail", "/replay", "/audit/p/7/checkpoint"):
        assert browser.get(path).status_code == 404
    assert front.practice.looks == []


def test_a_changed_role_counts_at_once(front: Front, browser: TestClient) -> None:
    front.practice.roles[ACTOR.person_id] = Role.COMPLIANCE_OFFICER
    assert browser.get("/replay").status_code == 200
    assert browser.get(WEEK).status_code == 403


def test_deleting_asks_for_a_sign_in_of_the_last_five_minutes(
    front: Front, browser: TestClient
) -> None:
    """Everything else goes on; the page says what to do, and nothing is deleted."""
    stream = log(browser)
    front.clock.us += STEP_UP_US_MAX
    form = {"command_id": str(UUID(int=5)), "version": "1", "reason": "other", "remark": ""}
    path = f"/session/{stream}/delete"
    led_to = browser.get(path)
    assert (led_to.status_code, led_to.headers["location"]) == (
        303,
        f"/step-up?next={quote(path, '')}",
    )
    answer = browser.post(path, data=form)
    assert answer.status_code == 403
    assert "confirm that it is you" in answer.text
    assert browser.get(f"/session/{stream}").status_code == 200
    assert len(front.practice.streams[UUID(stream)]) == 1


def test_a_session_of_a_development_link_is_confirmed_with_a_button(
    front: Front, browser: TestClient
) -> None:
    """The link stands for a passkey, and so does the button: the page is there again."""
    path = f"/session/{log(browser)}/delete"
    front.clock.us += STEP_UP_US_MAX
    page = browser.get(browser.get(path).headers["location"]).text
    assert "Confirm without a passkey" in page
    assert f'value="{path}"' in page
    before = browser.cookies["__Host-session"]
    assert browser.post("/step-up", data={"next": path}).headers["location"] == path
    assert browser.cookies["__Host-session"] != before
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("path", sorted(Path(web.pages.__file__).parent.rglob("*.py")), ids=str)
def test_pages_reach_records_through_the_guard_only(path: Path) -> None:
    """No page takes them from the services itself."""
    assert ".records" not in path.read_text()


def test_the_roles_decide_where_somebody_arrives(front: Front) -> None:
    front.practice.roles[COLLEAGUE.person_id] = Role.SUPERVISOR

    def ask(who: Actor) -> str:
        return front.signed_in(who).get("/").headers["location"]

    assert ask(ACTOR) == "/week/2026-11-22"
    assert ask(OFFICER) == "/replay"
    assert ask(COLLEAGUE) == "/supervise"
