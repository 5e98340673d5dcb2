"""Whoever finds a weakness finds whom to tell (RFC 9116)."""

import datetime as dt

from tests.web.conftest import Front
from web.pages.security_txt import ADDRESS, CONTACT, EXPIRES, text


def test_it_is_at_its_address_for_everybody(front: Front) -> None:
    """In plain text, with the two fields that the RFC asks for, each once."""
    answer = front.browser().get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.text.splitlines()]
    assert [name for name, _ in fields].count("Expires") == 1
    assert ["Contact", f"mailto:{CONTACT}"] in fields


def test_it_names_its_own_address() -> None:
    """So that a copy elsewhere is not believed."""
    assert f"Canonical: https://app.example.org{ADDRESS}\n" in text("https://app.example.org")


def test_somebody_has_read_it_again_in_time() -> None:
    """It expires in less than a year and not within sixty days; then move EXPIRES on."""
    left = EXPIRES - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=60) < left < dt.timedelta(days=366)
