"""The gate's role can use its schema and nothing else; nobody else can, but the backup reads it."""

import pytest
from psycopg import errors

from aggregates.private import Private
from ledger.errors import Tampered
from ledger.ids import NIL
from ledger.keys.root import FileRootKey
from ledger.keys.texts import SealedTexts
from ledger.postgres.connect import Database, Role
from tests.web.identity.desk import OWNER_EMAIL, THERAPIST_EMAIL, Desk

pytestmark = pytest.mark.postgres
TABLES = (
    "accounts",
    "passkeys",
    "links",
    "challenges",
    "sessions",
    "recovery_codes",
    "recoveries",
    "rates",
    "api_tokens",
    "api_commands",
)
OTHERS = tuple(role for role in Role if role not in {Role.GATE, Role.BACKUP, Role.OWNER})
FORBIDDEN = (
    "SELECT count(*) FROM ledger.events",
    "SELECT count(*) FROM keys.record_keys",
    "SELECT count(*) FROM views.trail",
    "SELECT count(*) FROM migrations.applied",
    "UPDATE gate.accounts SET email_sealed = email_sealed",
    "UPDATE gate.passkeys SET public_key = public_key",
    "UPDATE gate.passkeys SET person_id = person_id",
    "UPDATE gate.sessions SET person_id = person_id",
    "UPDATE gate.sessions SET assurance = 'passkey'",
    "UPDATE gate.sessions SET ends_at_us = 0",
    "UPDATE gate.links SET person_id = person_id",
    "UPDATE gate.api_tokens SET person_id = person_id",
    "UPDATE gate.api_tokens SET purpose = purpose",
    "UPDATE gate.api_tokens SET expires_at_us = expires_at_us",
    "UPDATE gate.api_commands SET sent_hmac = sent_hmac",
    "DELETE FROM gate.accounts",
    "DELETE FROM gate.passkeys",
    "TRUNCATE gate.rates",
    "CREATE TABLE gate.mine (a int)",
    "CREATE TABLE public.mine (a int)",
    "CREATE SCHEMA mine",
    "ALTER TABLE gate.links DROP COLUMN tries",
    "SET ROLE therapist_owner",
    "SET ROLE therapist_service",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_gate_can_do_nothing_else(database: Database, statement: str) -> None:
    with (
        database.connect(Role.GATE) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_the_gate_can_hand_nothing_on(database: Database) -> None:
    """A grant of what one may not grant is answered with a warning, and grants nothing."""
    with database.connect(Role.GATE) as connection:
        connection.execute("GRANT SELECT ON gate.accounts TO therapist_service")
    with (
        database.connect(Role.SERVICE) as service,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        service.execute("SELECT FROM gate.accounts")


@pytest.mark.parametrize("role", OTHERS, ids=str)
@pytest.mark.parametrize("table", TABLES)
def test_nobody_else_can_look_in(database: Database, role: Role, table: str) -> None:
    with database.connect(role) as connection:
        for statement in (f"SELECT FROM gate.{table}", f"DELETE FROM gate.{table}"):  # noqa: S608 -- fixed names
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_every_table_of_the_gate_is_in_the_list_above(database: Database) -> None:
    with database.connect(Role.OWNER) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'gate'::regnamespace"
            " AND relkind = 'r'"
        ).fetchall()
    assert sorted(name for (name,) in rows) == sorted(TABLES)


def test_addresses_are_sealed_each_for_its_person(desk: Desk) -> None:
    """Swapped, they open for nobody; their length tells nothing."""
    with desk.database.connect(Role.OWNER) as connection:
        rows = connection.execute("SELECT person_id, email_sealed FROM gate.accounts").fetchall()
    (first, sealed_first), (second, sealed_second) = rows
    texts = SealedTexts(FileRootKey.open(desk.settings.data_dir), "gate-address")
    assert {texts.open(first, sealed_first), texts.open(second, sealed_second)} == {
        OWNER_EMAIL,
        THERAPIST_EMAIL,
    }
    for person_id, sealed in ((second, sealed_first), (NIL, sealed_first)):
        with pytest.raises(Tampered):
            texts.open(person_id, sealed)
    assert len(sealed_first) == len(sealed_second)


def test_one_address_is_one_account(desk: Desk) -> None:
    """Asked for again, it is the same person's."""
    accounts, ids = desk.identity.accounts, desk.context.ids
    again = accounts.open(Private(THERAPIST_EMAIL), ids.new(), desk.clock.now_us())
    assert again == desk.therapist.person_id
