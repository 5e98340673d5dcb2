"""Whatever of the database's rights and guards is changed behind our back is found, and named."""

import shutil
from pathlib import Path

import pytest

from ledger.clock import SystemClock
from ledger.drift import manifest
from ledger.drift.catalogue import read_facts
from ledger.drift.check import find_drift
from ledger.drift.signing import FILE, sign_catalogue
from ledger.errors import Unavailable
from ledger.postgres.connect import Database, Role
from ledger.postgres.migrate import migrate
from ledger.postgres.settings import Settings
from ledger.seal_log.signer import SIGNER_FOLDER
from projections import definitions
from projections.read_model import live
from projections.read_models import READ_MODELS
from tests.fix_postgres import MakeDatabase
from tests.ledger.drift.changes import CHANGES, Change

pytestmark = pytest.mark.postgres


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a ledger that has a folder of its own."""
    return Settings(tmp_path / "data", ledger_name="ledger.example")


@pytest.fixture
def signed(database: Database, settings: Settings) -> Database:
    """A database as migrations and projector leave it, signed."""
    with database.connect(Role.PROJECTOR) as connection:
        for read_model in READ_MODELS:
            definitions.create(connection, live(read_model))
    sign_catalogue(database, settings)
    return database


def said(database: Database, settings: Settings) -> list[str]:
    """Return the differences, one a line."""
    return [str(each) for each in find_drift(database, settings)]


def test_what_migrations_leave_has_no_difference(signed: Database, settings: Settings) -> None:
    assert said(signed, settings) == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.statements[:60])
def test_a_change_is_found_and_named(signed: Database, settings: Settings, change: Change) -> None:
    """One line says what it is about, what was and is, and what to do."""
    try:
        with signed.connect(Role.OWNER) as owner:
            owner.execute(change.statements.encode())
        found = find_drift(signed, settings)
    finally:
        if change.undo:
            with signed.connect(Role.OWNER) as owner:
                owner.execute(change.undo.encode())
    lines = [str(each) for each in found]
    assert any(change.said in line for line in lines), lines
    assert all("; " in line and "\n" not in line for line in lines)
    assert any(each.is_grave for each in found)
    if change.undo:
        assert said(signed, settings) == []


def test_a_new_extension_is_found(signed: Database, settings: Settings) -> None:
    with signed.connect(Role.OWNER) as owner:
        row = owner.execute(
            "SELECT name FROM pg_available_extensions WHERE installed_version IS NULL LIMIT 1"
        ).fetchone()
        if row is None:
            pytest.skip("this server has no extension to try")
        owner.execute(f'CREATE EXTENSION "{row[0]}"'.encode())
    assert [line for line in said(signed, settings) if line.startswith(f"extension {row[0]}: ")]


def test_what_is_particular_to_a_server_can_be_accepted(
    signed: Database, settings: Settings
) -> None:
    """By signing anew; what our migrations say cannot be."""
    with signed.connect(Role.OWNER) as owner:
        owner.execute("CREATE PUBLICATION mine FOR ALL TABLES")
        owner.execute("GRANT SELECT ON ledger.events TO therapist_monitor")
        assert len(said(signed, settings)) == 2
        sign_catalogue(signed, settings)
        (line,) = said(signed, settings)
    assert line.startswith("table ledger.events: therapist_monitor may SELECT is new")


def test_a_changed_manifest_is_a_difference(
    signed: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever grants a right and writes it into the manifest, too, has not the key."""
    folder = tmp_path / "manifest"
    shutil.copytree(manifest.FOLDER, folder)
    granted = "ours | table ledger.events | therapist_monitor may SELECT | yes\n"
    with (folder / "whole.txt").open("a") as file:
        file.write(granted)
    with signed.connect(Role.OWNER) as owner:
        owner.execute("GRANT SELECT ON ledger.events TO therapist_monitor")
    monkeypatch.setattr(manifest, "FOLDER", folder)
    (line,) = said(signed, settings)
    assert line.startswith("manifest: is not the one that was signed")


@pytest.mark.parametrize("how", ["gone", "altered", "another key", "a link", "nonsense", "others"])
def test_a_note_that_this_ledger_has_not_signed_is_a_difference(
    signed: Database, settings: Settings, tmp_path: Path, how: str
) -> None:
    note = settings.data_dir / SIGNER_FOLDER / FILE
    match how:
        case "gone":
            note.unlink()
        case "altered":
            note.write_text(note.read_text().replace("extension plpgsql", "extension plperlu"))
        case "another key":
            other = Settings(tmp_path / "other", ledger_name=settings.ledger_name)
            sign_catalogue(signed, other)
            shutil.copy(other.data_dir / SIGNER_FOLDER / FILE, note)
        case "a link":
            note.rename(tmp_path / "elsewhere")
            note.symlink_to(tmp_path / "elsewhere")
        case "others":
            note.chmod(0o644)
        case _:
            note.write_text("x\n")
    (line,) = said(signed, settings)
    assert line.startswith("manifest: is not signed, or not by this ledger's key")


def test_keys_that_live_apart_are_looked_at_too(
    make_empty_database: MakeDatabase, settings: Settings
) -> None:
    apart = make_empty_database().with_vault(make_empty_database())
    migrate(apart, SystemClock())
    sign_catalogue(apart, settings)
    assert said(apart, settings) == []
    with apart.vault.connect(Role.OWNER) as owner:
        owner.execute("DROP POLICY own_practice ON keys.record_keys")
    (line,) = said(apart, settings)
    assert line.startswith("vault, table keys.record_keys: policy own_practice")


def test_every_role_could_run_it(signed: Database) -> None:
    """It reads nothing that PostgreSQL keeps for its superuser."""
    with signed.connect(Role.OWNER) as owner:
        expected = read_facts(owner)
    for role in Role:
        with signed.connect(role) as connection:
            assert read_facts(connection) == expected


def test_no_line_can_be_forged_by_a_name(signed: Database, settings: Settings) -> None:
    """A name with line ends and marks stays in its line."""
    with signed.connect(Role.OWNER) as owner:
        owner.execute('CREATE SCHEMA "x\nours | y | z | \x1b[2J"')
    lines = said(signed, settings)
    assert len(lines) == 1
    assert lines[0].isprintable()


def test_a_lost_database_is_not_a_difference(signed: Database, settings: Settings) -> None:
    gone = signed.named("not_there")
    with pytest.raises(Unavailable):
        find_drift(gone, settings)
