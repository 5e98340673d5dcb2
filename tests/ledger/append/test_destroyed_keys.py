"""A key that another process destroyed seals nothing more, and nobody else notices."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from ledger.append.chain import Sources
from ledger.append.request import Appended
from ledger.append.writer import Writer
from ledger.errors import KeyDestroyed
from ledger.opening import open_destroyer
from tests.fix_ledger import TestedLedger
from tests.ledger.append.kit import PATIENCE_S, entries, outcome, service

pytestmark = pytest.mark.postgres


@pytest.fixture(params=["keys in the same database", "keys apart"])
def writer(ledger: TestedLedger, request: pytest.FixtureRequest) -> Iterator[Writer]:
    """Run a writer that compares the generation as it appends, and one that asks before."""
    keys = ledger.ledger.keys
    is_apart = request.param == "keys apart"
    generation = None if is_apart else keys.generation
    sources = Sources(ledger.clock, keys.get_or_create, keys.refresh, generation)
    writer = Writer(service(ledger), sources)
    writer.start()
    yield writer
    writer.stop()


def destroy_elsewhere(ledger: TestedLedger, practice: UUID, stream: UUID) -> None:
    """Destroy a stream's key as another process would: the ledger's own cache hears nothing."""
    with open_destroyer(ledger.database, ledger.settings, ledger.clock) as destroyer:
        destroyer.destroy(practice, stream)


def test_a_key_destroyed_elsewhere_seals_nothing(ledger: TestedLedger, writer: Writer) -> None:
    """Even while this process has it in its cache."""
    practice, shredded, other = uuid4(), uuid4(), uuid4()
    for stream in (shredded, other):
        outcome(writer, ledger.request(practice, ledger.event(stream, 1)))
    destroy_elsewhere(ledger, practice, shredded)
    tickets = [
        writer.submit(ledger.request(practice, ledger.event(stream, 2)))
        for stream in (other, shredded)
    ]
    assert tickets[0].wait(PATIENCE_S) == Appended(2, 1)
    with pytest.raises(KeyDestroyed):
        tickets[1].wait(PATIENCE_S)
    assert [entry.stream_id for entry in entries(ledger, practice)] == [shredded, other, other]
    ledger.check()


def test_destructions_of_others_harm_no_append(ledger: TestedLedger, writer: Writer) -> None:
    """The generation moves before each one."""
    practice, kept = uuid4(), uuid4()
    outcome(writer, ledger.request(practice, ledger.event(kept, 1)))
    for version in range(2, 8):
        neighbour = uuid4()
        ledger.ledger.keys.get_or_create(practice, neighbour)
        destroy_elsewhere(ledger, practice, neighbour)
        answer = outcome(writer, ledger.request(practice, ledger.event(kept, version)))
        assert answer == Appended(version - 1, 1)
    ledger.check()
