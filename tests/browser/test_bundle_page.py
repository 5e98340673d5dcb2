"""The page of a bundle is read from a folder, by keyboard, on a desk and on a phone."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from commands.context import Context
from commands.hours.sign_week import sign_week
from ledger.opening import sealing
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from tests.browser.conftest import WIDTHS
from tests.browser.people import AXE
from tests.fix_hours import Supervised
from tests.fix_signing import REFERENCE, signing
from tests.signer import Signer
from web.terminal.bundle import Wanted, write_bundle

pytestmark = [pytest.mark.browser, pytest.mark.postgres]


@pytest.fixture
def index(
    context: Context, settings: Settings, supervised: Supervised, signer: Signer, tmp_path: Path
) -> str:
    """The address of the page of a bundle with a signed week."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    seal_once(sealing(context.ledger.database, settings, context.clock))
    place, practice_id = tmp_path / "bundle", supervised.person.practice_id
    wanted = Wanted(practice_id=practice_id, place=place, is_disclosed=True)
    write_bundle(context, settings, wanted, lambda _done, _of: None)
    return (place / "index.html").as_uri()


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_the_signed_weeks_are_read_on_any_screen(
    chromium: Browser, index: str, width: str, *, dark: bool
) -> None:
    """Nothing that axe finds, nothing beside the screen, and the list can be scrolled by keys."""
    page = chromium.new_page(
        viewport={"width": WIDTHS[width][0], "height": WIDTHS[width][1]},
        color_scheme="dark" if dark else "light",
    )
    page.goto(index)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="the list").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#weeks")
    page.keyboard.press("Tab")
    table = page.get_by_role("region", name="Owner, signed by Dana Roe, LMFT 98765")
    assert table.evaluate("each => each === document.activeElement")
    assert REFERENCE.hex() in table.inner_text()
    page.close()
