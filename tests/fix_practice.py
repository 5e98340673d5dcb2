"""A practice on a real ledger, ready for commands: opened, its agreement signed."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aggregates.private import Private
from commands.context import Actor, Context
from commands.open_practice import open_practice
from commands.opening import open_context
from commands.sign_baa import sign_baa
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings

DOCUMENT = ("1", bytes(32))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a ledger whose files are this test's own."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def context(database: Database, settings: Settings) -> Iterator[Context]:
    """What commands work with, on a database of this test's own."""
    with open_context(database, settings) as opened:
        yield opened


@pytest.fixture
def owner(context: Context) -> Actor:
    """The owner of a practice that has not signed its agreement yet."""
    actor = Actor(uuid4(), uuid4())
    open_practice(context, actor, Private("Practice"), Private("Owner"), uuid4())
    return actor


@pytest.fixture
def therapist(context: Context, owner: Actor) -> Actor:
    """An owner who has signed, and so may log sessions."""
    sign_baa(context, owner, DOCUMENT, None, uuid4())
    return owner


def no_progress(_events: int) -> None:
    """Tell nobody how far it is."""


def other_person(actor: Actor) -> Actor:
    """Return somebody else in the same practice, whom nobody took in."""
    return Actor(actor.practice_id, UUID(int=actor.person_id.int ^ 1))
