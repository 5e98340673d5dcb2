"""The inbox wakes its reader once for many, loses nobody, and never waits for who does not come."""

import threading
from time import monotonic, sleep
from uuid import UUID

import pytest

from ledger.append import inbox
from ledger.append.inbox import Inbox
from ledger.append.request import AppendRequest, Ticket

PATIENCE_S = 10.0
LONG_S = 5.0


def a_ticket() -> Ticket:
    """Return a ticket of a request that nobody will append."""
    return Ticket(AppendRequest(UUID(int=1), UUID(int=2), UUID(int=3), ()))


def test_what_was_put_first_is_taken_first() -> None:
    box = Inbox()
    tickets = [a_ticket() for _ in range(5)]
    for ticket in tickets:
        box.put(ticket)
    assert box.wait(1)
    assert [box.take() for _ in range(6)] == [*tickets, None]


def test_the_reader_goes_on_as_soon_as_as_many_as_usual_have_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox, "GATHER_WAIT_S", LONG_S)
    box = Inbox()
    began_at_s = monotonic()
    threads = [threading.Thread(target=box.put, args=(a_ticket(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert box.wait(3)
    assert monotonic() - began_at_s < LONG_S
    assert [box.take() is None for _ in range(4)] == [False, False, False, True]


def test_the_reader_does_not_wait_for_who_does_not_come() -> None:
    """Thirty-two came last time, one comes now."""
    box = Inbox()
    box.put(a_ticket())
    began_at_s = monotonic()
    assert box.wait(32)
    assert monotonic() - began_at_s < PATIENCE_S


def test_a_reader_that_waits_already_is_woken_by_the_first_that_comes() -> None:
    """However many it would have liked the last time."""
    box = Inbox()
    box.put(a_ticket())
    assert box.wait(5)
    box.take()
    done: list[bool] = []
    reader = threading.Thread(target=lambda: done.append(box.wait(5)), daemon=True)
    reader.start()
    sleep(0.1)
    box.put(a_ticket())
    reader.join(PATIENCE_S)
    assert done == [True]


def test_a_reader_that_gathers_already_is_woken_by_the_last_that_it_wants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox, "GATHER_WAIT_S", LONG_S)
    box = Inbox()
    box.put(a_ticket())
    began_at_s = monotonic()
    reader = threading.Thread(target=box.wait, args=(3,), daemon=True)
    reader.start()
    sleep(0.1)
    box.put(a_ticket())
    box.put(a_ticket())
    reader.join(PATIENCE_S)
    assert monotonic() - began_at_s < LONG_S


def test_closing_wakes_the_reader_and_leaves_what_is_queued() -> None:
    box = Inbox()
    done: list[bool] = []
    reader = threading.Thread(target=lambda: done.append(box.wait(1)))
    reader.start()
    box.close()
    reader.join(PATIENCE_S)
    assert done == [False]
    box.put(a_ticket())
    assert box.wait(9)
    assert box.take() is not None
    assert not box.wait(9)


def test_no_wake_is_lost_between_many_putters_and_one_reader() -> None:
    """Whatever the reader wants at the moment, everything put in comes out."""
    box = Inbox()
    putters, each, found = 8, 500, 0
    begin = threading.Barrier(putters)

    def put() -> None:
        begin.wait()
        for _ in range(each):
            box.put(a_ticket())

    threads = [threading.Thread(target=put) for _ in range(putters)]
    for thread in threads:
        thread.start()
    while found < putters * each:
        assert box.wait(1 + found % 7)
        while box.take():
            found += 1
    for thread in threads:
        thread.join()
    assert box.take() is None
