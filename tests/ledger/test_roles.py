"""No role that runs the service can change what is written, or give itself the right to."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import errors

from ledger.postgres.connect import Database, Role
from ledger.timestamps.stored import Timestamp, add
from tests.fix_ledger import TestedLedger
from tests.ledger.forbidden import FORBIDDEN_TO
from tests.ledger.hostile import HOSTILE

pytestmark = pytest.mark.postgres
ROLES = tuple(role for role in Role if role is not Role.OWNER)
COLUMN = {
    "events": "body",
    "commands": "events",
    "gates": "is_open",
    "tiles": "hashes",
    "slots": "salt",
    "slot_signatures": "signature",
    "epochs": "record",
    "checkpoints": "note",
    "timestamps": "chain",
}
REFUSED_BY_TRIGGER = "LG403"
NOTHING_GRANTED = "01007"
HOSTILE_MIN = 100


@contextmanager
def _undone(database: Database, role: Role) -> Generator[psycopg.Connection]:
    with database.connect(role, autocommit=False) as connection:
        yield connection
        connection.rollback()


def _outcome(connection: psycopg.Connection, statement: str) -> str:
    """Return what became of a statement; only a want of rights counts as refused."""
    warnings: list[str | None] = []
    connection.add_notice_handler(lambda notice: warnings.append(notice.sqlstate))
    try:
        connection.execute(statement.encode())
    except errors.InsufficientPrivilege:
        return "refused"
    except psycopg.Error as error:
        return f"failed otherwise: {statement}: {error}"
    # A GRANT of what one does not have is answered with a warning, and grants nothing.
    return "refused" if NOTHING_GRANTED in warnings else f"carried out: {statement}"


@pytest.fixture
def written(ledger: TestedLedger) -> TestedLedger:
    """A ledger with something in every table."""
    practice = ledger.ids.new()
    ledger.tell(practice, practice, tag="practice-opened.v1", is_clear=True)
    stream = ledger.ids.new()
    ledger.append(practice, *[ledger.event(stream, n, is_clear=True) for n in range(1, 261)])
    ledger.seal()
    with ledger.database.connect(Role.SEALER) as connection:
        add(connection, Timestamp(1, b"response", b"chain"))
    return ledger


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_every_hostile_statement_is_refused(written: TestedLedger, role: Role) -> None:
    with written.database.connect(role) as connection:
        statements = (*HOSTILE, *FORBIDDEN_TO[role.value])
        outcomes = {_outcome(connection, statement) for statement in statements}
    assert sorted(outcomes - {"refused"}) == []
    assert len(statements) >= HOSTILE_MIN
    written.check()


@pytest.mark.parametrize("replication_role", ["origin", "replica"])
@pytest.mark.parametrize("table", COLUMN)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_even_a_superuser_meets_the_triggers(
    written: TestedLedger, table: str, verb: str, replication_role: str
) -> None:
    column = COLUMN[table]
    statement = {
        "UPDATE": f"UPDATE ledger.{table} SET {column} = {column}",  # noqa: S608 -- fixed names
        "DELETE": f"DELETE FROM ledger.{table}",  # noqa: S608 -- fixed names
        "TRUNCATE": f"TRUNCATE ledger.{table}",
    }[verb]
    with _undone(written.database, Role.OWNER) as connection:
        connection.execute(f"SET LOCAL session_replication_role = {replication_role}".encode())
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(statement.encode())
    assert refused.value.sqlstate == REFUSED_BY_TRIGGER


def test_the_owner_cannot_log_in(database: Database) -> None:
    with database.connect(Role.OWNER) as connection:
        row = connection.execute(
            "SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = 'therapist_owner'"
        ).fetchone()
    assert row == (False,)


def test_nothing_of_ours_can_be_executed_by_the_public(database: Database) -> None:
    with database.connect(Role.OWNER) as connection:
        rows = connection.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('ledger', 'keys', 'views')"
            " AND has_function_privilege('public', p.oid, 'EXECUTE')"
        ).fetchall()
    assert rows == []


def test_every_definers_function_has_a_fixed_search_path(database: Database) -> None:
    with database.connect(Role.OWNER) as connection:
        rows = connection.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('ledger', 'keys', 'views') AND p.prosecdef"
            " AND NOT coalesce(p.proconfig, '{}')"
            "     @> ARRAY['search_path=pg_catalog, pg_temp']"
        ).fetchall()
    assert rows == []
