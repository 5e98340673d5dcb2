"""The newest checkpoint that has its quorum is found, however long a witness has been away."""

from collections.abc import Callable, Iterable

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger import note
from ledger.checkpoint import Checkpoint
from ledger.checkpoint import decode as decode_checkpoint
from ledger.cosignature import CosigningKey
from ledger.note import Signature, SigningKey
from ledger.policy import Group, Policy, Witness
from ledger.postgres.connect import Role
from ledger.witness import stored
from tests.fix_ledger import TestedLedger

pytestmark = pytest.mark.postgres
CHECKPOINTS = 2_500
LOG = SigningKey("ledger.example", bytes(32))
KEYS = [CosigningKey(f"w.example/{n}", bytes([n + 1]) * 32).witness_key for n in range(3)]
WITNESSES = tuple(Witness(f"w{n}", key) for n, key in enumerate(KEYS))
ALL = Policy(LOG.verifier_key, WITNESSES, {"all": Group(3, ("w0", "w1", "w2"))}, "all")
TWO = Policy(LOG.verifier_key, WITNESSES, {"two": Group(2, ("w0", "w1", "w2"))}, "two")
Find = Callable[[Policy], int | None]


@pytest.fixture
def find(ledger: TestedLedger) -> Find:
    """Which size is found in a ledger of many checkpoints; what they say does not matter here."""
    text = [Checkpoint("ledger.example", size, bytes(32)).encode() for size in range(CHECKPOINTS)]
    notes = [(size, note.sign(text[size], LOG).encode()) for size in range(1, CHECKPOINTS)]
    with ledger.database.connect(Role.OWNER) as connection:
        connection.cursor().executemany("INSERT INTO ledger.checkpoints VALUES (%s, %s)", notes)

    def found(policy: Policy) -> int | None:
        with ledger.database.connect(Role.SEALER) as connection:
            found = stored.newest_that_meets(connection, policy)
        return None if found is None else decode_checkpoint(found.text).size

    return found


def cosign(ledger: TestedLedger, number: int, sizes: Iterable[int]) -> None:
    """Store cosignatures of this witness."""
    lines = [(size, Signature(KEYS[number].name, KEYS[number].key_id, bytes(72))) for size in sizes]
    with ledger.database.connect(Role.SEALER) as connection, connection.pipeline():
        for line in lines:
            stored.add(connection, *line)


def test_one_that_is_older_than_a_thousand_others_is_found(
    ledger: TestedLedger, find: Find
) -> None:
    """One witness has stalled since, while the others went on."""
    assert find(ALL) is None
    cosign(ledger, 0, range(1, CHECKPOINTS))
    cosign(ledger, 1, range(2, CHECKPOINTS, 3))
    assert find(ALL) is None
    cosign(ledger, 2, range(1, 40))
    assert find(ALL) == 38
    assert find(TWO) == 2498
    assert find(Policy(LOG.verifier_key)) == CHECKPOINTS - 1


def test_witnesses_that_never_agree_are_walked_through(ledger: TestedLedger, find: Find) -> None:
    """Each has cosigned other checkpoints than the other, but for one."""
    cosign(ledger, 0, range(1, CHECKPOINTS, 2))
    cosign(ledger, 1, [7, *range(2, CHECKPOINTS, 2)])
    assert find(TWO) == 7


def test_the_walk_is_bounded_and_skips_what_cannot_agree(
    ledger: TestedLedger, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stall of any length is one step; so many that never agree are given up."""
    monkeypatch.setattr(stored, "STEPS_MAX", 3)
    cosign(ledger, 0, range(1, CHECKPOINTS))
    cosign(ledger, 1, [9])
    assert find(TWO) == 9
    cosign(ledger, 2, [9, *range(11, 20, 2)])
    cosign(ledger, 1, range(10, 20, 2))
    assert find(ALL) is None
    monkeypatch.undo()
    assert find(ALL) == 9


def test_every_look_is_one_of_an_index(ledger: TestedLedger, find: Find) -> None:
    """However many cosignatures there are."""
    cosign(ledger, 0, range(1, CHECKPOINTS))
    assert find(TWO) is None
    with ledger.database.connect(Role.OWNER) as connection:
        connection.execute("ANALYZE ledger.cosignatures")
        plan = _plan(connection, stored.LAST, (KEYS[0].name, KEYS[0].key_id, 1_000))
    assert "cosignatures_by_key" in plan
    assert "Limit" in plan


def _plan(connection: Connection[TupleRow], query: str, asked: tuple[object, ...]) -> str:
    rows = connection.execute(f"EXPLAIN {query.replace('%b', '%s')}", asked).fetchall()  # type: ignore[arg-type] -- our own text
    return "\n".join(row[0] for row in rows)
