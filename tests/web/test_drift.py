"""A service whose database lost a guard starts read-only, and says which."""

from uuid import uuid4

import pytest

from commands.context import Actor, Context
from commands.log_session import log_session
from commands.sign_baa import sign_baa
from ledger.drift.signing import sign_catalogue
from ledger.errors import Drifted, Quarantined
from ledger.postgres.connect import Role
from ledger.postgres.settings import Settings
from tests.aggregates.examples import entry
from tests.fix_practice import DOCUMENT
from web.terminal.drift import confirm_catalogue

pytestmark = pytest.mark.postgres


def test_without_a_difference_it_writes(
    context: Context, settings: Settings, therapist: Actor
) -> None:
    said: list[str] = []
    sign_catalogue(context.ledger.database, settings)
    confirm_catalogue(context.ledger, settings, said.append)
    assert said == []
    log_session(context, therapist, entry(), uuid4())


def test_with_a_lost_guard_it_reads_and_does_not_write(
    context: Context, settings: Settings, owner: Actor
) -> None:
    """Nothing is appended where a trigger is off; what is there can be read."""
    said: list[str] = []
    sign_catalogue(context.ledger.database, settings)
    with context.ledger.database.connect(Role.OWNER) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER no_change")
    confirm_catalogue(context.ledger, settings, said.append)
    assert said[0].startswith("therapist-os: drift: table ledger.events: trigger no_change was")
    assert said[1].startswith("therapist-os: read-only:")
    assert isinstance(context.ledger.quarantined_for, Drifted)
    with pytest.raises(Quarantined, match="rights or guards"):
        sign_baa(context, owner, DOCUMENT, None, uuid4())
    assert context.history(owner.practice_id, owner.practice_id)


def test_a_talkative_server_is_told_of_and_closes_nothing(
    context: Context, settings: Settings, therapist: Actor
) -> None:
    said: list[str] = []
    sign_catalogue(context.ledger.database, settings)
    database = context.ledger.database
    with database.connect(Role.OWNER) as connection:
        connection.execute("ALTER ROLE therapist_checker SET log_error_verbosity = verbose")
    try:
        sign_catalogue(database, settings)
        confirm_catalogue(context.ledger, settings, said.append)
    finally:
        with database.connect(Role.OWNER) as connection:
            connection.execute("ALTER ROLE therapist_checker RESET log_error_verbosity")
    (line,) = said
    assert line.startswith(
        "therapist-os: drift: setting log_error_verbosity: is verbose, not terse"
    )
    log_session(context, therapist, entry(), uuid4())
