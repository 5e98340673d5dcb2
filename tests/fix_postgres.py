"""A migrated database for each test: on an embedded server, or on the one in LEDGER_TEST_DSN."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from psycopg import sql

from ledger.clock import SystemClock
from ledger.postgres.binaries import find_binaries
from ledger.postgres.connect import Database, Role
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.migrate import migrate
from ledger.postgres.place import FALLBACK_PARENT

DSN_VARIABLE = "LEDGER_TEST_DSN"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run use another PostgreSQL: its login must be a superuser or own CREATEROLE."""
    parser.addoption(
        "--dsn", default=os.environ.get(DSN_VARIABLE) or None, help="PostgreSQL to use"
    )


def pytest_report_header(config: pytest.Config) -> str:
    """Say which PostgreSQL the run is about."""
    dsn: str | None = config.getoption("--dsn")
    if dsn is None:
        program = find_binaries().program("postgres")
        words = [program, "--version"]
        version = subprocess.check_output(words, text=True)  # noqa: S603 -- a fixed program
        return f"postgres: {version.strip()}, embedded"
    with Database.from_address(DSN_VARIABLE, dsn).connect(Role.OWNER) as connection:
        number = connection.info.server_version
    return f"postgres: server {number // 10000}.{number % 10000}, from {DSN_VARIABLE}"


def remove_server_files(server: EmbeddedServer) -> None:
    """Remove what a stopped server keeps outside its data folder."""
    if server.place.home != server.place.control:
        shutil.rmtree(server.place.home)


@pytest.fixture(scope="session")
def server_base(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Database]:
    """Start the server of this session (each xdist worker its own); its maintenance database."""
    dsn: str | None = pytestconfig.getoption("--dsn")
    if dsn is not None:
        yield Database.from_address(DSN_VARIABLE, dsn)
        return
    server = EmbeddedServer(tmp_path_factory.mktemp("data"), durable=False)
    with server:
        yield server.database.named("postgres")
    remove_server_files(server)


def _create(base: Database, name: str, template: str) -> Database:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with base.connect(Role.OWNER) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return base.named(name)


def _copy_rights(database: Database, template: str) -> None:
    # A copy gets the template's contents but not the rights on the database itself.
    with database.connect(Role.OWNER) as connection:
        granted = connection.execute(
            "SELECT a.grantee::regrole::text, a.privilege_type FROM pg_database AS d,"
            " aclexplode(d.datacl) AS a WHERE d.datname = %s",
            [template],
        ).fetchall()
        name = sql.Identifier(database.name)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        for role, right in granted:
            statement = sql.SQL("GRANT {} ON DATABASE {} TO {}")
            words = (sql.SQL(right), name, sql.SQL(role))
            connection.execute(statement.format(*words))


def drop(base: Database, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    with base.connect(Role.OWNER) as connection:
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(name)))


def copy_of(base: Database, template: str) -> Database:
    """Return a copy of the template database, with its rights; `drop` it after use."""
    database = _create(base, f"test_{secrets.token_hex(6)}", template)
    _copy_rights(database, template)
    return database


MakeDatabase = Callable[[], Database]


@pytest.fixture
def make_empty_database(server_base: Database) -> Iterator[MakeDatabase]:
    """Offer databases without any migration; they are gone after the test."""
    names: list[str] = []

    def make() -> Database:
        names.append(f"test_{secrets.token_hex(6)}")
        return _create(server_base, names[-1], "template0")

    yield make
    for name in names:
        drop(server_base, name)


@pytest.fixture(scope="session")
def template_database(server_base: Database) -> Iterator[str]:
    """Name a database with every migration applied, copied for each test."""
    name = f"template_{secrets.token_hex(6)}"
    migrate(_create(server_base, name, "template0"), SystemClock())
    yield name
    drop(server_base, name)


@pytest.fixture
def make_database(server_base: Database, template_database: str) -> Iterator[MakeDatabase]:
    """Offer migrated databases; they are gone after the test."""
    names: list[str] = []

    def make() -> Database:
        names.append(f"test_{secrets.token_hex(6)}")
        made = _create(server_base, names[-1], template_database)
        _copy_rights(made, template_database)
        return made

    yield make
    for name in names:
        drop(server_base, name)


@pytest.fixture
def database(make_database: MakeDatabase) -> Database:
    """Offer a migrated database of this test's own."""
    return make_database()


def homes_elsewhere(folder: Path) -> list[Path]:
    """Return the folders outside a data folder that were made for its server."""
    notes = FALLBACK_PARENT.glob("*/belongs-to")
    return [note.parent for note in notes if note.read_text().strip() == str(folder)]


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Offer a data folder for a server of the test's own; what it left outside is removed."""
    folder = tmp_path / "data"
    yield folder
    for home in homes_elsewhere(folder):
        shutil.rmtree(home)
