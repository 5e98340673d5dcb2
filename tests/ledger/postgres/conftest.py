"""A server of the test's own, and other processes that use it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.postgres.embedded import EmbeddedServer
from tests.ledger.postgres.lifecycle import StartUser, User

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def server(data_dir: Path) -> EmbeddedServer:
    """Prepare a server of the test's own."""
    return EmbeddedServer(data_dir, durable=False)


@pytest.fixture
def start_user(data_dir: Path) -> Iterator[StartUser]:
    """Start other processes that use the server; none outlives the test."""
    started: list[User] = []

    def start() -> User:
        program = str(Path(__file__).with_name("embedded_user.py"))
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, program, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
