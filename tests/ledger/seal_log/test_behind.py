"""A database that was restored, forked or swapped does not extend what was signed: never signed."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from ledger.errors import Tampered
from ledger.fsck.difference import Difference
from ledger.opening import sealing
from ledger.postgres.connect import Database
from ledger.seal_log.sealer import seal_once
from ledger.seal_log.signer import KEY_FILE, LAST_FILE, SIGNER_FOLDER
from tests.fix_ledger import TestedLedger, free_types
from tests.fix_postgres import copy_of, drop
from tests.ledger.seal_log.kit import opened, published

pytestmark = pytest.mark.postgres


def seal_events(ledger: TestedLedger, practice: UUID, epochs: int) -> None:
    """Append an event before each of so many epochs."""
    for _ in range(epochs):
        ledger.tell(practice, uuid4())
        ledger.seal()


def refused(ledger: TestedLedger, data_dir: Path | None = None) -> bool:
    """Tell whether sealing is refused, by this signer or its own, and that it leaves no trace."""
    folder = data_dir or ledger.settings.data_dir
    last = folder / SIGNER_FOLDER / LAST_FILE
    before, notes = last.read_bytes(), published(ledger)
    own = sealing(ledger.database, ledger.settings, ledger.clock)
    with pytest.raises(Tampered, match="runbook"):
        seal_once(replace(own, data_dir=folder))
    return (last.read_bytes(), published(ledger)) == (before, notes)


@pytest.mark.parametrize("more", [0, 1, 3])
def test_a_restored_older_database_is_not_signed(
    make_database: Callable[[], Database], server_base: Database, tmp_path: Path, more: int
) -> None:
    """Not as it is, and not after it has grown past what was lost; the true one goes on."""
    database, practice = make_database(), uuid4()
    free_types(database)
    with opened(database, tmp_path) as ledger:
        seal_events(ledger, practice, 2)
    backup = copy_of(server_base, database.name)
    with opened(database, tmp_path) as ledger:
        seal_events(ledger, uuid4(), 2)
    with opened(backup, tmp_path) as restored:
        for _ in range(more):
            restored.tell(uuid4(), uuid4())
        assert refused(restored)
        with pytest.raises(Difference, match="signer-ahead"):
            restored.check()
    drop(server_base, backup.name)
    with opened(database, tmp_path) as ledger:
        seal_events(ledger, uuid4(), 1)
        assert published(ledger) == [1, 2, 3, 4, 5]
        ledger.check()


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_another_history_is_not_signed(
    make_ledger: Callable[..., TestedLedger], epochs: int
) -> None:
    """Shorter, as long and longer than the one that was signed, each with epochs of its own."""
    true, fork = make_ledger(), make_ledger()
    seal_events(true, uuid4(), 2)
    seal_events(fork, uuid4(), epochs)
    assert refused(fork, true.settings.data_dir)
    fork.tell(uuid4(), uuid4())
    assert refused(fork, true.settings.data_dir)
    seal_events(true, uuid4(), 1)
    assert published(true) == [1, 2, 3]


def test_an_empty_database_is_not_signed(
    make_ledger: Callable[..., TestedLedger], make_database: Callable[[], Database]
) -> None:
    """Whoever points the service at a new database is told so, not given a new history."""
    true, empty = make_ledger(), make_database()
    free_types(empty)
    seal_events(true, uuid4(), 1)
    with opened(empty, true.settings.data_dir) as swapped:
        assert refused(swapped)
        swapped.tell(uuid4(), uuid4())
        assert refused(swapped)


@pytest.mark.parametrize("lost", [(LAST_FILE,), (LAST_FILE, KEY_FILE)])
def test_a_signer_that_forgot_signs_nothing_more(ledger: TestedLedger, lost: list[str]) -> None:
    """Without its memory it could be shown any history, with a new key it would begin another."""
    seal_events(ledger, uuid4(), 2)
    folder, notes = ledger.settings.data_dir / SIGNER_FOLDER, published(ledger)
    kept = {name: (folder / name).read_bytes() for name in lost}
    for name in lost:
        (folder / name).unlink()
    ledger.tell(uuid4(), uuid4())
    for _ in range(2):
        with pytest.raises(Tampered, match="restore"):
            ledger.seal()
    assert published(ledger) == notes
    for name, content in kept.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    assert ledger.seal() == 3
    ledger.check()
