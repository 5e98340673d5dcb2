"""What the tests of a rotation share: keys made, keys opened anew, the states of epochs."""

from uuid import uuid4

from ledger.keys.records import RecordKey
from ledger.keys.vault import StreamOf
from tests.ledger.keys.kit import PRACTICE, Kit

Commitments = dict[StreamOf, bytes]


class Crash(Exception):
    """The process ends here."""


def silent(_done: int, _total: int) -> None:
    """Show nothing."""


def make_keys(kit: Kit, number: int) -> Commitments:
    """Make keys and return what they commit to."""
    made = kit.keys().prepare([(PRACTICE, uuid4()) for _ in range(number)])
    return {s: key.commitment for s, key in made.items() if isinstance(key, RecordKey)}


def check_keys(kit: Kit, expected: Commitments) -> None:
    """A new process opens all of them."""
    found = kit.keys().prepare(list(expected))
    opened = {s: key.commitment for s, key in found.items() if isinstance(key, RecordKey)}
    assert opened == expected


def epoch_states(kit: Kit) -> dict[int, str]:
    """Return the state of each epoch."""
    with kit.owner() as connection:
        return dict(connection.execute("SELECT epoch, state FROM keys.epochs").fetchall())
