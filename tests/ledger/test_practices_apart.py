"""Whoever speaks for one practice learns nothing of another, whatever is asked."""

from typing import Final

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.ids import NIL
from ledger.postgres.connect import Database, Role
from ledger.postgres.practice import speaking_for
from tests.fix_two_practices import EVENTS, Two, ask

pytestmark = pytest.mark.postgres

# Every relation with rows of practices, and whose they are.
ROWS_OF: Final = {
    "ledger.events": "practice_id",
    "ledger.heads": "practice_id",
    "ledger.commands": "practice_id",
    "ledger.gates": "practice_id",
    "ledger.open_gates": "practice_id",
    "ledger.tiles": "log_id",
    "ledger.edges": "log_id",
    "ledger.integrated": "log_id",
    "keys.record_keys": "practice_id",
    "views.tracking": "practice_id",
    "views.parked": "practice_id",
    "views.therapist_entries": "practice_id",
    "views.trail": "practice_id",
    "views.setups": "practice_id",
    "views.week_rows": "practice_id",
}
BY_SLOT: Final = ("ledger.slots", "ledger.slot_signatures")
_ROWS: Final = "SELECT {} FROM {}"
_COUNT: Final = "SELECT count(*) FROM {} WHERE {} = %s"


@pytest.mark.parametrize("relation", ROWS_OF)
def test_a_practice_sees_its_own_rows_and_no_others(
    two: Two, service: Connection[TupleRow], relation: str
) -> None:
    """Also where the question does not say whose."""
    whose = ROWS_OF[relation]
    with speaking_for(service, two.mine):
        found = {row[0] for row in ask(service, _ROWS.format(whose, relation))}
        counted = ask(service, _COUNT.format(relation, whose), two.other)
    assert found - {NIL} == {two.mine}
    assert counted == [(0,)]


@pytest.mark.parametrize("relation", [*ROWS_OF, *BY_SLOT])
def test_without_a_practice_there_are_no_rows(
    two: Two, service: Connection[TupleRow], relation: str
) -> None:
    """Before any was set, and after a transaction that had one, which leaves an empty string."""
    of_the_root_log = {(NIL,)}
    whose = ROWS_OF.get(relation, "slot")
    assert set(ask(service, _ROWS.format(whose, relation))) <= of_the_root_log
    with speaking_for(service, two.mine):
        assert set(ask(service, _ROWS.format(whose, relation))) - of_the_root_log
    assert set(ask(service, _ROWS.format(whose, relation))) <= of_the_root_log


def test_a_slot_is_seen_by_its_practice_only(two: Two, service: Connection[TupleRow]) -> None:
    """Its size, root and salt would tell how much another practice does, a signature when."""
    slots: list[TupleRow] = []
    for practice in (two.mine, two.other):
        with speaking_for(service, practice):
            (signed,) = ask(service, "SELECT slot FROM ledger.slot_signatures")
            (found,) = ask(service, "SELECT slot, size FROM ledger.slots")
        assert signed[0] == found[0]
        slots.append(found)
    assert sorted(slots) == [(0, EVENTS), (1, EVENTS)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 / (CASE WHEN practice_id = '{other}' THEN 0 ELSE 1 END) FROM ledger.events",
        "SELECT 1 FROM ledger.events WHERE practice_id = '{other}' AND version / 0 = 1",
        "SELECT 1 FROM ledger.heads WHERE practice_id = '{other}' AND 1 / (size - size) = 1",
        "SELECT 1 FROM keys.record_keys WHERE practice_id = '{other}' AND 1 / (epoch - epoch) = 1",
        "SELECT 1 FROM views.trail WHERE practice_id = '{other}' AND type::int = 1",
    ],
)
def test_a_row_of_another_raises_no_error(
    two: Two, service: Connection[TupleRow], statement: str
) -> None:
    """A condition that fails on what it sees would tell what it saw."""
    with speaking_for(service, two.mine):
        ask(service, statement.format(other=two.other))


@pytest.mark.parametrize("relation", ROWS_OF)
def test_a_copy_holds_what_a_practice_sees(
    two: Two, service: Connection[TupleRow], relation: str
) -> None:
    """COPY of a table goes through its policies like everything else."""
    whose = ROWS_OF[relation]
    with speaking_for(service, two.mine), service.cursor() as cursor:
        asked = f"COPY ({_ROWS.format(whose, relation)}) TO STDOUT".encode()
        with cursor.copy(asked) as copy:
            copied = b"".join(bytes(part) for part in copy).decode()
    assert str(two.mine) in copied
    assert str(two.other) not in copied


def test_plans_and_statistics_hold_no_value_of_another(
    two: Two, service: Connection[TupleRow]
) -> None:
    """Samples of columns are hidden where policies are; a plan has numbers, and no rows."""
    with two.ledger.database.connect(Role.OWNER) as owner:
        owner.execute("ANALYZE")
        assert ask(owner, "SELECT 1 FROM pg_stats WHERE schemaname = 'ledger' LIMIT 1")
    with speaking_for(service, two.mine):
        sampled = ask(
            service,
            "SELECT tablename FROM pg_stats WHERE schemaname IN ('ledger', 'keys', 'views')"
            " AND schemaname || '.' || tablename = ANY (%s)",
            [*ROWS_OF, *BY_SLOT],
        )
        plan = ask(service, "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM ledger.events")
    assert sampled == []
    assert str(two.other) not in str(plan)


def test_what_is_running_names_no_practice(two: Two, service: Connection[TupleRow]) -> None:
    """Statements are static text, so a role that watches its own kind reads no parameter."""
    two.ledger.ledger.keys.get_many(two.other, [])
    with two.ledger.ledger.read(two.other) as reading:
        reading.execute("SELECT size FROM ledger.heads WHERE practice_id = %s", (two.other,))
        for role in (Role.SERVICE, Role.MONITOR):
            with two.ledger.database.connect(role) as watching:
                seen = str(ask(watching, "SELECT query, application_name FROM pg_stat_activity"))
            assert str(two.other) not in seen
            assert two.other.hex not in seen
    assert "ledger.heads" in seen, "the monitor sees what others run"
    del service


def test_a_notification_tells_a_practices_id_and_nothing_else(two: Two) -> None:
    """PostgreSQL lets any login listen: that something happened, and in which log, can be heard."""
    with two.ledger.database.connect(Role.SUPERVISOR_READER) as spy:
        spy.execute("LISTEN ledger")
        two.ledger.tell(two.other, two.ledger.ids.new())
        (heard,) = spy.notifies(timeout=10, stop_after=1)
    assert heard.payload == str(two.other)


def test_every_unique_key_begins_with_its_practice_or_cannot_be_probed(database: Database) -> None:
    """The exceptions: keys' ids, which are random, and slots, which only `ledger.append` gives."""
    with database.connect(Role.OWNER) as owner:
        found = ask(
            owner,
            """
            SELECT i.indexrelid::regclass::text FROM pg_index i
            JOIN pg_class c ON c.oid = i.indrelid AND c.relrowsecurity
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE i.indisunique
            GROUP BY i.indexrelid HAVING NOT bool_or(a.attname IN ('practice_id', 'log_id'))""",
        )
    names = sorted(row[0] for row in found)
    assert names == [
        "keys.record_keys_key_id_key",
        "ledger.heads_slot_key",
        "ledger.slot_signatures_pkey",
        "ledger.slots_pkey",
    ]


def test_every_table_with_rows_of_practices_is_kept_apart(two: Two) -> None:
    """By forced policies, of which none is for everybody; a new table does not forget them.

    The gate's tables are left out: they hold no records, and one role that has no other right uses
    them before any practice is chosen.
    """
    with two.ledger.database.connect(Role.OWNER) as owner:
        open_tables = ask(
            owner,
            """
            SELECT c.oid::regclass::text FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid
                AND a.attname IN ('practice_id', 'log_id', 'slot')
            WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text !~ '^(pg_|gate$)'
              AND NOT (c.relrowsecurity AND c.relforcerowsecurity)""",
        )
        too_wide = ask(
            owner,
            "SELECT polrelid::regclass::text FROM pg_policy"
            " WHERE polroles && ARRAY[0::oid]"
            "    OR polroles && ARRAY['therapist_service'::regrole::oid,"
            "                         'therapist_supervisor_reader'::regrole::oid]"
            "   AND pg_get_expr(polqual, polrelid) NOT LIKE '%therapist.practice%'"
            "    OR 'therapist_supervisor_reader'::regrole = ANY (polroles)"
            "   AND pg_get_expr(polqual, polrelid) NOT LIKE '%therapist.person%'",
        )
    assert (open_tables, too_wide) == ([], [])
