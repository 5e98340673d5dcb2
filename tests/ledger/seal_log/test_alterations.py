"""Whatever is altered in the tables that sealing reads, it ends with a fault and nothing signed."""

from threading import Thread
from typing import NoReturn
from uuid import UUID, uuid4

import pytest

from ledger.errors import KeyFileUnsafe, LedgerError, Tampered
from ledger.opening import sealing
from ledger.postgres.connect import Role
from ledger.seal_log.sealer import Sealer
from ledger.seal_log.signer import KEY_FILE, LAST_FILE, SIGNER_FOLDER
from tests.fix_ledger import TestedLedger
from tests.ledger.seal_log.kit import PATIENCE_S, epochs, published, signed

pytestmark = pytest.mark.postgres
SEALED = 300
UNSEALED = 3
FLIPPED_LEAF = """
UPDATE ledger.events SET leaf = set_byte(leaf, 112, get_byte(leaf, 112) # 1) WHERE position = 301
"""

ALTERATIONS = {
    "a leaf that is gone": ("events", "DELETE FROM ledger.events WHERE position = 301"),
    "a leaf that was changed": ("events", FLIPPED_LEAF),
    "a head of another root": ("heads", "UPDATE ledger.heads SET root = sha256(root)"),
    "a head below its tree": ("heads", "UPDATE ledger.heads SET size = 299"),
    "a head that is gone": ("heads", "DELETE FROM ledger.heads"),
    "a head in a slot never given": ("heads", "UPDATE ledger.heads SET slot = 1"),
    "an edge of another content": (
        "edges",
        "UPDATE ledger.edges SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)",
    ),
    "an edge that is gone": ("edges", "DELETE FROM ledger.edges"),
    "a slot of another root": ("slots", "UPDATE ledger.slots SET root = sha256(root)"),
    "a slot of no size": ("slots", "UPDATE ledger.slots SET size = 0"),
    "a slot whose root is cut off": ("slots", "UPDATE ledger.slots SET root = substr(root, 2)"),
    "a slot that is gone": ("slots", "DELETE FROM ledger.slots"),
    "a record that is none": (
        "epochs",
        "UPDATE ledger.epochs SET record = set_byte(record, 0, 0)",
    ),
    "a record of another number": (
        "epochs",
        "UPDATE ledger.epochs SET record = set_byte(record, 23, 7)",
    ),
    "a record that is gone": ("epochs", "DELETE FROM ledger.epochs"),
    "a tree larger than its records": ("integrated", "UPDATE ledger.integrated SET size = 302"),
}


def alter(ledger: TestedLedger, table: str, statement: str) -> None:
    """Change what is stored as a superuser can; what checks a row is out of the way."""
    with ledger.database.connect(Role.OWNER, autocommit=False) as owner:
        checks = owner.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            [f"ledger.{table}"],
        ).fetchall()
        for (name,) in checks:
            owner.execute(f"ALTER TABLE ledger.{table} DROP CONSTRAINT {name}".encode())
        owner.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER".encode())
        assert owner.execute(statement.encode()).rowcount > 0


def append_clear(ledger: TestedLedger, practice: UUID, stream: UUID, first: int, last: int) -> None:
    """Append events of these versions to a stream, all at once."""
    versions = range(first, last + 1)
    ledger.append(practice, *(ledger.event(stream, each, is_clear=True) for each in versions))


def ends_with_a_fault(ledger: TestedLedger, fault: type[LedgerError] = Tampered) -> bool:
    """Tell whether a sealing thread that is asked to stop at once ends because of a fault."""
    sealer = Sealer(sealing(ledger.database, ledger.settings, ledger.clock))
    sealer.start()
    stopper = Thread(target=sealer.stop, daemon=True)
    stopper.start()
    stopper.join(PATIENCE_S)
    return isinstance(sealer.fault, fault) and not sealer.is_sealing


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_what_was_altered_ends_sealing(ledger: TestedLedger, alteration: str) -> None:
    """The thread ends by itself, and one that is started again finds the same."""
    practice, stream = uuid4(), uuid4()
    append_clear(ledger, practice, stream, 1, SEALED)
    ledger.seal()
    append_clear(ledger, practice, stream, SEALED + 1, SEALED + UNSEALED)
    alter(ledger, *ALTERATIONS[alteration])
    recorded = epochs(ledger)
    assert ends_with_a_fault(ledger)
    assert ends_with_a_fault(ledger), "starting again explains nothing"
    assert (epochs(ledger), published(ledger), signed(ledger)) == (recorded, [1], 1)


def test_a_log_in_the_slot_of_another_is_not_sealed(ledger: TestedLedger) -> None:
    """Each is sound by itself; only what the slots held before tells."""
    practices, streams = (uuid4(), uuid4()), (uuid4(), uuid4())
    for practice, stream in zip(practices, streams, strict=True):
        append_clear(ledger, practice, stream, 1, SEALED)
    ledger.seal()
    for practice, stream in zip(practices, streams, strict=True):
        append_clear(ledger, practice, stream, SEALED + 1, SEALED + UNSEALED)
    alter(ledger, "heads", "UPDATE ledger.heads SET slot = slot + 2")
    alter(ledger, "heads", "UPDATE ledger.heads SET slot = 3 - slot")
    assert ends_with_a_fault(ledger)
    assert (published(ledger), signed(ledger)) == ([1], 1)


def test_a_head_set_back_below_tiles_of_no_epoch_ends_sealing(
    ledger: TestedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash the tiles may be ahead of the epochs, never of the log."""

    def cut_off(*_: object) -> NoReturn:
        raise RuntimeError

    practice, stream = uuid4(), uuid4()
    append_clear(ledger, practice, stream, 1, SEALED)
    ledger.seal()
    append_clear(ledger, practice, stream, SEALED + 1, SEALED + UNSEALED)
    with monkeypatch.context() as patch:
        patch.setattr("ledger.seal_log.epochs.Epochs._slot_leaf", cut_off)
        with pytest.raises(RuntimeError):
            ledger.seal()
    alter(ledger, "heads", "UPDATE ledger.heads SET size = size - 1")
    assert ends_with_a_fault(ledger)
    assert (epochs(ledger), published(ledger), signed(ledger)) == (1, [1], 1)


@pytest.mark.parametrize("name", [KEY_FILE, LAST_FILE, "."])
def test_a_signer_that_others_may_use_ends_sealing(ledger: TestedLedger, name: str) -> None:
    """It is a fault that shows, not something to try again in silence."""
    ledger.tell(uuid4(), uuid4())
    ledger.seal()
    ledger.tell(uuid4(), uuid4())
    (ledger.settings.data_dir / SIGNER_FOLDER / name).chmod(0o755)
    assert ends_with_a_fault(ledger, KeyFileUnsafe)
    assert (epochs(ledger), published(ledger)) == (1, [1])
