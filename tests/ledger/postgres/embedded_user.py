"""A process that uses an embedded server until it is told to stop, for the lifecycle tests."""

import contextlib
import signal
import sys
from pathlib import Path

from ledger.postgres.connect import Role
from ledger.postgres.embedded import EmbeddedServer


def say(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Start or join the server of the folder in argv, say so, wait; on Ctrl-C query once more."""
    # Whoever runs the tests in the background has these ignored, which processes inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    server = EmbeddedServer(Path(sys.argv[1]), durable=False)
    with server:
        try:
            say(f"ready {server.base}")
            sys.stdin.read()
        except KeyboardInterrupt:
            # The terminal's Ctrl-C goes to the whole group; PostgreSQL must not be in it.
            with contextlib.closing(server.database.connect(Role.OWNER)) as connection:
                say(str(connection.execute("SELECT 'still there'").fetchone()))
            raise


if __name__ == "__main__":
    main()
