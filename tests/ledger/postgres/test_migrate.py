"""Migrations: each file once, in order, checked by hash, by whoever comes first."""

import pytest

from ledger.clock import SystemClock
from ledger.postgres.connect import Database, Role
from ledger.postgres.migrate import migrate, read_migrations
from tests.fix_postgres import MakeDatabase

pytestmark = pytest.mark.postgres


def test_a_second_run_finds_nothing_to_do(database: Database) -> None:
    """Every migration is applied once."""
    assert migrate(database, SystemClock()) == ()


def test_each_role_is_who_it_says(database: Database) -> None:
    """A connection acts as exactly its role."""
    for role in Role:
        with database.connect(role) as connection:
            row = connection.execute("SELECT current_user").fetchone()
            assert row == ("postgres" if role is Role.OWNER else role.value,)


def test_an_empty_database_gets_them_all(make_empty_database: MakeDatabase) -> None:
    """They come in the order of their numbers."""
    applied = migrate(make_empty_database(), SystemClock())
    assert applied == tuple(migration.number for migration in read_migrations())
