"""The sealing thread: it seals what is new, comes back after a lost connection, stops at a lie."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep
from uuid import uuid4

import pytest

from ledger.errors import Tampered
from ledger.opening import sealing
from ledger.postgres.connect import Role
from ledger.seal_log import sealer as sealers
from ledger.seal_log.sealer import Sealer
from tests.fix_ledger import TestedLedger
from tests.ledger.seal_log.kit import PATIENCE_S, epochs, published, signed

pytestmark = pytest.mark.postgres
SOON_S = 0.02


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the thread try again at once."""
    monkeypatch.setattr(sealers, "RETRY_INTERVAL_S", SOON_S)


@pytest.fixture
def start(ledger: TestedLedger) -> Iterator[Callable[[], Sealer]]:
    """Offer sealers; all of them end with the test."""
    running: list[Sealer] = []

    def begin() -> Sealer:
        sealer = Sealer(sealing(ledger.database, ledger.settings, ledger.clock), SOON_S)
        sealer.start()
        running.append(sealer)
        return sealer

    yield begin
    for sealer in running:
        sealer.stop()


def becomes_true(condition: Callable[[], bool]) -> bool:
    """Wait until it is so."""
    deadline = monotonic() + PATIENCE_S
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(SOON_S)
    return True


def test_what_is_new_is_sealed_soon(ledger: TestedLedger, start: Callable[[], Sealer]) -> None:
    """And nothing is made of nothing."""
    sealer, practice = start(), uuid4()
    sleep(5 * SOON_S)
    assert epochs(ledger) == 0
    for number in (1, 2):
        ledger.tell(practice, uuid4())
        assert becomes_true(lambda number=number: sealer.sealed_through == number)
    sleep(5 * SOON_S)
    assert published(ledger) == [1, 2]
    ledger.check()


def test_stopping_seals_what_came_last(ledger: TestedLedger) -> None:
    sealer = Sealer(sealing(ledger.database, ledger.settings, ledger.clock), PATIENCE_S)
    sealer.start()
    ledger.tell(uuid4(), uuid4())
    sealer.stop()
    assert epochs(ledger) == signed(ledger) == 1
    ledger.check()


def test_a_heartbeat_shows_that_it_lives(
    ledger: TestedLedger, start: Callable[[], Sealer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An epoch without news, so that the time of the newest is never long ago."""
    monkeypatch.setattr(sealers, "HEARTBEAT_INTERVAL_S", SOON_S)
    ledger.tell(uuid4(), uuid4())
    start()
    assert becomes_true(lambda: epochs(ledger) >= 3)
    assert ledger.check().events == 1


def test_a_lost_connection_is_replaced(ledger: TestedLedger, start: Callable[[], Sealer]) -> None:
    """Sealing goes on where it was, by the same signer."""
    sealer, practice = start(), uuid4()
    for number in range(1, 4):
        ledger.tell(practice, uuid4())
        assert becomes_true(lambda number=number: sealer.sealed_through >= number)
        with ledger.database.connect(Role.OWNER) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    assert sealer.fault is None
    ledger.check()


def test_of_two_one_seals_and_the_other_takes_over(
    ledger: TestedLedger, start: Callable[[], Sealer]
) -> None:
    """The second does nothing as long as the first lives."""
    first, practice = start(), uuid4()
    ledger.tell(practice, uuid4())
    assert becomes_true(lambda: first.sealed_through == 1)
    second = start()
    ledger.tell(practice, uuid4())
    assert becomes_true(lambda: first.sealed_through == 2)
    assert second.sealed_through == 0
    first.stop()
    ledger.tell(practice, uuid4())
    assert becomes_true(lambda: second.sealed_through == 3)
    assert published(ledger) == [1, 2, 3]
    ledger.check()


def test_an_altered_leaf_ends_sealing_for_good(
    ledger: TestedLedger, start: Callable[[], Sealer]
) -> None:
    """What was changed before it was sealed is found when it is read back, and never signed."""
    practice = uuid4()
    ledger.tell(practice, uuid4())
    ledger.seal()
    ledger.tell(practice, uuid4())
    with ledger.database.connect(Role.OWNER) as owner:
        owner.execute("ALTER TABLE ledger.events DISABLE TRIGGER no_change")
        owner.execute(
            "UPDATE ledger.events SET leaf = set_byte(leaf, 112, get_byte(leaf, 112) # 1)"
            " WHERE position = 1"
        )
        owner.execute("ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER no_change")
    sealer = start()
    assert becomes_true(lambda: sealer.fault is not None)
    assert isinstance(sealer.fault, Tampered)
    ledger.tell(practice, uuid4())
    sleep(5 * SOON_S)
    assert published(ledger) == [1]
    assert signed(ledger) == 1
    with ledger.database.connect(Role.AUDITOR) as connection:
        row = connection.execute(
            "SELECT size FROM ledger.integrated WHERE log_id = %s", [practice]
        ).fetchone()
    assert row == (1,), "no tile is made of what was altered"
