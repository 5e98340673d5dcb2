"""A real server with a real certificate: verified, or not connected to at all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ledger.clock import SystemClock
from ledger.drift.check import find_drift
from ledger.errors import SettingsInvalid, Unavailable
from ledger.postgres.connect import Database, Role
from ledger.postgres.migrate import migrate, read_migrations
from ledger.postgres.opening import open_database
from ledger.postgres.production import refuse_powerful_login
from ledger.postgres.settings import Settings, read_settings
from tests.fix_debian_postgres import PASSWORD, TlsServer, make_authority

pytestmark = pytest.mark.postgres


@pytest.fixture
def managed(tls_server: TlsServer) -> Iterator[TlsServer]:
    """Offer the server as a managed one: an admin without superuser, and a database of its own."""
    tls_server.run(f"CREATE ROLE managed_admin LOGIN CREATEROLE PASSWORD '{PASSWORD}'".encode())
    tls_server.run(b"CREATE DATABASE managed OWNER managed_admin TEMPLATE template0")
    yield tls_server
    tls_server.run(b"DROP DATABASE managed WITH (FORCE)")
    for role in Role:
        if role is not Role.OWNER:
            tls_server.run(f"DROP ROLE IF EXISTS {role.value}".encode())
    tls_server.run(b"DROP ROLE IF EXISTS therapist_owner")
    tls_server.run(b"DROP ROLE managed_admin")


def connect(address: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect as the product does."""
    return Database.from_address("DATABASE_URL", address).connect(Role.OWNER)


def test_a_verified_server_is_spoken_to_in_tls_1_3(managed: TlsServer) -> None:
    """The right authority and the right name: connected, in the newest protocol."""
    with connect(managed.address("managed_admin", "managed")) as connection:
        used = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert connection.execute(used).fetchone() == (True, "TLSv1.3")


def test_another_authority_is_not_trusted(managed: TlsServer, tmp_path: Path) -> None:
    """A certificate signed by somebody else ends the connection before any password."""
    stranger = make_authority().write(tmp_path / "stranger.crt")
    with pytest.raises(Unavailable):
        connect(managed.address("managed_admin", "managed", sslrootcert=str(stranger)))


def test_another_name_is_not_trusted(managed: TlsServer) -> None:
    """The certificate is for localhost, so a server reached by number is not that server."""
    with pytest.raises(Unavailable):
        connect(managed.address("managed_admin", "managed", host="127.0.0.1"))


def test_a_missing_authority_file_is_not_forgiven(managed: TlsServer, tmp_path: Path) -> None:
    """Without anything to verify against there is no connection."""
    missing = str(tmp_path / "missing.crt")
    with pytest.raises(Unavailable):
        connect(managed.address("managed_admin", "managed", sslrootcert=missing))


def test_an_older_protocol_is_not_spoken(managed: TlsServer) -> None:
    """A server that offers nothing newer than TLS 1.2 is left."""
    managed.set_and_reload("ssl_max_protocol_version", "TLSv1.2")
    try:
        with pytest.raises(Unavailable):
            connect(managed.address("managed_admin", "managed", connect_timeout="5"))
    finally:
        managed.set_and_reload("ssl_max_protocol_version", "")


def test_an_error_tells_nothing_of_the_address(managed: TlsServer) -> None:
    """Neither the password nor libpq's words reach the sentence."""
    with pytest.raises(Unavailable) as refused:
        connect(managed.address("managed_admin", "managed", password="planted"))  # noqa: S106 -- invented
    assert "planted" not in repr(refused.value)
    assert refused.value.__suppress_context__


def test_an_admin_short_of_superuser_can_migrate(managed: TlsServer) -> None:
    """A managed PostgreSQL gives no superuser; CREATEROLE and owning the database suffice."""
    database = Database.from_address("URL", managed.address("managed_admin", "managed"))
    applied = migrate(database, SystemClock())
    assert applied == tuple(migration.number for migration in read_migrations())
    for role in set(Role) - {Role.OWNER}:
        with database.connect(role) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role.value,)


def test_what_such_an_admin_migrated_has_no_grave_difference(
    managed: TlsServer, settings: Settings
) -> None:
    """The manifest is the same for both kinds of admin; who may act as a role is the server's."""
    address = managed.address("managed_admin", "managed")
    with open_database(replace(settings, database_url=address), SystemClock()) as database:
        found = find_drift(database, settings)
        assert [each for each in found if each.is_grave] == []
        managed.run(b"CREATE ROLE drift_planted IN ROLE therapist_service")
        try:
            found = find_drift(database, settings)
        finally:
            managed.run(b"DROP ROLE drift_planted")
    assert [each.subject for each in found if each.is_grave] == ["role drift_planted"]


def test_production_wants_a_login_of_its_own_for_the_service(managed: TlsServer) -> None:
    """The admin's login is refused as the service's; the role's own, with a password, is taken."""
    admin = managed.address("managed_admin", "managed")
    database = Database.from_address("DATABASE_URL", admin)
    migrate(database, SystemClock())
    with pytest.raises(SettingsInvalid, match="DATABASE_URL"):
        refuse_powerful_login(database)
    managed.run(f"ALTER ROLE therapist_service PASSWORD '{PASSWORD}'".encode())
    service = managed.address("therapist_service", "managed")
    environ = {"DATABASE_URL": service, "ENVIRONMENT": "production"}
    with open_database(read_settings(environ), SystemClock()) as opened:
        with opened.connect(Role.SERVICE) as connection:
            assert connection.execute("SELECT session_user").fetchone() == ("therapist_service",)
        with pytest.raises(Unavailable):
            opened.connect(Role.RETENTION)
