"""Our contestant: each client appends sessions to a stream of its own, through the ledger."""

from collections.abc import Sequence
from itertools import count
from typing import Final
from uuid import UUID

from ledger.append.chain import Sources
from ledger.append.request import AppendRequest, NewEvent
from ledger.append.writer import Writer
from ledger.postgres.connect import Role
from tests.benchmarks import facts
from tests.benchmarks.clients import Step, Tell
from tests.benchmarks.place import OpenLedger

REQUESTS_AT_ONCE: Final = 1_000


def new_practice(opened: OpenLedger) -> UUID:
    """Open a practice and return its id."""
    practice_id = opened.ids.new()
    opened.ledger.append(facts.opening(practice_id, opened.ids.new(), opened.ids))
    return practice_id


def clients(opened: OpenLedger, practice_ids: Sequence[UUID]) -> list[Step]:
    """Return a client for each of these practices, which may be the same one again and again."""
    return [_client(opened, practice_id) for practice_id in practice_ids]


def _client(opened: OpenLedger, practice_id: UUID) -> Step:
    ids, append = opened.ids, opened.ledger.append
    stream_id, person_id = ids.new(), ids.new()
    versions = count(1)

    def step() -> object:
        version = next(versions)
        event = NewEvent(stream_id, version, ids.new(), *facts.logged(person_id, version))
        return append(AppendRequest(practice_id, ids.new(), person_id, (event,)))

    return step


def fill(
    opened: OpenLedger, practice_id: UUID, events: int, tell: Tell, *, stream_events: int = 10
) -> None:
    """Append this many events, each a command of its own, gathered many at a time."""
    keys = opened.ledger.keys
    sources = Sources(opened.clock, keys.get_or_create, keys.refresh)
    writer = Writer(lambda: opened.database.connect(Role.WRITER), sources)
    writer.start()
    try:
        for done in range(0, events, REQUESTS_AT_ONCE):
            wanted = min(REQUESTS_AT_ONCE, events - done)
            requests = _requests(opened, practice_id, wanted, stream_events)
            keys.prepare([(practice_id, each.events[0].stream_id) for each in requests])
            tickets = [writer.submit(request) for request in requests]
            for ticket in tickets:
                ticket.wait(timeout_s=60.0)
            tell(wanted)
    finally:
        writer.stop()


def _requests(
    opened: OpenLedger, practice_id: UUID, events: int, stream_events: int
) -> list[AppendRequest]:
    ids = opened.ids
    person_id = stream_id = ids.new()
    requests: list[AppendRequest] = []
    for number in range(events):
        if number % stream_events == 0:
            stream_id = ids.new()
        version = 1 + number % stream_events
        event = NewEvent(stream_id, version, ids.new(), *facts.logged(person_id, number))
        requests.append(AppendRequest(practice_id, ids.new(), person_id, (event,)))
    return requests
