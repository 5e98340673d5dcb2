"""Nonsense is answered with a problem and never with 500; nothing of it comes back or is logged."""

import logging

import pytest
from starlette.testclient import TestClient

from aggregates.api_token import TokenPurpose
from aggregates.practice import Role
from ledger.errors import LedgerError, Unavailable
from tests.fix_real_front import RealFront
from tests.leak_sweep import find
from tests.web.api.calls import PROBLEM, SAID, SESSIONS, key, seen
from web.limits import BODY_BYTES_MAX

pytestmark = pytest.mark.postgres
CANARY = "Zebulon Quarkfeather"
JSON = {"content-type": "application/json"}
WEEK = "/api/v1/weeks/2026-03-09"
MALFORMED = {
    "nothing": b"",
    "no JSON": CANARY.encode(),
    "cut off": b'{"reason": "other"',
    "more after it": b'{"reason": "other"} x',
    "a name twice": b'{"reason": "other", "reason": "wrong-client"}',
    "a name twice, spelt differently": b'{"reason": "other", "re\\u0061son": "wrong-client"}',
    "not a number": b'{"reason": NaN}',
    "infinite": b'{"reason": -Infinity}',
    "a lone surrogate": b'{"reason": "other", "remark": "\\ud800"}',
    "a surrogate in UTF-8": b'{"reason": "other", "remark": "\xed\xa0\x80"}',
    "no UTF-8": b'{"reason": "other", "remark": "\xff"}',
    "UTF-16": '{"reason": "other"}'.encode("utf-16"),
    "a mark of byte order": b'\xef\xbb\xbf{"reason": "other"}',
    "a raw NUL": b'{"reason": "other", "remark": "\x00"}',
    "a comment": b'{"reason": "other"} // x',
    "a hanging comma": b'{"reason": "other",}',
}
NOT_SO = {
    "deep lists": b'{"reason": ' + b"[" * 8_000 + b"]" * 8_000 + b"}",
    "deep objects": b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    "a list": b"[]",
    "null": b"null",
    "a figure": b"7",
    "a long figure": b'{"reason": ' + b"9" * 5_000 + b"}",
    "a huge figure": b'{"reason": 1e99999}',
    "an unknown name": b'{"reason": "other", "Zebulon Quarkfeather": 1}',
    "an unknown reason": b'{"reason": "Zebulon Quarkfeather"}',
    "a NUL": b'{"reason": "other", "remark": "a\\u0000b"}',
    "no reason": b'{"remark": "Zebulon Quarkfeather"}',
    "a long remark": b'{"reason": "other", "remark": "' + b"Zebulon" * 40 + b'"}',
}
FIGURES = (
    b"0",
    b"-1",
    b"601",
    b"50.0",
    b"5e1",
    b"1e400",
    b"9" * 5_000,
    b"2147483648",
    b'"50"',
    b"null",
)


@pytest.fixture
def program(real_front: RealFront) -> TestClient:
    """A program of a therapist that may delete."""
    actor = real_front.one.members[Role.THERAPIST]
    return real_front.program(real_front.token(actor, TokenPurpose.DELETE_SESSIONS))


def own(front: RealFront) -> str:
    """Return the address of the therapist's session."""
    return f"{SESSIONS}/{front.one.sessions[Role.THERAPIST]}"


@pytest.mark.parametrize("status", [400, 422])
def test_a_body_that_is_none_is_a_problem(
    real_front: RealFront, program: TestClient, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Malformed it is 400, well-formed 422; the session is as it was, and the log is empty."""
    caplog.set_level(logging.DEBUG)
    place = f"{own(real_front)}/deletion"
    for name, body in (MALFORMED if status == 400 else NOT_SO).items():
        answer = program.post(place, content=body, headers=key() | seen(1) | JSON)
        assert answer.status_code == status, (name, answer.text)
        assert answer.headers["content-type"] == PROBLEM
        expected = "json-malformed" if status == 400 else "fields-invalid"
        assert answer.json()["code"] == expected, name
        assert find(answer.content + repr(answer.headers).encode(), CANARY.split()) == []
    assert program.get(own(real_front)).headers["etag"] == '"1"'
    assert [record for record in caplog.records if record.name == "therapist_os"] == []


def test_a_figure_that_is_none_is_a_problem(program: TestClient) -> None:
    """However it is written."""
    said = b'{"date":"2026-03-09","start":"09:30","client":"J.D.","setting":"Pond",'
    said += b'"modality":"video","participants":"group","minutes":%s}'
    for figure in FIGURES:
        answer = program.post(SESSIONS, content=said % figure, headers=key() | JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, "fields-invalid"), figure[:20]
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/minutes"]
    assert program.post(SESSIONS, content=said % b"50", headers=key() | JSON).status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        f"?name={CANARY}",
        "?before=-1",
        "?before=99999999999999999999999",
        "?before=0x10",
        "?before=1&before=2",
        "?before=%00",
        "?limit=0",
        "?limit=101",
        "?limit=Zebulon",
        "?show=Zebulon",
        "?access_token=Zebulon",
        "?before=%ff%fe",
        "?before=" + "9" * 6_000,
    ],
)
def test_a_query_that_is_none_is_a_problem(program: TestClient, query: str) -> None:
    answer = program.get(f"/api/v1/trail{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "fields-invalid")
    assert "Zebulon" not in answer.text + str(answer.headers)


def test_a_canary_comes_back_from_nowhere(
    real_front: RealFront, program: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Sent in every place of a request; answers and log hold nothing of it, in no disguise."""
    caplog.set_level(logging.DEBUG)
    place, in_path = own(real_front), CANARY.replace(" ", "%20")
    headers = {"x-name": CANARY, "cookie": f"name={CANARY}", "user-agent": CANARY}
    wrong = dict.fromkeys(SAID, CANARY) | {"minutes": 50}
    answers = [
        program.post(SESSIONS, json=wrong, headers=key() | headers),
        program.put(place, json=wrong, headers=key() | seen(1) | headers),
        program.post(f"{place}/deletion", json={"reason": CANARY}, headers=key() | seen(1)),
        program.post(SESSIONS, json=SAID, headers={"idempotency-key": CANARY}),
        program.put(place, json=SAID, headers=key() | {"if-match": CANARY}),
        program.get(WEEK, headers={"accept": CANARY}),
        program.post(SESSIONS, content=CANARY, headers=key() | {"content-type": CANARY}),
        program.get(f"/api/v1/weeks/{in_path}"),
        program.get(f"/api/v1/{in_path}?q={CANARY}"),
        program.get(f"/api/v1/problems/{in_path}"),
        program.request("QUARK", f"/api/v1/me?name={CANARY}"),
        program.get(WEEK, headers={"authorization": f"Bearer {CANARY}"}),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == PROBLEM, answer.text
        assert find(answer.content + repr(answer.headers).encode(), CANARY.split()) == []
    # The test's own client logs the addresses that it asks for.
    logged = [
        each.getMessage() for each in caplog.records if each.name.partition(".")[0] != "httpx2"
    ]
    assert find("\n".join(logged).encode(), CANARY.split()) == []


def test_an_error_of_ours_tells_an_id_and_nothing_else(
    real_front: RealFront,
    program: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever its message says; 503 tells when to come back."""
    for error, status, code in (
        (ValueError(CANARY), 500, "internal"),
        (LedgerError(CANARY), 500, "internal"),
        (Unavailable(CANARY), 503, "unavailable"),
    ):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        with monkeypatch.context() as patched:
            patched.setattr("web.api.trail._item", fail)
            answer = program.get("/api/v1/trail")
        told = answer.json()
        assert (answer.status_code, told["code"]) == (status, code)
        assert told["error_id"] in caplog.text
        assert ("retry-after" in answer.headers) == (status == 503)
        assert find((answer.text + caplog.text).encode(), CANARY.split()) == []
    del real_front


def test_a_large_body_is_not_read(program: TestClient) -> None:
    """By its declared length, and as it comes."""
    large = b'{"reason": "' + b"x" * BODY_BYTES_MAX + b'"}'
    for content in (large, iter([large[:9_000], large[9_000:]])):
        answer = program.post(SESSIONS, content=content, headers=key() | JSON)
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "",
        "application/xml",
        "application/json; charset=latin-1",
        "application/x-www-form-urlencoded",
    ],
)
def test_only_json_is_read(program: TestClient, kind: str) -> None:
    answer = program.post(SESSIONS, content=b"{}", headers=key() | {"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "not-json")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.1", 200),
        ("", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("application/jsonx", 406),
    ],
)
def test_only_json_is_answered(program: TestClient, accept: str, status: int) -> None:
    assert program.get(WEEK, headers={"accept": accept}).status_code == status


def test_another_method_hears_which_there_are(program: TestClient) -> None:
    """All of the address, not only the first one's; and nothing of it needs our own pages."""
    place = f"{SESSIONS}/00000000-0000-4000-8000-000000000000"
    for method in ("DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = program.request(method, place)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")
        assert answer.json()["code"] == "method-not-allowed"
        assert "access-control-allow-origin" not in answer.headers
