"""No bundle is made of a database that is not what was signed, or that is behind it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

import pytest
from psycopg import sql

import therapist_os
from aggregates.private import Private
from commands.context import Actor, Context
from commands.log_session import log_session
from commands.open_practice import open_practice
from commands.opening import open_context
from commands.sign_baa import sign_baa
from ledger.errors import LedgerError, Tampered, Unavailable
from ledger.opening import sealing
from ledger.postgres.connect import Database, Role
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import confirm_past, seal_once
from ledger.seal_log.signer import LAST_FILE, SIGNER_FOLDER, Signer
from tests.aggregates.examples import entry
from tests.fix_postgres import copy_of, drop
from tests.fix_practice import DOCUMENT
from web.terminal.bundle import Wanted, write_bundle

pytestmark = pytest.mark.postgres
Seal = Callable[[], int]
FLIPPED = "UPDATE ledger.slot_signatures SET signature = set_byte(signature, 0, 7)"
ALTERATIONS = {
    "root": (Tampered, "slots", "UPDATE ledger.slots SET root = sha256(root) WHERE epoch = 1"),
    "size": (Tampered, "slots", "UPDATE ledger.slots SET size = size + 1 WHERE epoch = 1"),
    "signature": (Tampered, "slot_signatures", FLIPPED),
    "no signature": (Unavailable, "slot_signatures", "DELETE FROM ledger.slot_signatures"),
}


@pytest.fixture
def seal(context: Context, settings: Settings, therapist: Actor) -> Seal:
    """Log a session and make an epoch of it."""

    def sealed() -> int:
        log_session(context, therapist, entry(), uuid4())
        return seal_once(sealing(context.ledger.database, settings, context.clock))

    return sealed


def bundle_of(context: Context, settings: Settings, actor: Actor, size: int | None = None) -> bytes:
    """Write a bundle, and return its practice log's checkpoint; what is refused leaves nothing."""
    place = settings.data_dir / "bundles" / uuid4().hex
    place.parent.mkdir(exist_ok=True)
    before = set(place.parent.iterdir())
    wanted = Wanted(practice_id=actor.practice_id, place=place, size=size)
    try:
        write_bundle(context, settings, wanted, lambda _done, _of: None)
    except LedgerError:
        assert set(place.parent.iterdir()) == before
        raise
    return (place / "practice" / "checkpoint").read_bytes()


@contextmanager
def altered(context: Context, table: str, statement: str) -> Generator[None]:
    """Change what is stored as a superuser can, for the length of the block."""
    name = sql.Identifier(table)
    with context.ledger.database.connect(Role.OWNER) as owner:
        rows = sql.SQL("CREATE TABLE ledger.kept AS SELECT * FROM ledger.{}")
        owner.execute(rows.format(name))
        owner.execute(sql.SQL("ALTER TABLE ledger.{} DISABLE TRIGGER USER").format(name))
        assert owner.execute(statement.encode()).rowcount > 0
        yield
        owner.execute(sql.SQL("DELETE FROM ledger.{}").format(name))
        owner.execute(sql.SQL("INSERT INTO ledger.{} SELECT * FROM ledger.kept").format(name))
        owner.execute("DROP TABLE ledger.kept")


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_what_was_not_signed_is_not_bundled(
    context: Context, settings: Settings, therapist: Actor, seal: Seal, alteration: str
) -> None:
    """A bundle signs nothing itself; with what was signed put back it is the same again."""
    for _ in range(2):
        seal()
    note = bundle_of(context, settings, therapist)
    fault, table, statement = ALTERATIONS[alteration]
    with altered(context, table, statement), pytest.raises(fault):
        bundle_of(context, settings, therapist)
    assert bundle_of(context, settings, therapist) == note


def test_an_older_bundle_is_refused_too_and_needs_only_its_own_slot(
    context: Context, settings: Settings, therapist: Actor, seal: Seal
) -> None:
    """The signature is that of the epoch that the asked size ends with."""
    notes = [(seal(), bundle_of(context, settings, therapist)) for _ in range(2)]
    for size, note in notes:
        assert bundle_of(context, settings, therapist, size) == note
    forget = "DELETE FROM ledger.slot_signatures WHERE epoch = 0"
    with altered(context, "slot_signatures", forget):
        assert bundle_of(context, settings, therapist) == notes[1][1]
        with pytest.raises(Unavailable):
            bundle_of(context, settings, therapist, 1)


def test_a_restored_older_database_gives_no_bundle(
    database: Database, server_base: Database, settings: Settings
) -> None:
    """The error is the one that closes the service for writing, at every size asked for."""
    actor = Actor(uuid4(), uuid4())
    with open_context(database, settings) as context:
        open_practice(context, actor, Private("Practice"), Private("Owner"), uuid4())
        sign_baa(context, actor, DOCUMENT, None, uuid4())
        seal_once(sealing(database, settings, context.clock))
    backup = copy_of(server_base, database.name)
    with open_context(database, settings) as context:
        log_session(context, actor, entry(), uuid4())
        seal_once(sealing(database, settings, context.clock))
        assert bundle_of(context, settings, actor)
    with open_context(backup, settings) as context:
        with pytest.raises(Tampered) as quarantine:
            confirm_past(sealing(backup, settings, context.clock))
        for size in (None, 1):
            with pytest.raises(Tampered) as refused:
                bundle_of(context, settings, actor, size)
            assert str(refused.value) == str(quarantine.value)
        assert therapist_os.exit_code(refused.value) == therapist_os.FOUND
    drop(server_base, backup.name)


def test_a_signer_that_forgot_gives_no_bundle(
    context: Context, settings: Settings, therapist: Actor, seal: Seal
) -> None:
    seal()
    (settings.data_dir / SIGNER_FOLDER / LAST_FILE).unlink()
    with pytest.raises(Tampered, match="restore"):
        bundle_of(context, settings, therapist)


def test_a_bundle_is_made_beside_a_service_that_seals(
    context: Context, settings: Settings, therapist: Actor, seal: Seal
) -> None:
    """It asks the signer for nothing, so it waits for nobody."""
    seal()
    signer = Signer(settings.data_dir, settings.ledger_name)
    try:
        assert bundle_of(context, settings, therapist)
    finally:
        signer.close()


def test_where_no_signer_is_the_policy_s_key_is_enough(
    context: Context, settings: Settings, therapist: Actor, seal: Seal, tmp_path: Path
) -> None:
    """No signer's folder comes into being, and without a policy it is said what is missing."""
    seal()
    note = bundle_of(context, settings, therapist)
    (written,) = (settings.data_dir / "bundles").rglob("policy")
    policy = tmp_path / "policy"
    policy.write_bytes(written.read_bytes())
    rmtree(settings.data_dir / SIGNER_FOLDER)
    with pytest.raises(Unavailable):
        bundle_of(context, settings, therapist)
    elsewhere = replace(settings, witness_policy=policy)
    assert bundle_of(context, elsewhere, therapist) == note
    assert not (settings.data_dir / SIGNER_FOLDER).exists()
