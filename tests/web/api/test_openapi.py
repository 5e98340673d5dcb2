"""The description of the API says what there is, for everybody, and each code leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from starlette.testclient import TestClient

import web.api
from aggregates.refusal import RefusalCode
from tests.web.conftest import Front
from web.api.answers import API_ANSWERS, answer_of
from web.api.openapi import codes_of, description
from web.api.table import OPERATIONS
from web.errors import ANSWERS


@pytest.fixture
def anybody(front: Front) -> TestClient:
    """Somebody without a token."""
    return front.browser()


def nodes(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- any part of JSON
    """Yield every object in a document."""
    if isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        yield found
        for each in found.values():
            yield from nodes(each)
    elif isinstance(node, list):
        for each in cast("list[Any]", node):
            yield from nodes(each)


def test_everybody_may_read_it(anybody: TestClient) -> None:
    """It names nobody, and is what the declarations say."""
    answer = anybody.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == msgspec.json.decode(msgspec.json.encode(description(OPERATIONS)))


def test_every_reference_in_it_leads_somewhere() -> None:
    document = description(OPERATIONS)
    for node in nodes(document):
        reference: str = node.get("$ref", "#")
        place: Any = document
        for part in reference.removeprefix("#").strip("/").split("/") if reference != "#" else ():
            place = place[part]
        assert isinstance(place, dict)


def test_every_operation_and_every_part_of_its_address_is_described() -> None:
    """Each with a name of its own; those that change something ask for a key."""
    document = description(OPERATIONS)
    assert len({each.name for each in OPERATIONS}) == len(OPERATIONS)
    for each in OPERATIONS:
        path = each.row.path.removeprefix("/api/v1")
        told = document["paths"][path][each.row.method.lower()]
        names = [parameter["name"] for parameter in told["parameters"]]
        assert set(re.findall(r"\{(\w+)\}", path)) <= set(names)
        assert ("Idempotency-Key" in names) == each.is_change
        assert ("If-Match" in names) == each.needs_version
        assert str(each.status) in told["responses"]


def test_no_request_takes_more_than_it_describes() -> None:
    """Every structure is closed."""
    schemas = description(OPERATIONS)["components"]["schemas"]
    for name, schema in schemas.items():
        assert schema.get("type") != "object" or schema["additionalProperties"] is False, name


def test_every_code_leads_to_what_it_means(anybody: TestClient) -> None:
    """Under the address that stands in the answer; what is no code leads nowhere."""
    codes = {code for each in OPERATIONS for code in codes_of(each)}
    for code in codes | set(API_ANSWERS) | set(RefusalCode):
        answer = anybody.get(f"/api/v1/problems/{code}")
        assert answer.status_code == 200
        told = answer.json()
        expected = answer_of(code)
        assert expected is not None
        assert (told["status"], told["detail"]) == (expected.status, expected.sentence)
        assert told["type"] == f"/api/v1/problems/{code}"
    assert anybody.get("/api/v1/problems/zebulon").status_code == 404


def test_no_code_means_two_things() -> None:
    """What programs are told alone is in no other table."""
    assert not set(API_ANSWERS) & (set(ANSWERS) | set(RefusalCode))


def test_without_sign_in_nobody_has_a_token(anybody: TestClient) -> None:
    """A front without accounts lets no program in, and does not break."""
    headers = {"authorization": "Bearer therapist_os_" + "A" * 43}
    answer = anybody.get("/api/v1/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-needed")


def test_an_address_of_the_api_that_is_none_is_a_problem(anybody: TestClient) -> None:
    """And one beside it is a page."""
    for path in ("/api/v1/nothing", "/api/", "/api/v2/me"):
        answer = anybody.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert anybody.get("/apis").headers["content-type"].startswith("text/html")


def test_records_are_reached_through_the_guard_only() -> None:
    """No resource takes them from the services itself."""
    for path in sorted(Path(web.api.__file__).parent.glob("*.py")):
        assert ".services.records" not in path.read_text(), path.name
