"""The monitor is told counts, ages and lags; its role can read nothing else."""

import psycopg
import pytest

from ledger.clock import SystemClock
from ledger.errors import Unavailable
from ledger.postgres.connect import Database, Role
from ledger.status import Lag, Status, read_status
from projections import definitions
from projections.read_model import fresh, live
from projections.trail import TRAIL
from tests.fix_ledger import TestedLedger
from tests.fix_postgres import MakeDatabase
from web.terminal.status import in_words, tell_status

pytestmark = pytest.mark.postgres
EVERY_TABLE = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('ledger', 'keys', 'views', 'gate', 'supervisor', 'migrations')
  AND c.relkind = 'r'
"""
CALLABLE = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname IN ('ledger', 'keys', 'views', 'gate', 'supervisor', 'migrations', 'public')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
ORDER BY 1
"""


def test_it_counts_what_there_is(ledger: TestedLedger) -> None:
    """Practices, events, what no epoch covers yet, epochs and their age."""
    assert read_status(ledger.database) == Status(0, 0, 0, 0, None, None, ())
    operator = ledger.ids.new()
    ledger.tell(operator, operator, tag="operator-log-opened.v1", is_clear=True)
    practices = (ledger.ids.new(), ledger.ids.new())
    for practice in practices:
        ledger.tell(practice, practice, tag="practice-opened.v1", is_clear=True)
    before_us = ledger.clock.now_us()
    ledger.seal()
    ledger.tell(practices[0], ledger.ids.new())
    status = read_status(ledger.database)
    assert (status.practices, status.events, status.unsealed, status.epochs) == (2, 4, 1, 1)
    assert status.last_epoch_us is not None
    assert abs(status.last_epoch_us - before_us) < 60_000_000
    assert status.last_stamped_us is None


def test_it_tells_how_far_each_read_model_is_behind(ledger: TestedLedger) -> None:
    """Over all practices, with those that are parked; one that is being rebuilt is not told."""
    practice = ledger.ids.new()
    ledger.tell(practice, practice, tag="practice-opened.v1", is_clear=True)
    ledger.tell(practice, ledger.ids.new())
    with ledger.database.connect(Role.PROJECTOR) as connection:
        definitions.create(connection, live(TRAIL))
        definitions.create(connection, fresh(TRAIL))
        assert read_status(ledger.database).lags == (Lag("trail", 2, 0),)
        connection.execute("INSERT INTO views.tracking VALUES ('trail', %s, 0)", (practice,))
        connection.execute("INSERT INTO views.parked VALUES ('trail', %s, 1, 'x')", (practice,))
    assert read_status(ledger.database).lags == (Lag("trail", 1, 1),)
    said: list[str] = []
    assert tell_status(ledger.database, SystemClock(), said.append, is_json=False) is False
    assert "read model trail: 1 events behind, parked practices: 1" in said


def test_the_monitors_role_reads_no_table_and_calls_two_functions(ledger: TestedLedger) -> None:
    """Each table is tried, and each statement that changes one."""
    database = ledger.database
    with database.connect(Role.OWNER) as owner:
        tables = [row[0] for row in owner.execute(EVERY_TABLE).fetchall()]
    assert {"ledger.events", "keys.record_keys", "gate.accounts", "views.tracking"} <= set(tables)
    with database.connect(Role.MONITOR) as monitor:
        assert monitor.execute(CALLABLE).fetchall() == [("ledger.status()",), ("views.lags()",)]
        for table in tables:
            for verb in ("SELECT * FROM", "DELETE FROM"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    monitor.execute(f"{verb} {table}".encode())


def test_nobody_else_asks(database: Database) -> None:
    """What the whole service holds is no business of the roles that work for one practice."""
    for role in Role:
        if role not in {Role.MONITOR, Role.OWNER}:
            with database.connect(role) as connection:
                allowed = connection.execute(
                    "SELECT has_function_privilege('ledger.status()', 'EXECUTE')"
                    if role not in {Role.GATE, Role.SUPERVISOR_READER, Role.RETENTION}
                    else "SELECT false"
                ).fetchone()
                assert allowed == (False,), role


def test_a_database_that_is_not_migrated_says_so(make_empty_database: MakeDatabase) -> None:
    with pytest.raises(Unavailable, match="migrated"):
        read_status(make_empty_database())


def test_ages_are_told_in_words() -> None:
    lags = (Lag("trail", 0, 0),)
    status = Status(3, 1_200, 4, 7, 1_000_000, None, lags)
    assert in_words(status, 91_000_000) == [
        "practices: 3",
        "events: 1,200, of them under no epoch yet: 4",
        "epochs: 7, the last one 0:01:30 ago",
        "newest epoch under a timestamp: none",
        "read model trail: 0 events behind, parked practices: 0",
    ]
