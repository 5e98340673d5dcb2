"""A practice log's checkpoint is signed in the step that signs its epoch, and of nothing else."""

from dataclasses import replace
from typing import NoReturn
from uuid import UUID, uuid4

import pytest

from ledger import note as notes
from ledger.audit_files import AuditFiles
from ledger.checkpoint import Checkpoint
from ledger.epoch import SlotLeaf, decode_epoch_record, practice_origin
from ledger.errors import Tampered, Unavailable
from ledger.fsck.difference import Difference
from ledger.merkle import leaf_hash
from ledger.merkle import root as merkle_root
from ledger.postgres.connect import Role
from ledger.seal_log.recorded import Recorded
from ledger.seal_log.signer import signing_as, verifier_key
from tests.fix_ledger import LEDGER_NAME, TestedLedger
from tests.ledger.seal_log.kit import epochs, published, signatures_hold, signed
from tests.ledger.seal_log.test_alterations import alter, ends_with_a_fault

pytestmark = pytest.mark.postgres
FORGET = "DELETE FROM ledger.slot_signatures"
Stored = list[tuple[int, int, bytes]]


def stored(ledger: TestedLedger) -> Stored:
    """Return slot, epoch and signature of all that are stored."""
    with ledger.database.connect(Role.AUDITOR) as connection:
        rows = connection.execute(
            "SELECT slot, epoch, signature FROM ledger.slot_signatures ORDER BY epoch, slot"
        )
        return [(slot, epoch, bytes(value)) for slot, epoch, value in rows]


def note_of(ledger: TestedLedger, practice: UUID, slot: int = 0) -> bytes:
    """Return the practice log's checkpoint as it is served."""
    key = verifier_key(ledger.settings.data_dir, LEDGER_NAME)
    files = AuditFiles(ledger.ledger.read, lambda: key)
    served = files.of_practice_log(slot, practice, "checkpoint")
    assert served is not None
    return served.content


@pytest.fixture
def practices(ledger: TestedLedger) -> tuple[UUID, UUID]:
    """Two practices in three epochs: the first grew in 0 and 2, the second in 1 and 2."""
    first, second = uuid4(), uuid4()
    for growing in ((first,), (second,), (first, second)):
        for practice in growing:
            ledger.tell(practice, uuid4())
        ledger.seal()
    return first, second


def test_what_is_stored_is_what_the_key_signs(
    ledger: TestedLedger, practices: tuple[UUID, UUID]
) -> None:
    """One signature for each growth of each log, and the note is as if it were made now."""
    assert [(slot, epoch) for slot, epoch, _ in stored(ledger)] == [(0, 0), (1, 1), (0, 2), (1, 2)]
    assert signatures_hold(ledger)
    sign_as = signing_as(ledger.settings.data_dir, LEDGER_NAME)
    with ledger.database.connect(Role.AUDITOR) as connection:
        rows = connection.execute("SELECT slot, size, root FROM ledger.heads").fetchall()
    heads: dict[int, tuple[int, bytes]] = {slot: (size, root) for slot, size, root in rows}
    for slot, head in heads.items():
        text = Checkpoint(practice_origin(LEDGER_NAME, slot), *head).encode()
        made = notes.sign(text, sign_as(practice_origin(LEDGER_NAME, slot)))
        assert note_of(ledger, practices[slot], slot) == made.encode()


def test_slots_from_before_there_were_signatures_are_signed_at_the_next_start(
    ledger: TestedLedger, practices: tuple[UUID, UUID]
) -> None:
    """Until then their logs are not served, and fsck says what to do; then nothing has changed."""
    before, note = stored(ledger), note_of(ledger, practices[0])
    alter(ledger, "slot_signatures", FORGET)
    with pytest.raises(Unavailable, match="start the service"):
        note_of(ledger, practices[0])
    with pytest.raises(Difference, match="signature-missing: epoch 0 slot 0; start"):
        ledger.check()
    assert ledger.seal() == 3
    assert stored(ledger) == before
    assert note_of(ledger, practices[0]) == note
    ledger.check()


FALSE_SLOTS = {
    "the newest root": "UPDATE ledger.slots SET root = sha256(root) WHERE epoch = 2",
    "an older root": "UPDATE ledger.slots SET root = sha256(root) WHERE epoch = 0",
    "an older size": "UPDATE ledger.slots SET size = 2 WHERE epoch = 1",
    "a slot in an epoch without it": (
        "INSERT INTO ledger.slots SELECT 0, 1, 2, sha256(root), salt FROM ledger.slots"
        " WHERE epoch = 0"
    ),
    "a slot in an epoch to come": (
        "INSERT INTO ledger.slots SELECT slot, 3, 9, sha256(root), salt FROM ledger.slots"
        " WHERE epoch = 0"
    ),
    "a slot of its own": (
        "INSERT INTO ledger.slots SELECT 2, 2, 1, root, salt FROM ledger.slots WHERE epoch = 0"
    ),
}


@pytest.mark.parametrize("slots", FALSE_SLOTS)
@pytest.mark.parametrize("is_record_fitted", [False, True])
def test_a_false_slot_is_never_signed(
    ledger: TestedLedger, practices: tuple[UUID, UUID], slots: str, *, is_record_fitted: bool
) -> None:
    """Not where its signature is missing, nor where the epochs' records are made to fit it."""
    del practices
    alter(ledger, "slot_signatures", FORGET)
    alter(ledger, "slots", FALSE_SLOTS[slots])
    if is_record_fitted:
        fit_records(ledger)
    assert ends_with_a_fault(ledger)
    assert stored(ledger) == []
    assert (published(ledger), signed(ledger)) == ([1, 2, 3], 3)


def fit_records(ledger: TestedLedger, since: int = 0) -> None:
    """Change the epochs' records so that the slots make them; only the root log tells then."""
    with ledger.database.connect(Role.OWNER) as owner:
        owner.execute("ALTER TABLE ledger.epochs DISABLE TRIGGER USER")
        rows = owner.execute("SELECT epoch, record FROM ledger.epochs ORDER BY epoch").fetchall()
        leaves: dict[int, bytes] = {}
        for epoch, raw in rows:
            for row in owner.execute(
                "SELECT slot, size, root, salt FROM ledger.slots WHERE epoch = %s", (epoch,)
            ):
                leaf = SlotLeaf(row[0], practice_origin(LEDGER_NAME, row[0]), *row[1:])
                leaves[leaf.slot] = leaf_hash(leaf.encode())
            if epoch >= since:
                hashes = [leaves[slot] for slot in sorted(leaves)]
                fitted = replace(
                    decode_epoch_record(raw), slots=len(hashes), slots_root=merkle_root(hashes)
                )
                parameters = (fitted.encode(), epoch)
                owner.execute("UPDATE ledger.epochs SET record = %s WHERE epoch = %s", parameters)


def cut_off(*_: object) -> NoReturn:
    """End before anything is done."""
    raise InterruptedError


FORGERIES = {
    "another root": "UPDATE ledger.slots SET root = sha256(root) WHERE epoch = 3",
    "an older size": (
        "UPDATE ledger.slots s SET size = o.size, root = o.root FROM ledger.slots o"
        " WHERE s.epoch = 3 AND o.slot = s.slot AND o.epoch = 0"
    ),
    "a shorter past": "DELETE FROM ledger.slots WHERE slot = 0 AND epoch = 2",
    "no past": "DELETE FROM ledger.slots WHERE slot = 0 AND epoch < 3",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_epoch_that_a_crash_left_unsigned_is_confirmed_anew(
    ledger: TestedLedger,
    practices: tuple[UUID, UUID],
    monkeypatch: pytest.MonkeyPatch,
    forgery: str,
) -> None:
    """It is in the database alone, so it is compared with what was signed and with the logs."""
    leave_unsigned(ledger, practices[0], monkeypatch)
    alter(ledger, "slots", FORGERIES[forgery])
    fit_records(ledger, since=3)
    before = stored(ledger)
    assert ends_with_a_fault(ledger)
    assert stored(ledger) == before
    assert (published(ledger), signed(ledger)) == ([1, 2, 3], 3)


def test_an_epoch_that_a_crash_left_unsigned_is_signed_as_it_is(
    ledger: TestedLedger, practices: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_unsigned(ledger, practices[0], monkeypatch)
    assert ledger.seal() == 4
    assert signatures_hold(ledger)
    ledger.check()


def leave_unsigned(ledger: TestedLedger, practice: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record a fourth epoch, and end before it is signed."""
    ledger.tell(practice, uuid4())
    with monkeypatch.context() as patch:
        patch.setattr("ledger.seal_log.epochs.Recorded", cut_off)
        with pytest.raises(InterruptedError):
            ledger.seal()
    assert (epochs(ledger), signed(ledger)) == (4, 3)


def test_a_record_that_changes_while_it_is_signed_is_noticed(
    ledger: TestedLedger, practices: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read back for the root log must be what the slots were put into."""
    ledger.tell(practices[0], uuid4())

    def forge(size: int, root: bytes) -> Recorded:
        change = "UPDATE ledger.epochs SET record = set_byte(record, 80, 7) WHERE epoch = 3"
        alter(ledger, "epochs", change)
        return Recorded(size, root)

    before = stored(ledger)
    with monkeypatch.context() as patch:
        patch.setattr("ledger.seal_log.epochs.Recorded", forge)
        with pytest.raises(Tampered):
            ledger.seal()
    assert (stored(ledger), published(ledger), signed(ledger)) == (before, [1, 2, 3], 3)
