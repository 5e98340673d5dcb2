"""The logs' files: the root log's are public, a practice's are its members'; tiles may be kept."""

from starlette.testclient import TestClient

from ledger.audit_files import BYTES, TEXT, Served
from tests.web.conftest import Front


def test_anybody_may_read_the_root_log(front: Front) -> None:
    """Checkpoints are asked for anew, tiles may be kept for ever by everybody."""
    front.practice.files[None, "checkpoint"] = Served(b"note\n", TEXT, is_immutable=False)
    front.practice.files[None, "tile/0/000"] = Served(b"\x01\x02", BYTES, is_immutable=True)
    checkpoint = front.browser().get("/audit/checkpoint")
    assert (checkpoint.status_code, checkpoint.content) == (200, b"note\n")
    assert checkpoint.headers["cache-control"] == "no-store"
    tile = front.browser().get("/audit/tile/0/000")
    assert tile.content == b"\x01\x02"
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert tile.headers["content-type"] == "application/octet-stream"


def test_a_practice_log_is_for_its_members(front: Front, browser: TestClient) -> None:
    """Their tiles may be kept, by their own browser."""
    front.practice.files[7, "tile/0/000"] = Served(b"\x01", BYTES, is_immutable=True)
    answer = browser.get("/audit/p/7/tile/0/000")
    assert answer.content == b"\x01"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert front.browser().get("/audit/p/7/tile/0/000").headers["location"] == "/sign-in"


def test_what_is_not_there_is_not_found(browser: TestClient) -> None:
    """In a log that is there, in one that is not, and for numbers that are none."""
    for path in ("x", "p/7/checkpoint", "p/x/checkpoint", "p/-1/checkpoint", "p/99", ""):
        assert browser.get(f"/audit/{path}").status_code == 404
