"""An epoch's proof file holds for whoever has the log's key, and for no other record."""

from uuid import uuid4

import pytest

from ledger.errors import ProofInvalid, Tampered
from ledger.merkle import leaf_hash
from ledger.postgres.connect import Role
from ledger.proof_file import decode
from ledger.seal_log.prove import prove_epoch
from ledger.seal_log.signer import verifier_key
from tests.fix_ledger import LEDGER_NAME, TestedLedger

pytestmark = pytest.mark.postgres
EPOCHS = 5


def records(ledger: TestedLedger) -> list[bytes]:
    """Return the records of all epochs."""
    with ledger.database.connect(Role.AUDITOR) as connection:
        rows = connection.execute("SELECT record FROM ledger.epochs ORDER BY epoch")
        return [row[0] for row in rows]


def test_every_epoch_is_proved_under_the_newest_checkpoint(ledger: TestedLedger) -> None:
    practice = uuid4()
    for _ in range(EPOCHS):
        ledger.tell(practice, uuid4())
        ledger.seal()
    key = verifier_key(ledger.settings.data_dir, LEDGER_NAME)
    assert key is not None
    found = records(ledger)
    with ledger.database.connect(Role.AUDITOR) as connection:
        for epoch, record in enumerate(found):
            proof = decode(prove_epoch(connection, epoch).encode())
            assert proof.verify(leaf_hash(record), LEDGER_NAME, [key]).size == EPOCHS
            with pytest.raises(ProofInvalid):
                proof.verify(leaf_hash(found[epoch - 1]), LEDGER_NAME, [key])
        with pytest.raises(ProofInvalid):
            prove_epoch(connection, EPOCHS)


def test_before_anything_is_signed_nothing_is_proved(ledger: TestedLedger) -> None:
    ledger.tell(uuid4(), uuid4())
    with (
        ledger.database.connect(Role.AUDITOR) as connection,
        pytest.raises(ProofInvalid, match="signed"),
    ):
        prove_epoch(connection, 0)


def test_an_altered_tree_proves_nothing(ledger: TestedLedger) -> None:
    """It is named before a wrong proof leaves the house."""
    for _ in range(2):
        ledger.tell(uuid4(), uuid4())
        ledger.seal()
    with ledger.database.connect(Role.OWNER) as owner:
        owner.execute("UPDATE ledger.edges SET hashes = sha256(hashes) || sha256('x')")
    with ledger.database.connect(Role.AUDITOR) as connection, pytest.raises(Tampered):
        prove_epoch(connection, 0)
