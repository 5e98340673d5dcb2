"""Who may do what to the keys: the service makes, retention destroys, nobody does both."""

import contextlib
from uuid import UUID

import psycopg
import pytest

from ledger.postgres.connect import Role
from ledger.postgres.practice import speaking_for
from tests.ledger.keys.kit import PRACTICE, STREAM, Kit

pytestmark = pytest.mark.postgres

NOT_ALLOWED = "42501"
READ = (
    "SELECT wrapped FROM keys.record_keys",
    "SELECT commitment FROM keys.epochs",
    "SELECT generation FROM keys.generation",
    "SELECT keys.destroyed_since(0, 1)",
)
MAKE = (
    (
        "SELECT keys.create(ARRAY['00000000-0000-7000-8000-000000000001'::uuid],"
        " ARRAY[gen_random_uuid()],"
        " ARRAY[gen_random_uuid()], ARRAY[decode(repeat('00', 60), 'hex')], 1, 0)"
    ),
    "SELECT keys.open_first_epoch(1, sha256(''), 0)",
)
DESTROY = (
    "SELECT keys.destroy(gen_random_uuid(), gen_random_uuid(), 0)",
    "SELECT keys.fence(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, sha256(''), 0)",
    "SELECT keys.start_epoch(2, sha256(''), 0)",
    "SELECT keys.rewrap(ARRAY[]::uuid[], ARRAY[]::bytea[], ARRAY[]::bytea[], 1)",
    "SELECT keys.end_epoch(1, 0)",
)
NEVER = (
    (
        "INSERT INTO keys.record_keys (practice_id, stream_id, key_id, epoch, state, wrapped,"
        " created_at_us) SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1,"
        " 'active', decode(repeat('00', 60), 'hex'), 0"
    ),
    "UPDATE keys.record_keys SET epoch = 2",
    "DELETE FROM keys.record_keys",
    "TRUNCATE keys.record_keys",
    "COPY keys.record_keys FROM STDIN",
    "INSERT INTO keys.epochs SELECT 2, 'current', sha256(''), 0",
    "UPDATE keys.epochs SET state = 'retiring'",
    "DELETE FROM keys.epochs",
    "TRUNCATE keys.epochs",
    "UPDATE keys.generation SET generation = generation + 1",
    "DELETE FROM keys.generation",
    "TRUNCATE keys.generation",
    "SELECT keys.hold_current(1)",
    "ALTER TABLE keys.record_keys DISABLE TRIGGER ALL",
    "ALTER TABLE keys.record_keys ADD COLUMN note text",
    "DROP TRIGGER guard ON keys.record_keys",
    "DROP TABLE keys.record_keys",
    "DROP FUNCTION keys.guard_record_key() CASCADE",
    (
        "CREATE OR REPLACE FUNCTION keys.guard_record_key() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    ),
    "CREATE TABLE keys.mine (a integer)",
    "SET session_replication_role = replica",
    "ALTER SCHEMA keys OWNER TO CURRENT_USER",
)
# To whoever holds some right to the object PostgreSQL gives a warning, and nothing else.
GRANTS = (
    "GRANT ALL ON keys.record_keys, keys.epochs, keys.generation TO CURRENT_USER",
    "GRANT ALL ON ALL FUNCTIONS IN SCHEMA keys TO CURRENT_USER, PUBLIC",
    "GRANT ALL ON SCHEMA keys TO CURRENT_USER",
    "ALTER DEFAULT PRIVILEGES FOR ROLE therapist_owner GRANT ALL ON TABLES TO PUBLIC",
)
RIGHTS = """
SELECT c.oid::regclass::text, c.relacl::text FROM pg_class c
WHERE c.relnamespace = 'keys'::regnamespace
UNION SELECT p.oid::regprocedure::text, p.proacl::text FROM pg_proc p
WHERE p.pronamespace = 'keys'::regnamespace
UNION SELECT 'keys', nspacl::text FROM pg_namespace WHERE nspname = 'keys'
UNION SELECT 'default', d.defaclacl::text FROM pg_default_acl d ORDER BY 1, 2"""
EVENTS = (
    "SELECT leaf FROM ledger.events",
    "SELECT body FROM ledger.events",
    "SELECT size FROM ledger.heads",
    "COPY ledger.events TO STDOUT",
)
REFUSED = {
    Role.SERVICE: (*DESTROY, *NEVER),
    Role.RETENTION: (*MAKE, *NEVER, *EVENTS, READ[-1]),
    Role.PROJECTOR: (*READ, *MAKE, *DESTROY, *NEVER),
    Role.AUDITOR: (*READ, *MAKE, *DESTROY, *NEVER),
    Role.SEALER: (*READ, *MAKE, *DESTROY, *NEVER),
    Role.SUPERVISOR_READER: (*READ, *MAKE, *DESTROY, *NEVER, *EVENTS),
    Role.MONITOR: (*READ, *MAKE, *DESTROY, *NEVER, *EVENTS),
    Role.CHECKER: (*READ, *MAKE, *DESTROY, *NEVER),
    Role.WRITER: (*READ[:2], READ[-1], *MAKE, *DESTROY, *NEVER),
    Role.BACKUP: (READ[-1], *MAKE, *DESTROY, *NEVER),
}
ALLOWED = {
    Role.SERVICE: (*READ, *MAKE),
    Role.RETENTION: (*READ[:-1], *DESTROY),
    Role.CHECKER: ("SELECT practice_id, stream_id, key_id FROM keys.record_keys",),
    Role.WRITER: ("SELECT generation FROM keys.generation",),
}


PRACTICE_TO_MAKE = UUID("00000000-0000-7000-8000-000000000001")


def _sqlstates(kit: Kit, role: Role, statements: tuple[str, ...]) -> dict[str, str | None]:
    """Try each statement in a transaction that is taken back; return what stopped it."""
    found: dict[str, str | None] = {}
    with kit.database.vault.connect(role) as connection:
        for statement in statements:
            try:
                with (
                    connection.transaction(force_rollback=True),
                    speaking_for(connection, PRACTICE_TO_MAKE),
                ):
                    connection.execute(statement.encode())
                found[statement] = None
            except psycopg.Error as error:
                found[statement] = error.sqlstate
    return found


@pytest.mark.parametrize("role", REFUSED, ids=str)
def test_what_a_role_may_not_do_is_refused(kit: Kit, role: Role) -> None:
    kit.keys().get_or_create(PRACTICE, STREAM)
    found = _sqlstates(kit, role, REFUSED[role])
    assert {statement: state for statement, state in found.items() if state != NOT_ALLOWED} == {}


@pytest.mark.parametrize("role", REFUSED, ids=str)
def test_nobody_becomes_the_owner(kit: Kit, role: Role) -> None:
    with kit.database.vault.connect(role) as connection:
        row = connection.execute("SELECT session_user = current_user").fetchone()
        if row != (True,):
            pytest.skip("one login plays all roles here")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE therapist_owner")


@pytest.mark.parametrize("role", REFUSED, ids=str)
def test_nobody_gives_himself_a_right(kit: Kit, role: Role) -> None:
    with kit.owner() as owner, kit.database.vault.connect(role) as connection:
        before = owner.execute(RIGHTS).fetchall()
        for statement in GRANTS:
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
        assert owner.execute(RIGHTS).fetchall() == before


@pytest.mark.parametrize("role", ALLOWED, ids=str)
def test_what_a_role_needs_is_allowed(kit: Kit, role: Role) -> None:
    """Some end in an error of their own, none for want of a right."""
    kit.keys().get_or_create(PRACTICE, STREAM)
    found = _sqlstates(kit, role, ALLOWED[role])
    assert [state for state in found.values() if state not in {None, "LG409"}] == []


def test_everything_belongs_to_the_role_that_cannot_log_in(kit: Kit) -> None:
    with kit.owner() as connection:
        owners = connection.execute(
            "SELECT relowner::regrole::text FROM pg_class"
            " WHERE relnamespace = 'keys'::regnamespace"
            " UNION SELECT proowner::regrole::text FROM pg_proc"
            " WHERE pronamespace = 'keys'::regnamespace"
        ).fetchall()
        login = connection.execute(
            "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'therapist_owner'"
        ).fetchone()
    assert owners == [("therapist_owner",)]
    assert login == (False,)


def test_no_function_looks_names_up_where_others_can_write(kit: Kit) -> None:
    with kit.owner() as connection:
        paths = connection.execute(
            "SELECT DISTINCT proconfig FROM pg_proc WHERE pronamespace = 'keys'::regnamespace"
        ).fetchall()
    assert paths == [(["search_path=pg_catalog, pg_temp"],)]


def test_everybody_else_has_nothing(kit: Kit) -> None:
    with kit.owner() as connection:
        grantees = connection.execute(
            "SELECT DISTINCT a.grantee::regrole::text FROM pg_class c, aclexplode(c.relacl) a"
            " WHERE c.relnamespace = 'keys'::regnamespace"
            " UNION SELECT DISTINCT a.grantee::regrole::text FROM pg_proc p,"
            " aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
            " WHERE p.pronamespace = 'keys'::regnamespace ORDER BY 1"
        ).fetchall()
    assert [name for (name,) in grantees] == [
        "therapist_backup",
        "therapist_owner",
        "therapist_retention",
        "therapist_service",
        "therapist_writer",
    ]
