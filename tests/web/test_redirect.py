"""The plain HTTP port leads to HTTPS and takes nothing."""

import pytest
from starlette.testclient import TestClient

from tests.web.test_headers import assert_guarded
from web.redirect import Redirect

PUBLIC = "https://app.example.org"


@pytest.fixture
def plain() -> TestClient:
    """A browser at the plain port, under whatever name it typed."""
    return TestClient(Redirect(PUBLIC), base_url="http://evil.example.net", follow_redirects=False)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/week/2026-11-22?a=b%26c", "//evil.example.net/", "/%2e"])
def test_reading_is_led_to_the_public_host(plain: TestClient, method: str, path: str) -> None:
    """Whatever the request calls us, the address is the configured one and the path is kept."""
    answer = plain.request(method, f"http://evil.example.net{path}")
    assert (answer.status_code, answer.headers["location"]) == (308, PUBLIC + path)
    assert_guarded(answer)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"])
def test_anything_else_is_refused(plain: TestClient, method: str) -> None:
    """Nobody is invited to send a body again that went in the clear."""
    answer = plain.request(method, "/sign-in")
    assert answer.status_code == 403
    assert "location" not in answer.headers
    assert_guarded(answer)
