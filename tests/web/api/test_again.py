"""What a program sends again happens once (I10), and a key is good for one thing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from psycopg import sql
from starlette.testclient import TestClient

from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from ledger.errors import Unavailable
from ledger.postgres.connect import Role as DatabaseRole
from tests.fix_real_front import RealFront
from tests.web.api.calls import SAID, SESSIONS, key, seen
from web.identity.api_commands import KEPT_US

pytestmark = pytest.mark.postgres


@pytest.fixture
def program(real_front: RealFront) -> TestClient:
    """A program of a therapist that may delete."""
    return real_front.program(token(real_front))


def token(front: RealFront, role: Role = Role.THERAPIST) -> str:
    """Return a token of a member who logs."""
    return front.token(front.one.members[role], TokenPurpose.DELETE_SESSIONS)


def size(front: RealFront) -> int:
    """Return how many events the practice has."""
    return front.size(front.one.practice_id)


def test_a_session_sent_twice_is_logged_once(real_front: RealFront, program: TestClient) -> None:
    """With the same answer, also with another token, in quotes, and with its names in any order."""
    before, same = size(real_front), str(uuid4())
    turned = dict(reversed(SAID.items()))
    first = program.post(SESSIONS, json=SAID, headers=key(same))
    other = real_front.program(token(real_front))
    for again in (
        program.post(SESSIONS, json=SAID, headers=key(same)),
        other.post(SESSIONS, json=turned, headers=key(f'"{same.upper()}"')),
    ):
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["location"] == first.headers["location"]
    assert size(real_front) == before + 1


def test_a_correction_and_a_deletion_sent_twice_happen_once(
    real_front: RealFront, program: TestClient
) -> None:
    """The tag that was seen is old by then, and the answer is the first one all the same."""
    place = program.post(SESSIONS, json=SAID, headers=key()).headers["location"]
    before = size(real_front)
    for method, path, body, version in (
        ("PUT", place, SAID | {"minutes": 45}, 1),
        ("POST", f"{place}/deletion", {"reason": "other"}, 2),
    ):
        headers = key() | seen(version)
        first = program.request(method, path, json=body, headers=headers)
        again = program.request(method, path, json=body, headers=headers)
        assert (first.status_code, again.status_code) == (200, 200), first.text
        assert first.content == again.content
    assert size(real_front) == before + 2


def test_a_key_is_good_for_one_body_one_place_and_one_version(
    real_front: RealFront, program: TestClient
) -> None:
    """Anything else under it is refused with a code, and nothing happens."""
    same = str(uuid4())
    place = program.post(SESSIONS, json=SAID, headers=key(same)).headers["location"]
    before = size(real_front)
    for method, path, body in (
        ("POST", SESSIONS, SAID | {"minutes": 45}),
        ("PUT", place, SAID),
        ("POST", f"{place}/deletion", {"reason": "other"}),
    ):
        answer = program.request(method, path, json=body, headers=key(same) | seen(1))
        assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")
    assert size(real_front) == before


def test_two_people_may_take_the_same_key(real_front: RealFront) -> None:
    """It names the command of a person in a practice, and nobody else's."""
    same, before = str(uuid4()), size(real_front)
    answers = [
        real_front.program(token(real_front, role)).post(SESSIONS, json=SAID, headers=key(same))
        for role in (Role.THERAPIST, Role.OWNER)
    ]
    assert [each.status_code for each in answers] == [201, 201]
    assert len({each.json()["id"] for each in answers}) == 2
    assert size(real_front) == before + 2


def test_many_at_once_are_one(real_front: RealFront) -> None:
    """Whichever is first, they hear the same."""
    before, headers, sent = size(real_front), key(), token(real_front)
    programs = [real_front.program(sent) for _ in range(8)]

    def post(program: TestClient) -> tuple[int, bytes]:
        answer = program.post(SESSIONS, json=SAID, headers=headers)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(len(programs)) as pool:
        answers = set(pool.map(post, programs))
    assert [status for status, _ in answers] == [201]
    assert size(real_front) == before + 1


def test_who_lost_the_answer_asks_again_and_nothing_happens_twice(
    real_front: RealFront, program: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer breaks after the event is durable, as when a client or we are killed."""
    before, headers = size(real_front), key()

    def breaks(*_: object) -> None:
        raise Unavailable("lost")

    with monkeypatch.context() as patched:
        patched.setattr("web.api.operation.Call.settle", breaks)
        lost = program.post(SESSIONS, json=SAID, headers=headers)
    assert (lost.status_code, size(real_front)) == (503, before + 1)
    again = program.post(SESSIONS, json=SAID, headers=headers)
    assert (again.status_code, size(real_front)) == (201, before + 1)
    assert program.get(again.headers["location"]).json()["entry"] == SAID


def test_a_key_that_only_the_ledger_remembers_is_refused(
    real_front: RealFront, program: TestClient
) -> None:
    """After a day nothing tells what was sent under it, so it is not taken for a repetition."""
    headers = key()
    assert program.post(SESSIONS, json=SAID, headers=headers).status_code == 201
    before = size(real_front)
    forget(real_front)
    for body in (SAID, SAID | {"minutes": 45}):
        answer = program.post(SESSIONS, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")
        forget(real_front)
    assert size(real_front) == before


def forget(front: RealFront) -> None:
    """Do what a day does; it is checked that a day is what is kept."""
    with front.context.ledger.database.connect(DatabaseRole.GATE) as connection:
        left = connection.execute("SELECT expires_at_us FROM gate.api_commands").fetchall()
        now_us = front.context.clock.now_us()
        assert all(now_us < end_us <= now_us + KEPT_US for (end_us,) in left)
        connection.execute("DELETE FROM gate.api_commands")
    assert timedelta(microseconds=KEPT_US) == timedelta(days=1)


@pytest.mark.parametrize("given", ["", "1", "not-a-key", "{%s}", '"%s', "%s %s", "urn:uuid:%s"])
def test_a_change_needs_a_key(real_front: RealFront, program: TestClient, given: str) -> None:
    before = size(real_front)
    spelt = given.replace("%s", str(uuid4()))
    for headers in ({}, {"idempotency-key": spelt}):
        answer = program.post(SESSIONS, json=SAID, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "key-needed")
    assert size(real_front) == before


def test_what_was_sent_is_kept_as_a_hash_that_nobody_can_try(
    real_front: RealFront, program: TestClient
) -> None:
    """Two people who send the same leave different ones, and the key to them is in no database."""
    other = real_front.program(token(real_front, Role.OWNER))
    for each in (program, other):
        assert each.post(SESSIONS, json=SAID, headers=key()).status_code == 201
    with real_front.context.ledger.database.connect(DatabaseRole.GATE) as connection:
        query = sql.SQL("SELECT sent_hmac FROM gate.api_commands")
        macs = [row[0] for row in connection.execute(query).fetchall()]
    assert len(set(macs)) == 2
    assert {len(mac) for mac in macs} == {32}
