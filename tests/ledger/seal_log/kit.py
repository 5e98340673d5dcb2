"""What the tests of sealing share: a ledger that can be closed and copied, and what is signed."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.checkpoint import Checkpoint
from ledger.epoch import practice_origin
from ledger.ids import RandomIds
from ledger.note import Signature, VerifierKey
from ledger.opening import open_ledger
from ledger.postgres.connect import Database, Role
from ledger.postgres.settings import Settings
from ledger.seal_log.signer import last_checkpoint, verifier_key
from tests.fix_ledger import LEDGER_NAME, CountingClock, TestedLedger

PATIENCE_S: Final = 20.0
_SLOTS: Final = """
SELECT slot, epoch, s.size, s.root, g.signature
FROM ledger.slots s FULL JOIN ledger.slot_signatures g USING (slot, epoch)
"""


@contextmanager
def opened(database: Database, data_dir: Path) -> Generator[TestedLedger]:
    """Run a ledger on a database for the length of the block only."""
    clock, settings = CountingClock(), Settings(data_dir, ledger_name=LEDGER_NAME)
    with open_ledger(database, settings, clock, RandomIds(clock)) as ledger:
        yield TestedLedger(database, settings, ledger, clock, RandomIds(clock))


def published(ledger: TestedLedger) -> list[int]:
    """Return the sizes of all published checkpoints."""
    with ledger.database.connect(Role.AUDITOR) as connection:
        rows = connection.execute("SELECT size FROM ledger.checkpoints ORDER BY size")
        return [row[0] for row in rows]


def epochs(ledger: TestedLedger) -> int:
    """Return how many epochs are recorded."""
    with ledger.database.connect(Role.AUDITOR) as connection:
        row = connection.execute("SELECT count(*) FROM ledger.epochs").fetchone()
    assert row is not None
    return int(row[0])


def signatures_hold(ledger: TestedLedger) -> bool:
    """Tell whether the slots under a published checkpoint are signed, and no others are."""
    key = verifier_key(ledger.settings.data_dir, LEDGER_NAME)
    assert key is not None
    size = max(published(ledger), default=0)
    with ledger.database.connect(Role.AUDITOR) as connection:
        rows = connection.execute(_SLOTS).fetchall()
    for slot, epoch, held, root, value in rows:
        checkpoint = Checkpoint(practice_origin(LEDGER_NAME, slot), held, root)
        own = VerifierKey(checkpoint.origin, key.public_key)
        line = Signature(own.name, own.key_id, value or b"")
        if (value is not None) != (epoch < size):
            return False
        if value is not None and not own.has_signed(checkpoint.encode(), line):
            return False
    return True


def signed(ledger: TestedLedger) -> int:
    """Return the size of the signer's last checkpoint, 0 before the first."""
    data_dir = ledger.settings.data_dir
    key = verifier_key(data_dir, LEDGER_NAME)
    last = None if key is None else last_checkpoint(data_dir, key)
    return 0 if last is None else last[0].size
