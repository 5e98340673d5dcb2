"""What a browser keeps on disk of a visit holds nothing that was typed or shown (P13, P20)."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import SWITCHES, Visitor, chromium_path
from tests.browser.steps import a_day, fill, line_of
from tests.leak_sweep import sweep

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

NAME, INITIALS = "Thaddeus Canaryfinch", "T.C."
SETTING = "Canary Lagoon Clinic 4417"
REMARK = "remark-canary-77120 typed"
REFUSED = "Ermintrude & Canarybell"
TYPED = (NAME, NAME.split()[1], SETTING, REMARK, REFUSED.split(" & ")[1])
PLANTED = "planted-canary-in-the-profile"


@pytest.fixture
def profile(visitor: Visitor, chromium: Browser, tmp_path: Path) -> Path:
    """A profile of its own, after somebody logged, was refused, went back and forth, and left."""
    folder = tmp_path / "profile"
    context = chromium.browser_type.launch_persistent_context(
        str(folder),
        executable_path=chromium_path(),
        args=list(SWITCHES),
        ignore_https_errors=True,
    )
    kept = visitor.page.context.storage_state().get("cookies", [])
    context.add_cookies(
        [
            {"name": c.get("name", ""), "value": c.get("value", ""), "url": visitor.origin}
            for c in kept
        ]
    )
    _visit(Visitor(context.new_page(), visitor.origin, []))
    context.close()
    return folder


def _visit(own: Visitor) -> None:
    page = own.page
    for client in (REFUSED, NAME):
        own.go(f"/week/{a_day().isoformat()}")
        fill(own, client, start="20:15")
        page.get_by_label("Setting").fill(SETTING)
        page.get_by_role("button", name="Log session").click()
    line_of(own, INITIALS).first.click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_label("Remark").fill(REMARK)
    page.go_back()
    own.go("/trail")


def test_nothing_that_was_typed_is_in_the_profile(profile: Path) -> None:
    """Neither in its cache, nor its history, nor what it would restore of a form."""
    assert any(profile.rglob("History")), "this is a profile, and Chromium has written to it"
    assert sweep([profile], TYPED) == []
    (profile / "planted").write_text(PLANTED)
    assert sweep([profile], [PLANTED]) != [], "the sweep sees what is there"
