"""Connections: each is one role, bounded in time, whatever its address or environment says."""

from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from ledger.clock import SystemClock
from ledger.errors import SettingsInvalid, Unavailable
from ledger.postgres.connect import Database, Role
from ledger.postgres.opening import open_database
from ledger.postgres.production import refuse_forgetful_server, refuse_powerful_login
from ledger.postgres.settings import read_settings

pytestmark = pytest.mark.postgres
WORKING_ROLES = tuple(role for role in Role if role is not Role.OWNER)


def one_login(database: Database) -> str:
    """Return the address of the admin's login, as DATABASE_URL would hold it."""
    given = database.parameters[Role.OWNER]
    kept = {name: given[name] for name in ("host", "port", "user", "dbname")}
    return conninfo.make_conninfo("", **kept)


def show(connection: psycopg.Connection[tuple[object, ...]], name: str) -> object:
    """Return one setting of a session."""
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("role", WORKING_ROLES)
def test_each_role_is_who_it_says(database: Database, role: Role) -> None:
    """Its own login on the embedded server, SET ROLE through one login elsewhere."""
    for place in (database, Database.from_address("DATABASE_URL", one_login(database))):
        with place.connect(role) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role.value,)
            assert connection.autocommit
            assert show(connection, "application_name") == f"therapist-os-{role.value}"
            assert show(connection, "TimeZone") == "UTC"
            assert show(connection, "client_encoding") == "UTF8"
            # Resetting goes back to where the connection began, not to the login behind it.
            connection.execute("RESET ROLE")
            assert connection.execute("SELECT current_user").fetchone() == (role.value,)


def test_the_service_is_bounded_in_time(database: Database) -> None:
    """A statement, a lock and an idle transaction each have a limit."""
    with database.connect(Role.SERVICE) as connection:
        assert show(connection, "statement_timeout") == "30s"
        assert show(connection, "lock_timeout") == "10s"
        assert show(connection, "idle_in_transaction_session_timeout") == "1min"


def test_the_environment_and_the_address_cannot_set_options(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PGOPTIONS and options= could switch triggers off or change the role: both are replaced."""
    monkeypatch.setenv("PGOPTIONS", "-c session_replication_role=replica")
    monkeypatch.setenv("PGAPPNAME", "planted")
    address = f"{one_login(database)} options='-c session_replication_role=replica -c role=none'"
    for place in (database, Database.from_address("DATABASE_URL", address)):
        with place.connect(Role.SERVICE) as connection:
            assert show(connection, "session_replication_role") == "origin"
            assert show(connection, "application_name") == "therapist-os-therapist_service"
            assert connection.execute("SELECT current_user").fetchone() == (Role.SERVICE.value,)


def test_a_socket_works_whatever_libpqs_variables_want(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell set up for another server does not break or divert the embedded one."""
    for name, value in {
        "PGHOST": "db.example.org",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGSSLMODE": "verify-full",
        "PGCHANNELBINDING": "require",
        "PGREQUIREAUTH": "scram-sha-256",
        "PGUSER": "nobody",
        "PGDATABASE": "nothing",
    }.items():
        monkeypatch.setenv(name, value)
    base = conninfo.make_conninfo(
        host=database.parameters[Role.OWNER]["host"], hostaddr="", port="5432"
    )
    with Database.from_socket(base, database.name).connect(Role.SERVICE) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == (database.name,)


def test_a_pool_gives_connections_of_its_role(database: Database) -> None:
    """A pool holds what connect gives, at most as many as asked for."""
    with database.pool(Role.PROJECTOR, 2) as pool:
        with pool.connection() as first, pool.connection() as second:
            assert first.execute("SELECT current_user").fetchone() == (Role.PROJECTOR.value,)
            assert second.autocommit
        assert pool.max_size == 2


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """The sentence says what to check and nothing that libpq said."""
    database = Database.from_socket(conninfo.make_conninfo(host=str(tmp_path)))
    with pytest.raises(Unavailable, match="check that PostgreSQL runs") as refused:
        database.connect(Role.SERVICE)
    assert str(tmp_path) not in str(refused.value)


def test_the_embedded_service_has_no_power(database: Database) -> None:
    """It logs in as itself, so it passes the check made in production."""
    refuse_powerful_login(database)


def test_one_login_for_everything_is_refused_in_production(database: Database) -> None:
    """A superuser behind the service's role could step out of it at any time."""
    environ = {"DATABASE_URL": one_login(database), "OWNER_DATABASE_URL": one_login(database)}
    with open_database(read_settings(environ), SystemClock()) as opened:
        assert opened.name == database.name
    settings = read_settings({**environ, "ENVIRONMENT": "production"})
    with (
        pytest.raises(SettingsInvalid, match="login"),
        open_database(settings, SystemClock()),
    ):
        pytest.fail("the service must not start")


@pytest.mark.parametrize(
    "power",
    [
        b"CREATEROLE",
        b"BYPASSRLS",
        b"REPLICATION",
        b"SUPERUSER",
        b"IN ROLE therapist_owner",
        b"IN ROLE therapist_retention",
        b"IN ROLE therapist_writer",
        b"IN ROLE therapist_checker",
        b"IN ROLE pg_write_all_data",
        b"IN ROLE pg_execute_server_program",
    ],
)
def test_each_power_is_found(database: Database, power: bytes) -> None:
    """Whatever lets the login change or destroy is named as the login's fault."""
    with database.connect(Role.OWNER) as admin:
        admin.execute(b"CREATE ROLE planted_login LOGIN " + power)
        admin.execute(b"GRANT therapist_service TO planted_login")
        admin.execute(f'GRANT CONNECT ON DATABASE "{database.name}" TO planted_login'.encode())
        try:
            address = conninfo.make_conninfo(one_login(database), user="planted_login")
            with pytest.raises(SettingsInvalid):
                refuse_powerful_login(Database.from_address("DATABASE_URL", address))
        finally:
            admin.execute(b"DROP OWNED BY planted_login; DROP ROLE planted_login")


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_forgets_is_refused_in_production(database: Database, name: str) -> None:
    """What is acknowledged must be on disk: the tests' own server would be refused."""
    with database.connect(Role.OWNER) as admin:
        if name == "synchronous_commit":
            admin.execute(f'ALTER DATABASE "{database.name}" SET {name} = off'.encode())
        shown = admin.execute("SELECT setting FROM pg_settings WHERE name = %s", [name]).fetchone()
        if name != "synchronous_commit" and shown == ("on",):
            pytest.skip("this server is durable")
    with pytest.raises(SettingsInvalid, match=name):
        refuse_forgetful_server(database)


def test_a_plain_member_is_let_through(database: Database) -> None:
    """A login that is a member of therapist_service alone is what production wants."""
    with database.connect(Role.OWNER) as admin:
        admin.execute(b"CREATE ROLE planted_login LOGIN IN ROLE therapist_service")
        try:
            address = conninfo.make_conninfo(one_login(database), user="planted_login")
            refuse_powerful_login(Database.from_address("DATABASE_URL", address))
        finally:
            admin.execute(b"DROP ROLE planted_login")


def test_keys_may_live_apart(database: Database) -> None:
    """The vault has its own address, and the retention login is the vault's."""
    ledger, vault = one_login(database), one_login(database.named("vault"))
    settings = read_settings({"DATABASE_URL": ledger, "VAULT_DATABASE_URL": vault})
    opened = Database.from_settings(settings)
    assert (opened.name, opened.vault.name) == (database.name, "vault")
    assert opened.vault.vault is opened.vault
    alone = Database.from_settings(read_settings({"DATABASE_URL": ledger}))
    assert alone.vault is alone
