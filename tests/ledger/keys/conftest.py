"""Fixtures of the key tests: a vault on a real database, in folders of its own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.postgres.connect import Database, Role
from tests.ledger.keys.kit import Kit

CONNECTIONS_MAX = 4


@pytest.fixture
def kit(database: Database, tmp_path: Path) -> Iterator[Kit]:
    """A migrated, empty vault."""
    with (
        closing(database.vault.pool(Role.SERVICE, CONNECTIONS_MAX)) as service,
        closing(database.vault.pool(Role.RETENTION, CONNECTIONS_MAX)) as retention,
    ):
        yield Kit(database, tmp_path / "data", service.connection, retention.connection)
