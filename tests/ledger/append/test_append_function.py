"""Facts about the append function: it takes what an honest writer sends, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.append.statements import VERDICT_APPENDED, VERDICT_HEAD_MOVED, VERDICT_REPEATED
from ledger.leaf import decode
from ledger.postgres.connect import Role
from tests.fix_ledger import TestedLedger
from tests.ledger.append.forged import FORGERIES, Arguments, honest, is_refused

pytestmark = pytest.mark.postgres


@dataclass
class Target:
    """A log of three events in two streams, and the service's own connection to it."""

    ledger: TestedLedger
    connection: Connection[TupleRow]
    practice: UUID
    stream: UUID

    def honest(self) -> Arguments:
        """Return an append of three events: one more, a stream's first, that stream's second."""
        event, begun = self.ledger.event, uuid4()
        return honest(
            self.ledger,
            self.connection,
            self.practice,
            event(self.stream, 3),
            event(begun, 1, is_clear=True),
            event(begun, 2, is_clear=True),
        )


@pytest.fixture
def target(ledger: TestedLedger) -> Iterator[Target]:
    """Offer a log to forge for."""
    practice, stream = uuid4(), uuid4()
    for stream_id in (stream, uuid4(), stream):
        ledger.tell(practice, stream_id)
    with ledger.database.connect(Role.WRITER) as connection:
        yield Target(ledger, connection, practice, stream)


def test_what_an_honest_writer_sends_is_taken(target: Target) -> None:
    """The batch that the forgeries start from is a good one."""
    assert target.honest().send(target.connection) == [VERDICT_APPENDED]
    assert target.ledger.check().events == 6


def test_every_forgery_is_refused_and_leaves_no_trace(target: Target) -> None:
    """Whatever is forged, the ledger stays as it was, and takes the honest batch afterwards."""
    taken: list[str] = []
    for name, forge in FORGERIES.items():
        arguments = target.honest()
        forge(arguments)
        with target.connection.transaction(force_rollback=True):
            if not is_refused(target.connection, arguments):
                taken.append(name)
    assert taken == []
    assert target.ledger.check().events == 3
    assert target.honest().send(target.connection) == [VERDICT_APPENDED]
    target.ledger.check()


def test_every_byte_that_places_an_event_counts(target: Target) -> None:
    """Magic, practice, stream, version, previous, time, lengths, type, mode and body hash."""
    leaf = target.honest().leaves[0]
    event, actor, seal = range(88, 104), range(112, 128), range(135, len(leaf) - 36)
    # What only the leaf's hash holds is found when the tree is integrated, before it is signed; the
    # id of an event is that of the command it is entered under.
    free = {*event, *actor, *seal}
    taken: list[int] = []
    for place in range(len(leaf)):
        arguments = target.honest()
        changed = bytearray(arguments.leaves[0])
        changed[place] ^= 1
        arguments.leaves[0] = bytes(changed)
        with target.connection.transaction(force_rollback=True):
            if place not in free and not is_refused(target.connection, arguments):
                taken.append(place)
    assert taken == []
    target.ledger.check()


def test_an_array_shorter_or_longer_than_the_others_is_refused(target: Target) -> None:
    """Nothing is taken for what was not said."""
    for field in fields(Arguments):
        for is_longer in (False, True):
            arguments = target.honest()
            array = getattr(arguments, field.name)
            _ = array.append(array[0]) if is_longer else array.pop()
            if field.name == "times_us" and is_longer:
                continue  # a time of no practice is never looked at
            assert is_refused(target.connection, arguments) or is_longer, field.name
    target.ledger.check()


@pytest.mark.parametrize("place", [1, 2])
def test_a_practice_named_twice_is_refused(target: Target, place: int) -> None:
    """Whether its events are given to one of the two or to both."""
    arguments = target.honest()
    for name in ("practices", "sizes", "roots", "frontiers", "times_us"):
        getattr(arguments, name).append(getattr(arguments, name)[0])
    arguments.event_practices[2] = place
    assert is_refused(target.connection, arguments)
    assert target.ledger.check().events == 3


def test_a_head_that_moved_is_a_verdict(target: Target) -> None:
    """Not an error: the writer builds anew, under the lock."""
    arguments = target.honest()
    target.ledger.tell(target.practice, uuid4())
    assert arguments.send(target.connection) == [VERDICT_HEAD_MOVED]


def test_a_command_that_was_here_is_a_verdict(target: Target) -> None:
    """Also when its events would follow."""
    first = target.honest()
    assert first.send(target.connection) == [VERDICT_APPENDED]
    again = honest(
        target.ledger, target.connection, target.practice, target.ledger.event(uuid4(), 1)
    )
    again.change(0, event_id=decode(first.leaves[0]).preamble.event_id)
    assert again.send(target.connection) == [VERDICT_REPEATED]
    target.ledger.check()


def test_nobody_but_the_service_may_append(target: Target) -> None:
    """The function is owned by a role that cannot log in."""
    arguments = target.honest()
    for role in (Role.PROJECTOR, Role.RETENTION, Role.AUDITOR):
        with (
            target.ledger.database.connect(role) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            arguments.send(connection)
