"""Of many that seal at once one signs, and the others leave no trace of having tried."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from ledger import checkpoint, note
from ledger.errors import Unavailable
from ledger.opening import sealing
from ledger.postgres.connect import Role
from ledger.seal_log.sealer import Sealing, seal_once
from ledger.seal_log.signer import SIGNER_FOLDER, verifier_key
from ledger.seal_log.slot_tree import SlotTree
from tests.fix_ledger import LEDGER_NAME, TestedLedger
from tests.ledger.seal_log.kit import epochs, published, signed

pytestmark = pytest.mark.postgres
SEALERS = 4
ROUNDS = 5


def seal_together(work: list[Sealing]) -> list[int | None]:
    """Let all seal at the same moment; None for each that was told to wait or was too late."""
    barrier = Barrier(len(work))

    def seal(one: Sealing) -> int | None:
        barrier.wait()
        try:
            return seal_once(one)
        except (Unavailable, psycopg.DatabaseError):
            return None

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(seal, work))


def notes_are_signed(ledger: TestedLedger) -> bool:
    """Tell whether each published note is of its size and signed by the key."""
    key = verifier_key(ledger.settings.data_dir, LEDGER_NAME)
    assert key is not None
    with ledger.database.connect(Role.AUDITOR) as connection:
        rows = connection.execute("SELECT size, note FROM ledger.checkpoints").fetchall()
    for _size, raw in rows:
        note.verify(note.decode(raw), [key])
    return all(checkpoint.decode(note.decode(raw).text).size == size for size, raw in rows)


def test_processes_of_one_service_make_each_epoch_once(ledger: TestedLedger) -> None:
    own = sealing(ledger.database, ledger.settings, ledger.clock)
    for number in range(1, ROUNDS + 1):
        ledger.tell(uuid4(), uuid4())
        made = seal_together([own] * SEALERS)
        assert set(made) <= {None, number}
        assert number in made
        assert published(ledger) == list(range(1, number + 1))
        assert epochs(ledger) == signed(ledger) == number
    assert notes_are_signed(ledger)
    assert ledger.check().events == ROUNDS


def second_machine(ledger: TestedLedger, data_dir: Path) -> Sealing:
    """Copy the signer's folder to where no lock is between the two."""
    own = sealing(ledger.database, ledger.settings, ledger.clock)
    copytree(own.data_dir / SIGNER_FOLDER, data_dir / SIGNER_FOLDER)
    return replace(own, data_dir=data_dir)


def test_a_second_machine_with_a_copied_key_makes_no_second_history(
    ledger: TestedLedger, tmp_path: Path
) -> None:
    """The database takes each epoch once, and both sign the same tree."""
    own = sealing(ledger.database, ledger.settings, ledger.clock)
    ledger.tell(uuid4(), uuid4())
    ledger.seal()
    other = second_machine(ledger, tmp_path / "copy")
    for _ in range(ROUNDS):
        ledger.tell(uuid4(), uuid4())
        seal_together([own, other])
        sizes = published(ledger)
        assert sizes == list(range(1, len(sizes) + 1))
        assert epochs(ledger) >= sizes[-1]
    seal_together([own])
    seal_together([other])
    assert published(ledger) == list(range(1, epochs(ledger) + 1))
    assert notes_are_signed(ledger)
    assert ledger.check().events == 1 + ROUNDS


def test_an_epoch_that_comes_in_while_sealing_begins_is_no_lie(
    ledger: TestedLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed process has sent it, or another machine: it is tried again, not called altered."""
    ledger.tell(uuid4(), uuid4())
    ledger.seal()
    other = second_machine(ledger, tmp_path / "copy")
    ledger.tell(uuid4(), uuid4())
    fill = SlotTree.fill

    def fill_and_wait(tree: SlotTree, leaf_hashes: Iterable[bytes]) -> None:
        fill(tree, leaf_hashes)
        monkeypatch.undo()
        assert seal_once(other) == 2

    monkeypatch.setattr(SlotTree, "fill", fill_and_wait)
    with pytest.raises((Unavailable, psycopg.DatabaseError)):
        ledger.seal()
    assert ledger.seal() == epochs(ledger) == signed(ledger) == 2
    ledger.check()
