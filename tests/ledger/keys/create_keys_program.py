"""A program of its own that makes keys in 16 threads and writes what it got to its output.

Arguments: the connection string of the service's role, the data folder, how many streams.
"""

import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

from psycopg_pool import ConnectionPool

from ledger.clock import SystemClock
from ledger.ids import RandomIds
from ledger.keys.cache import KeyCache
from ledger.keys.epochs import EpochKeys
from ledger.keys.records import RecordKeys
from ledger.keys.root import FileRootKey

THREADS = 16
PRACTICE = UUID(int=1)


def run(conninfo: str, data_dir: Path, streams: int) -> None:
    """Let 16 threads ask for the keys of the same streams, each with a cache of its own."""
    clock = SystemClock()
    start = threading.Barrier(THREADS)
    lines: list[str] = []
    with closing(ConnectionPool(conninfo, kwargs={"autocommit": True}, max_size=8)) as pool:

        def ask() -> None:
            start.wait()
            epochs = EpochKeys(data_dir, FileRootKey.open(data_dir))
            cache = KeyCache(time.monotonic)
            keys = RecordKeys(pool.connection, epochs, cache, clock, RandomIds(clock))
            keys.start()
            for number in range(streams):
                key = keys.get_or_create(PRACTICE, UUID(int=number))
                lines.append(f"{number} {key.key_id} {key.commitment.hex()}\n")

        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sys.stdout.writelines(lines)


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
