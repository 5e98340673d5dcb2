"""What a request may bring is bounded, and a form is read strictly."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Front
from tests.web.forms import WEEK, entry
from web.limits import BODY_BYTES_MAX, FORM_FIELDS_MAX

FORM = {"content-type": "application/x-www-form-urlencoded"}


def padded(size: int) -> bytes:
    """Return a form body of exactly this size."""
    body = b"client=&setting="
    return body + b"x" * (size - len(body))


def test_a_body_at_the_limit_is_read(browser: TestClient) -> None:
    """It is refused for what it says, not for its size."""
    answer = browser.post(WEEK, content=padded(BODY_BYTES_MAX), headers=FORM)
    assert answer.status_code == 400


def test_a_body_past_the_limit_is_not(browser: TestClient) -> None:
    """One byte more is too much."""
    answer = browser.post(WEEK, content=padded(BODY_BYTES_MAX + 1), headers=FORM)
    assert answer.status_code == 413
    assert "xxx" not in answer.text


def test_a_body_without_a_length_is_counted(browser: TestClient) -> None:
    """What comes in pieces is bounded too."""

    def pieces() -> Iterator[bytes]:
        yield padded(BODY_BYTES_MAX)
        yield b"x"

    assert browser.post(WEEK, content=pieces(), headers=FORM).status_code == 413


@pytest.mark.parametrize("length", ["9" * 5000, "99999"])
def test_a_length_that_is_only_claimed_is_believed(browser: TestClient, length: str) -> None:
    """Nothing is read."""
    headers = FORM | {"content-length": length}
    assert browser.post(WEEK, content=b"", headers=headers).status_code == 413


def test_a_bounded_number_of_fields_is_taken(browser: TestClient) -> None:
    """More fields than any form of ours has are refused."""
    many = entry() | {f"more{number}": "" for number in range(FORM_FIELDS_MAX)}
    assert browser.post(WEEK, data=many).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"client=a&client=b",
        b"client=%ff",
        b"client=\xc3\xa9",
        b"client",
        b"&&",
        b"client=a;setting=b&x",
        b"command_id=1",
        b"",
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused(browser: TestClient, body: bytes) -> None:
    """Repeated names, other encodings, and forms without an id."""
    assert browser.post(WEEK, content=body, headers=FORM).status_code == 400


@pytest.mark.parametrize(
    "media_type", ["multipart/form-data; boundary=x", "application/json", "text/plain", ""]
)
def test_only_one_kind_of_form_is_taken(browser: TestClient, media_type: str) -> None:
    """A multipart body could be written to disk: it is not even parsed."""
    headers = {"content-type": media_type}
    assert browser.post(WEEK, content=b"a=b", headers=headers).status_code == 415


def test_a_correction_needs_the_version_that_was_seen(browser: TestClient, front: Front) -> None:
    """Without it nobody can tell what was meant."""
    browser.post(WEEK, data=entry())
    stream = next(iter(front.practice.streams))
    for version in ("", "-1", "1.0", "one", "9" * 19):
        answer = browser.post(f"/session/{stream}", data=entry(version=version))
        assert answer.status_code == 400
