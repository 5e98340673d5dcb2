"""Facts about several writers, in one process or many: one order, no gap, one answer a command."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NoReturn
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.append.request import Appended
from ledger.errors import Conflict
from tests.fix_ledger import TestedLedger
from tests.ledger.append.kit import PATIENCE_S, Between, entries, outcome, writing

pytestmark = pytest.mark.postgres


def test_a_command_sent_twice_at_once_by_many_happens_once(ledger: TestedLedger) -> None:
    """Also through two writers, and though its events say another stream the second time."""
    practice, threads = uuid4(), 6
    with writing(ledger) as one, writing(ledger) as two, ThreadPoolExecutor(threads) as pool:
        for _ in range(20):
            command, barrier = uuid4(), Barrier(threads)

            def send(place: int, command: UUID = command, barrier: Barrier = barrier) -> Appended:
                event = ledger.event(uuid4(), 1, is_clear=True)
                request = ledger.request(practice, event, command_id=command)
                barrier.wait(PATIENCE_S)
                return (one, two)[place % 2].append(request, PATIENCE_S)

            answers = list(pool.map(send, range(threads)))
            assert len({answer.position for answer in answers}) == 1
            assert sum(not answer.repeated for answer in answers) == 1
    assert len(entries(ledger, practice)) == 20
    ledger.check()


def test_two_that_begin_the_same_log_both_get_in(ledger: TestedLedger) -> None:
    """No lock holds a log that is not there yet: who loses that race looks again."""
    practice = uuid4()
    between = Between(ledger.ledger.keys.get_or_create)

    def overtake() -> None:
        ledger.append(practice, ledger.event(uuid4(), 1))

    def lose_connection() -> NoReturn:
        between.once = overtake
        raise psycopg.OperationalError

    between.once = lose_connection
    with writing(ledger, key_of=between) as writer:
        request = ledger.request(practice, ledger.event(uuid4(), 1))
        assert writer.append(request, PATIENCE_S) == Appended(1, 1)
    ledger.check()


def test_two_writers_share_streams_without_gaps(ledger: TestedLedger) -> None:
    """Whoever loses a race loads again; in the end each event is there once, in order."""
    practice, streams, threads, each = uuid4(), [uuid4() for _ in range(4)], 8, 15
    with writing(ledger) as one, writing(ledger) as two:

        def work(place: int) -> list[int]:
            positions: list[int] = []
            for turn in range(each):
                stream_id = streams[(place + turn) % len(streams)]
                command = uuid4()
                while True:
                    event = ledger.event(stream_id, ledger.version(practice, stream_id) + 1)
                    request = ledger.request(practice, event, command_id=command)
                    answer = outcome((one, two)[place % 2], request)
                    if isinstance(answer, Appended):
                        positions.append(answer.position)
                        break
                    assert isinstance(answer, Conflict)
            return positions

        with ThreadPoolExecutor(threads) as pool:
            acknowledged = [p for part in pool.map(work, range(threads)) for p in part]
    assert sorted(acknowledged) == list(range(threads * each))
    assert ledger.check().events == threads * each
