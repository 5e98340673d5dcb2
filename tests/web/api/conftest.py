"""A desk of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.postgres.connect import Database
from tests.web.identity.desk import Desk, open_desk


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A practice with an owner and a therapist who have addresses and no passkeys yet."""
    with open_desk(database, tmp_path / "data") as opened:
        yield opened
