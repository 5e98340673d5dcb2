"""Behind its own past nothing is appended: reading goes on, and the true database is not harmed."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from ledger.errors import KeyFileUnsafe, LedgerError, Quarantined, Tampered, Unavailable
from ledger.opening import sealing
from ledger.postgres.connect import Database
from ledger.seal_log.sealer import Sealer, confirm_past
from ledger.seal_log.signer import KEY_FILE, SIGNER_FOLDER, Signer
from tests.fix_ledger import LEDGER_NAME, TestedLedger, free_types
from tests.fix_postgres import copy_of, drop
from tests.ledger.append.kit import entries
from tests.ledger.seal_log.kit import PATIENCE_S, opened, published

pytestmark = pytest.mark.postgres


def confirm(ledger: TestedLedger) -> None:
    """Do what the service does before it opens."""
    confirm_past(sealing(ledger.database, ledger.settings, ledger.clock))


def test_a_restored_database_is_read_and_not_written(
    make_database: Callable[[], Database], server_base: Database, tmp_path: Path
) -> None:
    """The last epoch is missing, and whatever came after would be a second history."""
    database, practice, stream = make_database(), uuid4(), uuid4()
    free_types(database)
    with opened(database, tmp_path) as ledger:
        ledger.tell(practice, stream)
        ledger.seal()
    backup = copy_of(server_base, database.name)
    with opened(database, tmp_path) as ledger:
        ledger.tell(practice, uuid4())
        ledger.seal()
    with opened(backup, tmp_path) as restored:
        with pytest.raises(Tampered) as fault:
            confirm(restored)
        restored.ledger.quarantine(fault.value)
        for event in (restored.event(stream, 2), restored.event(uuid4(), 1)):
            with pytest.raises(Quarantined, match="runbook"):
                restored.append(practice, event)
        assert len(entries(restored, practice)) == 1
    drop(server_base, backup.name)
    with opened(database, tmp_path) as ledger:
        confirm(ledger)
        ledger.append(practice, ledger.event(stream, 2))
        assert ledger.seal() == 3
        ledger.check()


def test_a_fault_that_comes_later_closes_the_ledger(ledger: TestedLedger) -> None:
    """The sealing thread tells, once, and from then on nothing is taken."""
    practice = uuid4()
    ledger.tell(practice, uuid4())
    ledger.seal()
    (ledger.settings.data_dir / SIGNER_FOLDER / KEY_FILE).chmod(0o644)
    told: list[LedgerError] = []

    def on_fault(fault: LedgerError) -> None:
        told.append(fault)
        ledger.ledger.quarantine(fault)

    parts = sealing(ledger.database, ledger.settings, ledger.clock)
    sealer = Sealer(parts, PATIENCE_S, on_fault)
    sealer.start()
    sealer.stop()
    assert [type(fault) for fault in told] == [KeyFileUnsafe]
    assert ledger.ledger.quarantined_for is told[0]
    with pytest.raises(Quarantined):
        ledger.tell(practice, uuid4())
    assert published(ledger) == [1]


def test_what_a_crash_left_undone_is_no_fault(
    ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is finished before the service opens."""

    def cut_off(*_: object) -> None:
        raise InterruptedError

    ledger.tell(uuid4(), uuid4())
    with monkeypatch.context() as patch:
        patch.setattr("ledger.seal_log.signer._replace", cut_off)
        with pytest.raises(InterruptedError):
            ledger.seal()
    assert published(ledger) == []
    confirm(ledger)
    assert published(ledger) == [1]
    ledger.check()


def test_another_process_that_seals_looks_itself(ledger: TestedLedger) -> None:
    signer = Signer(ledger.settings.data_dir, LEDGER_NAME)
    with pytest.raises(Unavailable):
        confirm(ledger)
    signer.close()
    confirm(ledger)
