"""A writer process under test: appends to shared streams, and says what was acknowledged.

Arguments: connection base, DATA_DIR, practice id, streams (ids with commas), threads. Runs until
its standard input ends; prints "command id, position" for each acknowledged event, at once.
"""

import sys
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from uuid import UUID

from ledger.append.request import AppendRequest, NewEvent
from ledger.clock import SystemClock
from ledger.errors import Busy, Conflict, LedgerError
from ledger.ids import NIL, RandomIds
from ledger.ledger import Ledger
from ledger.opening import open_ledger
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings

TOPIC = "topic"
_VERSION = """
SELECT coalesce(max(version), 0) FROM ledger.events WHERE practice_id = %s AND stream_id = %s
"""


class Client:
    """Threads that append to any of the streams, with one command id until it is acknowledged."""

    def __init__(self, ledger: Ledger, practice_id: UUID, streams: list[UUID]) -> None:
        self._ledger = ledger
        self._practice_id = practice_id
        self._streams = streams
        self._printing = Lock()
        self.stopping = Event()

    def run(self, seed: int) -> None:
        """Append until told to stop."""
        chance = Random(seed)
        while not self.stopping.is_set():
            stream_id = chance.choice(self._streams)
            command_id = self._ledger.ids.new()
            while not self.stopping.is_set():
                position = self._try(stream_id, command_id)
                if position is not None:
                    self._say(command_id, position)
                    break

    def _try(self, stream_id: UUID, command_id: UUID) -> int | None:
        try:
            version = self._version(stream_id) + 1
            event = NewEvent(stream_id, version, self._ledger.ids.new(), TOPIC, b"body")
            request = AppendRequest(self._practice_id, command_id, NIL, (event,))
            return self._ledger.append(request).position
        except (Conflict, Busy):
            return None
        except LedgerError:
            self.stopping.wait(0.05)
            return None

    def _version(self, stream_id: UUID) -> int:
        with self._ledger.read(self._practice_id) as connection:
            row = connection.execute(_VERSION, (self._practice_id, stream_id)).fetchone()
        return row[0] if row else 0

    def _say(self, command_id: UUID, position: int) -> None:
        with self._printing:
            sys.stdout.write(f"{command_id} {position}\n")
            sys.stdout.flush()


def main(base: str, data_dir: str, practice: str, streams: str, threads: str) -> None:
    """Run the clients until standard input ends."""
    clock = SystemClock()
    database = Database.from_socket(base)
    with open_ledger(database, Settings(Path(data_dir)), clock, RandomIds(clock)) as ledger:
        client = Client(ledger, UUID(practice), [UUID(each) for each in streams.split(",")])
        running = [Thread(target=client.run, args=(seed,)) for seed in range(int(threads))]
        for thread in running:
            thread.start()
        sys.stdin.read()
        client.stopping.set()
        for thread in running:
            thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
