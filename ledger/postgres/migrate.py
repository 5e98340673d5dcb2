"""Brings a database to the shape this program knows: numbered SQL files, each applied once.

A file's first line may be `-- vault` (only for the database of the keys) or `-- ledger and vault`
(for both); otherwise it is for the ledger's database. With one database for everything, all apply.
"""

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from ledger.clock import Clock
from ledger.errors import SettingsInvalid, Tampered, Unavailable
from ledger.postgres.connect import OWNER_ROLE, Database, Role

MIGRATIONS_FOLDER: Final = Path(__file__).parent / "migrations"
# Only the first migration runs as the admin login: it makes the owner that runs the others.
ROLES_NUMBER: Final = 1
SERVER_VERSION_MIN: Final = 150_000
_LOCK_KEY: Final = 0x7468_6572_6170_6973  # "therapis", any number nobody else locks
_FILE_NAME: Final = re.compile(r"([0-9]{4})_([a-z0-9_]+)\.sql")
_AS_OWNER: Final = f"SET LOCAL ROLE {OWNER_ROLE}".encode()
_VAULT_ONLY: Final = "-- vault"
_BOTH: Final = "-- ledger and vault"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file: its text and the SHA-256 of its bytes."""

    number: int
    name: str
    text: bytes
    sha256: bytes
    for_ledger: bool
    for_vault: bool


def read_migrations(folder: Path = MIGRATIONS_FOLDER) -> tuple[Migration, ...]:
    """Return the folder's migrations in order; raises SettingsInvalid if two share a number."""
    found = tuple(_read(path) for path in sorted(folder.glob("*.sql")))
    numbers = [migration.number for migration in found]
    if len(set(numbers)) != len(numbers):
        raise SettingsInvalid("two migrations share a number: install the program again")
    return found


def _read(path: Path) -> Migration:
    match = _FILE_NAME.fullmatch(path.name)
    if match is None:
        raise SettingsInvalid("a migration's name is not NNNN_name.sql: install the program again")
    text = path.read_bytes()
    first_line = text.split(b"\n", 1)[0].decode().strip()
    return Migration(
        number=int(match[1]),
        name=match[2],
        text=text,
        sha256=hashlib.sha256(text).digest(),
        for_ledger=first_line != _VAULT_ONLY,
        for_vault=first_line in {_VAULT_ONLY, _BOTH},
    )


def migrate(
    database: Database, clock: Clock, migrations: Sequence[Migration] | None = None
) -> tuple[int, ...]:
    """Apply what is missing, in the ledger's database and the keys'; return the numbers applied.

    Two processes may do this at once: the second waits for the first and finds nothing to do.
    Raises Tampered if an applied migration differs from its file, SettingsInvalid if the database
    is newer than this program, Unavailable if the database cannot be reached or refuses.
    """
    known = read_migrations() if migrations is None else migrations
    applied: list[int] = []
    for place, wanted in _by_database(database, known):
        with _locked(place) as connection:
            applied += _apply_missing(connection, wanted, clock)
    return tuple(sorted(set(applied)))


def check_migrated(database: Database, migrations: Sequence[Migration] | None = None) -> None:
    """Check, as the service, that every migration stands in the database as its file says.

    Raises Tampered for a changed or unknown one, SettingsInvalid if the database is older or
    newer than this program.
    """
    known = read_migrations() if migrations is None else migrations
    for place, wanted in _by_database(database, known):
        with place.connect(Role.SERVICE) as connection:
            missing = _missing(connection, wanted, as_owner=False)
        if missing:
            raise SettingsInvalid(
                f"migration {missing[0].number:04d} is not applied: start once with"
                " OWNER_DATABASE_URL set"
            )


def _by_database(
    database: Database, known: Sequence[Migration]
) -> Iterator[tuple[Database, tuple[Migration, ...]]]:
    if database.separate_vault is None:
        yield database, tuple(known)
    else:
        yield database, tuple(m for m in known if m.for_ledger)
        yield database.separate_vault, tuple(m for m in known if m.for_vault)


@contextmanager
def _locked(database: Database) -> Generator[psycopg.Connection[TupleRow]]:
    with database.connect(Role.OWNER) as connection:
        _check_server(connection)
        try:
            connection.execute("SELECT pg_catalog.pg_advisory_lock(%s)", [_LOCK_KEY])
        except psycopg.errors.LockNotAvailable:
            raise Unavailable(
                "another process is migrating the database: wait for it and start again"
            ) from None
        # Closing the connection releases the lock, whatever happened.
        yield connection


def _check_server(connection: psycopg.Connection[TupleRow]) -> None:
    if connection.info.server_version < SERVER_VERSION_MIN:
        raise SettingsInvalid("PostgreSQL is older than version 15: use 15 to 18")
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise SettingsInvalid("the database's encoding is not UTF8: create it with ENCODING 'UTF8'")


def _apply_missing(
    connection: psycopg.Connection[TupleRow], wanted: Sequence[Migration], clock: Clock
) -> Iterable[int]:
    missing = _missing(connection, wanted, as_owner=True)
    for migration in missing:
        try:
            _apply(connection, migration, clock)
        except psycopg.Error as error:
            raise Unavailable(
                f"migration {migration.number:04d} failed and left nothing behind"
                f" (SQLSTATE {error.sqlstate}): check the rights of OWNER_DATABASE_URL's login"
            ) from error
    return [migration.number for migration in missing]


def _missing(
    connection: psycopg.Connection[TupleRow], wanted: Sequence[Migration], *, as_owner: bool
) -> list[Migration]:
    applied = _applied(connection, as_owner=as_owner)
    known = {migration.number: migration for migration in wanted}
    newest = max(known, default=0)
    for number, sha256 in applied.items():
        if number > newest:
            raise SettingsInvalid(
                f"the database has migration {number:04d}, newer than this program:"
                " run the newer program"
            )
        if number not in known:
            raise Tampered(f"migration {number:04d} was applied but its file is missing")
        if known[number].sha256 != sha256:
            raise Tampered(f"migration {number:04d} differs from what was applied")
    missing = [migration for migration in wanted if migration.number not in applied]
    late = [m.number for m in missing if m.number < max(applied, default=0)]
    if late:
        raise Tampered(f"migration {late[0]:04d} was never applied but later ones were")
    return missing


def _applied(connection: psycopg.Connection[TupleRow], *, as_owner: bool) -> dict[int, bytes]:
    with connection.transaction():
        exists = connection.execute(
            "SELECT pg_catalog.to_regclass('migrations.applied') IS NOT NULL"
        ).fetchone()
        if exists is None or not exists[0]:
            return {}
        if as_owner:
            connection.execute(_AS_OWNER)
        rows = connection.execute("SELECT number, sha256 FROM migrations.applied").fetchall()
    return {number: bytes(sha256) for number, sha256 in rows}


def _apply(connection: psycopg.Connection[TupleRow], migration: Migration, clock: Clock) -> None:
    with connection.transaction():
        if migration.number != ROLES_NUMBER:
            connection.execute(_AS_OWNER)
        connection.execute(migration.text)
        # A COMMIT inside the file would have ended our transaction and its promise.
        assert connection.info.transaction_status is TransactionStatus.INTRANS
        connection.execute(_AS_OWNER)
        connection.execute(
            "INSERT INTO migrations.applied (number, name, sha256, applied_at_us)"
            " VALUES (%s, %s, %s, %s)",
            [migration.number, migration.name, migration.sha256, clock.now_us()],
        )
