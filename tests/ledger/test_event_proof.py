"""Each event's proof says what holds and what does not, and by which epoch it is sealed."""

from functools import partial
from uuid import UUID, uuid4

import pytest

from ledger import reader
from ledger.event_proof import EventProof, EventProver, Fault
from ledger.merkle import leaf_hash
from ledger.note import SigningKey, VerifierKey
from ledger.postgres.connect import Role
from ledger.postgres.practice import speaking_for
from ledger.seal_log.signer import verifier_key
from tests.fix_ledger import LEDGER_NAME, TestedLedger
from tests.ledger.seal_log.test_alterations import alter, append_clear
from tests.ledger.seal_log.test_reads import CountingCursor, counted

pytestmark = pytest.mark.postgres
FIRST, SECOND, UNSEALED = 300, 305, 307
ROOT_LOG = "'00000000-0000-0000-0000-000000000000'"
SECOND_EPOCH = set(range(FIRST, SECOND))


def flipped(column: str) -> str:
    """Return SQL for a column's bytes with the last one changed."""
    last = f"octet_length({column}) - 1"
    return f"set_byte({column}, {last}, get_byte({column}, {last}) # 1)"


def change(table: str, column: str, value: str, where: str) -> tuple[str, str]:
    """Return a table and the statement that changes it."""
    return table, f"UPDATE ledger.{table} SET {column} = {value} WHERE {where}"  # noqa: S608 -- ours


REHASHED = (
    f"overlay(leaf PLACING sha256({flipped('body')}) FROM octet_length(leaf) - 31),"
    f" body = {flipped('body')}"
)
LATER = "overlay(record PLACING int8send(1) FROM 25)"
ALTERATIONS: dict[str, tuple[tuple[str, str], set[Fault], set[int]]] = {
    "a body": (
        change("events", "body", flipped("body"), "position = 7"),
        {Fault.BODY_DIFFERS},
        {7},
    ),
    "a body, with its hash in the leaf": (
        change("events", "leaf", REHASHED, "position = 7"),
        {Fault.TILE_DIFFERS, Fault.ROOT_DIFFERS, Fault.CHAIN_BROKEN},
        {7, 8},
    ),
    "an event that is gone": (
        ("events", "DELETE FROM ledger.events WHERE position = 7"),
        {Fault.CHAIN_BROKEN},
        {8},
    ),
    "a tile": (
        change("tiles", "hashes", flipped("hashes"), "index = 0"),
        {Fault.TILE_DIFFERS, Fault.ROOT_DIFFERS},
        set(range(256)),
    ),
    "what an epoch held": (
        change("slots", "root", "sha256(root)", "epoch = 1"),
        {Fault.ROOT_DIFFERS},
        SECOND_EPOCH,
    ),
    "an epoch's time": (
        change("epochs", "record", LATER, "epoch = 1"),
        {Fault.EPOCH_NOT_IN_ROOT_LOG, Fault.POSTDATED},
        SECOND_EPOCH,
    ),
    "the root log": (
        change("edges", "hashes", flipped("hashes"), f"log_id = {ROOT_LOG}"),
        {Fault.EPOCH_NOT_IN_ROOT_LOG},
        set(range(SECOND)),
    ),
    "an edge that is gone": (
        ("edges", f"DELETE FROM ledger.edges WHERE log_id <> {ROOT_LOG}"),  # noqa: S608 -- ours
        {Fault.TILE_DIFFERS, Fault.ROOT_DIFFERS},
        set(range(SECOND)),
    ),
}


def key_of(ledger: TestedLedger) -> VerifierKey:
    """Return the ledger's key."""
    key = verifier_key(ledger.settings.data_dir, LEDGER_NAME)
    assert key is not None
    return key


def prove(ledger: TestedLedger, practice: UUID, key: VerifierKey | None) -> list[EventProof]:
    """Prove all events of a practice."""
    with ledger.database.connect(Role.SERVICE) as connection, speaking_for(connection, practice):
        entries = reader.page(connection, practice, after=-1, limit=1_000)
        return EventProver(connection, practice, key).prove(entries)


@pytest.fixture
def practice(ledger: TestedLedger) -> UUID:
    """A practice of two tiles and two epochs, with two events that are not sealed yet."""
    practice, stream, other = uuid4(), uuid4(), uuid4()
    append_clear(ledger, practice, stream, 1, FIRST)
    ledger.seal()
    ledger.tell(practice, other)
    append_clear(ledger, practice, stream, FIRST + 1, SECOND - 1)
    ledger.seal()
    append_clear(ledger, practice, stream, SECOND, UNSEALED - 1)
    return practice


def test_every_event_holds_and_names_the_first_epoch_that_has_it(
    ledger: TestedLedger, practice: UUID
) -> None:
    """What is appended since is checked as far as it can be, and said to be unsealed."""
    proofs = prove(ledger, practice, key_of(ledger))
    assert [each.position for each in proofs] == list(range(UNSEALED))
    assert all(each.holds for each in proofs)
    epochs = [each.sealed and (each.sealed.epoch, each.sealed.checkpoint) for each in proofs]
    assert epochs[:FIRST] == [(0, 2)] * FIRST
    assert epochs[FIRST:SECOND] == [(1, 2)] * (SECOND - FIRST)
    assert epochs[SECOND:] == [None] * (UNSEALED - SECOND)
    paths = [each.tile and each.tile.path for each in proofs]
    assert (paths[255], paths[256]) == ("tile/0/000", "tile/0/001.p/44")
    assert (paths[FIRST], paths[SECOND]) == ("tile/0/001.p/49", None)
    with ledger.ledger.read(practice) as connection:
        entries = reader.page(connection, practice, after=-1, limit=1_000)
    assert [each.leaf_hash for each in proofs] == [leaf_hash(each.leaf) for each in entries]


def test_the_order_in_which_events_are_asked_for_does_not_matter(
    ledger: TestedLedger, practice: UUID
) -> None:
    expected = prove(ledger, practice, key_of(ledger))
    with ledger.ledger.read(practice) as connection:
        entries = reader.page(connection, practice, after=-1, limit=1_000)
        prover = EventProver(connection, practice, key_of(ledger))
        for at in (306, 0, 304, 299, 300, 299, 306, 305, 1):
            assert prover.prove([entries[at]]) == [expected[at]]


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_what_was_altered_is_named_where_it_shows(
    ledger: TestedLedger, practice: UUID, alteration: str
) -> None:
    """And nothing is said against the other events."""
    altered, expected, positions = ALTERATIONS[alteration]
    alter(ledger, *altered)
    proofs = prove(ledger, practice, key_of(ledger))
    assert {fault for each in proofs for fault in each.faults} == expected
    assert {each.position for each in proofs if not each.holds} == positions


def test_what_another_key_signed_is_not_signed(ledger: TestedLedger, practice: UUID) -> None:
    """Neither is anything when there is no key."""
    for key in (SigningKey(LEDGER_NAME, bytes(32)).verifier_key, None):
        proofs = prove(ledger, practice, key)
        assert {each.faults for each in proofs[:SECOND]} == {(Fault.SIGNATURE_INVALID,)}
        assert all(each.holds for each in proofs[SECOND:])


def test_before_the_first_epoch_nothing_is_sealed(ledger: TestedLedger) -> None:
    practice = uuid4()
    ledger.tell(practice, uuid4())
    proofs = prove(ledger, practice, None)
    assert [(each.sealed, each.tile, each.holds) for each in proofs] == [(None, None, True)]


def test_a_proof_takes_a_handful_of_reads(ledger: TestedLedger, practice: UUID) -> None:
    """And a page of events not many more."""
    with ledger.database.connect(Role.SERVICE) as connection, speaking_for(connection, practice):
        connection.cursor_factory = CountingCursor
        entries = reader.page(connection, practice, after=-1, limit=1_000)

        def ask(first: int, last: int) -> int:
            prover = EventProver(connection, practice, key_of(ledger))
            _, statements, _ = counted(partial(prover.prove, entries[first:last]))
            return statements

        assert ask(298, 299) <= 4
        assert ask(200, 300) <= 5
