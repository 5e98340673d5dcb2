"""The world that every test of a read model starts from."""

from collections.abc import Iterator

import pytest

from ledger.postgres.connect import Database
from tests.projections.world import World


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """Offer a ledger on a database of the test's own."""
    world = World(database)
    yield world
    world.close()
