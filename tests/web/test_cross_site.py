"""Only our own pages may change anything."""

import pytest

from tests.web.conftest import ORIGIN, Front
from tests.web.forms import WEEK, entry

SITES = ["cross-site", "same-site", "none", "", "SAME-ORIGIN", "same-origin, cross-site"]
ORIGINS = [
    "null",
    "https://localhost",
    "http://localhost:8443",
    "https://localhost:8443.example.org",
    "https://LOCALHOST:8443",
    f"{ORIGIN}, {ORIGIN}",
]


def status(front: Front, headers: list[tuple[str, str]]) -> int:
    """Return the answer to logging a session with exactly these headers."""
    browser = front.signed_in()
    del browser.headers["sec-fetch-site"]
    return browser.post(WEEK, data=entry(), headers=headers).status_code


def test_a_form_of_our_own_is_taken(front: Front) -> None:
    """Modern browsers say so; older ones name the origin."""
    assert status(front, [("sec-fetch-site", "same-origin")]) == 303
    assert status(front, [("origin", ORIGIN)]) == 303


def test_a_request_that_says_neither_is_refused(front: Front) -> None:
    """Every browser of the last years says one of the two."""
    assert status(front, []) == 403


@pytest.mark.parametrize("site", SITES)
def test_any_other_site_is_refused(front: Front, site: str) -> None:
    """Even with the right origin beside it."""
    assert status(front, [("sec-fetch-site", site)]) == 403
    assert status(front, [("sec-fetch-site", site), ("origin", ORIGIN)]) == 403


@pytest.mark.parametrize("origin", ORIGINS)
def test_any_other_origin_is_refused(front: Front, origin: str) -> None:
    """Scheme, host and port count, to the letter."""
    assert status(front, [("origin", origin)]) == 403


def test_two_values_are_refused(front: Front) -> None:
    """A header given twice is not believed."""
    twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")]
    assert status(front, twice) == 403
    assert status(front, [("origin", ORIGIN), ("origin", ORIGIN)]) == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", WEEK, "/nothing"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_every_unsafe_method_is_guarded_everywhere(front: Front, path: str, method: str) -> None:
    """Also where no route takes it."""
    answer = front.browser().request(method, path, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_reading_from_elsewhere_is_harmless(front: Front) -> None:
    """A link from another site leads to a page, and changes nothing."""
    answer = front.browser().get("/sign-in", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
