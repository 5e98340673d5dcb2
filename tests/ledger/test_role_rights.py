"""What each role can see of the whole database, and that a dump is whole and opens nothing."""

import subprocess
from pathlib import Path

import pytest
from psycopg import conninfo, sql

from ledger.postgres.binaries import find_binaries
from ledger.postgres.connect import Database, Role
from projections import definitions
from projections.notices_table import NOTICES
from projections.read_model import live
from projections.supervised_table import SUPERVISED
from projections.trail import TRAIL
from tests.fix_ledger import TestedLedger
from tests.fix_postgres import MakeDatabase

pytestmark = pytest.mark.postgres

_READABLE = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') ORDER BY 1
"""


SHOWN = ("supervisor.notices", "supervisor.week_rows")


def readable(database: Database, role: Role) -> list[str]:
    """Return the tables and views of which the role can read at least one column."""
    with database.connect(role) as connection:
        return [row[0] for row in connection.execute(_READABLE).fetchall()]


@pytest.fixture
def shown(database: Database) -> Database:
    """A database with the tables that supervisors are shown, and one of another read model."""
    with database.connect(Role.PROJECTOR) as projector:
        for read_model in (SUPERVISED, NOTICES, TRAIL):
            definitions.create(projector, live(read_model))
    return database


def test_the_supervisors_role_sees_what_supervisors_are_shown_and_nothing_else(
    shown: Database,
) -> None:
    """By default privileges: the table needs no grant of its own."""
    assert sorted(readable(shown, Role.SUPERVISOR_READER)) == list(SHOWN)
    with shown.connect(Role.SUPERVISOR_READER) as connection:
        listed = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert sorted(".".join(each) for each in listed) == list(SHOWN)
        for table in SHOWN:
            asked = sql.SQL("SELECT * FROM {}").format(sql.Identifier(*table.split(".")))
            assert connection.execute(asked).fetchall() == []


def test_nobody_else_reads_what_supervisors_are_shown(shown: Database) -> None:
    """But who makes it, and the backup."""
    for table in SHOWN:
        can = {role for role in Role if table in readable(shown, role)}
        assert can == {Role.SUPERVISOR_READER, Role.PROJECTOR, Role.BACKUP, Role.OWNER}


def test_the_monitor_reads_no_table(shown: Database) -> None:
    assert readable(shown, Role.MONITOR) == []


def test_retention_reads_keys_and_no_event(shown: Database) -> None:
    tables = readable(shown, Role.RETENTION)
    assert tables == ["keys.epochs", "keys.generation", "keys.record_keys", "migrations.applied"]


def test_writer_and_sealer_read_no_body_and_no_key(shown: Database) -> None:
    """What is sealed is none of their business, nor is what it is sealed with."""
    bodies = "SELECT has_column_privilege('ledger.events', 'body', 'SELECT')"
    for role in (Role.WRITER, Role.SEALER, Role.AUDITOR):
        with shown.connect(role) as connection:
            assert connection.execute(bodies).fetchone() == (False,)
        with shown.connect(Role.OWNER) as owner:
            asked = f"SELECT has_any_column_privilege('{role.value}', 'keys.record_keys', 'SELECT')"
            assert owner.execute(asked.encode()).fetchone() == (False,)


def _program(name: str) -> str:
    return str(find_binaries().program(name))


def test_a_dump_of_the_backup_role_is_whole_and_opens_nothing(
    ledger: TestedLedger, make_empty_database: MakeDatabase, tmp_path: Path
) -> None:
    """It holds all practices, checks when it is restored, and has no key that is not wrapped."""
    if not ledger.database.parameters[Role.BACKUP]["host"].startswith("/"):
        pytest.skip("needs the embedded server's programs")
    secret = b"planted in a body"
    for _ in range(2):
        practice = ledger.ids.new()
        ledger.tell(practice, practice, body=secret)
    ledger.seal()
    whole = tmp_path / "dump.sql"
    address = ledger.database.parameters[Role.BACKUP]
    plain = {name: address[name] for name in ("host", "port", "user", "dbname") if name in address}
    words = ["--enable-row-security", "--dbname", conninfo.make_conninfo("", **plain)]
    subprocess.run(  # noqa: S603 -- our own program
        [_program("pg_dump"), *words, "--file", str(whole)], check=True, capture_output=True
    )
    assert secret not in whole.read_bytes()
    restored = make_empty_database()
    admin = restored.parameters[Role.OWNER]
    target = {name: admin[name] for name in ("host", "port", "user", "dbname") if name in admin}
    subprocess.run(  # noqa: S603 -- our own program
        [
            *(_program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(whole)),
            *("--dbname", conninfo.make_conninfo("", **target)),
        ],
        check=True,
        capture_output=True,
    )
    counted = "SELECT count(DISTINCT practice_id) FROM ledger.events"
    with restored.connect(Role.OWNER) as connection:
        assert connection.execute(counted).fetchone() == (2,)
