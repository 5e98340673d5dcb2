"""Migrations: each file once, in order, checked by hash, by whoever comes first."""

import threading
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from ledger.clock import SystemClock
from ledger.errors import LedgerError, SettingsInvalid, Tampered, Unavailable
from ledger.postgres.connect import Database, Role
from ledger.postgres.migrate import Migration, check_migrated, migrate, read_migrations
from tests.fix_postgres import MakeDatabase

pytestmark = pytest.mark.postgres
CLOCK = SystemClock()
ROLES_FILE = "0001_roles.sql"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Offer a folder of migrations that holds the roles and one table."""
    roles = next(migration for migration in read_migrations() if migration.number == 1)
    (tmp_path / ROLES_FILE).write_bytes(roles.text)
    (tmp_path / "0002_one.sql").write_text("CREATE TABLE ledger.one (number integer);\n")
    return tmp_path


def tables(database: Database) -> set[str]:
    """Return the tables of the ledger's and the keys' schemas."""
    statement = (
        "SELECT tablename FROM pg_tables WHERE schemaname IN ('ledger', 'keys')"
        " AND tableowner = 'therapist_owner'"
    )
    with database.connect(Role.OWNER) as connection:
        return {str(name) for (name,) in connection.execute(statement)}


def applied_numbers(database: Database) -> list[int]:
    """Return what the database says was applied."""
    with database.connect(Role.AUDITOR) as connection:
        rows = connection.execute("SELECT number FROM migrations.applied ORDER BY number")
        return [int(number) for (number,) in rows]


def refusal(database: Database, migrations: Sequence[Migration]) -> LedgerError:
    """Return the error that both the owner's and the service's look at the database end in."""
    with pytest.raises(LedgerError) as by_owner:
        migrate(database, CLOCK, migrations)
    with pytest.raises(LedgerError) as by_service:
        check_migrated(database, migrations)
    assert (by_owner.type, str(by_owner.value)) == (by_service.type, str(by_service.value))
    return by_owner.value


def test_a_second_run_finds_nothing_to_do(database: Database) -> None:
    """Every migration is applied once."""
    assert migrate(database, CLOCK) == ()
    check_migrated(database)


def test_an_empty_database_gets_them_all(make_empty_database: MakeDatabase) -> None:
    """They come in the order of their numbers."""
    applied = migrate(make_empty_database(), CLOCK)
    assert applied == tuple(migration.number for migration in read_migrations())


def test_a_new_file_is_applied_to_an_old_database(
    make_empty_database: MakeDatabase, folder: Path
) -> None:
    """What came later is applied alone, by the owner."""
    database = make_empty_database()
    assert migrate(database, CLOCK, read_migrations(folder)) == (1, 2)
    (folder / "0003_two.sql").write_text("CREATE TABLE ledger.two (number integer);\n")
    with pytest.raises(SettingsInvalid, match="0003"):
        check_migrated(database, read_migrations(folder))
    assert migrate(database, CLOCK, read_migrations(folder)) == (3,)
    assert tables(database) == {"one", "two"}
    assert applied_numbers(database) == [1, 2, 3]


def test_a_changed_file_is_named(make_empty_database: MakeDatabase, folder: Path) -> None:
    """One byte more in an applied file stops the start."""
    database = make_empty_database()
    migrate(database, CLOCK, read_migrations(folder))
    with (folder / "0002_one.sql").open("a") as file:
        file.write("\n")
    error = refusal(database, read_migrations(folder))
    assert isinstance(error, Tampered)
    assert "0002" in str(error)


def test_a_missing_file_is_named(make_empty_database: MakeDatabase, folder: Path) -> None:
    """An applied migration whose file is gone stops the start."""
    database = make_empty_database()
    (folder / "0003_two.sql").write_text("CREATE TABLE ledger.two (number integer);\n")
    migrate(database, CLOCK, read_migrations(folder))
    (folder / "0002_one.sql").unlink()
    error = refusal(database, read_migrations(folder))
    assert isinstance(error, Tampered)
    assert "0002" in str(error)


def test_a_database_newer_than_the_program_is_left_alone(
    make_empty_database: MakeDatabase, folder: Path
) -> None:
    """An old program says that it is old."""
    database = make_empty_database()
    migrate(database, CLOCK, read_migrations(folder))
    (folder / "0002_one.sql").unlink()
    error = refusal(database, read_migrations(folder))
    assert isinstance(error, SettingsInvalid)
    assert "newer" in str(error)


def test_a_number_slipped_in_below_is_refused(
    make_empty_database: MakeDatabase, folder: Path
) -> None:
    """Migrations have one order everywhere."""
    database = make_empty_database()
    (folder / "0002_one.sql").rename(folder / "0003_one.sql")
    migrate(database, CLOCK, read_migrations(folder))
    (folder / "0002_late.sql").write_text("SELECT 1;\n")
    assert "0002" in str(refusal(database, read_migrations(folder)))


def test_a_failing_file_leaves_nothing_behind(
    make_empty_database: MakeDatabase, folder: Path
) -> None:
    """Its first statements are undone, those before it stay, and a mended file is applied."""
    database = make_empty_database()
    broken = folder / "0003_two.sql"
    broken.write_text("CREATE TABLE ledger.two (number integer);\nSELECT 1 / 0;\n")
    with pytest.raises(Unavailable, match="0003 failed"):
        migrate(database, CLOCK, read_migrations(folder))
    assert (tables(database), applied_numbers(database)) == ({"one"}, [1, 2])
    broken.write_text("CREATE TABLE ledger.two (number integer);\n")
    assert migrate(database, CLOCK, read_migrations(folder)) == (3,)


def test_a_file_may_not_end_its_transaction(
    make_empty_database: MakeDatabase, folder: Path
) -> None:
    """A COMMIT in the middle would break the promise of all or nothing."""
    (folder / "0003_two.sql").write_text("COMMIT;\n")
    with pytest.raises(AssertionError):
        migrate(make_empty_database(), CLOCK, read_migrations(folder))


def test_two_at_once_apply_each_once(make_empty_database: MakeDatabase, folder: Path) -> None:
    """Several processes start at once: one migrates, the others wait and find it done."""
    database = make_empty_database()
    slow = "CREATE TABLE ledger.two (number integer);\nSELECT pg_sleep(0.2);\n"
    (folder / "0003_two.sql").write_text(slow)
    applied: list[tuple[int, ...]] = []
    threads = [
        threading.Thread(
            target=lambda: applied.append(migrate(database, CLOCK, read_migrations(folder)))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [(), (), (), (1, 2, 3)]


def test_a_database_in_another_encoding_is_refused(
    server_base: Database, make_empty_database: MakeDatabase
) -> None:
    """Text of every alphabet must fit."""
    name = f"{make_empty_database().name}_ascii"
    with server_base.connect(Role.OWNER) as connection:
        made = f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
        connection.execute(f"{made} LOCALE_PROVIDER libc".encode())
        try:
            with pytest.raises(SettingsInvalid, match="UTF8"):
                migrate(server_base.named(name), CLOCK)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_names_and_numbers_are_checked(folder: Path) -> None:
    """A file that is no migration, or a number taken twice, is refused."""
    (folder / "0002_again.sql").write_text("SELECT 1;\n")
    with pytest.raises(SettingsInvalid, match="share a number"):
        read_migrations(folder)
    (folder / "0002_again.sql").rename(folder / "again.sql")
    with pytest.raises(SettingsInvalid, match="NNNN"):
        read_migrations(folder)


def test_keys_that_live_apart_get_their_own_migrations(
    make_empty_database: MakeDatabase, folder: Path
) -> None:
    """The vault's files go to the vault only, the roles to both, all else to the ledger."""
    (folder / "0003_keys.sql").write_text("-- vault\nCREATE TABLE keys.key (number integer);\n")
    ledger, vault = make_empty_database(), make_empty_database()
    both = ledger.with_vault(vault)
    assert migrate(both, CLOCK, read_migrations(folder)) == (1, 2, 3)
    assert (tables(ledger), tables(vault)) == ({"one"}, {"key"})
    assert (applied_numbers(ledger), applied_numbers(vault)) == ([1, 2], [1, 3])
    assert migrate(both, CLOCK, read_migrations(folder)) == ()
    check_migrated(both, read_migrations(folder))


def test_one_database_for_everything_gets_the_keys_too(
    make_empty_database: MakeDatabase, folder: Path
) -> None:
    """Without a separate vault each file is applied here."""
    (folder / "0003_keys.sql").write_text("-- vault\nCREATE TABLE keys.key (number integer);\n")
    database = make_empty_database()
    migrate(database, CLOCK, read_migrations(folder))
    assert tables(database) == {"one", "key"}


def test_the_record_of_migrations_is_the_owners(database: Database) -> None:
    """No working role can rewrite what was applied."""
    statements: list[bytes] = [
        b"DELETE FROM migrations.applied",
        b"UPDATE migrations.applied SET sha256 = sha256",
        b"INSERT INTO migrations.applied VALUES (9, '', '', 0)",
        b"DROP TABLE migrations.applied",
    ]
    for role in (Role.SERVICE, Role.PROJECTOR, Role.RETENTION, Role.AUDITOR):
        with database.connect(role) as connection:
            for statement in statements:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)


def test_public_has_nothing(database: Database) -> None:
    """A login that is none of ours cannot connect, nor may PUBLIC run a function of ours."""
    with database.connect(Role.OWNER) as connection:
        functions = connection.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc AS p"
            " JOIN pg_namespace AS n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('ledger', 'keys', 'views', 'migrations', 'public')"
            " AND has_function_privilege('public', p.oid, 'EXECUTE')"
        ).fetchall()
        assert functions == []
        for right in ("CONNECT", "TEMPORARY", "CREATE"):
            asked = "SELECT has_database_privilege('public', current_database(), %s)"
            assert connection.execute(asked, [right]).fetchone() == (False,)
        schemas = "SELECT has_schema_privilege('public', oid, 'USAGE') FROM pg_namespace"
        ours = " WHERE nspname IN ('ledger', 'keys', 'views', 'migrations', 'public')"
        assert {row[0] for row in connection.execute((schemas + ours).encode())} == {False}
