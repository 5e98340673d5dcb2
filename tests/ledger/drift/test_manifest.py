"""The manifest is what a fresh migration makes, on each version of PostgreSQL at hand."""

from collections.abc import Iterator

import pytest

from ledger.clock import SystemClock
from ledger.drift import manifest
from ledger.drift.check import find_drift
from ledger.drift.differences import Difference
from ledger.drift.manifest import Layout
from ledger.drift.server import QUIET
from ledger.drift.signing import sign_catalogue
from ledger.postgres.connect import Database, Role
from ledger.postgres.migrate import migrate, read_migrations
from ledger.postgres.opening import open_database
from ledger.postgres.settings import Settings
from projections.read_model import live
from projections.trail import TRAIL
from tests import generate_catalogue
from tests.fix_debian_postgres import TlsServer
from tests.fix_postgres import MakeDatabase

pytestmark = pytest.mark.postgres
FIRST_OF_POLICIES = 14
NAMES = ("drift_one", "drift_two", "drift_three")


@pytest.fixture
def debian(tls_server: TlsServer) -> Iterator[TlsServer]:
    """Debian's PostgreSQL, without what these tests made on it."""
    yield tls_server
    for name in NAMES:
        tls_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
    for role in ("therapist_owner", *(r.value for r in Role if r is not Role.OWNER)):
        tls_server.run(f"DROP ROLE IF EXISTS {role}".encode())


def on(server: TlsServer, name: str) -> Database:
    """Make a database there, for its superuser on the socket."""
    server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    return Database.from_address("URL", _address(server, name))


def _address(server: TlsServer, name: str) -> str:
    return f"host={server.folder} port={server.port} user=postgres dbname={name}"


def assert_fresh(made: Iterator[tuple[Layout, str]]) -> None:
    """Compare what was made with the files; `make docs` writes them."""
    found = dict(made)
    assert found.keys() == set(Layout)
    for layout, text in found.items():
        assert text.splitlines() == manifest.read(layout).splitlines(), layout


def test_the_manifest_is_fresh(make_empty_database: MakeDatabase) -> None:
    assert_fresh(generate_catalogue.made_anew(make_empty_database))


def test_a_database_from_before_is_brought_to_the_same_facts(
    make_empty_database: MakeDatabase, settings: Settings
) -> None:
    """Also the tables that its projector had made without policies."""
    database = make_empty_database()
    before = [each for each in read_migrations() if each.number < FIRST_OF_POLICIES]
    migrate(database, SystemClock(), before)
    with database.connect(Role.PROJECTOR) as connection:
        place = live(TRAIL)
        connection.execute(place.statement(TRAIL.ddl))
    migrate(database, SystemClock())
    sign_catalogue(database, settings)
    assert find_drift(database, settings) == []


def test_an_older_server_has_the_same_facts(debian: TlsServer) -> None:
    """PostgreSQL writes some definitions otherwise than the version before; that is no drift."""
    names = iter(NAMES)
    assert_fresh(generate_catalogue.made_anew(lambda: on(debian, next(names))))


def _found(settings: Settings) -> list[Difference]:
    with open_database(settings, SystemClock()) as database:
        return find_drift(database, settings)


def test_a_server_that_writes_parameters_is_told_of(debian: TlsServer, settings: Settings) -> None:
    """As Debian's does with its defaults; nothing of it is grave, for what it sees is sealed."""
    on(debian, NAMES[0])
    address = _address(debian, NAMES[0])
    configured = Settings(settings.data_dir, database_url=address)
    found = _found(configured)
    assert {each.subject for each in found} == {
        "setting log_error_verbosity",
        "setting log_min_error_statement",
        "setting log_parameter_max_length",
    }
    assert not any(each.is_grave for each in found)
    try:
        for name in ("log_error_verbosity", "log_min_error_statement", "log_parameter_max_length"):
            debian.set_and_reload(name, QUIET[name][0])
        assert _found(configured) == []
    finally:
        for name in QUIET:
            debian.run(f"ALTER SYSTEM RESET {name}".encode())
        debian.run(b"SELECT pg_reload_conf()")
