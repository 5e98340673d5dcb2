"""Every response carries the headers, whatever its route, method and status."""

import re
from collections.abc import Iterator

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from ledger.errors import Busy, Unavailable
from tests.web.conftest import Front
from tests.web.forms import WEEK, entry, log
from web.assets import ASSETS
from web.headers import FIXED_HEADERS
from web.routes import ROUTES


def assert_guarded(response: Response, *, is_public: bool = False) -> None:
    """Check all headers, each there once, and the policy in detail."""
    for name, value in FIXED_HEADERS.items():
        assert response.headers.get_list(name) == [value], name
    assert response.headers["strict-transport-security"].startswith("max-age=63072000;")
    stored = response.headers["cache-control"]
    assert stored == ("public, max-age=31536000, immutable" if is_public else "no-store")
    parts = response.headers["content-security-policy"].split("; ")
    policy = {name: value for name, _, value in (part.partition(" ") for part in parts)}
    assert re.fullmatch(r"'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic'", policy.pop("script-src"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "therapist-os",
    }
    assert "server" not in response.headers


def addresses(stream: str) -> Iterator[str]:
    """Yield an address of each route, and some of none."""
    values = {
        "day": "2026-11-22",
        "stream_id": stream,
        "person_id": stream,
        "session_id": stream,
        "code": "not-found",
        "fingerprint": ASSETS["app.css"].fingerprint,
        "name": "app.css",
        "slot": "1",
        "path": "checkpoint",
    }
    for path in {route.path for route in ROUTES}:
        yield re.sub(":[a-z]+(?=})", "", path).format(**values)
    yield from ("/nothing", "/static/0/app.css", "/week/never", "/session/x", "/week/2026-11-22/")


def test_all_routes_and_methods_carry_the_headers(front: Front) -> None:
    """Signed in or not, allowed or not, with a form or without."""
    browser, stranger = front.signed_in(), front.browser()
    del stranger.headers["sec-fetch-site"]
    statuses: set[int] = set()
    for path in addresses(log(browser)):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
            for asking in (front.browser(), stranger, browser):
                response = asking.request(method, path)
                is_public = path.endswith("app.css") and response.status_code == 200
                assert_guarded(response, is_public=is_public)
                statuses.add(response.status_code)
        if path == "/sign-out":
            browser = front.signed_in()
    assert statuses == {200, 303, 401, 403, 404, 405, 415}


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Busy("full"), 503), (Unavailable("lost"), 503), (ZeroDivisionError("canary"), 500)],
)
def test_errors_carry_the_headers(
    browser: TestClient, front: Front, fault: Exception, status: int
) -> None:
    """Also those nobody expected."""
    front.practice.faults["trail"] = fault
    response = browser.get("/trail")
    assert response.status_code == status
    assert_guarded(response)


def test_forms_that_are_refused_carry_the_headers(browser: TestClient) -> None:
    """400, 403, 413, 415 and 422."""
    refused = {
        400: browser.post(WEEK, data={"command_id": "x"}),
        403: browser.post(WEEK, data=entry(), headers={"sec-fetch-site": "cross-site"}),
        413: browser.post(WEEK, data={"client": "x" * 20_000}),
        415: browser.post(WEEK, json={}),
        422: browser.post(WEEK, data=entry(minutes="x")),
    }
    for status, response in refused.items():
        assert response.status_code == status
        assert_guarded(response)


def test_a_nonce_is_for_one_response(browser: TestClient) -> None:
    """The page's scripts carry the nonce of its own policy."""
    nonces: set[str] = set()
    for _ in range(3):
        response = browser.get(WEEK)
        stated = set(re.findall(r'nonce="([^"]+)"', response.text))
        assert len(stated) == 1
        assert f"'nonce-{min(stated)}'" in response.headers["content-security-policy"]
        nonces |= stated
    assert len(nonces) == 3


def test_a_page_that_is_swapped_in_brings_no_scripts(browser: TestClient) -> None:
    """The policy of the page that asked would refuse them."""
    assert "<script" not in browser.get(WEEK, headers={"hx-request": "true"}).text


def test_pages_refer_to_nothing_elsewhere(browser: TestClient) -> None:
    """No address in a page leads off it, and no style or handler is inline."""
    for path in (WEEK, "/trail", f"/session/{log(browser)}", "/sign-in"):
        text = browser.get(path).text
        assert re.findall(r'(?:href|src|action)="(?!/|#)[^"]*"', text) == []
        assert re.findall(r"<[^>]*\s(?:style|on\w+)=", text) == []


def test_static_files_are_served_under_their_content(browser: TestClient) -> None:
    """Each file a page names is there, as what it is."""
    for name, asset in ASSETS.items():
        response = browser.get(asset.address)
        assert response.content == asset.content, name
        assert response.headers["content-type"] == asset.media_type
