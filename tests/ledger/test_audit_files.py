"""Files of the logs are those that the tree makes, and end where the signed checkpoint does."""

from base64 import b64decode
from uuid import UUID, uuid4

import pytest

from ledger import checkpoint as checkpoints
from ledger import entries, proof_file
from ledger import note as notes
from ledger.audit_files import AuditFiles, Served
from ledger.errors import Tampered, Unavailable
from ledger.merkle import Frontier, leaf_hash, verify_consistency
from ledger.note import VerifierKey
from ledger.seal_log.signer import verifier_key
from ledger.tiles import WIDTH, edge_tiles, full_tiles_added
from tests.fix_ledger import LEDGER_NAME, TestedLedger
from tests.ledger.seal_log.test_alterations import alter

pytestmark = pytest.mark.postgres
EVENTS = 2 * WIDTH + 5
ONE_OF_EACH = (
    "checkpoint",
    "tile/0/000",
    "tile/entries/000",
    "proof/0.tlog-proof",
    "consistency/1",
)
OTHER_SLOT = """
UPDATE ledger.slots s SET size = o.size, root = o.root FROM ledger.slots o
WHERE s.epoch = 1 AND o.epoch = 0
"""
OTHER_SIGNATURE = """
UPDATE ledger.slot_signatures s SET signature = o.signature FROM ledger.slot_signatures o
WHERE s.epoch = 1 AND o.epoch = 0
"""
ALTERATIONS = {
    "size": (Tampered, "slots", "UPDATE ledger.slots SET size = size - 1 WHERE epoch = 1"),
    "root": (Tampered, "slots", "UPDATE ledger.slots SET root = sha256(root) WHERE epoch = 1"),
    "size and root of another": (Tampered, "slots", OTHER_SLOT),
    "a root that is none": (
        Tampered,
        "slots",
        "UPDATE ledger.slots SET root = substr(root, 2) WHERE epoch = 1",
    ),
    "signature": (
        Tampered,
        "slot_signatures",
        "UPDATE ledger.slot_signatures SET signature = set_byte(signature, 0, 7) WHERE epoch = 1",
    ),
    "signature of another": (Tampered, "slot_signatures", OTHER_SIGNATURE),
    "no signature": (
        Unavailable,
        "slot_signatures",
        "DELETE FROM ledger.slot_signatures WHERE epoch = 1",
    ),
}


@pytest.fixture
def practice(ledger: TestedLedger) -> UUID:
    """A practice of more than two tiles, sealed twice: after 300 events and after all."""
    practice_id, stream_id = uuid4(), uuid4()
    for version in range(1, EVENTS + 1):
        if version == 301:
            ledger.seal()
        ledger.append(practice_id, ledger.event(stream_id, version, is_clear=True))
    ledger.seal()
    return practice_id


@pytest.fixture
def files(ledger: TestedLedger) -> AuditFiles:
    """The files of this ledger's logs."""
    data_dir = ledger.settings.data_dir
    return AuditFiles(ledger.ledger.read, lambda: verifier_key(data_dir, LEDGER_NAME))


def content(served: Served | None) -> bytes:
    assert served is not None
    return served.content


def key_of(ledger: TestedLedger, name: str) -> VerifierKey:
    key = verifier_key(ledger.settings.data_dir, LEDGER_NAME)
    assert key is not None
    return VerifierKey(name, key.public_key)


def test_tiles_and_entries_make_the_signed_root(
    ledger: TestedLedger, files: AuditFiles, practice: UUID
) -> None:
    """Each tile of each level is there, full ones and the partial ones of that size."""
    note = notes.decode(content(files.of_practice_log(0, practice, "checkpoint")))
    notes.verify(note, [key_of(ledger, f"{LEDGER_NAME}/p/0")])
    checkpoint = checkpoints.decode(note.text)
    assert (checkpoint.origin, checkpoint.size) == (f"{LEDGER_NAME}/p/0", EVENTS)
    frontier = Frontier()
    for tile in [*full_tiles_added(0, EVENTS), *edge_tiles(EVENTS)]:
        served = files.of_practice_log(0, practice, tile.path)
        assert served is not None
        assert served.is_immutable
        if tile.level == 0:
            path = entries.bundle_path(tile)
            leaves = entries.decode(content(files.of_practice_log(0, practice, path)))
            hashes = [leaf_hash(leaf) for leaf in leaves]
            assert served.content == b"".join(hashes)
            frontier.extend(hashes)
    assert frontier.root() == checkpoint.root


def test_a_partial_tile_of_an_older_size_is_a_prefix(files: AuditFiles, practice: UUID) -> None:
    """As C2SP allows, it may be asked for when the tile is full by now."""
    whole = content(files.of_practice_log(0, practice, "tile/0/001"))
    assert content(files.of_practice_log(0, practice, "tile/0/001.p/44")) == whole[: 44 * 32]


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",
        "tile/0/002.p/6",
        "tile/0/003.p/1",
        "tile/1/000.p/3",
        "tile/entries/002.p/6",
        "tile/0/01",
        "tile/entries/../0/000",
        "proof/517.tlog-proof",
        "proof/01.tlog-proof",
        "proof/-1.tlog-proof",
        "proof/99999999999999999999.tlog-proof",
        "proof/1",
        "consistency/518",
        "consistency/x",
        "",
        "checkpoint/",
    ],
)
def test_what_the_checkpoint_does_not_hold_is_not_there(
    files: AuditFiles, practice: UUID, path: str
) -> None:
    """Nor is what is spelled otherwise."""
    assert files.of_practice_log(0, practice, path) is None


def test_events_after_the_last_checkpoint_are_not_given(
    ledger: TestedLedger, files: AuditFiles, practice: UUID
) -> None:
    """They stand under no signature yet."""
    ledger.append(practice, ledger.event(uuid4(), 1, is_clear=True))
    assert files.of_practice_log(0, practice, "tile/0/002.p/6") is None
    ledger.seal()
    assert files.of_practice_log(0, practice, "tile/0/002.p/6") is not None


def test_a_log_is_given_to_its_own_practice_only(files: AuditFiles, practice: UUID) -> None:
    """Not in another slot, not to another practice."""
    assert files.of_practice_log(0, uuid4(), "checkpoint") is None
    assert files.of_practice_log(1, practice, "checkpoint") is None
    assert files.of_practice_log(1 << 64, practice, "checkpoint") is None


@pytest.mark.parametrize("path", ONE_OF_EACH)
@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_a_slot_that_is_not_what_was_signed_gives_no_file(
    ledger: TestedLedger, files: AuditFiles, practice: UUID, path: str, alteration: str
) -> None:
    """Nothing is signed for whoever asks: the signature must be there, and of what is stored."""
    assert files.of_practice_log(0, practice, path) is not None
    fault, table, statement = ALTERATIONS[alteration]
    alter(ledger, table, statement)
    with pytest.raises(fault):
        files.of_practice_log(0, practice, path)


def test_without_a_key_nothing_of_a_practice_is_given(ledger: TestedLedger, practice: UUID) -> None:
    """The root log's files, which carry their own signature, need none."""
    files = AuditFiles(ledger.ledger.read, lambda: None)
    assert files.of_root_log("checkpoint") is not None
    with pytest.raises(Unavailable):
        files.of_practice_log(0, practice, "checkpoint")


@pytest.mark.parametrize("index", [0, 255, 256, EVENTS - 1])
def test_the_proof_of_an_event_verifies(
    ledger: TestedLedger, files: AuditFiles, practice: UUID, index: int
) -> None:
    """Under the practice log's own signed checkpoint."""
    proof = proof_file.decode(
        content(files.of_practice_log(0, practice, f"proof/{index}.tlog-proof"))
    )
    width = f".p/{EVENTS % WIDTH}" if index // WIDTH == EVENTS // WIDTH else ""
    path = f"tile/entries/{index // WIDTH:03}{width}"
    leaf = entries.decode(content(files.of_practice_log(0, practice, path)))[index % WIDTH]
    origin = f"{LEDGER_NAME}/p/0"
    assert proof.verify(leaf_hash(leaf), origin, [key_of(ledger, origin)]).size == EVENTS


def test_the_root_log_tells_epochs_and_how_it_grew(
    ledger: TestedLedger, files: AuditFiles, practice: UUID
) -> None:
    """Its consistency proof is the body that a witness takes."""
    del practice
    note = notes.decode(content(files.of_root_log("checkpoint")))
    notes.verify(note, [key_of(ledger, LEDGER_NAME)])
    assert checkpoints.decode(note.text).size == 2
    record, _ = entries.decode(content(files.of_root_log("tile/entries/000.p/2")))
    proof = proof_file.decode(content(files.of_root_log("proof/0.tlog-proof")))
    root = proof.verify(leaf_hash(record), LEDGER_NAME, [key_of(ledger, LEDGER_NAME)]).root
    head, _, asked = content(files.of_root_log("consistency/1")).partition(b"\n\n")
    assert asked == note.encode()
    hashes = [b64decode(line) for line in head.decode().split("\n")[1:]]
    verify_consistency(hashes, 1, 2, leaf_hash(record), root)
    assert content(files.of_root_log("consistency/0")) == b"old 0\n\n" + note.encode()
